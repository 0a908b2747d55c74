// The single steps of structured mutation: one table of changes. Internal to the mutator but for
// its options.
//
// Thread-safety: functions of their arguments.
#ifndef GROUPFUZZ_HARNESS_PROGRAM_MUTATION_STEPS_H_
#define GROUPFUZZ_HARNESS_PROGRAM_MUTATION_STEPS_H_

#include "harness/program/program.h"
#include "harness/program/random.h"

namespace groupfuzz {

struct MutationOptions {
  // Results have that many threads.
  int min_threads = 1;
  int max_threads = kMaxThreads;
};

// Applies one random change, usual ones more often. Returns false where the program had nothing for
// the change that was drawn. What results may have values out of range: Normalize() it in the end.
bool ApplyRandomChange(const MutationOptions& options, Random* random, Program* program);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_PROGRAM_MUTATION_STEPS_H_
