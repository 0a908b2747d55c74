// The fixture of the executor's tests: one system of lambdas, an executor, and what it takes to run
// them.
//
// Thread-safety: one OS thread.
#ifndef GROUPFUZZ_HARNESS_EXECUTION_EXECUTOR_FIXTURE_H_
#define GROUPFUZZ_HARNESS_EXECUTION_EXECUTOR_FIXTURE_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "harness/execution/execution_testing.h"
#include "harness/execution/executor.h"
#include "harness/execution/explorer.h"
#include "harness/execution/strategies/exhaustive_strategy.h"
#include "harness/execution/strategies/replay_strategy.h"
#include "target/kernel/lock.h"
#include "target/kernel/runtime.h"

namespace groupfuzz {

// Locking that breaks the rules, out of sight of the thread-safety analysis.
template <typename T>
void Take(T& lock, kernel::LockMode mode = kernel::LockMode::kExclusive) {
  kernel::runtime().Acquire(lock.state(), mode);
}
template <typename T>
void Drop(T& lock, kernel::LockMode mode = kernel::LockMode::kExclusive) {
  kernel::runtime().Release(lock.state(), mode);
}

class ExecutorTest : public ::testing::Test {
 protected:
  Executor::Result Run(const Program& program, std::vector<uint8_t> choices = {}) {
    schedule_.choices = std::move(choices);
    strategy_.Use(schedule_);
    return executor_.Run(program, system_, strategy_, monitor_);
  }
  Exploration ExploreAll(const Program& program,
                         std::function<void(const Executor::Result&)> look = {}) {
    ExhaustiveStrategy strategy;
    return Explore(program, system_, strategy, executor_, monitor_,
                   {.on_execution = [&](const Executor::Result& result) {
                     if (look) look(result);
                     return Seen::kClean;
                   }});
  }
  // Makes the threads of the program run one function each.
  void Script(const std::vector<std::function<int64_t()>>& threads) {
    system_.perform = [threads](const Op&) { return threads[kernel::runtime().thread()](); };
  }
  // Puts locks back to what Build would make of them.
  static void Unlock(kernel::Lock& lock) {
    lock.writer = kernel::Lock::kNoHolder;
    lock.readers = 0;
  }
  std::vector<RecordingMonitor::Problem> problems() const { return monitor_.problems; }

  ScriptedSystem system_;
  Executor executor_;
  RecordingMonitor monitor_;
  Schedule schedule_;
  ReplayStrategy strategy_{schedule_};
};

// Threads of one op each; what an op does is the test's to say.
inline constexpr OpKind kAny = OpKind::kShowType;
inline const Program kOne = MakeProgram({{kAny}});
inline const Program kTwo = MakeProgram({{kAny}, {kAny}});
inline const Program kThree = MakeProgram({{kAny}, {kAny}, {kAny}});

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_EXECUTION_EXECUTOR_FIXTURE_H_
