// The systems whose behaviour is recorded, by name.
//
// Thread-safety: as Designs().
#ifndef GROUPFUZZ_HARNESS_RECORD_SYSTEMS_H_
#define GROUPFUZZ_HARNESS_RECORD_SYSTEMS_H_

#include <vector>

#include "harness/record/program_list.h"
#include "target/designs/design.h"

namespace groupfuzz::record {

// Designs(), with every kernel tree that was registered, then the broken designs, then the designs
// of the port once more as garbled ones, then the mutants that were registered,
// "mutant:owner-check+no-owner-test". Names are unique and have neither blanks nor commas.
std::vector<Design> SystemsToRecord();

// What the properties are told of the system is garbled (harness/record/garbling.h).
bool IsGarbled(const Design& system);

// The programs that show what is wrong with the broken designs, all of them to be explored.
std::vector<ListedProgram> ProgramsOfBrokenDesigns();

}  // namespace groupfuzz::record

#endif  // GROUPFUZZ_HARNESS_RECORD_SYSTEMS_H_
