// Runs a program under a strategy until the strategy has nothing left to try, and says what that
// earned: a word of verdict_word.h.
//
// Thread-safety: one OS thread.
#ifndef GROUPFUZZ_HARNESS_EXECUTION_EXPLORER_H_
#define GROUPFUZZ_HARNESS_EXECUTION_EXPLORER_H_

#include <cstdint>
#include <functional>
#include <limits>
#include <string>

#include "harness/execution/executor.h"
#include "harness/execution/verdict_word.h"

namespace groupfuzz {

// What an exploration has done so far.
struct Exploration {
  uint64_t executions = 0;  // pruned ones excepted
  uint64_t pruned = 0;
  uint64_t findings = 0;   // executions in which something was found, pruned ones included
  uint64_t abandoned = 0;  // executions that could not go on to their end
  double done = 0;         // Strategy::done(), when keep_going was asked last
  uint64_t states = 0;     // distinct states; 0 where the strategy does not count them
  // Every interleaving was tried (up to equal states), without a bound.
  bool complete = false;
  bool stopped = false;  // by keep_going, before there was nothing left to try

  // What it is worth that nothing was found. Whatever ends an execution early is a finding; where
  // it was none, the execution was not judged.
  VerdictWord word() const;
  // Nothing was found in any interleaving there is.
  bool exhausted() const { return findings == 0 && word() == VerdictWord::kExhausted; }
};

// "exhausted: 34650 of 34650 interleavings", "exhausted: 95 interleavings cover 125 states",
// "sampled: 1000 interleavings", "unknown: 70 interleavings" where it was stopped; "all tried: ..."
// where something was found.
std::string Describe(const Exploration& exploration);

// What the caller made of one execution.
enum class Seen : uint8_t {
  kClean,
  kFinding,      // something was found; go on
  kFindingStop,  // something was found, and that is enough
};

struct ExploreLimits {
  uint64_t max_executions = std::numeric_limits<uint64_t>::max();  // pruned ones included
  uint64_t progress_interval = 256;  // executions between two calls of keep_going
};

struct ExploreCallbacks {
  // After each execution, pruned ones included: what a pruned one shows is real.
  std::function<Seen(const Executor::Result&)> on_execution = nullptr;
  // Before the first execution and from time to time: shows progress, stops for a deadline or a
  // signal. Returns false to stop.
  std::function<bool(const Exploration&)> keep_going = nullptr;
};

// REQUIRES: `program` is normalized; `strategy` was not used before.
Exploration Explore(const Program& program, System& system, Strategy& strategy, Executor& executor,
                    Monitor& monitor, const ExploreCallbacks& callbacks = {},
                    const ExploreLimits& limits = {});

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_EXECUTION_EXPLORER_H_
