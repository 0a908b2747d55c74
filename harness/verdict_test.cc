// What groupfuzz must say: the reference design is proved on every seed, the 2023 patch shows the
// flaws that its review found, and every known defect still shows.
#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "harness/program_file.h"
#include "harness/runner.h"
#include "harness/strategies/cached_exhaustive_strategy.h"
#include "target/designs/design.h"
#include "target/linux/trees.h"

namespace groupfuzz {
namespace {

constexpr uint64_t kEnough = 20'000;  // executions in which a flaw must have shown

std::string Path(const std::string& file) {
  return std::string(GROUPFUZZ_SOURCE_DIR) + "/corpus/" + file;
}

std::vector<std::string> FilesIn(const std::string& folder) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(Path(folder))) {
    if (entry.path().extension() == ".txt") {
      files.push_back(folder + "/" + entry.path().filename().string());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

ProgramFile Read(const std::string& file) {
  auto read = LoadProgram(Path(file));
  EXPECT_TRUE(read.ok()) << read.status();
  return read.ok() ? *std::move(read) : ProgramFile();
}

// Everything that the interleavings of a program violate, and whether all were tried.
struct Verdict {
  std::set<std::string> ids;
  bool complete = false;
};

Verdict VerdictOf(Runner& runner, const Program& program, uint64_t max_executions) {
  Verdict verdict;
  CachedExhaustiveStrategy strategy;
  const auto look = [&](const RunOutcome& outcome) {
    for (const Finding& finding : outcome.findings) verdict.ids.emplace(finding.property->id);
    return outcome.findings.empty() ? Seen::kClean : Seen::kFinding;
  };
  verdict.complete =
      runner.Explore(program, strategy, look, nullptr, {.max_executions = max_executions}).complete;
  return verdict;
}

class ReferenceTest : public ::testing::TestWithParam<std::string> {};

TEST_P(ReferenceTest, IsProved) {
  Runner runner(*FindDesign("owner-check"));
  constexpr uint64_t kEverything = 10'000'000;
  const Verdict verdict = VerdictOf(runner, Read(GetParam()).contents.program, kEverything);
  EXPECT_TRUE(verdict.complete);
  EXPECT_EQ(verdict.ids, std::set<std::string>());
}

std::string TestName(const ::testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::replace_if(name.begin(), name.end(), [](char c) { return !std::isalnum(c); }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Sequential, ReferenceTest,
                         ::testing::ValuesIn(FilesIn("store_type_fuzzer")), TestName);
INSTANTIATE_TEST_SUITE_P(Concurrent, ReferenceTest,
                         ::testing::ValuesIn(FilesIn("interleaving_fuzzer")), TestName);
INSTANTIATE_TEST_SUITE_P(Known, ReferenceTest, ::testing::ValuesIn(FilesIn("known")), TestName);
INSTANTIATE_TEST_SUITE_P(Regressions, ReferenceTest, ::testing::ValuesIn(FilesIn("regressions")),
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
    const Verdict verdict = VerdictOf(runner, Read(flaw.program).contents.program, kEnough);
    EXPECT_TRUE(verdict.ids.contains(flaw.property))
        << flaw.flaw << ": " << flaw.program << " shows " << ::testing::PrintToString(verdict.ids)
        << " instead of " << flaw.property;
  }
}

class KnownTest : public ::testing::TestWithParam<std::string> {};

// A known defect that no longer shows is an error: its entry silences a fuzz target.
TEST_P(KnownTest, StillShows) {
  const ProgramFile file = Read(GetParam());
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

INSTANTIATE_TEST_SUITE_P(Corpus, KnownTest, ::testing::ValuesIn(FilesIn("known")), TestName);

}  // namespace
}  // namespace groupfuzz
