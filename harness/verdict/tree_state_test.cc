// The state of a kernel tree is its memory: what a patch hides in a static or in a new field tells
// states apart, so the cached search finds what the plain one finds.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "harness/execution/strategies/exhaustive_strategy.h"
#include "harness/program/text_codec.h"
#include "harness/verdict/corpus_testing.h"
#include "harness/verdict/runner.h"
#include "target/kernel/unsupported.h"
#include "target/linux/trees.h"

namespace groupfuzz {
namespace {

// Of the plain search of one program.
constexpr uint64_t kMostInterleavings = 300;

// Only with DMA-FQ written between the show and the write does the flag matter; else the states are
// equal in every field that a group is known to have.
constexpr char kShownBetween[] = R"(groupfuzz 1
thread 0
  show_type
  store_type "identity\n"
thread 1
  bind 0
  unbind 0
  store_type "DMA-FQ\n"
  bind 0
)";

Verdict PlainVerdictOf(Runner& runner, const Program& program, uint64_t max_executions) {
  ExhaustiveStrategy plain;
  return VerdictUnder(plain, runner, program, max_executions);
}

class RememberingTree : public ::testing::TestWithParam<std::string> {};

TEST_P(RememberingTree, IsRefutedByTheCachedSearchToo) {
  const Program program = ParseText(kShownBetween, "test")->program;
  int variants = 0;
  for (const Design* tree : RegisterLinuxTrees()) {
    if (!tree->name.ends_with("+remembers-in-" + GetParam())) continue;
    ++variants;
    Runner runner(*tree);
    const Verdict plain = PlainVerdictOf(runner, program, kMostInterleavings);
    EXPECT_TRUE(plain.complete);
    EXPECT_TRUE(plain.ids.contains("I2"));
    EXPECT_EQ(VerdictOf(runner, program, kMostInterleavings).ids, plain.ids);
  }
  EXPECT_EQ(variants, 1);
}

INSTANTIATE_TEST_SUITE_P(All, RememberingTree, ::testing::Values("static", "group", "member"),
                         TestName);

// Returns how many programs were compared.
int CompareSearches(const Design& tree) {
  int compared = 0;
  Runner runner(tree);
  for (const std::string& file : ProgramsIn("known")) {
    const Program program = ReadProgram(file).contents.program;
    const Verdict plain = PlainVerdictOf(runner, program, kMostInterleavings);
    if (!plain.complete) continue;
    const Verdict cached = VerdictOf(runner, program, kMostInterleavings);
    EXPECT_TRUE(cached.complete) << file << " on " << tree.name;
    EXPECT_EQ(cached.ids, plain.ids) << file << " on " << tree.name;
    ++compared;
  }
  return compared;
}

TEST(TreeState, TheCachedSearchFindsWhatThePlainOneFinds) {
  int compared = 0;
  for (const Design* tree : RegisterLinuxTrees()) {
    try {
      compared += CompareSearches(*tree);
    } catch (const kernel::Unsupported&) {
      EXPECT_TRUE(tree->name.ends_with("+without-stand-in")) << tree->name;
    }
  }
  EXPECT_GT(compared, 0);
}

}  // namespace
}  // namespace groupfuzz
