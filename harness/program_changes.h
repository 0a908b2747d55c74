// The single steps of structured mutation: one table of changes. Internal to the mutator.
//
// Thread-safety: functions of their arguments.
#ifndef GROUPFUZZ_HARNESS_PROGRAM_CHANGES_H_
#define GROUPFUZZ_HARNESS_PROGRAM_CHANGES_H_

#include "harness/mutator.h"
#include "harness/program.h"
#include "harness/random.h"

namespace groupfuzz {

// Applies one random change, usual ones more often. Returns false where the program had nothing for
// the change that was drawn. What results may have values out of range: Normalize() it in the end.
bool ApplyRandomChange(const MutationOptions& options, Random* random, Program* program);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_PROGRAM_CHANGES_H_
