// The one table of properties: what each says, who promises it, and when it looks.
#include "properties/invariants/property.h"

#include <algorithm>
#include <array>

#include "properties/invariants/invariants.h"
#include "properties/invariants/rules_own.h"
#include "properties/invariants/rules_reference.h"

namespace groupfuzz {
namespace {

using invariants::Rule;

constexpr auto kRules = [] {
  using invariants::table::kOwnRules;
  using invariants::table::kReferenceRules;
  std::array<Rule, std::size(kReferenceRules) + std::size(kOwnRules)> rules{};
  std::copy(std::begin(kOwnRules), std::end(kOwnRules),
            std::copy(std::begin(kReferenceRules), std::end(kReferenceRules), rules.begin()));
  return rules;
}();

static_assert(std::size(kRules) <= invariants::kMaxRules);

constexpr UncheckedInvariant kUnchecked[] = {
    {"I29",
     "no event says when a driver module loses a reference; the free of a domain is seen by "
     "I24 and, after its last device, by I30"},
    {"I39", "the order of checks shows in the errno of calls that fail for two reasons: R1"},
};

constexpr auto kProperties = [] {
  std::array<Property, std::size(kRules)> properties{};
  std::transform(std::begin(kRules), std::end(kRules), properties.begin(),
                 [](const Rule& rule) { return rule.property; });
  return properties;
}();

}  // namespace

std::span<const Rule> invariants::Rules() { return kRules; }
std::span<const Property> Properties() { return kProperties; }
std::span<const UncheckedInvariant> UncheckedInvariants() { return kUnchecked; }

}  // namespace groupfuzz
