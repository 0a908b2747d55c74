// What a property is, and what a violation looks like.
//
// Every property has a stable id: a letter, its family, and a number. Ids are never renamed,
// renumbered or reused; properties/ids.list has every one that was ever given.
//
// Thread-safety: constants and plain values.
#ifndef GROUPFUZZ_PROPERTIES_INVARIANTS_PROPERTY_H_
#define GROUPFUZZ_PROPERTIES_INVARIANTS_PROPERTY_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "target/designs/design.h"

namespace groupfuzz {

// Columns of the comparison table.
enum class PropertyGroup : uint8_t { kOwnership, kHardware, kMemory, kLocking, kPolicy, kHistory };
inline constexpr int kPropertyGroups = 6;
std::string_view GroupName(PropertyGroup group);

struct Property {
  std::string_view id;  // "I1"
  PropertyGroup group;
  std::string_view statement;  // one sentence that is true of a correct design
  std::string_view source;     // the function and version of the kernel, or the commit
  // The file of its check, filled in by Properties().
  std::string_view checked_in = {};
};

// In order of family (I first), then number.
std::span<const Property> Properties();
const Property* FindProperty(std::string_view id);  // nullptr where there is none

// Why a property looks away from what some kernels do (excuses.h).
struct PropertyExcuse {
  std::string_view name;
  std::string_view reason;
  std::string kernels;  // "before 6.12", "every kernel"
};
std::vector<PropertyExcuse> ExcusesOf(const Property& property);

// What the properties of the family of `id` are about; empty where there is no such family.
std::string_view FamilySubject(std::string_view id);

// An invariant of docs/behaviour that no execution of a program can check.
struct UncheckedInvariant {
  std::string_view id;
  std::string_view statement;
  std::string_view source;
  std::string_view reason;
};
std::span<const UncheckedInvariant> UncheckedInvariants();

struct Finding {
  const Property* property = nullptr;
  uint8_t thread = 0;  // whose step showed it; kBootThread: tear-down
  uint8_t op = 0;      // index in that thread
  uint32_t event = 0;  // index of the event that showed it
  // The kinds of the ops in progress when it showed, as a set of bits: with `property` this is the
  // identity of the finding.
  uint32_t roles = 0;
  // What was expected and what was seen, one line. A domain is {ID} in it, as Mention() says, and a
  // line of the source {@OFFSET}: who prints it puts the name there that the domain has in the
  // report, or the file and the line. {@OFFSET:LINE} is of that line.
  std::string detail;
};

// "{513}"
std::string Mention(DomainId domain);
// "{@73421}", "{@73421:415}". `code` and `line`: as Event has them.
std::string MentionCode(uint32_t code, uint16_t line = 0);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_PROPERTIES_INVARIANTS_PROPERTY_H_
