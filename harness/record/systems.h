// The systems whose behaviour is recorded, by name.
#ifndef GROUPFUZZ_HARNESS_RECORD_SYSTEMS_H_
#define GROUPFUZZ_HARNESS_RECORD_SYSTEMS_H_

#include <vector>

#include "target/designs/design.h"

namespace groupfuzz::record {

// Designs(), with every kernel tree that was registered, then the broken designs, then the mutants,
// "mutant:owner-check+no-owner-test", that were. Names are unique and have neither blanks nor
// commas.
std::vector<Design> SystemsToRecord();

}  // namespace groupfuzz::record

#endif  // GROUPFUZZ_HARNESS_RECORD_SYSTEMS_H_
