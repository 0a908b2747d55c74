// The reference machine says what every design returns, and generators draw what they promise.
#include "properties/suites/generation.h"

#include <algorithm>
#include <cctype>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "harness/program/text_codec.h"
#include "harness/verdict/runner.h"

namespace groupfuzz {
namespace {

// A program of one thread, drawn from what the reference machine says.
Program DrawAlone(Random& random, DesignId design) {
  ParallelCase drawn = DrawParallel(
      random, design,
      {.max_prefix = kMaxOps - 1, .min_branches = 1, .max_branches = 1, .max_branch_ops = 1});
  drawn.program.faults = {};
  return drawn.program;
}

class GenerationTest : public ::testing::TestWithParam<const Design*> {};

// Of a design that shows flaws, only what it returns before the first of them is compared.
TEST_P(GenerationTest, ReferenceMachineReturnsWhatTheDesignReturns) {
  const Design& design = *GetParam();
  constexpr int kPrograms = 300;
  Runner runner(design);
  Random random(1);
  int compared = 0;
  for (int i = 0; i < kPrograms; ++i) {
    const Program program = DrawAlone(random, design.judged_as);
    const RunOutcome outcome = runner.Run(program);
    if (!outcome.findings.empty()) continue;
    ReferenceMachine machine(program.configuration, design.judged_as);
    for (const OpRecord& op : outcome.trace.ops) {
      const int64_t expected = machine.Perform(program.threads[0][op.op]);
      if (!machine.sure()) break;
      ASSERT_EQ(op.result, expected) << "op " << int{op.op} << " of\n" << FormatText(program);
      ++compared;
    }
  }
  EXPECT_GT(compared, kPrograms);
}

std::vector<const Design*> EveryDesign() {
  std::vector<const Design*> designs;
  for (const Design& design : Designs()) designs.push_back(&design);
  return designs;
}

INSTANTIATE_TEST_SUITE_P(
    Designs, GenerationTest, ::testing::ValuesIn(EveryDesign()), [](const auto& info) {
      std::string name = info.param->name;
      std::replace_if(name.begin(), name.end(), [](char c) { return !std::isalnum(c); }, '_');
      return name;
    });

TEST(ReferenceMachineTest, ACopyGoesItsOwnWay) {
  const Op bind = {.kind = OpKind::kBind, .text = {}};
  const Op claim = {.kind = OpKind::kGroupClaim, .text = {}};
  ReferenceMachine machine(Configuration{}, DesignId::kOwnerCheck);
  ReferenceMachine copy(machine);
  EXPECT_EQ(copy.Perform(bind), 0);
  EXPECT_EQ(copy.Perform(claim), kRefused);
  EXPECT_FALSE(copy.Permits(bind));
  EXPECT_TRUE(machine.Permits(bind));
  EXPECT_EQ(machine.Perform(claim), 0);
  copy = machine;
  DeviceSnapshot view;
  copy.users().Look(0, &view);
  EXPECT_EQ(view.occupant, Occupant::kGroupClaim);
  EXPECT_EQ(copy.model().state().owner_cnt, 1);
}

TEST(DrawParallelTest, IsAFunctionOfTheSeed) {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    Random first(seed);
    Random second(seed);
    const ParallelCase a = DrawParallel(first, DesignId::kOwnerCheck);
    const ParallelCase b = DrawParallel(second, DesignId::kOwnerCheck);
    EXPECT_EQ(a.program, b.program);
    EXPECT_EQ(a.seed, b.seed);
    Program normalized = a.program;
    Normalize(&normalized);
    EXPECT_EQ(a.program, normalized);
    EXPECT_LE(a.prefix, a.program.threads[0].size());
    EXPECT_GE(a.program.thread_count, 2);
  }
}

TEST(DrawOpTest, MostOpsHaveSomethingToDo) {
  Random random(1);
  int refused = 0;
  constexpr int kOps = 2000;
  ReferenceMachine machine(Configuration{}, DesignId::kOwnerCheck);
  for (int i = 0; i < kOps; ++i) refused += machine.Perform(DrawOp(random, machine)) == kRefused;
  EXPECT_EQ(refused, 0);
}

}  // namespace
}  // namespace groupfuzz
