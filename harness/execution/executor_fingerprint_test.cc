// Fingerprints of executions: whatever can make a difference later makes one in the fingerprint.
#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "harness/execution/executor_fixture.h"
#include "harness/execution/strategies/cached_exhaustive_strategy.h"
#include "harness/execution/strategies/depth_first_search.h"

namespace groupfuzz {
namespace {

using kernel::LockClass;
using kernel::LockMode;
using kernel::Mutex;
using kernel::MutexLock;
using kernel::runtime;

// Everything that matters, as the test knows it.
using Truth = std::vector<int>;

// The plain search, which looks at every choice point whether two states share a fingerprint.
class CollisionFinder final : public Strategy {
 public:
  explicit CollisionFinder(std::function<Truth()> truth) : truth_(std::move(truth)) {}

  void Begin() override { search_.Begin(); }
  int Choose(const ChoicePoint& point) override {
    const Truth truth = truth_();
    const auto [known, is_new] = truths_.try_emplace(point.state->Fingerprint(), truth);
    if (known->second != truth) ++collisions_;
    return search_.OnKnownPath() ? search_.Follow(point.size) : search_.Extend(point.size);
  }
  bool End() override { return search_.Backtrack(); }
  bool WantsFingerprints() const override { return true; }

  int collisions() const { return collisions_; }
  size_t distinct_truths() const {
    std::set<Truth> distinct;
    for (const auto& [fingerprint, truth] : truths_) distinct.insert(truth);
    return distinct.size();
  }

 private:
  const std::function<Truth()> truth_;
  DepthFirstSearch search_;
  std::map<uint64_t, Truth> truths_;
  int collisions_ = 0;
};

class FingerprintTest : public ExecutorTest {
 protected:
  FingerprintTest() {
    system_.build = [this] {
      value_ = 0;
      occurrences_ = 0;
      threads_.fill({});
    };
    system_.fingerprint = [this] { return static_cast<uint64_t>(value_); };
  }

  // What a thread of the test is doing, in the place of its stack.
  struct Stack {
    int place = 0;
    int local = 0;
  };
  Stack& stack() { return threads_[runtime().thread()]; }

  void PointAt(int place) {
    stack().place = place;
    runtime().CallbackPoint();
  }
  // An op that stops with `mutex`, and once more without.
  int64_t Hold(Mutex& mutex) {
    {
      MutexLock lock(mutex);
      PointAt(1);
      PointAt(2);
    }
    PointAt(3);
    stack() = {.place = 4};
    return 0;
  }
  int CountFault() {
    ++occurrences_;
    return runtime().InjectedErrno(FaultKind::kAttach);
  }

  Truth TheTruth() const {
    Truth truth = {value_, occurrences_};
    for (const Stack& stack : threads_) {
      truth.push_back(stack.place);
      truth.push_back(stack.local);
    }
    return truth;
  }

  void ExpectStatesApart(const Program& program) {
    CollisionFinder finder([this] { return TheTruth(); });
    Explore(program, system_, finder, executor_, monitor_);
    EXPECT_EQ(finder.collisions(), 0);
    EXPECT_GT(finder.distinct_truths(), 10u);
  }
  void ExpectNoCollision(const Program& program) {
    ExpectStatesApart(program);
    ExpectCacheFindsEveryResult(program);
  }

  void ExpectCacheFindsEveryResult(const Program& program) {
    std::set<uint64_t> plain;
    std::set<uint64_t> cached;
    ExploreAll(program, [&](const Executor::Result&) { plain.insert(monitor_.results); });
    CachedExhaustiveStrategy strategy;
    const Exploration exploration = Explore(program, system_, strategy, executor_, monitor_,
                                            {.on_execution = [&](const Executor::Result& result) {
                                              if (!result.pruned) cached.insert(monitor_.results);
                                              return Seen::kClean;
                                            }});
    EXPECT_EQ(cached, plain);
    EXPECT_GT(plain.size(), 1u);
    EXPECT_GT(exploration.pruned, 0u) << "all states differ: no use to a cache";
  }

