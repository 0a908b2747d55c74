// Trials end as they must whatever a mutant does, and the matrix says what is not as the bank says.
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "harness/mutation/engine.h"
#include "harness/mutation/matrix.h"
#include "harness/mutation/trial.h"
#include "harness/program/text_codec.h"
#include "target/mutants/mutated_port.h"

namespace groupfuzz::mutation {
namespace {

using mutants::Mutant;

constexpr char kBindThenWrite[] = R"(groupfuzz 1
thread 0
  bind 0
  store_type "identity\n"
)";

const Mutant& Canary() {
  mutants::RegisterPortMutants();
  for (const Mutant& mutant : mutants::Mutants()) {
    if (mutant.row.canary) return mutant;
  }
  std::abort();
}

TrialOptions Options() {
  TrialOptions options;
  options.cpu_seconds = 1;
  options.stuck_seconds = 2;
  options.corpus = {ParseText(kBindThenWrite, "test")->program};
  options.scratch = ::testing::TempDir() + "/mutation_test";
  return options;
}

std::vector<TrialResult> RunAll(const std::vector<Trial>& trials, const TrialOptions& options) {
  std::vector<TrialResult> results(trials.size());
  RunTrials(
      trials, options, 2, [](size_t) { return true; },
      [&](size_t index, const TrialResult& result) { results[index] = result; },
      [] { return true; });
  return results;
}

TEST(Trial, EveryEngineFindsTheCanary) {
  std::vector<Trial> trials;
  for (const Engine& engine : Engines()) {
    if (engine.run != nullptr) trials.push_back({&engine, Canary().design, 1});
  }
  for (const TrialResult& result : RunAll(trials, Options())) {
    EXPECT_TRUE(result.found);
    EXPECT_FALSE(result.property.empty());
    EXPECT_GT(result.executions, 0u);
    EXPECT_GT(result.size.ops, 0);
    EXPECT_LE(result.size.ops, 3);
  }
}

TEST(Trial, NoEngineFindsAnythingInTheReference) {
  Design reference = *FindDesign("owner-check");
  reference.baseline = FindDesign("owner-check");
  TrialOptions options = Options();
  options.max_executions = 200;
  std::vector<Trial> trials;
  for (const Engine& engine : Engines()) {
    if (engine.run != nullptr) trials.push_back({&engine, &reference, 1});
  }
  for (const TrialResult& result : RunAll(trials, options)) {
    EXPECT_FALSE(result.found) << result.property;
    EXPECT_GT(result.executions, 0u);
  }
}

TEST(Trial, WhatIsSteppedOverIsSaid) {
  Design same = *FindDesign("claim-v1");
  same.baseline = FindDesign("claim-v1");
  TrialOptions options = Options();
  options.corpus = {
      ParseText("groupfuzz 1\nthread 0\n  store_type \"identity\\n\"\n", "test")->program};
  options.max_executions = 200;
  std::vector<Trial> trials;
  for (const Engine& engine : Engines()) {
    if (engine.run != nullptr && engine.group != "check") trials.push_back({&engine, &same, 1});
  }
  for (const TrialResult& result : RunAll(trials, options)) {
    EXPECT_FALSE(result.found) << result.property;
    EXPECT_TRUE(result.stepped_over.counts().contains("I33")) << result.stepped_over.Describe();
  }
}

TEST(Trial, ADeathIsFound) {
  const Engine aborts{"aborts", "", "", true, [](const Hunt&) { std::abort(); }};
  const Engine is_killed{"killed", "", "", true, [](const Hunt&) { std::raise(SIGUSR1); }};
  const Engine exits{"exits", "", "", true, [](const Hunt&) { std::_Exit(3); }};
  const std::vector<TrialResult> results = RunAll({{&aborts, Canary().design, 1},
                                                   {&is_killed, Canary().design, 1},
                                                   {&exits, Canary().design, 1}},
                                                  Options());
  EXPECT_TRUE(results[0].found);
  EXPECT_EQ(results[0].property, "SIGABRT");
  EXPECT_EQ(results[1].property, "SIGUSR1");
  EXPECT_EQ(results[2].property, "exited:3");
}

TEST(Trial, WhatRunsForEverIsStuck) {
  const Engine loops{"loops", "", "", true, [](const Hunt&) {
                       for (volatile bool forever = true; forever;) continue;
                     }};
  const std::vector<TrialResult> results = RunAll({{&loops, Canary().design, 1}}, Options());
  EXPECT_TRUE(results[0].found);
  EXPECT_EQ(results[0].property, "stuck");
}

TEST(Trial, TheTimeOfASearchThatAsksIsLimited) {
  const Engine asks{"asks", "", "", true, [](const Hunt& hunt) {
                      while (hunt.keep_going()) continue;
                    }};
  const std::vector<TrialResult> results = RunAll({{&asks, Canary().design, 1}}, Options());
  EXPECT_FALSE(results[0].found);
  EXPECT_GE(results[0].cpu_seconds, 1);
}

TEST(Trial, AMissingFuzzTargetIsSaid) {
  const Engine missing{"no_such_target", "fuzz", "", false, nullptr};
  const std::vector<TrialResult> results = RunAll({{&missing, Canary().design, 1}}, Options());
  EXPECT_FALSE(results[0].found);
  EXPECT_EQ(results[0].error, "there is no no_such_target");
}

TEST(Trial, NothingIsLeftBehind) {
  const TrialOptions options = Options();
  RunAll({{&Engines().front(), Canary().design, 1}}, options);
  EXPECT_TRUE(std::filesystem::is_empty(options.scratch));
}

// The matrix.

Mutant MutantCalled(const Design& design, std::string_view name) {
  Mutant mutant{.row = {}, .design = &design};
  mutant.row.name = name;
  mutant.row.on = "d";
  return mutant;
}

TrialResult Found(const std::string& property, double seconds) {
  TrialResult result;
  result.found = true;
  result.property = property;
  result.cpu_seconds = seconds;
  result.executions = 7;
  return result;
}

class MatrixTest : public ::testing::Test {
 protected:
  MatrixTest() { design_.name = "d+m"; }

