// The engine's own test: interleaving counts are multinomials, and every reduction finds what the
// plain search finds.
#include "harness/execution/explorer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "harness/execution/execution_testing.h"
#include "harness/execution/strategies/cached_exhaustive_strategy.h"
#include "harness/execution/strategies/exhaustive_strategy.h"
#include "harness/execution/strategies/random_walk_strategy.h"
#include "harness/execution/strategies/replay_strategy.h"
#include "harness/execution/toy_system.h"

namespace groupfuzz {
namespace {

constexpr OpKind kBind = OpKind::kBind;
constexpr OpKind kUnbind = OpKind::kUnbind;
constexpr OpKind kClaim = OpKind::kGroupClaim;
constexpr OpKind kRelease = OpKind::kGroupRelease;
constexpr OpKind kStore = OpKind::kStoreType;
constexpr OpKind kShow = OpKind::kShowType;

constexpr ToyOptions kSplitStore = {.split_store = true};

// What a search found.
struct Found {
  Exploration exploration;
  std::set<uint64_t> final_states;  // of the system, and the results of the ops
  bool bug = false;
};

// Runs `program` on a toy under `strategy`.
Found Search(const Program& program, Strategy& strategy, ToyOptions options = {},
             const ExploreLimits& limits = {}) {
  // TearDown gives everything back: the final state is the one before.
  class FinalStateMonitor final : public RecordingMonitor {
   public:
    explicit FinalStateMonitor(const System& system) : system_(system) {}
    void OnProgramEnd(bool abandoned) override {
      EXPECT_FALSE(abandoned);
      final_state = Fold(system_.Fingerprint(), results);
    }

    uint64_t final_state = 0;

   private:
    const System& system_;
  };

  Found found;
  ToySystem system(options);
  Executor executor;
  FinalStateMonitor monitor(system);
  // Not from pruned executions: what they show must have been seen before.
  const ExploreCallbacks callbacks = {.on_execution = [&](const Executor::Result& result) {
    if (result.pruned) return Seen::kClean;
    found.final_states.insert(monitor.final_state);
    found.bug |= system.bug();
    return system.bug() ? Seen::kFinding : Seen::kClean;
  }};
  found.exploration = Explore(program, system, strategy, executor, monitor, callbacks, limits);
  return found;
}

Found SearchAll(const Program& program, ToyOptions options = {}) {
  ExhaustiveStrategy strategy;
  return Search(program, strategy, options);
}

TEST(ExplorerTest, CountsAreMultinomials) {
  const std::map<uint64_t, Program> kPrograms = {
      {1, MakeProgram({{kBind, kUnbind, kClaim, kRelease}})},
      {2, MakeProgram({{kBind}, {kClaim}})},
      {4, MakeProgram({{kBind}, {kClaim, kRelease, kStore}})},
      {20, MakeProgram({{kBind, kUnbind, kStore}, {kClaim, kRelease, kStore}})},
      {24, MakeProgram({{kBind}, {kClaim}, {kStore}, {kShow}})},
      {60, MakeProgram({{kBind}, {kClaim, kRelease}, {kStore, kShow, kUnbind}})},
      {90, MakeProgram({{kBind, kUnbind}, {kClaim, kRelease}, {kStore, kShow}})},
      {2520, MakeProgram({{kBind, kUnbind}, {kClaim, kRelease}, {kStore, kShow}, {kBind, kBind}})},
      {34650, MakeProgram({{kBind, kUnbind, kClaim, kRelease},
                           {kBind, kUnbind, kClaim, kRelease},
                           {kBind, kUnbind, kClaim, kRelease}})},
  };
  for (const auto& [count, program] : kPrograms) {
    const Exploration exploration = SearchAll(program).exploration;
    EXPECT_EQ(exploration.executions, count);
    EXPECT_EQ(exploration.pruned, 0u);
    EXPECT_TRUE(exploration.exhausted());
  }
}

TEST(ExplorerTest, AnOpOfTwoSectionsCountsTwice) {
  EXPECT_EQ(
      SearchAll(MakeProgram({{kBind, kUnbind, kStore}, {kBind, kUnbind, kClaim}}), kSplitStore)
          .exploration.executions,
      35u);
  EXPECT_EQ(
      SearchAll(MakeProgram({{kStore, kBind}, {kClaim, kRelease}, {kBind, kUnbind}}), kSplitStore)
          .exploration.executions,
      210u);
}

TEST(ExplorerTest, AThreadWithoutOpsIsNobody) {
  Program program = MakeProgram({{kBind, kUnbind}, {}, {kClaim, kRelease}});
  EXPECT_EQ(SearchAll(program).exploration.executions, 6u);
  program = MakeProgram({{}});
  EXPECT_EQ(SearchAll(program).exploration.executions, 1u);
}

// Programs small enough for the plain search, some with the check-then-act bug and some without.
std::vector<Program> CrossCheckPrograms() {
  return {
      MakeProgram({{kStore}, {kClaim}}),
      MakeProgram({{kStore}, {kBind}, {kUnbind}}),
      MakeProgram({{kStore, kBind}, {kClaim, kRelease}, {kBind, kUnbind}}),
      MakeProgram({{kStore, kStore}, {kStore, kShow}}),
      MakeProgram({{kBind, kStore, kUnbind}, {kUnbind, kStore, kClaim}, {kShow, kRelease}}),
      MakeProgram({{kShow, kShow, kShow}, {kShow, kShow, kShow}, {kShow, kShow, kShow}}),
      MakeProgram({{kBind, kUnbind, kStore}, {kClaim, kRelease, kBind}, {kUnbind, kStore}}),
  };
}

TEST(ExplorerTest, StateCacheFindsWhatThePlainSearchFinds) {
  uint64_t plain_total = 0;
  uint64_t cached_total = 0;
  for (const Program& program : CrossCheckPrograms()) {
    for (bool split : {false, true}) {
      const Found plain = SearchAll(program, {.split_store = split});
      CachedExhaustiveStrategy strategy;
      const Found cached = Search(program, strategy, {.split_store = split});
      EXPECT_EQ(cached.final_states, plain.final_states);
      EXPECT_EQ(cached.bug, plain.bug);
      EXPECT_EQ(cached.exploration.exhausted(), plain.exploration.exhausted());
      EXPECT_GT(cached.exploration.states, 0u);
      plain_total += plain.exploration.executions;
      cached_total += cached.exploration.executions + cached.exploration.pruned;
    }
  }
  EXPECT_LT(cached_total, plain_total / 2);
}

TEST(ExplorerTest, PreemptionBoundFindsASubsetAndAllOfItWhenLargeEnough) {
  for (const Program& program : CrossCheckPrograms()) {
    const Found plain = SearchAll(program, kSplitStore);
    std::set<uint64_t> smaller;
    for (int bound : {0, 1, 2, 100}) {
      ExhaustiveStrategy strategy(bound);
      const Found bounded = Search(program, strategy, kSplitStore);
      EXPECT_FALSE(bounded.exploration.complete);
      EXPECT_TRUE(std::includes(plain.final_states.begin(), plain.final_states.end(),
                                bounded.final_states.begin(), bounded.final_states.end()));
      EXPECT_TRUE(std::includes(bounded.final_states.begin(), bounded.final_states.end(),
                                smaller.begin(), smaller.end()));
      EXPECT_LE(bounded.bug, plain.bug);
      if (bound == 100) {
        EXPECT_EQ(bounded.final_states, plain.final_states);
        EXPECT_EQ(bounded.bug, plain.bug);
        EXPECT_EQ(bounded.exploration.executions, plain.exploration.executions);
      }
      smaller = bounded.final_states;
    }
  }
}

TEST(ExplorerTest, NoPreemptionIsEveryOrderOfThreads) {
  ExhaustiveStrategy strategy(0);
  const Program program = MakeProgram({{kBind, kUnbind}, {kClaim, kRelease}, {kStore, kShow}});
  EXPECT_EQ(Search(program, strategy).exploration.executions, 6u);
}

TEST(ExplorerTest, FindsTheToyBugOnlyInTheSplitDesign) {
  const Program program = MakeProgram({{kStore}, {kBind}});
  EXPECT_TRUE(SearchAll(program, kSplitStore).bug);
  EXPECT_FALSE(SearchAll(program, kSplitStore).exploration.exhausted());
  EXPECT_FALSE(SearchAll(program).bug);
  EXPECT_TRUE(SearchAll(program).exploration.exhausted());
}

TEST(ExplorerTest, ReplayOfTheChoicesGivesTheSameTrace) {
  ToySystem system(kSplitStore);
  Executor searching;
  Executor replaying;
  NullMonitor monitor;
  ExhaustiveStrategy strategy;
  const Program program = MakeProgram({{kStore, kBind}, {kClaim, kRelease}, {kBind, kUnbind}});
  std::set<uint64_t> hashes;
  const auto replay = [&](const Executor::Result& result) {
    const Schedule schedule = {.choices = result.trace->choices};
    ReplayStrategy replay_strategy(schedule);
    const Executor::Result again = replaying.Run(program, system, replay_strategy, monitor);
    EXPECT_EQ(again.trace->Hash(), result.trace->Hash());
    EXPECT_EQ(again.trace->choices, result.trace->choices);
    EXPECT_EQ(again.trace->preemptions, result.trace->preemptions);
    hashes.insert(result.trace->Hash());
    return Seen::kClean;
  };
  Explore(program, system, strategy, searching, monitor, {.on_execution = replay});
  EXPECT_EQ(hashes.size(), 210u);
}

TEST(ExplorerTest, RandomWalkIsTheSameForTheSameSeed) {
  const Program program = MakeProgram({{kStore, kBind}, {kClaim, kRelease}, {kBind, kUnbind}});
  const auto hashes_of = [&program](uint64_t seed) {
    ToySystem system;
    Executor executor;
    NullMonitor monitor;
    RandomWalkStrategy strategy(seed, 50);
    std::vector<uint64_t> hashes;
    const Exploration exploration = Explore(program, system, strategy, executor, monitor,
                                            {.on_execution = [&](const Executor::Result& result) {
                                              hashes.push_back(result.trace->Hash());
                                              return Seen::kClean;
                                            }});
    EXPECT_EQ(exploration.executions, 50u);
    EXPECT_FALSE(exploration.complete);
    return hashes;
  };
  EXPECT_EQ(hashes_of(7), hashes_of(7));
  EXPECT_NE(hashes_of(7), hashes_of(8));
}

TEST(ExplorerTest, RandomWalkReachesEveryInterleaving) {
  const Program program = MakeProgram({{kBind, kUnbind, kStore}, {kClaim, kRelease, kShow}});
  ToySystem system;
  Executor executor;
  NullMonitor monitor;
  RandomWalkStrategy strategy(1, 2000);
  std::set<std::vector<uint8_t>> seen;
  Explore(program, system, strategy, executor, monitor,
          {.on_execution = [&](const Executor::Result& result) {
            seen.insert(result.trace->choices);
            return Seen::kClean;
          }});
  EXPECT_EQ(seen.size(), 20u);
}

TEST(ExplorerTest, StopsAtItsLimits) {
  const Program program = MakeProgram({{kBind, kUnbind}, {kClaim, kRelease}, {kStore, kShow}});
  ExhaustiveStrategy counted;
  const Exploration limited = Search(program, counted, {}, {.max_executions = 10}).exploration;
  EXPECT_EQ(limited.executions, 10u);
  EXPECT_FALSE(limited.complete);

  ToySystem system;
  Executor executor;
  NullMonitor monitor;
  ExhaustiveStrategy stopped;
  const Exploration exploration =
      Explore(program, system, stopped, executor, monitor,
              {.keep_going = [](const Exploration& so_far) { return so_far.executions < 30; }},
              {.progress_interval = 15});
  EXPECT_EQ(exploration.executions, 30u);
  EXPECT_FALSE(exploration.complete);
  EXPECT_TRUE(exploration.stopped);
  EXPECT_EQ(limited.word(), VerdictWord::kSampled);
  EXPECT_EQ(exploration.word(), VerdictWord::kUnknown);

  ExhaustiveStrategy first_only;
  const Exploration first =
      Explore(program, system, first_only, executor, monitor,
              {.on_execution = [](const Executor::Result&) { return Seen::kFindingStop; }});
  EXPECT_EQ(first.executions, 1u);
  EXPECT_EQ(first.findings, 1u);
  EXPECT_FALSE(first.exhausted());
}

// A system that does not depend on its choices alone.
TEST(ExplorerTest, NondeterminismIsNeverProof) {
  ScriptedSystem system;
  int calls = 0;
  kernel::Mutex mutex(kernel::LockClass::kGroup);
  system.perform = [&](const Op&) -> int64_t {
    if (++calls % 3 == 0) kernel::MutexLock lock(mutex);
    kernel::runtime().CallbackPoint();
    return 0;
  };
  Executor executor;
  NullMonitor monitor;
  ExhaustiveStrategy strategy;
  const Exploration exploration =
      Explore(MakeProgram({{kBind, kBind}, {kBind, kBind}}), system, strategy, executor, monitor);
  EXPECT_FALSE(exploration.complete);
}

TEST(ExplorerTest, SaysWhatWasEarned) {
  EXPECT_EQ(Describe({.executions = 34650, .complete = true}),
            "exhausted: 34650 of 34650 interleavings");
  EXPECT_EQ(Describe({.executions = 95, .pruned = 40, .states = 125, .complete = true}),
            "exhausted: 95 interleavings cover 125 states");
  EXPECT_EQ(Describe({.executions = 1000}), "sampled: 1000 interleavings");
  EXPECT_EQ(Describe({.executions = 20, .findings = 3, .complete = true}),
            "all tried: 20 of 20 interleavings");
  EXPECT_EQ(Describe({.executions = 70, .stopped = true}), "unknown: 70 interleavings");
  EXPECT_EQ(Describe({}), "unknown: 0 interleavings");
  EXPECT_EQ(Describe({.executions = 20, .abandoned = 1, .complete = true}),
            "unknown: 20 of 20 interleavings");
}

}  // namespace
}  // namespace groupfuzz
