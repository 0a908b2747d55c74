#include "harness/executor.h"

#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>
#include <memory>
#include <set>
#include <stdexcept>
#include <utility>
#include <vector>

#include "harness/execution_testing.h"
#include "harness/explorer.h"
#include "harness/lock_order.h"
#include "harness/strategies/cached_exhaustive_strategy.h"
#include "harness/strategies/exhaustive_strategy.h"
#include "harness/strategies/random_walk_strategy.h"
#include "harness/strategies/replay_strategy.h"
#include "harness/toy_system.h"

namespace groupfuzz {
namespace {

using kernel::Lock;
using kernel::LockClass;
using kernel::LockMode;
using kernel::Mutex;
using kernel::MutexLock;
using kernel::runtime;
using kernel::RwSemaphore;
using Problem = RecordingMonitor::Problem;

constexpr OpKind kAny = OpKind::kShowType;

// Locking that breaks the rules, out of sight of the thread-safety analysis.
template <typename T>
void Take(T& lock, LockMode mode = LockMode::kExclusive) {
  runtime().Acquire(lock.state(), mode);
}
template <typename T>
void Drop(T& lock, LockMode mode = LockMode::kExclusive) {
  runtime().Release(lock.state(), mode);
}

// One system of lambdas, an executor, and what it takes to run them.
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
  void Script(std::vector<std::function<int64_t()>> threads) {
    system_.perform = [threads](const Op&) { return threads[runtime().thread()](); };
  }
  // Puts locks back to what Build would make of them.
  static void Unlock(Lock& lock) {
    lock.writer = Lock::kNoHolder;
    lock.readers = 0;
  }
  std::vector<Problem> problems() const { return monitor_.problems; }

