// For every property and each of its excuses an execution of a faithful design that the property
// would blame without it: what the excuse is for.
//
// Thread-safety: constants.
#ifndef GROUPFUZZ_PROPERTIES_INVARIANTS_EXCUSE_CASES_H_
#define GROUPFUZZ_PROPERTIES_INVARIANTS_EXCUSE_CASES_H_

#include <span>
#include <string_view>

#include "properties/invariants/excuses.h"
#include "target/designs/design.h"

namespace groupfuzz::invariants {

struct ExcuseCase {
  Excuse excuse;
  std::string_view property;
  DesignId design;
  std::string_view program;  // in text form with its schedule, without the first line
};

std::span<const ExcuseCase> ExcuseCases();

}  // namespace groupfuzz::invariants

#endif  // GROUPFUZZ_PROPERTIES_INVARIANTS_EXCUSE_CASES_H_