  std::vector<std::string> Unexpected(const Mutant& mutant,
                                      const std::vector<TrialResult>& trials) const {
    return With(mutant, trials).Unexpected();
  }
  Matrix With(const Mutant& mutant, const std::vector<TrialResult>& trials) const {
    Matrix matrix({&mutant}, {engine_});
    for (const TrialResult& trial : trials) matrix.Add(0, 0, trial);
    return matrix;
  }

  Design design_;
  const Engine* engine_ = &Engines().front();
};

using Lines = std::vector<std::string>;

TEST_F(MatrixTest, ABugMustBeFoundUnlessItIsAKnownSurvivor) {
  Mutant bug = MutantCalled(design_, "m");
  EXPECT_EQ(Unexpected(bug, {TrialResult()}), Lines{"d+m: survives"});
  EXPECT_EQ(Unexpected(bug, {TrialResult(), Found("I2", 1)}), Lines());
  bug.row.hard = "needs five threads";
  EXPECT_EQ(Unexpected(bug, {TrialResult()}), Lines()) << "compare is a quick engine";
  bug.row.hard = {};
  bug.row.survives = "no property says so";
  EXPECT_EQ(Unexpected(bug, {TrialResult()}), Lines());
  EXPECT_EQ(Unexpected(bug, {Found("I2", 1)}), Lines()) << "good news";
  EXPECT_NE(With(bug, {Found("I2", 1)}).Summary().find("the bank says that they survive:\n  d+m"),
            std::string::npos);
}

TEST_F(MatrixTest, ACanaryMustBeFoundInEveryTrial) {
  Mutant canary = MutantCalled(design_, "m");
  canary.row.canary = true;
  EXPECT_EQ(Unexpected(canary, {Found("I2", 1), TrialResult()}),
            Lines{"d+m: the canary was not found by compare"});
  EXPECT_EQ(Unexpected(canary, {Found("I2", 1), Found("I1", 1)}), Lines());
}

TEST_F(MatrixTest, AHarmlessChangeMustStaySilent) {
  Mutant harmless = MutantCalled(design_, "m");
  harmless.row.harmless = true;
  EXPECT_EQ(Unexpected(harmless, {TrialResult()}), Lines());
  EXPECT_EQ(Unexpected(harmless, {Found("I2", 1)}), Lines{"d+m: a false alarm, compare says I2"});
  harmless.row.alarm = "the order of members can be seen";
  EXPECT_EQ(Unexpected(harmless, {Found("I2", 1)}), Lines());
}

TEST_F(MatrixTest, ACellIsTheMedianOfTheTrialsThatFoundIt) {
  const Mutant bug = MutantCalled(design_, "m");
  const Matrix all = With(bug, {Found("I2", 3), Found("I2", 1), Found("I2", 2)});
  EXPECT_NE(all.Table().find("I2 2.00"), std::string::npos) << all.Table();
  const Matrix some = With(bug, {Found("I2", 3), TrialResult(), Found("I2", 3)});
  EXPECT_NE(some.Table().find("2/3 I2 3.00"), std::string::npos) << some.Table();
  EXPECT_NE(some.Tsv().find("d+m\tbug\tcompare\t3\t2\tI2\t7\t3.000\t"), std::string::npos)
      << some.Tsv();
  EXPECT_NE(some.Summary().find("1 of 1 bugs found, 0 of them by every engine"), std::string::npos)
      << some.Summary();
}

}  // namespace
}  // namespace groupfuzz::mutation