  int value_ = 0;
  int occurrences_ = 0;
  std::array<Stack, kMaxThreads> threads_;
};

TEST_F(FingerprintTest, KnowsWhatThreadsKeepOnTheirStacks) {
  system_.perform = [&](const Op&) -> int64_t {
    PointAt(1);
    const int before = stack().local = value_;
    value_ = 1;
    PointAt(2);
    value_ = 0;
    PointAt(3);
    stack() = {};
    return before;
  };
  ExpectNoCollision(kThree);
}

// An op that has ended and left no trace but a count.
TEST_F(FingerprintTest, KnowsTheFaultsThatAreLeft) {
  Program program = MakeProgram({{OpKind::kShowType},
                                 {OpKind::kBind, OpKind::kUnbind},
                                 {OpKind::kStoreType, OpKind::kStoreType}});
  program.faults.size = 1;
  program.faults.faults[0] = {.kind = FaultKind::kAttach, .first = 2, .count = 1, .error = EIO};
  system_.perform = [&](const Op& op) -> int64_t {
    runtime().CallbackPoint();
    int result = 0;
    if (op.kind == OpKind::kBind) value_ = 1;
    if (op.kind == OpKind::kUnbind) value_ = 0;
    if (op.kind == OpKind::kShowType && value_ == 1) CountFault();
    if (op.kind == OpKind::kStoreType) result = CountFault();
    stack().place = (stack().place + 1) * 10;
    return result;
  };
  ExpectNoCollision(program);
}

TEST_F(FingerprintTest, KnowsTheLocksThatAreHeld) {
  Mutex mutex(LockClass::kGroup);
  const auto hold = [&] { return Hold(mutex); };
  const auto look = [&]() -> int64_t {
    PointAt(1);
    const int busy = stack().local = !runtime().FindFree(mutex.state(), LockMode::kExclusive);
    PointAt(2);
    PointAt(3);
    stack() = {.place = 4};
    return busy;
  };
  Script({hold, look, look});
  ExpectNoCollision(kThree);
}

// Who finds a lock held comes to the same places later, and nothing but that says so.
TEST_F(FingerprintTest, KnowsWhoHadToWait) {
  Mutex mutex(LockClass::kGroup);
  const auto hold = [&] { return Hold(mutex); };
  Script({hold, hold, hold});
  ExpectStatesApart(kThree);
}

// ... and the order in which others took locks is nothing that a thread knows.
TEST_F(FingerprintTest, ForgetsTheLocksOfOthers) {
  Mutex mutex(LockClass::kGroup);
  const auto hold = [&]() -> int64_t {
    MutexLock lock(mutex);
    runtime().CallbackPoint();
    return 0;
  };
  const auto look = [&]() -> int64_t {
    for (int i = 0; i < 3; ++i) runtime().CallbackPoint();
    return 0;
  };
  Script({hold, look, look});
  CachedExhaustiveStrategy strategy;
  Explore(kThree, system_, strategy, executor_, monitor_);
  // Places of the first, times those of the other two.
  EXPECT_LE(strategy.states(), 4u * 5u * 5u);
}

// Two orders of the same steps, of which one makes a later step a cycle.
TEST_F(FingerprintTest, KnowsTheLockOrderThatWasLearnt) {
  Mutex device(LockClass::kDevice);
  Mutex group(LockClass::kGroup);
  const auto learn = [&]() -> int64_t {
    PointAt(1);
    if (value_ == 1) {
      MutexLock outer(device);
      MutexLock inner(group);
    }
    return 0;
  };
  const auto toggle = [&]() -> int64_t {
    PointAt(1);
    value_ = 1;
    PointAt(2);
    value_ = 0;
    return 0;
  };
  const auto invert = [&]() -> int64_t {
    PointAt(1);
    MutexLock outer(group);
    MutexLock inner(device);
    return 0;
  };
  Script({learn, toggle, invert});
  // Whose step closes the cycle; nobody's where there is none.
  const auto culprits = [&](Strategy& strategy) {
    std::set<int> threads;
    Explore(kThree, system_, strategy, executor_, monitor_,
            {.on_execution = [&](const Executor::Result& result) {
              const bool found = !monitor_.problems.empty();
              if (!result.pruned) threads.insert(found ? monitor_.problems[0].thread : -1);
              return Seen::kClean;
            }});
    return threads;
  };
  ExhaustiveStrategy plain;
  CachedExhaustiveStrategy cached;
  EXPECT_EQ(culprits(plain), (std::set<int>{-1, 0, 2}));
  EXPECT_EQ(culprits(cached), (std::set<int>{-1, 0, 2}));
}

}  // namespace
}  // namespace groupfuzz