  ScriptedSystem system_;
  Executor executor_;
  RecordingMonitor monitor_;
  Schedule schedule_;
  ReplayStrategy strategy_{schedule_};
};

const Program kOne = MakeProgram({{kAny}});
const Program kTwo = MakeProgram({{kAny}, {kAny}});
const Program kThree = MakeProgram({{kAny}, {kAny}, {kAny}});

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

TEST_F(ExecutorTest, ALockThatIsTakenForOnesOwnByMistakeIsWaitedFor) {
  Mutex mutex(LockClass::kDevice);
  mutex.state().shared_by_threads = false;
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
  EXPECT_TRUE(problems().empty());
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
  const auto warn = [] { runtime().Record({.kind = EventKind::kWarn}); };
  uint8_t boot_thread = 0;
  system_.build = [&] {
    boot_thread = runtime().thread();
    warn();
  };
  system_.tear_down = warn;
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
  const std::vector<OpKind> ops(kMaxOps, kAny);
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

// Executions that cannot go on.

// Counts those of its kind that are alive: fiber stacks that were not unwound keep some.
struct Counted {
  explicit Counted(int* alive) : alive(alive) { ++*alive; }
  ~Counted() { --*alive; }
  Counted(const Counted&) = delete;
  int* alive;
};

TEST_F(ExecutorTest, AbbaIsADeadlockInSomeInterleavings) {
  Mutex a(LockClass::kDevice);
  Mutex b(LockClass::kGroup);
  int alive = 0;
  const auto take = [&alive](Mutex& first, Mutex& second) -> int64_t {
    Counted outer(&alive);
    MutexLock one(first);
    Counted inner(&alive);
    MutexLock two(second);
    return 0;
  };
  Script({[&] { return take(a, b); }, [&] { return take(b, a); }});
  int deadlocks = 0;
  int inversions = 0;
  const Exploration exploration = ExploreAll(kTwo, [&](const Executor::Result& result) {
    EXPECT_EQ(alive, 0);
    EXPECT_TRUE(a.state().Free(LockMode::kExclusive));
    EXPECT_TRUE(b.state().Free(LockMode::kExclusive));
    ASSERT_EQ(problems().size(), 1u);
    if (result.abandoned) {
      ++deadlocks;
      EXPECT_EQ(problems()[0],
                (Problem{ExecutionProblem::kDeadlock, 0, LockClass::kGroup, LockClass::kDevice}));
      EXPECT_TRUE(monitor_.abandoned);
      EXPECT_EQ(monitor_.leaked, 0);
    } else {
      ++inversions;
      EXPECT_EQ(problems()[0].kind, ExecutionProblem::kLockOrder);
    }
  });
  // One thread after the other, or both with one lock and no way on.
  EXPECT_EQ(exploration.executions, 4u);
  EXPECT_EQ(deadlocks, 2);
  EXPECT_EQ(inversions, 2);
  EXPECT_EQ(exploration.abandoned, 2u);
  EXPECT_FALSE(exploration.proved());
}

TEST_F(ExecutorTest, InvertedOrderInOneThreadIsAFindingWithoutAHang) {
  Mutex a(LockClass::kDevice);
  Mutex b(LockClass::kGroup);
  system_.perform = [&](const Op&) {
    for (int i = 0; i < 2; ++i) {
      {
        MutexLock one(a);
        MutexLock two(b);
      }
      {
        MutexLock one(b);
        MutexLock two(a);
      }
    }
    return 0;
  };
  EXPECT_FALSE(Run(kOne).abandoned);
  EXPECT_EQ(problems(), (std::vector<Problem>{{ExecutionProblem::kLockOrder, 0, LockClass::kGroup,
                                               LockClass::kDevice}}));
  Run(kOne);
  EXPECT_EQ(problems().size(), 1u) << "the order is learnt anew in each execution";
}

TEST_F(ExecutorTest, NestingInOneClassIsNoInversion) {
  Mutex a(LockClass::kDevice, 0);
  Mutex b(LockClass::kDevice, 1);
  system_.perform = [&](const Op&) {
    {
      MutexLock one(a);
      MutexLock two(b);
    }
    {
      MutexLock one(b);
      MutexLock two(a);
    }
    return 0;
  };
  Run(kOne);
  EXPECT_TRUE(problems().empty());
}

TEST_F(ExecutorTest, RelockingIsASelfDeadlock) {
  Mutex mutex(LockClass::kGroup);
  RwSemaphore semaphore(LockClass::kOps);
  int alive = 0;
  const std::vector<std::function<void()>> kRelocks = {
      [&] { Take(mutex); },
      [&] { Take(semaphore, LockMode::kShared); },
      [&] { Take(semaphore); },
  };
  for (const auto& relock : kRelocks) {
    system_.perform = [&](const Op&) {
      Counted counted(&alive);
      MutexLock lock(mutex);
      Take(semaphore, LockMode::kShared);
      relock();
      ADD_FAILURE() << "relocked";
      return 0;
    };
    EXPECT_TRUE(Run(kTwo).abandoned);
    ASSERT_EQ(problems().size(), 1u);
    EXPECT_EQ(problems()[0].kind, ExecutionProblem::kSelfDeadlock);
    EXPECT_EQ(problems()[0].first, problems()[0].second);
    EXPECT_EQ(alive, 0);
    Unlock(semaphore.state());
  }
}

TEST_F(ExecutorTest, ALockThatIsNeverReleasedStopsTheOthers) {
  Mutex mutex(LockClass::kGroup);
  system_.build = [&] { Unlock(mutex.state()); };
  system_.first_lock = [&](const Op&) { return &mutex.state(); };
  system_.perform = [&](const Op&) {
    Take(mutex);
    return 0;
  };
  EXPECT_TRUE(Run(kTwo).abandoned);
  EXPECT_EQ(problems(), (std::vector<Problem>{{ExecutionProblem::kDeadlock, 1, LockClass::kGroup,
                                               LockClass::kGroup}}));
}

TEST_F(ExecutorTest, ALockThatIsNeverReleasedStopsTearDown) {
  Mutex mutex(LockClass::kGroup);
  system_.build = [&] { Unlock(mutex.state()); };
  system_.tear_down = [&] { MutexLock lock(mutex); };
  system_.perform = [&](const Op&) {
    Take(mutex);
    return 0;
  };
  EXPECT_TRUE(Run(kOne).abandoned);
  EXPECT_EQ(problems(), (std::vector<Problem>{{ExecutionProblem::kDeadlock, kBootThread,
                                               LockClass::kGroup, LockClass::kGroup}}));
}

TEST_F(ExecutorTest, AReleaseByWhoDoesNotHoldIsAWarning) {
  Mutex mutex(LockClass::kGroup);
  system_.perform = [&](const Op&) {
    Drop(mutex);
    return 0;
  };
  const Executor::Result result = Run(kOne);
  ASSERT_EQ(result.trace->events.size(), 1u);
  EXPECT_EQ(result.trace->events[0].kind, EventKind::kWarn);
  EXPECT_EQ(result.trace->events[0].value, static_cast<uint8_t>(kernel::WarnSite::kUnbalancedUp));
}

TEST_F(ExecutorTest, ALivelockIsTooLong) {
  Mutex mutex(LockClass::kGroup);
  int alive = 0;
  system_.perform = [&](const Op&) {
    Counted counted(&alive);
    for (;;) MutexLock lock(mutex);
    return 0;
  };
  EXPECT_TRUE(Run(kTwo).abandoned);
  ASSERT_EQ(problems().size(), 1u);
  EXPECT_EQ(problems()[0].kind, ExecutionProblem::kTooLong);
  EXPECT_EQ(alive, 0);
}

TEST_F(ExecutorTest, UseAfterFreeUnwindsEveryThread) {
  Mutex mutex(LockClass::kGroup);
  int alive = 0;
  constexpr DomainId kFreed = 77;
  const auto wait_inside = [&]() -> int64_t {
    Counted counted(&alive);
    MutexLock lock(mutex);
    runtime().CallbackPoint();
    ADD_FAILURE() << "went on";
    return 0;
  };
  const auto use = [&]() -> int64_t {
    Counted counted(&alive);
    runtime().UseAfterFree(kFreed);
  };
  Script({wait_inside, wait_inside, use});
  // Thread 0 stops in its section; thread 1 is not enabled; thread 2 ends it for everybody.
  const Executor::Result result = Run(MakeProgram({{kAny}, {kAny}, {kAny, kAny}}), {0, 2});
  EXPECT_TRUE(result.abandoned);
  EXPECT_EQ(alive, 0);
  EXPECT_TRUE(mutex.state().Free(LockMode::kExclusive));
  EXPECT_TRUE(problems().empty());
  ASSERT_EQ(monitor_.events.size(), 2u) << "unwinding is silent";
  EXPECT_EQ(monitor_.events[1].kind, EventKind::kUseAfterFree);
  EXPECT_EQ(monitor_.events[1].domain, kFreed);
  EXPECT_TRUE(result.trace->ops.empty());
}

TEST_F(ExecutorTest, DestructorsMayCallTheRuntimeWhileAnExecutionUnwinds) {
  Mutex mutex(LockClass::kGroup);
  struct Busy {
    Mutex& mutex;
    ~Busy() {
      MutexLock lock(mutex);
      runtime().CallbackPoint();
      runtime().RacyReadPoint();
      runtime().Record({.kind = EventKind::kWarn});
      EXPECT_EQ(runtime().InjectedErrno(FaultKind::kAttach), 0);
    }
  };
  system_.perform = [&](const Op&) -> int64_t {
    MutexLock lock(mutex);
    Busy busy{mutex};
    runtime().UseAfterFree(1);
  };
  EXPECT_TRUE(Run(kTwo).abandoned);
  EXPECT_TRUE(mutex.state().Free(LockMode::kExclusive));
  EXPECT_EQ(monitor_.events.size(), 2u);
}

TEST_F(ExecutorTest, WhoSwallowsTheEndIsToldAgain) {
  int told = 0;
  system_.perform = [&](const Op&) -> int64_t {
    for (;;) {
      try {
        runtime().CallbackPoint();
        runtime().UseAfterFree(1);
      } catch (const kernel::Abandoned&) {
        if (++told == 3) throw;
      }
    }
  };
  EXPECT_TRUE(Run(kOne).abandoned);
  EXPECT_EQ(told, 3);
}

TEST_F(ExecutorTest, AFailedBootIsReportedToTheMonitor) {
  Mutex mutex(LockClass::kGroup);
  bool ran = false;
  system_.perform = [&ran](const Op&) { return ran = true; };
  system_.build = [&] {
    MutexLock lock(mutex);
    Take(mutex);
  };
  EXPECT_TRUE(Run(kOne).abandoned);
  EXPECT_EQ(problems(), (std::vector<Problem>{{ExecutionProblem::kSelfDeadlock, kBootThread,
                                               LockClass::kGroup, LockClass::kGroup}}));
  system_.build = [] { runtime().UseAfterFree(5); };
  EXPECT_TRUE(Run(kOne).abandoned);
  ASSERT_EQ(monitor_.events.size(), 1u);
  EXPECT_EQ(monitor_.events[0].domain, 5);
  EXPECT_EQ(monitor_.events[0].thread, kBootThread);
  EXPECT_FALSE(ran);
  system_.build = nullptr;
  EXPECT_FALSE(Run(kOne).abandoned);
  EXPECT_TRUE(ran);
}

TEST_F(ExecutorTest, ExceptionsStayInsideTheirFiber) {
  std::string seen;
  system_.perform = [&seen](const Op&) {
    try {
      throw std::runtime_error(std::to_string(runtime().thread()));
    } catch (const std::runtime_error&) {
      runtime().CallbackPoint();
      runtime().CallbackPoint();
      try {
        throw;
      } catch (const std::runtime_error& error) {
        seen += error.what();
      }
    }
    return 0;
  };
  ExploreAll(kTwo, [&](const Executor::Result& result) {
    EXPECT_FALSE(result.abandoned);
    std::sort(seen.begin(), seen.end());
    EXPECT_EQ(std::exchange(seen, ""), "01");
  });
}

TEST_F(ExecutorTest, ForeignExceptionsReachTheCallerOfRun) {
  int alive = 0;
  Script({[&]() -> int64_t {
            Counted counted(&alive);
            runtime().CallbackPoint();
            runtime().CallbackPoint();
            return 0;
          },
          []() -> int64_t { throw std::out_of_range("broken system"); }});
  EXPECT_THROW(Run(kTwo, {0, 1}), std::out_of_range);
  EXPECT_EQ(alive, 0);
  Script({[] { return 0; }, [] { return 0; }});
  EXPECT_FALSE(Run(kTwo).abandoned);
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

// Fingerprints.

// Two threads that keep what they read on their stacks: only the history of segments tells such
// states apart.
TEST_F(ExecutorTest, FingerprintsKnowWhatThreadsKeepOnTheirStacks) {
  int value = 0;
  system_.build = [&] { value = 0; };
  system_.fingerprint = [&] { return static_cast<uint64_t>(value); };
  system_.perform = [&](const Op&) -> int64_t {
    runtime().CallbackPoint();
    const int before = value;
    value = 1;
    runtime().CallbackPoint();
    value = 0;
    runtime().CallbackPoint();
    return before;
  };
  std::set<uint64_t> plain;
  std::set<uint64_t> cached;
  ExploreAll(kThree, [&](const Executor::Result&) { plain.insert(monitor_.results); });
  CachedExhaustiveStrategy strategy;
  const Exploration exploration = Explore(kThree, system_, strategy, executor_, monitor_,
                                          {.on_execution = [&](const Executor::Result&) {
                                            cached.insert(monitor_.results);
                                            return Seen::kClean;
                                          }});
  EXPECT_EQ(cached, plain);
  EXPECT_GT(plain.size(), 1u);
  EXPECT_GT(exploration.pruned, 0u);
}

TEST_F(ExecutorTest, FingerprintsKnowTheFaultsThatAreLeft) {
  system_.perform = [](const Op&) -> int64_t {
    const int first = runtime().InjectedErrno(FaultKind::kAttach);
    runtime().CallbackPoint();
    if (runtime().thread() == 1) return first;
    return first + runtime().InjectedErrno(FaultKind::kAttach);
  };
  Program program = kThree;
  program.faults.size = 1;
  program.faults.faults[0] = {.kind = FaultKind::kAttach, .first = 2, .count = 1, .error = EIO};
  std::set<uint64_t> plain;
  std::set<uint64_t> cached;
  ExploreAll(program, [&](const Executor::Result&) { plain.insert(monitor_.results); });
  CachedExhaustiveStrategy strategy;
  Explore(program, system_, strategy, executor_, monitor_,
          {.on_execution = [&](const Executor::Result&) {
            cached.insert(monitor_.results);
            return Seen::kClean;
          }});
  EXPECT_EQ(cached, plain);
  EXPECT_GT(plain.size(), 1u);
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
