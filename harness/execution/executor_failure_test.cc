// Executions that cannot go on: deadlocks, livelocks, uses of freed memory, exceptions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "harness/execution/executor_fixture.h"
#include "target/kernel/unsupported.h"

namespace groupfuzz {
namespace {

using kernel::LockClass;
using kernel::LockMode;
using kernel::Mutex;
using kernel::MutexLock;
using kernel::runtime;
using kernel::RwSemaphore;
using Problem = RecordingMonitor::Problem;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;

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
  EXPECT_FALSE(exploration.exhausted());
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

TEST_F(ExecutorTest, AWarningOfTheBootIsReportedToTheMonitor) {
  system_.build = [] { runtime().Record({.kind = EventKind::kWarn, .line = 12}); };
  const Executor::Result result = Run(kOne);
  EXPECT_FALSE(result.abandoned);
  ASSERT_EQ(monitor_.events.size(), 1u);
  EXPECT_EQ(monitor_.events[0].line, 12);
  EXPECT_EQ(monitor_.events[0].thread, kBootThread);
  EXPECT_EQ(result.trace->events, monitor_.events);
}

TEST_F(ExecutorTest, ALockThatTheBootKeepsIsReportedToTheMonitor) {
  Mutex mutex(LockClass::kGroup);
  bool ran = false;
  system_.perform = [&ran](const Op&) { return ran = true; };
  system_.build = [&] { Take(mutex); };
  EXPECT_TRUE(Run(kOne).abandoned);
  EXPECT_EQ(problems(), (std::vector<Problem>{{ExecutionProblem::kLockKept, kBootThread,
                                               LockClass::kGroup, LockClass::kGroup}}));
  EXPECT_FALSE(ran);
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

// What `body` says that it cannot follow.
template <typename Body>
std::string NotFollowed(Body body) {
  std::string why;
  kernel::Follows(body, &why);
  return why;
}

TEST_F(ExecutorTest, ALockThatIsTakenForOnesOwnByMistakeEndsTheRun) {
  Mutex mutex(LockClass::kDevice);
  mutex.state().shared_by_threads = false;
  system_.perform = [&](const Op&) {
    MutexLock lock(mutex);
    return 0;
  };
  EXPECT_THAT(NotFollowed([&] { ExploreAll(kThree); }),
              HasSubstr("threads 0 and 1 take device_lock(dev0), which the system says"));
}

TEST_F(ExecutorTest, AnOpThatBeginsOtherwiseThanPromisedEndsTheRun) {
  Mutex promised(LockClass::kGroup);
  Mutex other(LockClass::kDevice);
  system_.first_lock = [&](const Op&) { return &promised.state(); };
  system_.perform = [&](const Op&) {
    MutexLock lock(promised);
    return 0;
  };
  ExploreAll(kThree);
  EXPECT_TRUE(problems().empty());
  system_.perform = [&](const Op&) {
    MutexLock lock(other);
    return 0;
  };
  EXPECT_THAT(NotFollowed([&] { ExploreAll(kThree); }),
              ContainsRegex("begins with device_lock.* says that it begins with group"));
  system_.perform = [&](const Op&) {
    runtime().CallbackPoint();
    return 0;
  };
  EXPECT_THAT(NotFollowed([&] { ExploreAll(kThree); }),
              HasSubstr("begins with something else than a lock"));
}

TEST_F(ExecutorTest, ReadersMayShareALockThatOrdersNothing) {
  kernel::RwSemaphore semaphore(LockClass::kKernfs);
  semaphore.state().shared_by_threads = false;
  system_.perform = [&](const Op&) {
    kernel::ReaderLock lock(semaphore);
    return 0;
  };
  ExploreAll(kThree);
  EXPECT_TRUE(problems().empty());
}

}  // namespace
}  // namespace groupfuzz
