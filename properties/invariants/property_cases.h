// For every property an execution in which it holds and one in which it fires.
//
// Thread-safety: constants.
#ifndef GROUPFUZZ_PROPERTIES_INVARIANTS_PROPERTY_CASES_H_
#define GROUPFUZZ_PROPERTIES_INVARIANTS_PROPERTY_CASES_H_

#include <span>
#include <string_view>

#include "properties/invariants/script.h"
#include "target/types/guarded_field.h"

namespace groupfuzz {

struct PropertyCase {
  std::string_view id;
  std::string_view name;     // of the fault, unique for the id
  void (*holds)(Script& s);  // nothing is found
  void (*fires)(Script& s);  // the property is
  DesignId design = DesignId::kOwnerCheck;
};

std::span<const PropertyCase> OwnershipCases();
std::span<const PropertyCase> HardwareCases();
std::span<const PropertyCase> MemoryCases();
std::span<const PropertyCase> LockingCases();
std::span<const PropertyCase> PolicyCases();
std::span<const PropertyCase> UndoCases();

}  // namespace groupfuzz

#endif  // GROUPFUZZ_PROPERTIES_INVARIANTS_PROPERTY_CASES_H_
