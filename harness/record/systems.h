// The systems whose behaviour is recorded, by name.
//
// Thread-safety: functions; designs are registered before.
#ifndef GROUPFUZZ_HARNESS_RECORD_SYSTEMS_H_
#define GROUPFUZZ_HARNESS_RECORD_SYSTEMS_H_

#include <vector>

#include "harness/record/program_list.h"
#include "target/designs/design.h"

namespace groupfuzz::record {

// Designs(), with every kernel tree that was registered, then the broken designs, then the mutants,
// "mutant:owner-check+no-owner-test", that were. Names are unique and have neither blanks nor
// commas.
std::vector<Design> SystemsToRecord();

// The programs that show what each broken design breaks, all to be explored: few others are near
// enough to the check of each property.
std::vector<ListedProgram> ProgramsOfBrokenDesigns();

}  // namespace groupfuzz::record

#endif  // GROUPFUZZ_HARNESS_RECORD_SYSTEMS_H_
