// The minimizer finds the smallest program that reproduces.
#include "harness/program/minimizer.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "gtest/gtest.h"
#include "harness/program/byte_codec.h"
#include "harness/program/simplification.h"

namespace groupfuzz {
namespace {

// Reproduces where a predicate over the ops holds and the schedule makes some number of choices
// away from the running thread.
class FakeReproducer : public Reproducer {
 public:
  using Predicate = std::function<bool(const Program&)>;

  FakeReproducer(Predicate predicate, int choices_needed)
      : predicate_(std::move(predicate)), choices_needed_(choices_needed) {}

  bool Replay(Program* program) override {
    ++replays;
    return predicate_(*program) && Switches(program->schedule) >= choices_needed_;
  }

  bool Search(Program* program) override {
    ++searches;
    if (!predicate_(*program)) return false;
    program->schedule = Schedule{};
    program->schedule.choices.assign(choices_needed_, 1);
    return program->thread_count > 1 || choices_needed_ == 0;
  }

  int replays = 0;
  int searches = 0;

 private:
  static int Switches(const Schedule& schedule) {
    return static_cast<int>(std::count_if(schedule.choices.begin(), schedule.choices.end(),
                                          [](uint8_t choice) { return choice != 0; }));
  }

  Predicate predicate_;
  int choices_needed_;
};

bool HasOp(const Program& program, OpKind kind) {
  for (const auto& ops : program.threads) {
    if (std::any_of(ops.begin(), ops.end(), [&](const Op& op) { return op.kind == kind; })) {
      return true;
    }
  }
  return false;
}

// Two threads, one that writes and one that binds: what most races need.
bool WritesAndBinds(const Program& program) {
  int threads = 0;
  for (const auto& ops : program.threads) threads += ops.empty() ? 0 : 1;
  return threads >= 2 && HasOp(program, OpKind::kStoreType) && HasOp(program, OpKind::kBind);
}

Program Cluttered() {
  Program program;
  program.configuration.device_count = 4;
  program.configuration.devices[1].untrusted = true;
  program.configuration.devices[2].preference = Preference::kIdentity;
  program.configuration.driver.identity = Support::kStatic;
  program.configuration.default_type = DomainType::kDmaFq;
  program.thread_count = 4;
  for (int t = 0; t < 4; ++t) {
    for (uint8_t kind = 0; kind < 8; ++kind) {
      Op op;
      op.kind = static_cast<OpKind>(kind);
      op.device = static_cast<uint8_t>(t);
      op.cookie = 2;
      op.flag = true;
      op.text = CommonTexts()[3];
      op.text.padding = 7;
      program.threads[t].push_back(op);
    }
  }
  program.faults.size = 2;
  program.faults.faults[0] = {FaultKind::kAttach, 3, 2, 22};
  program.faults.faults[1] = {FaultKind::kMap, 1, 1, 12};
  program.schedule.choices = {1, 2, 0, 3, 1, 1};
  program.schedule.tail = Tail::kRandom;
  program.schedule.seed = 17;
  Normalize(&program);
  return program;
}

TEST(MinimizerTest, FindsTheSmallestProgram) {
  FakeReproducer reproducer(WritesAndBinds, 2);
  const Program small = Minimize(Cluttered(), reproducer);
  EXPECT_EQ(small.thread_count, 2);
  EXPECT_EQ(OpCount(small), 2);
  EXPECT_EQ(small.configuration, Configuration{});
  EXPECT_EQ(small.faults, FaultPlan{});
  EXPECT_EQ(small.schedule.choices, (std::vector<uint8_t>{1, 1}));
  EXPECT_EQ(small.schedule.tail, Tail::kContinue);
  for (const auto& ops : small.threads) {
    for (const Op& op : ops) {
      Op plain;
      plain.kind = op.kind;
      if (op.kind == OpKind::kStoreType) plain.text = CommonTexts()[0];
      EXPECT_EQ(op, plain);
    }
  }
}

TEST(MinimizerTest, TheResultAlwaysReproduces) {
  FakeReproducer reproducer(
      [](const Program& program) {
        return HasOp(program, OpKind::kGroupClaim) && program.faults.size > 0 &&
               program.configuration.devices[1].untrusted;
      },
      1);
  Program small = Minimize(Cluttered(), reproducer);
  EXPECT_TRUE(reproducer.Replay(&small));
  EXPECT_EQ(OpCount(small), 1);
  EXPECT_EQ(small.faults.size, 1);
  EXPECT_EQ(small.configuration.device_count, 2);
}

TEST(MinimizerTest, IsDeterministic) {
  FakeReproducer first(WritesAndBinds, 1);
  FakeReproducer second(WritesAndBinds, 1);
  EXPECT_EQ(Minimize(Cluttered(), first), Minimize(Cluttered(), second));
  EXPECT_EQ(first.replays, second.replays);
  EXPECT_EQ(first.searches, second.searches);
}

TEST(MinimizerTest, LeavesAProgramAloneThatDoesNotReproduce) {
  FakeReproducer reproducer([](const Program&) { return false; }, 0);
  EXPECT_EQ(Minimize(Cluttered(), reproducer), Cluttered());
}

TEST(MinimizerTest, IsIdempotent) {
  FakeReproducer reproducer(WritesAndBinds, 2);
  const Program once = Minimize(Cluttered(), reproducer);
  EXPECT_EQ(Minimize(once, reproducer), once);
}

TEST(SimplificationTest, EveryCandidateIsNormalizedAndDifferent) {
  const Program program = Cluttered();
  for (auto steps : {SimplerSchedules, SimplerThreads, SimplerValues}) {
    const std::vector<Program> candidates = steps(program);
    EXPECT_FALSE(candidates.empty());
    for (const Program& candidate : candidates) {
      Program normalized = candidate;
      Normalize(&normalized);
      EXPECT_EQ(candidate, normalized);
      EXPECT_NE(candidate, program);
    }
  }
}

TEST(SimplificationTest, TakingStepsEnds) {
  Program program = Cluttered();
  int steps = 0;
  for (auto next : {SimplerValues, SimplerThreads, SimplerSchedules}) {
    for (auto candidates = next(program); !candidates.empty(); candidates = next(program)) {
      program = candidates.back();
      ASSERT_LT(++steps, 1000);
    }
  }
  EXPECT_EQ(program, Program{});
}

}  // namespace
}  // namespace groupfuzz
