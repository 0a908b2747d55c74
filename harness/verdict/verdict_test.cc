// What groupfuzz must say: the reference design is proved on every seed, the 2023 patch shows the
// flaws that its review found, and every known defect still shows.
#include <algorithm>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "gtest/gtest.h"
#include "harness/verdict/corpus_testing.h"
#include "target/designs/design.h"
#include "target/linux/trees.h"

namespace groupfuzz {
namespace {

constexpr uint64_t kEnough = 20'000;       // executions in which a flaw must have shown
constexpr uint64_t kEverything = 200'000;  // more than any program here has

class ReferenceTest : public ::testing::TestWithParam<std::string> {};

TEST_P(ReferenceTest, IsProved) {
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

// Programs that once made false findings say in their title which properties none of the faithful
// designs, or those that are judged as one, violates: "Breach of the driver's contract: no E1,
// I15." or "Machine that does not exist: no W1 on device-lock."
struct NoFindings {
  std::vector<std::string> properties;
  std::string judged_as;  // empty: any
};

NoFindings NoFindingsOf(const std::string& title) {
  constexpr char kNo[] = ": no ";
  constexpr char kOn[] = " on ";
  NoFindings none;
  for (absl::string_view line : absl::StrSplit(title, '\n')) {
    const size_t no = line.find(kNo);
    if (no == absl::string_view::npos || !absl::ConsumeSuffix(&line, ".")) continue;
    line.remove_prefix(no + sizeof(kNo) - 1);
    const size_t on = line.find(kOn);
    if (on != absl::string_view::npos) {
      none.judged_as = std::string(line.substr(on + sizeof(kOn) - 1));
      line = line.substr(0, on);
    }
    none.properties = absl::StrSplit(line, ", ");
  }
  return none;
}

bool IsFaithful(const Design& design) {
  return design.name.front() == 'v' || design.name == "device-lock" ||
         absl::StartsWith(design.name, "linux:");
}

class NoFindingTest : public ::testing::TestWithParam<std::string> {};

TEST_P(NoFindingTest, ShowsNothingOnFaithfulDesigns) {
  const ProgramFile file = ReadProgram(GetParam());
  const NoFindings none = NoFindingsOf(file.contents.title);
  for (const std::string& id : none.properties) ASSERT_NE(FindProperty(id), nullptr) << id;
  for (const Design& design : Designs()) {
    const std::string& judged_as = BuiltInDesign(design.judged_as).name;
    const bool meant = none.judged_as.empty() || none.judged_as == judged_as;
    if (none.properties.empty() || !IsFaithful(design) || !meant) continue;
    Runner runner(design);
    const Verdict verdict = VerdictOf(runner, file.contents.program, kEverything);
    EXPECT_TRUE(verdict.complete) << design.name;
    for (const std::string& id : none.properties) {
      EXPECT_FALSE(verdict.ids.contains(id)) << design.name << " shows " << id;
    }
  }
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
    if (design == nullptr && expected.design.starts_with("linux:")) continue;
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

INSTANTIATE_TEST_SUITE_P(Corpus, NoFindingTest, ::testing::ValuesIn(ProgramsIn("regressions")),
                         TestName);
INSTANTIATE_TEST_SUITE_P(Corpus, KnownTest, ::testing::ValuesIn(ProgramsIn("known")), TestName);

}  // namespace
}  // namespace groupfuzz
