// The suites hold on the reference design, fail on designs that are wrong, and lose nothing.
#include "properties/suites/suite.h"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "harness/program/program_file.h"
#include "harness/verdict/counterexample.h"
#include "harness/verdict/runner.h"
#include "properties/suites/suite_session.h"
#include "properties/suites/sysfs_text.h"
#include "target/designs/port_system.h"
#include "target/designs/protocol.h"
#include "target/iommu/rules.h"
#include "target/kernel/errno.h"
#include "target/types/sanitizers.h"

namespace groupfuzz {
namespace {

namespace fs = std::filesystem;

using designs::StoreRequest;
using iommu::Core;
using iommu::Group;

class SuiteTest : public ::testing::Test {
 protected:
  SuiteTest() {
    fs::remove_all(folder_);
    options_.cases_folder = folder_;
  }
  ~SuiteTest() override { fs::remove_all(folder_); }

  std::vector<std::string> Files() const {
    std::vector<std::string> files;
    if (!fs::exists(folder_)) return files;
    for (const auto& entry : fs::directory_iterator(folder_)) files.push_back(entry.path());
    return files;
  }

  const std::string folder_ = ::testing::TempDir() + "/suite_test-" +
                              ::testing::UnitTest::GetInstance()->current_test_info()->name();
  SuiteOptions options_;
};

// A protocol that is the reference's, except for what `Store` does first.
template <typename Store>
class Planted : public designs::Protocol {
 public:
  int64_t StoreType(Core& core, Group& group, const StoreRequest& request) const override {
    return Store()(core, group, request);
  }
};

template <typename Store>
const Design& Plant(const std::string& name) {
  static const Planted<Store> protocol;
  if (const Design* design = FindDesign(name)) return *design;
  return RegisterDesign(
      {.judged_as = DesignId::kOwnerCheck,
       .name = name,
       .rules = "today",
       .summary = "wrong on purpose",
       .make = [] { return std::make_unique<PortSystem>(iommu::kRulesToday, protocol); }});
}

struct TestsThenDrops {
  int64_t operator()(Core& core, Group& group, const StoreRequest& request) const {
    iommu::RequestedType type;
    if (const int error = designs::CheckUnlocked(group, request, &type); error != 0) return error;
    {
      kernel::MutexLock lock(group.mutex);
      if (group.default_domain == nullptr) return -EINVAL;
      if (designs::IsStrictToLazy(core, group, type)) {
        return designs::ErrnoOrCount(core.SwitchToFlushQueue(group), request);
      }
      if (group.devices == nullptr || group.owner_cnt != 0) return -EPERM;
    }
    kernel::MutexLock lock(group.mutex);
    if (group.devices == nullptr) return -EPERM;
    if (const int error = core.SetupDefaultDomain(group, type); error != 0) return error;
    core.SetupDmaOpsAll(group);
    return request.count;
  }
};

struct TakesAnyCase {
  int64_t operator()(Core& core, Group& group, const StoreRequest& request) const {
    StoreRequest changed = request;
    if (std::string_view(request.text) == "dma\n") changed.text = "DMA\n";
    return designs::OwnerCheck().StoreType(core, group, changed);
  }
};

struct Aborts {
  int64_t operator()(Core& core, Group& group, const StoreRequest& request) const {
    if (std::string_view(request.text).starts_with("identity")) std::abort();
    return designs::OwnerCheck().StoreType(core, group, request);
  }
};

TEST_F(SuiteTest, ReferenceHoldsEverySuite) {
  options_.verbose = true;
  for (const Suite& suite : Suites()) {
    const SuiteReport report = suite.check(*FindDesign("owner-check"), options_);
    EXPECT_TRUE(report) << report.text;
    EXPECT_GT(report.cases, 0u);
  }
  EXPECT_EQ(Files(), std::vector<std::string>());
}

TEST_F(SuiteTest, SequencesReachTheDeepestState) {
  options_.cases = 4000;  // also under a sanitizer
  const SuiteReport report = CheckSequential(*FindDesign("owner-check"), options_);
  for (std::string_view depth :
       {kReachedClaimed, kReachedAttached, kReachedJoined, kReachedDeepest}) {
    const auto reached = report.reached.find(std::string(depth));
    ASSERT_NE(reached, report.reached.end()) << depth;
    EXPECT_GT(reached->second, 0u) << depth;
  }
}

TEST_F(SuiteTest, TheSameSeedGivesTheSameReport) {
  options_.seed = 7;
  options_.cases = 300;
  const Design& design = *FindDesign("owner-check");
  EXPECT_EQ(CheckParallel(design, options_).text, CheckParallel(design, options_).text);
  const SuiteReport seven = CheckSequential(design, options_);
  options_.seed = 8;
  EXPECT_NE(seven.ops, CheckSequential(design, options_).ops);
}

// What is printed is on disk, minimal, and true.
TEST_F(SuiteTest, EveryOtherDesignFailsWithAProgramThatReplays) {
  for (int id = 0; id < kDesignCount; ++id) {
    const Design& design = BuiltInDesign(static_cast<DesignId>(id));
    if (design.judged_as == DesignId::kOwnerCheck) continue;
    const SuiteReport report = CheckParallel(design, options_);
    ASSERT_FALSE(report.property.empty()) << report.text;
    const auto saved = LoadProgram(report.case_file);
    ASSERT_TRUE(saved.ok()) << saved.status();
    Runner runner(design);
    for (int i = 0; i < 100; ++i) {
      ASSERT_TRUE(Violates(runner.Run(report.minimized).findings, report.property)) << report.text;
    }
    EXPECT_TRUE(Violates(runner.Run(saved->contents.program).findings, report.property));
    EXPECT_NE(report.text.find("1-minimal"), std::string::npos);
    for (const char* command :
         {"groupfuzz run --design", "groupfuzz minimize --design", "groupfuzz explain --design"}) {
      EXPECT_NE(report.text.find(command), std::string::npos) << command;
    }
  }
}

// The families that linearizability alone does not cover, each by its id.
TEST_F(SuiteTest, ParallelFindsDisturbedUsersAndUnserialisableWriters) {
  for (const char* id : {"I34", "I35", "L1"}) {
    for (const Property& property : Properties()) {
      if (property.id != id) options_.known.emplace(property.id);
    }
    options_.known.erase(id);
    const SuiteReport report = CheckParallel(*FindDesign("claim-v1"), options_);
    EXPECT_EQ(report.property, id) << report.text;
    EXPECT_GT(report.minimized.thread_count, 1);
    EXPECT_FALSE(report.stepped_over.empty());
    EXPECT_NE(report.text.find(report.stepped_over.Describe()), std::string::npos) << report.text;
    if (std::string_view(id) != "I35") {
      EXPECT_NE(report.text.find("longest legal prefix"), std::string::npos) << report.text;
      EXPECT_NE(report.text.find("first call without a legal place"), std::string::npos);
    }
  }
}

TEST_F(SuiteTest, ParallelFindsADecisionThatOutlivesTheMutex) {
  const SuiteReport report = CheckParallel(Plant<TestsThenDrops>("tests-then-drops"), options_);
  ASSERT_FALSE(report.property.empty());
  EXPECT_LE(OpCount(report.minimized), 2) << report.text;
  EXPECT_EQ(report.minimized.thread_count, 2) << report.text;
}

TEST_F(SuiteTest, TextFindsAWordThatIsNone) {
  const SuiteReport report = CheckText(Plant<TakesAnyCase>("takes-any-case"), options_);
  ASSERT_FALSE(report.property.empty());
  EXPECT_NE(report.text.find("dma"), std::string::npos) << report.text;
}

TEST_F(SuiteTest, AKnownPropertyIsSteppedOverAndCounted) {
  options_.known = {"I22"};
  const SuiteReport report = CheckParallel(*FindDesign("v6.4"), options_);
  EXPECT_NE(report.property, "I22");
}

TEST_F(SuiteTest, SavedCasesGoWhereTheUserSays) {
  options_.save_folder = folder_ + "/saved";
  const SuiteReport report = CheckSequential(*FindDesign("claim-v1"), options_);
  ASSERT_FALSE(report.property.empty());
  EXPECT_EQ(LoadCorpus(options_.save_folder)->size(), 1u);
}

TEST_F(SuiteTest, GeneratedProgramsSeedTheFuzzers) {
  options_.seeds_folder = folder_;
  options_.cases = 20;
  fs::create_directories(folder_);
  CheckParallel(*FindDesign("owner-check"), options_);
  EXPECT_EQ(Files().size(), 20u);
  for (const std::string& file : Files()) {
    EXPECT_EQ(LoadProgram(file)->form, ProgramForm::kBytes) << file;
  }
}

TEST_F(SuiteTest, GivenProgramsRunFirst) {
  const auto race = LoadProgram(std::string(GROUPFUZZ_SOURCE_DIR) +
                                "/corpus/known/domain-replaced-under-a-bound-driver.txt");
  ASSERT_TRUE(race.ok());
  options_.programs = {race->contents.program};
  options_.known = {"I32", "I8", "I22", "I42", "I1"};
  const SuiteReport report = CheckParallel(*FindDesign("claim-v1"), options_);
  EXPECT_EQ(report.cases, 1u) << report.text;
}

// What only a failure shows, on a path that nothing else takes.
TEST_F(SuiteTest, EveryFailureIsTried) {
  options_.cases = 100'000;  // also under a sanitizer
  const SuiteReport report = CheckFailures(*FindDesign("v6.4"), options_);
  std::set<std::string> violated = {report.property};
  for (const auto& [property, file] : report.also_violated) violated.insert(property);
  for (const char* property : {"P1", "I15", "E2"}) {
    EXPECT_TRUE(violated.contains(property)) << property;
  }
}

// What fuzzers begin with, suites begin with, too.
TEST_F(SuiteTest, ReferenceHoldsOnTheCorpus) {
  const auto corpus = LoadCorpus(std::string(GROUPFUZZ_SOURCE_DIR) + "/corpus");
  ASSERT_TRUE(corpus.ok()) << corpus.status();
  for (const ProgramFile& file : *corpus) options_.programs.push_back(file.contents.program);
  options_.cases = 1;
  const SuiteReport report = CheckParallel(*FindDesign("owner-check"), options_);
  EXPECT_TRUE(report) << report.text;
  EXPECT_EQ(report.cases, corpus->size() + 1);
}

TEST(WordForTest, WhatWasNotJudgedIsNoPass) {
  EXPECT_EQ(WordFor(10, 0, false), VerdictWord::kSampled);
  EXPECT_EQ(WordFor(10, 1, false), VerdictWord::kUnknown);
  EXPECT_EQ(WordFor(10, 0, true), VerdictWord::kUnknown);
  EXPECT_EQ(WordFor(0, 0, false), VerdictWord::kUnknown);
  SuiteReport report;
  EXPECT_FALSE(report);
  report.verdict = VerdictWord::kSampled;
  EXPECT_TRUE(report);
  report.property = "I2";
  EXPECT_FALSE(report);
}

using SuiteDeathTest = SuiteTest;

TEST_F(SuiteDeathTest, AProgramThatKillsTheProcessIsOnDisk) {
  const Design& design = Plant<Aborts>("aborts");
  ::testing::FLAGS_gtest_death_test_style = "fast";
  EXPECT_DEATH(CheckParallel(design, options_),
               "the process died while this program ran on aborts");
  const auto saved = LoadCorpus(folder_);
  ASSERT_TRUE(saved.ok()) << saved.status();
  ASSERT_EQ(saved->size(), 1u);
  Runner runner(design);
  EXPECT_DEATH(runner.Run(saved->front().contents.program), "");
}

#ifdef GROUPFUZZ_ASAN
struct UsesFreedMemory {
  int64_t operator()(Core& core, Group& group, const StoreRequest& request) const {
    if (std::string_view(request.text).starts_with("identity")) {
      volatile int* value = new int(1);
      delete value;
      *value = 2;
    }
    return designs::OwnerCheck().StoreType(core, group, request);
  }
};

TEST_F(SuiteDeathTest, AProgramThatASanitizerStopsIsOnDisk) {
  const Design& design = Plant<UsesFreedMemory>("uses-freed-memory");
  EXPECT_DEATH(CheckSequential(design, options_), "heap-use-after-free");
  EXPECT_EQ(LoadCorpus(folder_)->size(), 1u);
}
#endif

WriteBuffer Text(std::string_view bytes, uint16_t padding = 0) {
  WriteBuffer text;
  text.size = static_cast<uint8_t>(bytes.size());
  std::copy(bytes.begin(), bytes.end(), text.bytes.begin());
  text.padding = padding;
  return text;
}

TEST(SysfsTextTest, SaysWhatTheReferenceSays) {
  using std::string_view_literals::operator""sv;
  for (std::string_view same : {"DMA"sv, "DMA\n"sv, "DMA\0"sv, "DMA\n\0junk"sv, "DMA\0junk"sv}) {
    EXPECT_EQ(ExpectedDialogue(Text(same)).written, static_cast<int64_t>(same.size()));
  }
  for (std::string_view other :
       {"DMA\n\n"sv, " DMA"sv, "DMA "sv, "dma"sv, "DMA-"sv, "\n"sv, "\0"sv, "DMAx"sv}) {
    EXPECT_EQ(ExpectedDialogue(Text(other)).written, -EINVAL);
  }
  EXPECT_EQ(ExpectedDialogue(Text("")).written, 0);
  EXPECT_EQ(ExpectedDialogue(Text("identity", 5000)).written, 4096);
  EXPECT_EQ(ExpectedDialogue(Text("identity", 5000)).shown, 9);
}

}  // namespace
}  // namespace groupfuzz
