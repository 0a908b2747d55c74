// For tests: the programs of the corpus, and what exploring one of them shows.
//
// Thread-safety: plain functions; a Runner belongs to one OS thread.
#ifndef GROUPFUZZ_HARNESS_VERDICT_CORPUS_TESTING_H_
#define GROUPFUZZ_HARNESS_VERDICT_CORPUS_TESTING_H_

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "harness/execution/strategies/cached_exhaustive_strategy.h"
#include "harness/program/program_file.h"
#include "harness/verdict/runner.h"

namespace groupfuzz {

inline std::string CorpusPath(const std::string& file) {
  return std::string(GROUPFUZZ_SOURCE_DIR) + "/corpus/" + file;
}

// Names below corpus/, sorted.
inline std::vector<std::string> ProgramsIn(const std::string& folder) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(CorpusPath(folder))) {
    if (entry.path().extension() == ".txt") {
      files.push_back(folder + "/" + entry.path().filename().string());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

inline ProgramFile ReadProgram(const std::string& file) {
  auto read = LoadProgram(CorpusPath(file));
  EXPECT_TRUE(read.ok()) << read.status();
  return read.ok() ? *std::move(read) : ProgramFile();
}

// Everything that the interleavings of a program violate, and whether all were tried.
struct Verdict {
  std::set<std::string> ids;
  bool complete = false;
};

inline Verdict VerdictUnder(Strategy& strategy, Runner& runner, const Program& program,
                            uint64_t max_executions) {
  Verdict verdict;
  const auto look = [&](const RunOutcome& outcome) {
    for (const Finding& finding : outcome.findings) verdict.ids.emplace(finding.property->id);
    return outcome.findings.empty() ? Seen::kClean : Seen::kFinding;
  };
  verdict.complete =
      runner.Explore(program, strategy, look, nullptr, {.max_executions = max_executions}).complete;
  return verdict;
}

inline Verdict VerdictOf(Runner& runner, const Program& program, uint64_t max_executions) {
  CachedExhaustiveStrategy cached;
  return VerdictUnder(cached, runner, program, max_executions);
}

// For INSTANTIATE_TEST_SUITE_P.
inline std::string TestName(const ::testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::replace_if(name.begin(), name.end(), [](char c) { return !std::isalnum(c); }, '_');
  return name;
}

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_VERDICT_CORPUS_TESTING_H_
