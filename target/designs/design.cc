#include "target/designs/design.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "target/designs/port_system.h"
#include "target/designs/protocol.h"
#include "target/iommu/rules.h"

namespace groupfuzz {
namespace {

template <const iommu::Rules& rules, const designs::Protocol& (*protocol)()>
std::unique_ptr<System> Make() {
  return std::make_unique<PortSystem>(rules, protocol());
}

template <DesignId id, const iommu::Rules& rules, const designs::Protocol& (*protocol)()>
Design Pair(const char* name, const char* summary) {
  static_assert(rules.version == VersionOf(id));
  return {.judged_as = id,
          .name = name,
          .rules = std::string(VersionName(rules.version)),
          .summary = summary,
          .make = &Make<rules, protocol>};
}

Design Faithful(Design design) {
  design.faithful = true;
  return design;
}

std::deque<Design> BuiltIn() {
  std::deque<Design> designs = {
      Faithful(Pair<DesignId::kDeviceLock, iommu::kRules61, &designs::DeviceLock>(
          "device-lock", "Linux 6.1: one device, device_lock() and device_is_bound()")),
      Pair<DesignId::kClaimV1, iommu::kRules62Frozen, &designs::ClaimV1>(
          "claim-v1", "the 2023 patch as posted: claim, change, release"),
      Pair<DesignId::kLockedClaim, iommu::kRules62, &designs::LockedClaim>(
          "locked-claim", "claim, change and release in one section of the group's mutex"),
      Pair<DesignId::kOwnerCheck, iommu::kRulesToday, &designs::OwnerCheck>(
          "owner-check", "the reference: strict to lazy, else owner_cnt == 0, under the mutex"),
      Faithful(Pair<DesignId::kV6_4, iommu::kRules64, &designs::V6_4>(
          "v6.4", "Linux 6.4: as first merged")),
      Faithful(Pair<DesignId::kV6_12, iommu::kRules612, &designs::V6_12>(
          "v6.12", "Linux 6.12: iommu_setup_default_domain()")),
  };
  assert(designs.size() == kDesignCount);
  return designs;
}

std::deque<Design>& Registry() {
  static std::deque<Design> designs = BuiltIn();
  return designs;
}

std::deque<Design>& Unlisted() {
  static std::deque<Design> designs;
  return designs;
}

const Design* FindIn(const std::deque<Design>& designs, std::string_view name) {
  const auto found = std::find_if(designs.begin(), designs.end(),
                                  [&](const Design& design) { return design.name == name; });
  return found == designs.end() ? nullptr : &*found;
}

}  // namespace

std::string Design::file_name() const {
  std::string file = name;
  std::replace(file.begin(), file.end(), ':', '-');
  return file;
}

const std::deque<Design>& Designs() { return Registry(); }

const Design& RegisterDesign(Design design) {
  assert(FindDesign(design.name) == nullptr);
  return Registry().emplace_back(std::move(design));
}

const Design& BuiltInDesign(DesignId id) { return Designs()[static_cast<size_t>(id)]; }

const Design& RegisterUnlisted(Design design) {
  assert(FindDesign(design.name) == nullptr);
  return Unlisted().emplace_back(std::move(design));
}

const Design& Against(const Design& design, const Design& base) {
  static std::deque<Design> rebased;
  rebased.push_back(design);
  rebased.back().baseline = &base;
  // What its like are known for may be repaired in `base`: then it is news.
  rebased.back().known_by_corpus = false;
  return rebased.back();
}

const Design* FindDesign(std::string_view name) {
  const Design* listed = FindIn(Designs(), name);
  return listed != nullptr ? listed : FindIn(Unlisted(), name);
}

}  // namespace groupfuzz
