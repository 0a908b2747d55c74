#include "harness/verdict/known_findings.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "harness/program/text_codec.h"
#include "harness/verdict/counterexample.h"

namespace groupfuzz {
namespace {

constexpr char kCentralRace[] =
    "thread 0\n  store_type \"DMA-FQ\\n\"\nthread 1\n  store_type \"identity\\n\"\n  bind 0\n";

Program Parse(const std::string& text) {
  return ParseText("groupfuzz 1\n" + text, "test")->program;
}

// claim-v1, as if it were the kernel that `baseline` stands for.
Design ClaimAgainst(std::string_view baseline) {
  Design design = *FindDesign("claim-v1");
  design.name = "patched";
  design.baseline = FindDesign(baseline);
  return design;
}

TEST(KnownFindings, OfAPortedDesignAreThePropertiesThatTheCorpusLists) {
  KnownFindings known(*FindDesign("claim-v1"));
  EXPECT_TRUE(known.Contains(Parse("thread 0\n  show_type\n"), "I2"));
  EXPECT_FALSE(known.Contains(Parse(kCentralRace), "X9"));
  EXPECT_FALSE(KnownFindings(*FindDesign("owner-check")).Contains(Parse(kCentralRace), "I2"));
}

TEST(KnownFindings, OfAKernelAreWhatItsBaselineShowsInTheSameProgram) {
  const Design same = ClaimAgainst("claim-v1");
  KnownFindings known(same);
  EXPECT_TRUE(known.Contains(Parse(kCentralRace), "I2"));
  EXPECT_FALSE(known.Contains(Parse("thread 0\n  show_type\n"), "I2"));
  const Design better = ClaimAgainst("owner-check");
  EXPECT_FALSE(KnownFindings(better).Contains(Parse(kCentralRace), "I2"));
}

TEST(KnownFindings, WhatFollowsAKnownDefectIsNoNews) {
  const Design kernel = ClaimAgainst("claim-v1");
  KnownFindings known(kernel);
  const Program program = Parse(kCentralRace);
  const std::vector<Finding> known_first = {{.property = FindProperty("I2"), .detail = ""},
                                            {.property = FindProperty("I24"), .detail = ""}};
  const std::vector<Finding> news_first = {{.property = FindProperty("I24"), .detail = ""},
                                           {.property = FindProperty("I2"), .detail = ""}};
  EXPECT_EQ(known.News(program, known_first), nullptr);
  EXPECT_EQ(known.News(program, news_first), &news_first.front());
}

// A patched kernel may allocate more often than the port does.
TEST(KnownFindings, AFailingAllocationIsLookedForAmongEarlierOnes) {
  const Program program = Parse(
      "driver identity=static finalize-attaches maps-only-attached\n"
      "device 0 prefers=identity managed pasids absent\n"
      "device 1 prefers=DMA managed pasids\nthread 0\n  add_device 0\n"
      "  store_type \"identity\\n\"\nfault allocate 6 ENOMEM\n");
  EXPECT_FALSE(Violates(Runner(*FindDesign("v6.12")).Run(program).findings, "I30"));
  Design kernel = *FindDesign("v6.12");
  kernel.name = "patched";
  kernel.baseline = FindDesign("v6.12");
  KnownFindings known(kernel);
  EXPECT_TRUE(known.Contains(program, "I30"));
  EXPECT_FALSE(known.Contains(program, "I2"));
}

// What corpus/known has of the kernel alone is known where the program has all that is in it.
TEST(KnownFindings, OfAKernelAloneNeedWhatTheirProgramHas) {
  Design kernel = *FindDesign("device-lock");
  kernel.name = "patched";
  kernel.baseline = FindDesign("device-lock");
  ASSERT_EQ(NameOfKernel(kernel), "linux:linux-source-6.1");
  KnownFindings known(kernel);
  const std::string has_all =
      "device 0 absent\nthread 0\n  store_type \"identity\\n\"\nthread 1\n  add_device 0\n";
  EXPECT_TRUE(known.Contains(Parse(has_all), "I26"));
  EXPECT_FALSE(known.Contains(Parse("thread 0\n  store_type \"identity\\n\"\n"), "I26"));
}

}  // namespace
}  // namespace groupfuzz
