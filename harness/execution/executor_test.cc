// One execution: choices, steps, results, and what ends it early.
#include "harness/execution/executor.h"

#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>
#include <array>
#include <memory>
#include <set>
#include <vector>

#include "harness/execution/execution_testing.h"
#include "harness/execution/executor_fixture.h"
#include "harness/execution/lock_order.h"
#include "harness/execution/strategies/random_walk_strategy.h"
#include "harness/execution/toy_system.h"

namespace groupfuzz {
namespace {

using kernel::LockClass;
using kernel::Mutex;
using kernel::MutexLock;
using kernel::runtime;
using kernel::RwSemaphore;

TEST_F(ExecutorTest, RunsEveryOpAndRecordsResults) {
  system_.perform = [](const Op&) { return runtime().thread() * 10; };
  const Executor::Result result = Run(MakeProgram({{kAny, kAny}, {kAny}}));
  EXPECT_FALSE(result.abandoned);
  EXPECT_FALSE(result.pruned);
  EXPECT_EQ(result.trace->ops, (std::vector<OpRecord>{{.thread = 0, .op = 0, .result = 0},
                                                      {.thread = 0, .op = 1, .result = 0},
                                                      {.thread = 1, .op = 0, .result = 10}}));
}

TEST_F(ExecutorTest, ChoicesCountFromTheRunningThreadInCyclicOrder) {
  std::vector<int> order;
  system_.perform = [&order](const Op&) {
    order.push_back(runtime().thread());
    return 0;
  };
  const Program program = MakeProgram({{kAny, kAny}, {kAny, kAny}, {kAny, kAny}});
  EXPECT_EQ(Run(program).trace->preemptions, 0);
  EXPECT_EQ(order, (std::vector<int>{0, 0, 1, 1, 2, 2}));

  order.clear();
  // From the start: thread 1; then the second after it, thread 0; then the first after that.
  const Executor::Result result = Run(program, {1, 2, 1});
  EXPECT_EQ(order, (std::vector<int>{1, 0, 1, 2, 2, 0}));
  EXPECT_EQ(result.trace->preemptions, 2);
}

TEST_F(ExecutorTest, AnOpThatBeginsWithoutALockIsAPointOfItsOwn) {
  EXPECT_EQ(ExploreAll(MakeProgram({{kAny, kAny}, {kAny, kAny}})).executions, 6u);
}

TEST_F(ExecutorTest, CallbacksAndRacyReadsArePoints) {
  for (void (kernel::Runtime::*point)() :
       {&kernel::Runtime::CallbackPoint, &kernel::Runtime::RacyReadPoint}) {
    // The first of three is reached directly from the start of the op: three steps a thread.
    system_.perform = [point](const Op&) {
      for (int i = 0; i < 3; ++i) (runtime().*point)();
      return 0;
    };
    EXPECT_EQ(ExploreAll(kTwo).executions, 20u);
  }
}

TEST_F(ExecutorTest, SectionsAreSteps) {
  Mutex mutex(LockClass::kGroup);
  system_.perform = [&](const Op&) {
    for (int i = 0; i < 2; ++i) MutexLock lock(mutex);
    return 0;
  };
  EXPECT_EQ(ExploreAll(kTwo).executions, 6u);
  system_.first_lock = [&](const Op&) { return &mutex.state(); };
  EXPECT_EQ(ExploreAll(kTwo).executions, 6u);
}

TEST_F(ExecutorTest, NobodyRunsInsideAnothersSection) {
  Mutex mutex(LockClass::kGroup);
  bool inside = false;
  system_.perform = [&](const Op&) {
    MutexLock lock(mutex);
    EXPECT_FALSE(inside);
    inside = true;
    runtime().CallbackPoint();
    inside = false;
    return 0;
  };
  ExploreAll(kThree);
}

TEST_F(ExecutorTest, ReadersShareAndWritersDoNot) {
  RwSemaphore semaphore(LockClass::kOps);
  int readers = 0;
  int most_readers = 0;
  bool writing = false;
  const auto read = [&]() -> int64_t {
    semaphore.AcquireShared();
    most_readers = std::max(most_readers, ++readers);
    EXPECT_FALSE(writing);
    runtime().CallbackPoint();
    --readers;
    semaphore.ReleaseShared();
    return 0;
  };
  const auto write = [&]() -> int64_t {
    semaphore.Acquire();
    writing = true;
    EXPECT_EQ(readers, 0);
    runtime().CallbackPoint();
    writing = false;
    semaphore.Release();
    return 0;
  };
  Script({read, read, write});
  ExploreAll(kThree);
  EXPECT_EQ(most_readers, 2);
  EXPECT_TRUE(problems().empty());
}

TEST_F(ExecutorTest, ALockOfOneThreadIsNoPoint) {
  Mutex mine(LockClass::kDevice);
  mine.state().shared_by_threads = false;
  Mutex theirs(LockClass::kGroup);
  system_.first_lock = [&](const Op&) { return &theirs.state(); };
  Script({[&]() -> int64_t {
            MutexLock outer(mine);
            MutexLock inner(theirs);
            return 0;
          },
          [&]() -> int64_t {
            MutexLock inner(theirs);
            return 0;
          }});
  EXPECT_EQ(ExploreAll(MakeProgram({{kAny, kAny, kAny}, {kAny, kAny, kAny}})).executions, 20u);
}

TEST_F(ExecutorTest, EventsSayWhoWhereAndUnderWhat) {
  Mutex device(LockClass::kDevice, 2);
  Mutex group(LockClass::kGroup);
  system_.perform = [&](const Op&) {
    MutexLock outer(device);
    MutexLock inner(group);
    runtime().Record({.kind = EventKind::kWarn});
    return 0;
  };
  const uint8_t kDeviceBit = LockClassBit(LockClass::kDevice);
  const uint8_t kGroupBit = LockClassBit(LockClass::kGroup);
  const uint8_t kDeviceValue = static_cast<uint8_t>(LockClass::kDevice);
  const uint8_t kGroupValue = static_cast<uint8_t>(LockClass::kGroup);
  const uint8_t both = kDeviceBit | kGroupBit;
  const std::vector<Event> kExpected = {
      {.kind = EventKind::kLock,
       .thread = 0,
       .device = 2,
       .value = kDeviceValue,
       .held = kDeviceBit},
      {.kind = EventKind::kLock, .thread = 0, .value = kGroupValue, .held = both},
      {.kind = EventKind::kWarn, .thread = 0, .held = both},
      {.kind = EventKind::kUnlock, .thread = 0, .value = kGroupValue, .held = both},
      {.kind = EventKind::kUnlock,
       .thread = 0,
       .device = 2,
       .value = kDeviceValue,
       .held = kDeviceBit},
  };
  EXPECT_EQ(Run(kOne).trace->events, kExpected);
  EXPECT_EQ(monitor_.events, kExpected);
  EXPECT_EQ(Run(kOne).trace->ops[0].end_event, kExpected.size());
}

TEST_F(ExecutorTest, BootIsSilentAndTearDownIsNot) {
  const auto attach = [] { runtime().Record({.kind = EventKind::kAttach}); };
  uint8_t boot_thread = 0;
  system_.build = [&] {
    boot_thread = runtime().thread();
    attach();
  };
  system_.tear_down = attach;
  const Executor::Result result = Run(kOne);
  EXPECT_EQ(boot_thread, kBootThread);
  ASSERT_EQ(result.trace->events.size(), 1u);
  EXPECT_EQ(result.trace->events[0].thread, kBootThread);
  EXPECT_EQ(monitor_.events.size(), 1u);
}

TEST_F(ExecutorTest, SnapshotsFollowEveryEvent) {
  Executor executor({.snapshots = true});
  ToySystem toy;
  NullMonitor monitor;
  const Program program = MakeProgram({{OpKind::kBind, OpKind::kBind}});
  const Trace& trace = *executor.Run(program, toy, strategy_, monitor).trace;
  ASSERT_EQ(trace.snapshots.size(), trace.events.size());
  ASSERT_EQ(trace.events.size(), 6u);  // two binds and the tear-down, a lock and an unlock each
  EXPECT_EQ(trace.snapshots[0].owner_cnt, 0);
  EXPECT_EQ(trace.snapshots[1].owner_cnt, 1);
  EXPECT_EQ(trace.snapshots[3].owner_cnt, 2);
}

TEST_F(ExecutorTest, StrictRacesIsPassedOn) {
  bool strict = false;
  system_.perform = [&strict](const Op&) { return strict = runtime().strict_races(); };
  Run(kOne);
  EXPECT_FALSE(strict);
  Executor executor({.strict_races = true});
  executor.Run(kOne, system_, strategy_, monitor_);
  EXPECT_TRUE(strict);
}

TEST_F(ExecutorTest, LiveObjectsAfterTearDownAreALeak) {
  system_.live = 0;
  Run(kOne);
  EXPECT_EQ(monitor_.leaked, 0);
  system_.live = 3;
  Run(kOne);
  EXPECT_EQ(monitor_.leaked, 3);
}

// Faults.

TEST_F(ExecutorTest, FaultsHitTheOccurrencesOfThePlan) {
  std::vector<int> attaches;
  int map = -1;
  system_.build = [] { EXPECT_EQ(runtime().InjectedErrno(FaultKind::kAttach), 0); };
  system_.tear_down = [] { EXPECT_EQ(runtime().InjectedErrno(FaultKind::kAttach), 0); };
  system_.perform = [&](const Op&) {
    for (int i = 0; i < 6; ++i) attaches.push_back(runtime().InjectedErrno(FaultKind::kAttach));
    map = runtime().InjectedErrno(FaultKind::kMap);
    return 0;
  };
  Program program = kOne;
  program.faults.size = 2;
  program.faults.faults[0] = {.kind = FaultKind::kAttach, .first = 2, .count = 2, .error = ENOMEM};
  program.faults.faults[1] = {
      .kind = FaultKind::kAttach, .first = 5, .count = kEveryOccurrence, .error = EINVAL};
  for (int run = 0; run < 2; ++run) {
    attaches.clear();
    const Executor::Result result = Run(program);
    EXPECT_EQ(attaches, (std::vector<int>{0, ENOMEM, ENOMEM, 0, EINVAL, EINVAL}));
    EXPECT_EQ(map, 0);
    ASSERT_EQ(result.trace->events.size(), 4u);
    EXPECT_EQ(result.trace->events[0].kind, EventKind::kFault);
    EXPECT_EQ(result.trace->events[0].value, static_cast<uint8_t>(FaultKind::kAttach));
    EXPECT_EQ(result.trace->events[0].result, -ENOMEM);
  }
}

TEST_F(ExecutorTest, AnOccurrenceThatMayFailIsAPoint) {
  Mutex mutex(LockClass::kGroup);
  system_.first_lock = [&](const Op&) { return &mutex.state(); };
  Program program = kTwo;
  program.faults.size = 1;
  program.faults.faults[0] = {
      .kind = FaultKind::kAllocate, .first = 1, .count = 1, .error = ENOMEM};
  const auto executions = [&](FaultKind kind, bool in_callback) {
    system_.perform = [&, kind, in_callback](const Op&) {
      {
        MutexLock lock(mutex);
      }
      if (in_callback) runtime().CallbackPoint();
      return runtime().InjectedErrno(kind);
    };
    return ExploreAll(program).executions;
  };
  EXPECT_EQ(executions(FaultKind::kMap, false), 2u);
  EXPECT_EQ(executions(FaultKind::kAllocate, false), 6u);
  EXPECT_EQ(executions(FaultKind::kAllocate, true), 6u);
}

// Domain ids.

TEST_F(ExecutorTest, DomainIdsDoNotDependOnTheInterleaving) {
  std::array<std::array<DomainId, 2>, 2> ids{};
  DomainId boot = 0;
  system_.build = [&boot] { boot = runtime().NewDomainId(); };
  system_.perform = [&ids](const Op&) {
    for (DomainId& id : ids[runtime().thread()]) {
      runtime().CallbackPoint();
      id = runtime().NewDomainId();
    }
    return 0;
  };
  Run(kTwo);
  const auto first = ids;
  EXPECT_EQ(boot, 1);
  ExploreAll(kTwo, [&](const Executor::Result&) { EXPECT_EQ(ids, first); });
}

TEST_F(ExecutorTest, DomainIdsAreUniqueAndNeverZero) {
  std::set<DomainId> ids;
  int made = 0;
  const auto make = [&](int count) {
    for (int i = 0; i < count; ++i) ids.insert(runtime().NewDomainId());
    made += count;
  };
  system_.build = [&] { make(700); };
  system_.tear_down = [&] { make(700); };
  system_.perform = [&](const Op&) {
    make(3000);
    return 0;
  };
  Program program = MakeProgram({{kAny, kAny}, {kAny}, {kAny}, {}});
  program.threads[3].resize(kMaxOps / 4);
  program.thread_count = kMaxThreads;
  EXPECT_FALSE(Run(program).abandoned);
  EXPECT_EQ(ids.size(), static_cast<size_t>(made));
  EXPECT_FALSE(ids.contains(kNoDomain));
}

TEST_F(ExecutorTest, MoreDomainsThanThereAreIdsIsTooLong) {
  system_.perform = [](const Op&) {
    for (;;) runtime().NewDomainId();
    return 0;
  };
  EXPECT_TRUE(Run(kOne).abandoned);
  ASSERT_EQ(problems().size(), 1u);
  EXPECT_EQ(problems()[0].kind, ExecutionProblem::kTooLong);
}

// A first lock that goes away with its group while somebody is about to take it.
TEST_F(ExecutorTest, TheFirstLockIsAskedForAnew) {
  auto mutex = std::make_unique<Mutex>(LockClass::kGroup);
  system_.first_lock = [&](const Op&) { return mutex ? &mutex->state() : nullptr; };
  Script({[&]() -> int64_t {
            mutex->Acquire();
            mutex->Release();
            mutex.reset();
            runtime().CallbackPoint();
            return 0;
          },
          [&]() -> int64_t { return mutex != nullptr; }});
  system_.build = [&] { mutex = std::make_unique<Mutex>(LockClass::kGroup); };
  EXPECT_EQ(ExploreAll(kTwo).executions, 3u);
}

// Speed and memory.

TEST(ExecutorMemoryTest, RunsDoNotGrow) {
  constexpr int kRuns = 100000;
  ToySystem system;
  NullMonitor monitor;
  Executor executor;
  RandomWalkStrategy strategy(1, kRuns);
  const Program program = MakeProgram({{OpKind::kBind, OpKind::kUnbind},
                                       {OpKind::kGroupClaim, OpKind::kGroupRelease},
                                       {OpKind::kStoreType, OpKind::kShowType}});
  const auto run = [&](int count) {
    for (int i = 0; i < count; ++i) executor.Run(program, system, strategy, monitor);
  };
  run(10);
  const size_t before = mallinfo2().uordblks;
  run(kRuns);
  EXPECT_EQ(mallinfo2().uordblks, before);
}

}  // namespace
}  // namespace groupfuzz
