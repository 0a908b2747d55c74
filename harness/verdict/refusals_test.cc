// Ops of which nothing was done in any execution are named, and no others.
#include "harness/verdict/refusals.h"

#include <string>

#include "gtest/gtest.h"
#include "harness/execution/strategies/cached_exhaustive_strategy.h"
#include "harness/program/text_codec.h"
#include "harness/verdict/runner.h"
#include "target/designs/design.h"

namespace groupfuzz {
namespace {

// What is said of all interleavings of `text` on the reference.
std::string Said(const std::string& text) {
  const auto parsed = ParseText("groupfuzz 1\n" + text, "test");
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  Runner runner(*FindDesign("owner-check"));
  Refusals refusals;
  CachedExhaustiveStrategy strategy;
  runner.Explore(
      parsed->program, strategy,
      [&](const RunOutcome& outcome) {
        refusals.Add(outcome.trace);
        return Seen::kClean;
      },
      [](const Exploration&) { return true; }, {.max_executions = 1'000});
  return DescribeRefusals(parsed->program, refusals.Always(parsed->program));
}

TEST(RefusalsTest, OpsThatNothingWasDoneOfAreNamed) {
  EXPECT_EQ(Said("thread 0\n  bind 0\n  group_release 0\n  bind 0\n"),
            "refused in every execution: T0 group_release 0, T0 bind 0 "
            "(why: docs/behaviour/3-ownership.md, 3.9)");
}

TEST(RefusalsTest, OpsOfEveryThreadAreNamed) {
  EXPECT_EQ(Said("thread 0\n  bind 0\nthread 1\n  group_release 0\n"),
            "refused in every execution: T1 group_release 0 "
            "(why: docs/behaviour/3-ownership.md, 3.9)");
}

TEST(RefusalsTest, WhatWasDoneOnceIsNot) {
  EXPECT_EQ(Said("thread 0\n  bind 0\nthread 1\n  unbind 0\n"), "");
}

}  // namespace
}  // namespace groupfuzz
