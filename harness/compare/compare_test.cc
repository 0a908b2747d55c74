// The comparison of designs: verdicts, baselines, tables.
#include "harness/compare/compare.h"

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"
#include "harness/compare/compare_json.h"
#include "harness/compare/showcase.h"
#include "harness/verdict/counterexample.h"
#include "target/designs/port_system.h"
#include "target/designs/protocol.h"
#include "target/kernel/unsupported.h"

namespace groupfuzz {
namespace {

constexpr char kRace[] =
    "groupfuzz 1\n"
    "driver blocked=allocatable failed-attach-keeps\n"
    "device 0 pasids\n"
    "thread 0\n"
    "  show_type\n"
    "  store_type \"DMA-FQ\\n\"\n"
    "thread 1\n"
    "  store_type \"identity\\n\"\n"
    "  bind 0\n"
    "thread 2\n"
    "  claimed_query\n";

constexpr char kCentralRace[] =
    "groupfuzz 1\n"
    "thread 0\n"
    "  store_type \"DMA-FQ\\n\"\n"
    "thread 1\n"
    "  store_type \"identity\\n\"\n"
    "  bind 0\n";

ProgramFile File(std::string_view text) {
  ProgramFile file;
  file.path = "race.txt";
  file.contents = ParseText(text, file.path).value();
  return file;
}

DesignComparison Compare(std::string_view design, const std::vector<ProgramFile>& corpus,
                         uint64_t max_executions = 1'000'000) {
  Runner runner(*FindDesign(design));
  return CompareDesign(runner, corpus, max_executions, nullptr);
}

// The reference, whose ops do what nobody can follow.
class Unfollowed final : public PortSystem {
 public:
  using PortSystem::PortSystem;
  int64_t Perform(const Op&) override { throw kernel::Unsupported{"calls what nobody knows"}; }
};

TEST(CompareTest, TheCorpusIsExhaustedOnTheReferenceDesign) {
  const DesignComparison row = Compare("owner-check", {File(kCentralRace)});
  EXPECT_EQ(row.word(), VerdictWord::kExhausted);
  EXPECT_TRUE(row.violations.empty());
  EXPECT_NE(FormatTable({row}).find("exhausted"), std::string::npos);
}

// Scripts see which programs show something new, and which only what the baseline shows.
TEST(CompareTest, JsonTellsNewsFromWhatIsSteppedOver) {
  const Design& patch = *FindDesign("claim-v1");
  Design same = patch;
  same.name = "claim-v1-again";
  same.baseline = &patch;
  RegisterUnlisted(same);
  const std::vector<ProgramFile> corpus = {File(kCentralRace)};
  for (const bool is_news : {true, false}) {
    const Json json = DesignJson(Compare(is_news ? "claim-v1" : "claim-v1-again", corpus), corpus);
    EXPECT_EQ(json["findings"].empty(), !is_news) << json;
    ASSERT_FALSE(json["violations"].empty()) << json;
    for (const Json& violation : json["violations"]) {
      EXPECT_EQ(violation["programs"][0]["stepped_over"], !is_news) << violation;
    }
  }
}

TEST(CompareTest, TheReviewedPatchLosesTheDomainUnderADriver) {
  const DesignComparison row = Compare("claim-v1", {File(kCentralRace)});
  EXPECT_TRUE(row.violations.contains("I1"));
  EXPECT_TRUE(row.violations.contains("I2"));
}

TEST(CompareTest, WhatABaselineShowsTooIsSteppedOverAndCounted) {
  Design same = *FindDesign("claim-v1");
  same.name = "patched";
  same.baseline = FindDesign("claim-v1");
  Runner runner(same);
  const DesignComparison row = CompareDesign(runner, {File(kCentralRace)}, 1'000'000, nullptr);
  EXPECT_TRUE(row.findings().empty());
  EXPECT_EQ(row.stepped_over.counts().size(), row.violations.size());
  EXPECT_EQ(DescribeNews({row}), "patched shows nothing that claim-v1 does not.\n" +
                                     row.stepped_over.Describe() + ".\n\n");
  EXPECT_TRUE(row.stepped_over.counts().contains("I2"));
}

TEST(CompareTest, WhatDoesNotFitIsSampledAndSaysSo) {
  const DesignComparison row = Compare("owner-check", {File(kCentralRace)}, /*max_executions=*/2);
  EXPECT_EQ(row.word(), VerdictWord::kSampled);
  EXPECT_EQ(row.sampled, std::vector<size_t>{0});
  const std::string table = FormatTable({row});
  EXPECT_NE(table.find("sampled"), std::string::npos) << table;
  EXPECT_EQ(table.find("exhausted"), std::string::npos) << table;
}

TEST(CompareTest, AnInterruptedComparisonSaysNothing) {
  Runner runner(*FindDesign("owner-check"));
  const std::vector<ProgramFile> corpus = {File(kCentralRace), File(kCentralRace)};
  const DesignComparison row =
      CompareDesign(runner, corpus, 1'000'000,
                    [](const DesignComparison& so_far) { return so_far.programs < 1; });
  EXPECT_EQ(row.programs, 1u);
  EXPECT_EQ(row.word(), VerdictWord::kUnknown);
  const std::string table = FormatTable({row});
  EXPECT_NE(table.find("unknown"), std::string::npos) << table;
  EXPECT_EQ(table.find("exhausted"), std::string::npos) << table;
}

TEST(CompareTest, WhatCannotBeFollowedLeavesAllUnknown) {
  const Design design = {.judged_as = DesignId::kOwnerCheck,
                         .name = "unfollowed",
                         .rules = "today",
                         .summary = "",
                         .make = [] {
                           return std::make_unique<Unfollowed>(iommu::kRulesToday,
                                                               designs::OwnerCheck());
                         }};
  Runner runner(design);
  const DesignComparison row = CompareDesign(runner, {File(kCentralRace)}, 1'000'000, nullptr);
  EXPECT_EQ(row.unjudged, 1u);
  EXPECT_EQ(row.unsupported, "calls what nobody knows");
  EXPECT_EQ(row.word(), VerdictWord::kUnknown);
}

TEST(CompareTest, WhatDidNotRunIsNotSaidToShowNothing) {
  Design same = *FindDesign("claim-v1");
  same.name = "patched";
  same.baseline = FindDesign("claim-v1");
  Runner runner(same);
  const DesignComparison row = CompareDesign(runner, {File(kCentralRace)}, 1'000'000,
                                             [](const DesignComparison&) { return false; });
  EXPECT_EQ(DescribeNews({row}), "patched did not run to its end: unknown.\n\n");
}

// The row of the reference judged against claim-v1, and that of claim-v1 before it.
std::vector<DesignComparison> ReferenceAgainstPatch(const std::vector<ProgramFile>& corpus,
                                                    uint64_t max_executions = 1'000'000) {
  Runner runner(Against(*FindDesign("owner-check"), *FindDesign("claim-v1")));
  return {Compare("claim-v1", corpus), CompareDesign(runner, corpus, max_executions, nullptr)};
}

TEST(CompareTest, WhatABaselineShowedAndIsGoneIsSaid) {
  const std::vector<DesignComparison> rows =
      ReferenceAgainstPatch({File(kCentralRace), File(kRace)});
  const std::vector<Gone> gone = GoneFrom(*BaseOf(rows[1], rows), rows[1]);
  ASSERT_EQ(gone.size(), rows[0].violations.size());
  EXPECT_EQ(gone[0].programs, gone[0].of);
  const std::string news = DescribeNews(rows);
  EXPECT_NE(news.find("owner-check no longer shows I1, I2"), std::string::npos) << news;
}

TEST(CompareTest, WhatWasNotTriedToItsEndIsNotSaidToBeGone) {
  const std::vector<DesignComparison> rows =
      ReferenceAgainstPatch({File(kCentralRace)}, /*max_executions=*/2);
  const std::string news = DescribeNews(rows);
  EXPECT_EQ(news.find("no longer"), std::string::npos) << news;
  EXPECT_NE(news.find("did not show I1, I2"), std::string::npos) << news;
}

TEST(CompareTest, AChangeThatDidNotRunIsUnknown) {
  std::vector<DesignComparison> rows = ReferenceAgainstPatch({File(kCentralRace)});
  ASSERT_EQ(rows[1].word(), VerdictWord::kExhausted);
  ChangedFunction function{.file = "iommu.c", .name = "f", .ran = {{7, false}}};
  rows[1].changed = ChangedLines{.any = true, .functions = {function}};
  EXPECT_EQ(rows[1].word(), VerdictWord::kUnknown);
  const std::string news = DescribeNews(rows);
  EXPECT_NE(news.find("owner-check is unknown: nothing ran of what is changed"), std::string::npos)
      << news;
}

// Ctrl-C after the first counterexample: the row is not without findings.
TEST(CompareTest, WhatWasShownCountsWhereTheComparisonDidNotComeToIt) {
  const std::vector<ProgramFile> corpus = {File(kCentralRace)};
  const std::optional<Showcase> showcase =
      FirstShowcase({FindDesign("claim-v1")}, corpus, "claim-v1", [] { return true; });
  ASSERT_TRUE(showcase.has_value());
  Runner runner(*FindDesign("claim-v1"));
  DesignComparison row =
      CompareDesign(runner, corpus, 1'000, [](const DesignComparison&) { return false; });
  ASSERT_TRUE(row.findings().empty());
  AddViolation(*showcase, corpus, &row);
  EXPECT_EQ(row.findings().at(showcase->property->id), std::vector<size_t>{0});
}

// Of what is new, each property has a counterexample of its own, or one in another's.
TEST(CompareTest, EachNewsIsShown) {
  const std::vector<ProgramFile> corpus = {File(kCentralRace), File(kRace)};
  Runner runner(Against(*FindDesign("claim-v1"), *FindDesign("owner-check")));
  const DesignComparison row = CompareDesign(runner, corpus, 20'000, nullptr);
  std::set<std::string_view> shown;
  for (const Showcase& showcase : OtherNews(row, corpus, {}, [] { return true; })) {
    const std::string text = FormatBriefly(showcase);
    EXPECT_FALSE(shown.contains(showcase.property->id)) << text;
    for (const auto& [id, programs] : row.news) {
      if (text.find("\n" + std::string(id) + " ") != std::string::npos) shown.insert(id);
    }
  }
  EXPECT_EQ(shown.size(), row.news.size());
}

TEST(CompareTest, ATableOfManyViolationsFitsAMail) {
  Design named = *FindDesign("locked-claim");
  named.name = "linux:a-tree-of-somebody+and-a-change";
  DesignComparison row{.design = &named, .violations = {}, .news = {}};
  for (const Property& property : Properties()) row.violations[property.id] = {0};
  const std::string table = FormatTable({row});
  size_t longest = 0;
  size_t start = 0;
  for (size_t end = table.find('\n'); end != std::string::npos; end = table.find('\n', start)) {
    longest = std::max(longest, end - start);
    start = end + 1;
  }
  EXPECT_LE(longest, static_cast<size_t>(kReportColumns)) << table;
  for (const Property& property : Properties()) {
    EXPECT_NE(table.find(property.id), std::string::npos) << property.id;
  }
}

TEST(CompareTest, TheShowcaseIsTheCentralRaceMadeSmall) {
  const std::vector<ProgramFile> corpus = {File(kRace)};
  const std::vector<DesignComparison> rows = {Compare("owner-check", corpus),
                                              Compare("claim-v1", corpus, 20'000)};
  const std::optional<Showcase> showcase = ChooseShowcase(rows, corpus, "claim-v1");
  ASSERT_TRUE(showcase.has_value());
  EXPECT_EQ(showcase->property->id, "I2");
  EXPECT_LE(OpCount(showcase->program), 4);
  EXPECT_LE(showcase->program.thread_count, 3);
  EXPECT_LE(showcase->preemptions, 3);
  EXPECT_EQ(showcase->program.configuration.device_count, 1);
  Runner runner(*showcase->design);
  EXPECT_TRUE(Violates(runner.Run(showcase->program).findings, "I2"));
  EXPECT_NE(FormatShowcase(*showcase).find(">>> I2"), std::string::npos);
}

TEST(CompareTest, NothingToShowWhereNothingIsViolated) {
  const std::vector<ProgramFile> corpus = {File(kCentralRace)};
  EXPECT_FALSE(ChooseShowcase({Compare("owner-check", corpus)}, corpus, "claim-v1").has_value());
}

TEST(CounterexampleTest, TheEasiestHasTheFewestPreemptions) {
  Runner runner(*FindDesign("claim-v1"));
  const Program program = File(kCentralRace).contents.program;
  const std::optional<Counterexample> easiest =
      FindEasiest(runner, program, FindingKey("I2"), {.max_executions = 100'000});
  ASSERT_TRUE(easiest.has_value());
  EXPECT_EQ(easiest->preemptions, 1);
  Program replay = program;
  replay.schedule = easiest->schedule;
  const RunOutcome outcome = runner.Run(replay);
  EXPECT_TRUE(Violates(outcome.findings, "I2"));
  EXPECT_EQ(outcome.trace.preemptions, 1);
  EXPECT_EQ(outcome.trace.events.size(), easiest->steps);
}

TEST(CounterexampleTest, ThereIsNoneForADesignThatHolds) {
  Runner runner(*FindDesign("owner-check"));
  EXPECT_FALSE(FindEasiest(runner, File(kCentralRace).contents.program, FindingKey("I2"),
                           {.max_executions = 100'000})
                   .has_value());
}

TEST(CounterexampleTest, AReplayMakesARandomScheduleExplicit) {
  Runner runner(*FindDesign("claim-v1"));
  PropertyReproducer reproducer(runner, FindingKey("I2"), {.max_executions = 1});
  Program program = File(kCentralRace).contents.program;
  program.schedule.tail = Tail::kRandom;
  bool found = false;
  for (uint32_t seed = 0; seed < 1000 && !found; ++seed) {
    Program candidate = program;
    candidate.schedule.seed = seed;
    found = reproducer.Replay(&candidate);
    if (!found) continue;
    EXPECT_EQ(candidate.schedule.tail, Tail::kContinue);
    EXPECT_TRUE(Violates(runner.Run(candidate).findings, "I2"));
  }
  EXPECT_TRUE(found);
}

}  // namespace
}  // namespace groupfuzz
