// What groupfuzz must say: every seed is exhausted on the reference design, the 2023 patch shows
// the flaws that its review found, and every known defect still shows.
#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "harness/verdict/corpus_testing.h"
#include "harness/verdict/known_programs.h"
#include "target/designs/design.h"
#include "target/linux/trees.h"

namespace groupfuzz {
namespace {

constexpr uint64_t kEnough = 20'000;       // executions in which a flaw must have shown
constexpr uint64_t kEverything = 200'000;  // more than any program here has

class ReferenceTest : public ::testing::TestWithParam<std::string> {};

TEST_P(ReferenceTest, HoldsInEveryInterleaving) {
  Runner runner(*FindDesign("owner-check"));
  constexpr uint64_t kEverything = 10'000'000;
  const Verdict verdict = VerdictOf(runner, ReadProgram(GetParam()).contents.program, kEverything);
  EXPECT_TRUE(verdict.complete);
  EXPECT_EQ(verdict.ids, std::set<std::string>());
}

INSTANTIATE_TEST_SUITE_P(Sequential, ReferenceTest,
                         ::testing::ValuesIn(ProgramsIn("store_type_fuzzer")), TestName);
INSTANTIATE_TEST_SUITE_P(Concurrent, ReferenceTest,
                         ::testing::ValuesIn(ProgramsIn("interleaving_fuzzer")), TestName);
INSTANTIATE_TEST_SUITE_P(Known, ReferenceTest, ::testing::ValuesIn(ProgramsIn("known")), TestName);
INSTANTIATE_TEST_SUITE_P(Regressions, ReferenceTest, ::testing::ValuesIn(ProgramsIn("regressions")),
                         TestName);

// The flaws of the patch under review, and the property that each violates.
struct Flaw {
  const char* flaw;
  const char* program;
  const char* property;
};
constexpr Flaw kFlaws[] = {
    {"S1, a bound driver", "interleaving_fuzzer/s01-stale-test-bind.txt", "I2"},
    {"S1, a claimed group", "interleaving_fuzzer/s01-stale-test-vfio.txt", "I1"},
    {"S2", "interleaving_fuzzer/s02-use-after-free-in-the-test.txt", "I26"},
    {"S3", "store_type_fuzzer/s03-failed-change-strands-device.txt", "I11"},
    {"S3", "store_type_fuzzer/s03-failed-change-strands-device.txt", "I14"},
    {"S5", "interleaving_fuzzer/s05-concurrent-writers.txt", "I34"},
    {"S6, a bind", "interleaving_fuzzer/s06-innocent-bind-fails.txt", "I35"},
    {"S6, a claim", "interleaving_fuzzer/s06-innocent-claim-fails.txt", "I35"},
    {"S7", "interleaving_fuzzer/s07-remove-during-write.txt", "I30"},
    {"S8", "interleaving_fuzzer/s08-add-during-write.txt", "D1"},
};

TEST(ClaimV1Test, ShowsWhatTheReviewFound) {
  Runner runner(*FindDesign("claim-v1"));
  for (const Flaw& flaw : kFlaws) {
    const Verdict verdict = VerdictOf(runner, ReadProgram(flaw.program).contents.program, kEnough);
    EXPECT_TRUE(verdict.ids.contains(flaw.property))
        << flaw.flaw << ": " << flaw.program << " shows " << ::testing::PrintToString(verdict.ids)
        << " instead of " << flaw.property;
  }
}

class NeverTest : public ::testing::TestWithParam<std::string> {};

// What the names of programs begin with that made findings which were none.
constexpr const char* kFalseFindings[] = {"contract-", "environment-", "machine-", "model-"};

// Without its `never` line such a program asks for nothing.
TEST_P(NeverTest, SaysWhatIsNoFinding) {
  const TextProgram text = ReadProgram(GetParam()).contents;
  const std::string name = GetParam().substr(GetParam().find('/') + 1);
  const bool was_none =
      std::any_of(std::begin(kFalseFindings), std::end(kFalseFindings),
                  [&](const char* beginning) { return name.starts_with(beginning); });
  EXPECT_EQ(!text.nevers.empty(), was_none);
}

// Programs that once made false findings.
TEST_P(NeverTest, ShowsNothingOnFaithfulDesigns) {
  const TextProgram text = ReadProgram(GetParam()).contents;
  int judged = 0;
  for (const Design& design : Designs()) {
    std::vector<std::string> ids;
    for (const Never& never : text.nevers) {
      if (!never.design.empty() && never.design != BuiltInDesign(design.judged_as).name) continue;
      ids.insert(ids.end(), never.properties.begin(), never.properties.end());
    }
    if (ids.empty() || !design.faithful) continue;
    ++judged;
    Runner runner(design);
    const Verdict verdict = VerdictOf(runner, text.program, kEverything);
    EXPECT_TRUE(verdict.complete) << design.name;
    for (const std::string& id : ids) {
      EXPECT_FALSE(verdict.ids.contains(id)) << design.name << " shows " << id;
    }
  }
  EXPECT_TRUE(judged > 0 || text.nevers.empty());
}

class KnownTest : public ::testing::TestWithParam<std::string> {};

// A known defect that no longer shows is an error: its entry silences a fuzz target.
TEST_P(KnownTest, StillShows) {
  const ProgramFile file = ReadProgram(GetParam());
  EXPECT_FALSE(file.contents.expectations.empty());
  EXPECT_FALSE(file.contents.title.empty());
  for (const Expectation& expected : file.contents.expectations) {
    const Design* design = FindDesign(expected.design);
    // Kernel trees are there where the build was given them.
    if (design == nullptr && DefectOf(file.contents, expected.design) != nullptr) continue;
    ASSERT_NE(design, nullptr) << expected.design;
    Runner runner(*design);
    const RunOutcome outcome = runner.Run(file.contents.program);
    EXPECT_TRUE(std::any_of(
        outcome.findings.begin(), outcome.findings.end(),
        [&](const Finding& finding) { return finding.property->id == expected.property; }))
        << expected.design << " does not show " << expected.property;
  }
}

const bool kTreesAreRegistered = (RegisterLinuxTrees(), true);

INSTANTIATE_TEST_SUITE_P(Corpus, NeverTest, ::testing::ValuesIn(ProgramsIn("regressions")),
                         TestName);
INSTANTIATE_TEST_SUITE_P(Corpus, KnownTest, ::testing::ValuesIn(ProgramsIn("known")), TestName);

}  // namespace
}  // namespace groupfuzz
