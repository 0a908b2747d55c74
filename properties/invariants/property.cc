// The one table of properties, joined from the files that check them; their ids and groups.
#include "properties/invariants/property.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "properties/invariants/invariants.h"

namespace groupfuzz {
namespace {

using invariants::Rule;

struct Family {
  char letter;
  std::string_view subject;
};
constexpr Family kFamilies[] = {
    {'I', "invariants of the kernel, by their numbers in docs/behaviour"},
    {'D', "DMA as devices see it"},
    {'E', "undoing what failed or ended"},
    {'L', "linearizability"},
    {'P', "PASIDs"},
    {'R', "what calls return and leave behind, against the sequential model and the state"},
    {'W', "warnings of the kernel"},
    {'X', "executions that cannot go on"}};

constexpr UncheckedInvariant kUnchecked[] = {
    {"I29", "The domains of a driver are freed before the reference to its module is dropped.",
     "behaviour I29; 6.12 iommu_deinit_device()",
     "no event says when a driver module loses a reference; the free of a domain is seen by "
     "I24 and, after its last device, by I30"},
    {"I39",
     "A write that fails for more than one reason returns the error of what the kernel looks at "
     "first: capability, default domain, text, users, preference, allocation, mapping, attach.",
     "behaviour I39; 6.12 iommu_group_store_type()",
     "the order of checks shows in the errno of calls that fail for two reasons: R1"},
};

// I first, the other families by letter.
std::tuple<bool, char, int> OrderOf(const Rule& rule) {
  const std::string_view id = rule.property.id;
  return {id[0] != 'I', id[0], std::stoi(std::string(id.substr(1)))};
}

std::vector<Rule> JoinedRules() {
  const std::pair<std::span<const Rule>, std::string_view> topics[] = {
      {invariants::OwnershipRules(), "properties/invariants/invariants_ownership.cc"},
      {invariants::HardwareRules(), "properties/invariants/invariants_hardware.cc"},
      {invariants::MemoryRules(), "properties/invariants/invariants_memory.cc"},
      {invariants::LockingRules(), "properties/invariants/invariants_locking.cc"},
      {invariants::PolicyRules(), "properties/invariants/invariants_policy.cc"},
      {invariants::UndoRules(), "properties/invariants/invariants_undo.cc"},
      {invariants::HistoryRules(), "properties/invariants/invariants_history.cc"}};
  std::vector<Rule> rules;
  for (const auto& [topic, file] : topics) {
    for (const Rule& rule : topic) {
      rules.push_back(rule);
      rules.back().property.checked_in = file;
    }
  }
  std::sort(rules.begin(), rules.end(),
            [](const Rule& a, const Rule& b) { return OrderOf(a) < OrderOf(b); });
  if (rules.size() > invariants::kMaxRules) {
    std::fprintf(stderr, "groupfuzz: more rules than a RuleSet holds\n");
    std::abort();
  }
  return rules;
}

std::vector<Property> PropertiesOfRules() {
  std::vector<Property> properties;
  for (const Rule& rule : invariants::Rules()) properties.push_back(rule.property);
  return properties;
}

}  // namespace

std::span<const Rule> invariants::Rules() {
  static const auto& rules = *new std::vector<Rule>(JoinedRules());
  return rules;
}

std::span<const Property> Properties() {
  static const auto& properties = *new std::vector<Property>(PropertiesOfRules());
  return properties;
}

std::span<const UncheckedInvariant> UncheckedInvariants() { return kUnchecked; }

std::vector<PropertyExcuse> ExcusesOf(const Property& property) {
  std::vector<PropertyExcuse> excuses;
  for (const Rule& rule : invariants::Rules()) {
    if (rule.property.id != property.id) continue;
    for (const invariants::ExcuseRow& row : invariants::AllExcuses()) {
      if ((rule.excuses & invariants::Excused(row.excuse)) == 0) continue;
      const std::string kernels = row.until.has_value()
                                      ? "before " + std::string(VersionName(*row.until))
                                      : std::string("every kernel");
      excuses.push_back({row.name, row.reason, kernels});
    }
  }
  return excuses;
}

const Property* FindProperty(std::string_view id) {
  for (const Property& property : Properties()) {
    if (property.id == id) return &property;
  }
  return nullptr;
}

std::string_view FamilySubject(std::string_view id) {
  for (const Family& family : kFamilies) {
    if (id.starts_with(family.letter)) return family.subject;
  }
  return {};
}

std::string_view GroupName(PropertyGroup group) {
  switch (group) {
    case PropertyGroup::kOwnership:
      return "ownership";
    case PropertyGroup::kHardware:
      return "hardware";
    case PropertyGroup::kMemory:
      return "memory";
    case PropertyGroup::kLocking:
      return "locking";
    case PropertyGroup::kPolicy:
      return "policy";
    case PropertyGroup::kHistory:
      return "history";
  }
  return "unknown";
}

}  // namespace groupfuzz
