// A finding is the same one where its property, the op that showed it, and the ops at work say so;
// what is minimized never shows another one, and nothing simpler shows it.
#include "harness/verdict/counterexample.h"

#include "gtest/gtest.h"
#include "harness/program/program_file.h"
#include "harness/program/simplification.h"
#include "harness/verdict/counterexample_file.h"
#include "harness/verdict/explanation.h"

namespace groupfuzz {
namespace {

Program Parse(const std::string& text) {
  const auto parsed = ParseText("groupfuzz 1\n" + text, "test");
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  return parsed.ok() ? parsed->program : Program();
}

Finding Found(const char* property, uint8_t thread, uint32_t roles) {
  Finding finding;
  finding.property = FindProperty(property);
  finding.thread = thread;
  finding.roles = roles;
  return finding;
}

const Program& WriteAndBind() {
  static const Program program = Parse("thread 0\n  store_type \"DMA\"\nthread 1\n  bind 0\n");
  return program;
}

TEST(FindingKeyTest, BystandersMayGoAndOthersMayNotCome) {
  const uint32_t both = OpBit(OpKind::kStoreType) | OpBit(OpKind::kBind);
  const FindingKey key(WriteAndBind(), Found("I2", 0, both));
  EXPECT_EQ(key.Describe(), "I2 in store_type with bind");
  EXPECT_TRUE(key.Matches(WriteAndBind(), Found("I2", 0, both)));
  EXPECT_TRUE(key.Matches(WriteAndBind(), Found("I2", 0, OpBit(OpKind::kStoreType))));
  EXPECT_FALSE(key.Matches(WriteAndBind(), Found("I1", 0, both)));
  EXPECT_FALSE(key.Matches(WriteAndBind(), Found("I2", 0, both | OpBit(OpKind::kUnbind))));
  EXPECT_FALSE(key.Matches(WriteAndBind(), Found("I2", 1, both)));  // shown by the bind
}

TEST(FindingKeyTest, APropertyAloneIsAnyFindingOfIt) {
  const FindingKey key("I2");
  EXPECT_TRUE(key.Matches(WriteAndBind(), Found("I2", 1, OpBit(OpKind::kBind))));
  EXPECT_FALSE(key.Matches(WriteAndBind(), Found("I1", 1, OpBit(OpKind::kBind))));
  EXPECT_EQ(key.Describe(), "I2");
}

class MinimizeFullyTest : public ::testing::Test {
 protected:
  static Program Race() {
    const auto file = LoadProgram(std::string(GROUPFUZZ_SOURCE_DIR) +
                                  "/corpus/interleaving_fuzzer/"
                                  "s01-stale-test-bind-three-threads.txt");
    EXPECT_TRUE(file.ok());
    return file->contents.program;
  }

  Runner runner_{*FindDesign("claim-v1")};
};

TEST_F(MinimizeFullyTest, TheCentralRaceIsSmallAndNothingSimplerShowsIt) {
  PropertyReproducer reproducer(runner_, FindingKey("I2"),
                                {.max_executions = kMinimizerExecutions});
  const Minimized small = MinimizeFully(Race(), reproducer);
  ASSERT_TRUE(small.reproduced);
  EXPECT_LE(OpCount(small.program), 4);
  EXPECT_LE(small.program.thread_count, 3);
  EXPECT_LE(runner_.Run(small.program).trace.preemptions, 3);
  int simpler = 0;
  for (auto steps : {SimplerThreads, SimplerValues}) {
    for (Program& candidate : steps(small.program)) {
      EXPECT_FALSE(reproducer.Replay(&candidate) || reproducer.Search(&candidate))
          << FormatText(candidate);
      ++simpler;
    }
  }
  for (Program& candidate : SimplerSchedules(small.program)) {
    EXPECT_FALSE(reproducer.Replay(&candidate)) << FormatText(candidate);
    ++simpler;
  }
  EXPECT_EQ(simpler, small.simpler);
  EXPECT_NE(DescribeMinimized(Race(), small).find("1-minimal"), std::string::npos);
}

TEST_F(MinimizeFullyTest, WhatDoesNotReproduceIsSaidToBeSo) {
  PropertyReproducer reproducer(runner_, FindingKey("I13"), {.max_executions = 100});
  const Minimized same = MinimizeFully(Race(), reproducer);
  EXPECT_FALSE(same.reproduced);
  EXPECT_EQ(same.program, Race());
}

TEST_F(MinimizeFullyTest, AnExplanationSaysWhoRanWhenAndWhichOrderIsLegal) {
  const Program unserialisable = Parse(
      "thread 0\n  store_type \"identity\\n\"\nthread 1\n  store_type \"DMA\\n\"\n"
      "schedule 0 0 1\n");
  PropertyReproducer reproducer(runner_, FindingKey("I34"),
                                {.max_executions = kMinimizerExecutions});
  const Minimized small = MinimizeFully(unserialisable, reproducer);
  ASSERT_TRUE(small.reproduced);
  const std::string text = Explain(runner_, small.program, {});
  for (const char* words : {"what is wrong:\n", "who runs when (", "longest legal prefix",
                            "first call without a legal place", "  expected: ", "  got:      "}) {
    EXPECT_NE(text.find(words), std::string::npos) << words << "\n" << text;
  }
}

// That results have an order does not take back what was found.
TEST(DescribeHistoryTest, WhatIsWrongIsNotAcquitted) {
  Runner runner(*FindDesign("claim-v1"));
  const Program program =
      Parse("device 0\nthread 0\n  group_claim 0 A\n  group_release 0\nfault attach 2 ENOMEM\n");
  ASSERT_FALSE(runner.Run(program).findings.empty());
  EXPECT_EQ(DescribeHistory(runner.checker()).find("legal"), std::string::npos);
}

TEST(DescribeHistoryTest, TheCallsOfACleanProgramHaveAnOrder) {
  Runner runner(*FindDesign("owner-check"));
  runner.Run(WriteAndBind());
  EXPECT_EQ(DescribeHistory(runner.checker()), "the calls can be put in one legal order\n");
  const Program undone =
      Parse("thread 0\n  store_type \"identity\"\nthread 1\n  bind 0\nfault attach 1 ENOMEM\n");
  runner.Run(undone);
  EXPECT_EQ(DescribeHistory(runner.checker()), "the calls can be put in one legal order\n");
  const Program stranded = Parse(
      "device 0\ndevice 1\nthread 0\n  store_type \"identity\"\nthread 1\n  bind 0\n"
      "fault attach 2 x2 EIO\n");
  runner.Run(stranded);
  EXPECT_NE(DescribeHistory(runner.checker()).find("is not judged"), std::string::npos);
}

}  // namespace
}  // namespace groupfuzz
