#include "harness/verdict/runner.h"

#include <algorithm>

#include "harness/execution/strategies/replay_strategy.h"

namespace groupfuzz {

Runner::Runner(const Design& design)
    : design_(design), system_(design.make()), checker_(design), recorder_({.snapshots = true}) {}

bool Runner::Provides(const Program& program) const {
  const auto provides = [&](const Op& op) { return system_->Provides(op); };
  return std::all_of(
      program.threads.begin(), program.threads.begin() + program.thread_count,
      [&](const std::vector<Op>& ops) { return std::all_of(ops.begin(), ops.end(), provides); });
}

RunOutcome Runner::Run(const Program& program) {
  ReplayStrategy replay(program.schedule);
  return RunWith(executor_, replay, program);
}

RunOutcome Runner::RunUnder(Strategy& strategy, const Program& program) {
  return RunWith(executor_, strategy, program);
}

RunOutcome Runner::RunRecorded(const Program& program) {
  ReplayStrategy replay(program.schedule);
  return RunWith(recorder_, replay, program);
}

RunOutcome Runner::RunWith(Executor& executor, Strategy& strategy, const Program& program) {
  const LastWords::Watch watch(words_, program, strategy.choices());
  const Executor::Result result = executor.Run(program, *system_, strategy, *monitor_);
  trace_ = result.trace;
  return {*result.trace, checker_.findings()};
}

Exploration Runner::Explore(const Program& program, Strategy& strategy, const OnOutcome& on_outcome,
                            const KeepGoing& keep_going, const ExploreLimits& limits) {
  const LastWords::Watch watch(words_, program, nullptr);
  ExploreCallbacks callbacks;
  callbacks.on_execution = [&](const Executor::Result& result) {
    return on_outcome({*result.trace, checker_.findings()});
  };
  callbacks.keep_going = keep_going;
  return groupfuzz::Explore(program, *system_, strategy, executor_, *monitor_, callbacks, limits);
}

}  // namespace groupfuzz
