#include "harness/runner.h"

#include "harness/strategies/replay_strategy.h"

namespace groupfuzz {

Runner::Runner(const Design& design)
    : design_(design), system_(design.make()), checker_(design), recorder_({.snapshots = true}) {}

Outcome Runner::Run(const Program& program) { return RunWith(executor_, program); }

Outcome Runner::RunRecorded(const Program& program) { return RunWith(recorder_, program); }

Outcome Runner::RunWith(Executor& executor, const Program& program) {
  ReplayStrategy replay(program.schedule);
  const Executor::Result result = executor.Run(program, *system_, replay, checker_);
  return {*result.trace, checker_.findings()};
}

Exploration Runner::Explore(const Program& program, Strategy& strategy, const OnOutcome& on_outcome,
                            const KeepGoing& keep_going, const ExploreLimits& limits) {
  ExploreCallbacks callbacks;
  callbacks.on_execution = [&](const Executor::Result& result) {
    return on_outcome({*result.trace, checker_.findings()});
  };
  callbacks.keep_going = keep_going;
  return groupfuzz::Explore(program, *system_, strategy, executor_, checker_, callbacks, limits);
}

}  // namespace groupfuzz
