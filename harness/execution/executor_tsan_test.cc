// ThreadSanitizer sees the races of modelled code, and none of the harness.
#include <gtest/gtest.h>

#include <cstdlib>

#include "harness/execution/execution_testing.h"
#include "harness/execution/executor.h"
#include "harness/execution/strategies/random_walk_strategy.h"
#include "harness/execution/strategies/replay_strategy.h"
#include "harness/execution/toy_system.h"

namespace groupfuzz {
namespace {

constexpr int kTsanExitCode = 66;
constexpr OpKind kShow = OpKind::kShowType;

// Does not come back: ThreadSanitizer makes the exit status.
[[noreturn]] void RunToy(ToyOptions options, const Program& program, Strategy& strategy, int runs) {
  ToySystem system(options);
  RecordingMonitor monitor;
  Executor executor({.snapshots = true});
  for (int run = 0; run < runs; ++run) executor.Run(program, system, strategy, monitor);
  std::exit(0);
}

TEST(ExecutorTsanTest, AnUnlockedWriteIsReported) {
  const Program program = MakeProgram({{kShow}, {kShow}});
  ReplayStrategy strategy(program.schedule);
  EXPECT_EXIT(RunToy({.unlocked_show = true}, program, strategy, 1),
              ::testing::ExitedWithCode(kTsanExitCode), "data race.*(\n.*)*ShowUnlocked");
}

TEST(ExecutorTsanTest, OneThreadRacesWithNobody) {
  const Program program = MakeProgram({{kShow, kShow, kShow}});
  ReplayStrategy strategy(program.schedule);
  EXPECT_EXIT(RunToy({.unlocked_show = true}, program, strategy, 100), ::testing::ExitedWithCode(0),
              "^$");
}

TEST(ExecutorTsanTest, LockedCodeIsCleanInEveryInterleaving) {
  constexpr int kRuns = 10000;
  const Program program =
      MakeProgram({{kShow, OpKind::kBind, OpKind::kUnbind, OpKind::kStoreType},
                   {OpKind::kStoreType, kShow, OpKind::kGroupClaim, OpKind::kGroupRelease},
                   {OpKind::kGroupClaim, OpKind::kGroupRelease, kShow, OpKind::kStoreType}});
  for (bool split : {false, true}) {
    RandomWalkStrategy strategy(1, kRuns);
    EXPECT_EXIT(RunToy({.split_store = split}, program, strategy, kRuns),
                ::testing::ExitedWithCode(0), "^$");
  }
}

// Lock order is a finding of the executor, not the end of the process.
TEST(ExecutorTsanTest, InvertedLocksAndAbandonedThreadsAreClean) {
  const auto run = [] {
    kernel::Mutex a(kernel::LockClass::kDevice);
    kernel::Mutex b(kernel::LockClass::kGroup);
    ScriptedSystem system;
    system.perform = [&](const Op&) -> int64_t {
      const bool swap = kernel::runtime().thread() == 1;
      kernel::MutexLock outer(swap ? b : a);
      kernel::MutexLock inner(swap ? a : b);
      return 0;
    };
    RecordingMonitor monitor;
    Executor executor;
    RandomWalkStrategy strategy(1, 100);
    const Program program = MakeProgram({{kShow, kShow}, {kShow, kShow}});
    int abandoned = 0;
    for (int i = 0; i < 100; ++i) {
      abandoned += executor.Run(program, system, strategy, monitor).abandoned;
    }
    std::exit(abandoned > 0 ? 0 : 1);
  };
  EXPECT_EXIT(run(), ::testing::ExitedWithCode(0), "^$");
}

}  // namespace
}  // namespace groupfuzz
