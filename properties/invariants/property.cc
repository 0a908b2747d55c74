// The one table of properties, joined from the files that check them; their ids and groups.
#include "properties/invariants/property.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <tuple>
#include <vector>

#include "properties/invariants/invariants.h"

namespace groupfuzz {
namespace {

using invariants::Rule;

constexpr UncheckedInvariant kUnchecked[] = {
    {"I29",
     "no event says when a driver module loses a reference; the free of a domain is seen by "
     "I24 and, after its last device, by I30"},
    {"I39", "the order of checks shows in the errno of calls that fail for two reasons: R1"},
};

// I first, the other families by letter.
std::tuple<bool, char, int> OrderOf(const Rule& rule) {
  const std::string_view id = rule.property.id;
  return {id[0] != 'I', id[0], std::stoi(std::string(id.substr(1)))};
}

std::vector<Rule> JoinedRules() {
  std::vector<Rule> rules;
  for (const std::span<const Rule> topic :
       {invariants::OwnershipRules(), invariants::HardwareRules(), invariants::MemoryRules(),
        invariants::LockingRules(), invariants::PolicyRules(), invariants::UndoRules(),
        invariants::HistoryRules()}) {
    rules.insert(rules.end(), topic.begin(), topic.end());
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
