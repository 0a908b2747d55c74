// Draws machines, ops and programs that reach the states in which designs go wrong.
//
// Ops are drawn with the reference machine at hand: most of them have something to do, and in a
// state from which a rare one can be reached, what leads there is likely. The rare states are those
// where several things come together: a claimed group, a domain of its owner attached, a device
// added to it, and an attach that fails.
//
// Everything is a function of the generator: the same seed draws the same program. Nothing here
// knows a design beyond what it is judged as.
//
// Thread-safety: functions of their arguments.
#ifndef GROUPFUZZ_PROPERTIES_SUITES_GENERATION_H_
#define GROUPFUZZ_PROPERTIES_SUITES_GENERATION_H_

#include <cstdint>

#include "harness/program/program.h"
#include "harness/program/random.h"
#include "properties/suites/reference_machine.h"
#include "target/designs/design.h"
#include "target/types/configuration.h"
#include "target/types/op.h"

namespace groupfuzz {

// One device half of the time; each oddity now and then.
Configuration DrawConfiguration(Random& random);

// At most two failures, most of them of an attach, early enough to be reached.
FaultPlan DrawFaults(Random& random);

// An op of `kind` with arguments that `machine` has.
Op DrawArguments(Random& random, const Configuration& configuration, OpKind kind);

// How likely a kind of op is to be drawn in the state that `machine` is in.
uint32_t WeightOf(OpKind kind, const ReferenceMachine& machine);

// An op that has something to do in the state of `machine`.
Op DrawOp(Random& random, const ReferenceMachine& machine);

// Ops that one thread runs before all others, then branches that run together.
struct ParallelShape {
  int max_prefix = 5;
  int min_branches = 2;
  int max_branches = 4;
  int min_branch_ops = 1;
  int max_branch_ops = 3;
};

struct ParallelCase {
  Program program;         // normalized, its schedule is empty
  uint8_t prefix = 0;      // the first ops of thread 0, which run alone
  uint64_t seed = 0;       // of the schedule of the branches
  uint32_t switch_in = 1;  // a thread is left at one scheduling point in so many
};

// Every branch is drawn from the state after the prefix: branches know nothing of each other.
ParallelCase DrawParallel(Random& random, DesignId design, const ParallelShape& shape = {});

}  // namespace groupfuzz

#endif  // GROUPFUZZ_PROPERTIES_SUITES_GENERATION_H_
