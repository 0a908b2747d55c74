// What fails, or ends, is undone: errors leave the group alone, and devices that go take everything
// with them.
#include <bit>

#include "absl/strings/str_cat.h"
#include "properties/invariants/invariants.h"
#include "target/kernel/runtime.h"
#include "target/system/names.h"

namespace groupfuzz::invariants {
namespace {

using kernel::WarnSite;

constexpr Functions kAllOrNothing = kClaimFunctions | kAttachFunctions |
                                    FunctionBit(Function::kAttachPasid) |
                                    FunctionBit(Function::kUseDefaultDomain);

constexpr Facts kCoreState = fact::kOwner | fact::kCount | fact::kDefaultObject |
                             fact::kDefaultType | fact::kCurrent | fact::kPasids;

const char* FirstOf(Facts changes) {
  if (changes & (fact::kOwner | fact::kCount)) return "the owner";
  if (changes & (fact::kDefaultObject | fact::kDefaultType)) return "the default domain";
  return changes & fact::kCurrent ? "the current domain" : "pasid_array";
}

// The attaches that nothing can be done about if they fail: all of a switch that must succeed, and
// those that put devices back after the first failure of one that may fail.
int FirstThatMustSucceed(const Section& section) {
  if (!section.Warned(WarnSite::kRollback)) return 0;
  int first = 0;
  while (first < section.attaches.size() && !section.attaches[first].failed) ++first;
  return first + 1;
}

void FailedCallChangesNothing(const Ledger&, const Step& step, Report& report) {
  const Facts changes = step.call->changes & kCoreState;
  if (!step.In(kAllOrNothing) || changes == 0) return;
  report.Violated(absl::StrCat("a call failed with ", ResultName(step.result), " and changed ",
                               FirstOf(changes)));
}

constexpr Rule kE1 = {
    {"E1", PropertyGroup::kOwnership,
     "A claim, attach, replace, PASID attach or use that fails leaves owner, owner_cnt, "
     "domains and pasid_array as they were.",
     "all or nothing: 6.12 __iommu_take_dma_ownership(), iommu_attach_group_handle()"},
    0,
    moment::kReturn,
    fact::kFailedCall,
    FailedCallChangesNothing};

void LastResortIsTried(const Ledger&, const Step& step, Report& report) {
  const Section& section = *step.section;
  const DomainRef& blocking =
      step.then->blocking_domain ? step.then->blocking_domain : step.now->blocking_domain;
  if (!blocking || section.attaches.overflowed()) return;
  for (int i = FirstThatMustSucceed(section); i < section.attaches.size(); ++i) {
    const AttachSeen& seen = section.attaches[i];
    if (!seen.failed || seen.domain == blocking.id) continue;
    const bool tried = i + 1 < section.attaches.size() &&
                       section.attaches[i + 1].device == seen.device &&
                       section.attaches[i + 1].domain == blocking.id;
    if (tried) continue;
    report.Violated(absl::StrCat("dev", seen.device, " could not be attached to domain ",
                                 Mention(seen.domain), " and was not blocked instead"));
    return;
  }
}

constexpr Rule kE2 = {
    {"E2", PropertyGroup::kHardware,
     "A device that cannot be attached to a target that must not fail is blocked instead.",
     "commit 5474e6e17a26"},
    0,
    moment::kSectionEnd,
    fact::kMustSucceedFailed,
    LastResortIsTried};

void FailedProbeIsReleased(const Ledger& ledger, const Step& step, Report& report) {
  if (!step.In(FunctionBit(Function::kProbeDevice)) || step.result >= 0) return;
  const uint8_t device = step.call->call.device;
  if (!(ledger.probed & Bit(device))) return;
  report.Violated(absl::StrCat("the probe of dev", device, " failed with ", ResultName(step.result),
                               " and its driver was not told to release it"));
}

constexpr Rule kE3 = {
    {"E3", PropertyGroup::kMemory, "A device whose probe fails is released by its driver.",
     "6.12 __iommu_probe_device(): its error paths"},
    0,
    moment::kReturn,
    fact::kProbe,
    FailedProbeIsReleased};

void LeavingGivesUpDmaApi(const Ledger& ledger, const Step& step, Report& report) {
  if (Grants(ledger, Excuse::kDmaApiStays)) return;
  for (int i = 0; i < ledger.devices; ++i) {
    const DeviceSnapshot& device = step.now->devices[i];
    if (device.member || !device.uses_dma_api) continue;
    report.Violated(absl::StrCat("dev", i, " is in no group and its DMA goes through dma-iommu"));
    return;
  }
}

constexpr Rule kE4 = {{"E4", PropertyGroup::kMemory,
                       "A device that left its group does not go through dma-iommu any more.",
                       "6.12 iommu_deinit_device()"},
                      0,
                      moment::kState,
                      fact::kMembers | fact::kExists,
                      LeavingGivesUpDmaApi,
                      Excused(Excuse::kDmaApiStays)};

void PasidIsRemovedWhereSet(const Ledger& ledger, const Step& step, Report& report) {
  const Event& event = *step.event;
  if (event.value < kMaxPasids && (ledger.PasidsOf(event.device) & Bit(event.value))) return;
  report.Violated(absl::StrCat("PASID ", event.value, " is removed from dev", event.device,
                               ", where it is not set"));
}

constexpr Rule kP1 = {
    {"P1", PropertyGroup::kHardware, "A PASID is removed only from devices on which it is set.",
     "6.12 __iommu_set_group_pasid(), __iommu_remove_group_pasid(): remove_dev_pasid undoes "
     "set_dev_pasid"},
    EventBit(EventKind::kRemovePasid),
    0,
    0,
    PasidIsRemovedWhereSet};

void PasidsAreInArray(const Ledger& ledger, const Step& step, Report& report) {
  if (!step.now->exists) return;
  for (int i = 0; i < ledger.devices; ++i) {
    const uint8_t set = ledger.PasidsOf(i);
    if ((set & ~step.now->pasids) == 0) continue;
    report.Violated(
        absl::StrCat("dev", i, " has PASIDs (bits) ", set, ", pasid_array has ", step.now->pasids));
    return;
  }
}

constexpr Rule kP2 = {
    {"P2", PropertyGroup::kHardware,
     "A PASID that is set on a device is in pasid_array: a failed attach and a detach leave "
     "it on none.",
     "6.12 iommu_attach_device_pasid(), iommu_detach_device_pasid()"},
    0,
    moment::kSectionEnd,
    fact::kSetsPasids | fact::kPasids,
    PasidsAreInArray};

void PasidIsOneOfDevice(const Ledger& ledger, const Step& step, Report& report) {
  const Event& event = *step.event;
  if (ledger.configuration().devices[event.device].pasids && event.value < kMaxPasids) return;
  report.Violated(absl::StrCat("PASID ", event.value, " is set on dev", event.device,
                               ", which does not have it"));
}

constexpr Rule kP3 = {{"P3", PropertyGroup::kHardware,
                       "A driver is asked to set a PASID only on a device that has it.",
                       "6.12 iommu_attach_device_pasid(); commit c404f55c26fc (6.9), commit "
                       "b3f6fcd8404f (6.15, 6.12.93)"},
                      EventBit(EventKind::kSetPasid),
                      0,
                      0,
                      PasidIsOneOfDevice};

void PasidIsSetOnAll(const Ledger& ledger, const Step& step, Report& report) {
  // Bit 0 is the handle of the group's own attachment.
  constexpr auto kPasids = static_cast<uint8_t>(Bit(kMaxPasids) - 1 - Bit(0));
  if (!step.now->exists) return;
  for (int i = 0; i < ledger.devices; ++i) {
    if (!step.now->devices[i].member || !ledger.configuration().devices[i].pasids) continue;
    const uint8_t missing = step.now->pasids & kPasids & ~ledger.PasidsOf(i);
    if (missing == 0) continue;
    report.Violated(absl::StrCat("PASID ", std::countr_zero(missing), " is attached, and dev", i,
                                 ", a member, does not have it set"));
    return;
  }
}

constexpr Rule kP4 = {{"P4", PropertyGroup::kHardware,
                       "A PASID that is attached is set on every member that has PASIDs.",
                       "6.12 __iommu_set_group_pasid(): every device of the group"},
                      0,
                      moment::kSectionEnd,
                      fact::kMembers | fact::kPasids | fact::kSetsPasids,
                      PasidIsSetOnAll};

constexpr Rule kRules[] = {kE1, kE2, kE3, kE4, kP1, kP2, kP3, kP4};

}  // namespace

std::span<const Rule> UndoRules() { return kRules; }

}  // namespace groupfuzz::invariants
