#include "harness/execution/explorer.h"

#include <string_view>

#include "absl/strings/str_cat.h"

namespace groupfuzz {
namespace {

void Count(const Executor::Result& result, Exploration* exploration) {
  ++(result.pruned ? exploration->pruned : exploration->executions);
  if (result.abandoned) ++exploration->abandoned;
}

}  // namespace

Exploration Explore(const Program& program, System& system, Strategy& strategy, Executor& executor,
                    Monitor& monitor, const ExploreCallbacks& callbacks,
                    const ExploreLimits& limits) {
  Exploration exploration;
  for (uint64_t run = 0; run < limits.max_executions; ++run) {
    const bool ask = callbacks.keep_going && run % limits.progress_interval == 0;
    if (ask) exploration.done = strategy.done();
    if (ask && !callbacks.keep_going(exploration)) {
      exploration.stopped = true;
      break;
    }
    const Executor::Result result = executor.Run(program, system, strategy, monitor);
    Count(result, &exploration);
    const Seen seen = callbacks.on_execution ? callbacks.on_execution(result) : Seen::kClean;
    if (seen != Seen::kClean) ++exploration.findings;
    const bool more = strategy.End();
    exploration.states = strategy.states();
    if (!more) {
      exploration.complete = strategy.Exhaustive();
      break;
    }
    if (seen == Seen::kFindingStop) break;
  }
  return exploration;
}

VerdictWord Exploration::word() const {
  if (stopped || executions == 0 || abandoned > 0) return VerdictWord::kUnknown;
  return complete ? VerdictWord::kExhausted : VerdictWord::kSampled;
}

std::string Describe(const Exploration& exploration) {
  const std::string_view word = Spelled(exploration.word());
  if (!exploration.complete) {
    return absl::StrCat(std::string(word), ": ", exploration.executions, " interleavings");
  }
  const std::string earned(exploration.findings > 0 ? "all tried" : word);
  if (exploration.states == 0) {
    return absl::StrCat(earned, ": ", exploration.executions, " of ", exploration.executions,
                        " interleavings");
  }
  return absl::StrCat(earned, ": ", exploration.executions, " interleavings cover ",
                      exploration.states, " states");
}

}  // namespace groupfuzz
