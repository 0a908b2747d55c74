// Every excuse is needed by each property that may be given it, and reaches no further than it
// says.
#include <gtest/gtest.h>

#include <cctype>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "harness/execution/executor.h"
#include "harness/execution/strategies/replay_strategy.h"
#include "harness/program/text_codec.h"
#include "properties/invariants/checker.h"
#include "properties/invariants/excuse_cases.h"
#include "properties/invariants/excuses.h"
#include "properties/invariants/invariants.h"

namespace groupfuzz::invariants {
namespace {

constexpr Excuses kNone = 0;

const ExcuseRow& RowOf(Excuse excuse) { return AllExcuses()[static_cast<int>(excuse)]; }

// The execution that `test` is about.
class Execution {
 public:
  explicit Execution(const ExcuseCase& test)
      : system_(BuiltInDesign(test.design).make()), property_(test.property) {
    const auto parsed =
        ParseText("groupfuzz 1" + std::string(test.program), std::string(test.property));
    EXPECT_TRUE(parsed.ok()) << parsed.status();
    if (parsed.ok()) program_ = parsed->program;
  }

  // Whether the property blames it, judged as `design` without the excuses in `denied`.
  bool IsBlamed(DesignId design, Excuses denied) {
    Checker checker(BuiltInDesign(design), denied);
    ReplayStrategy schedule(program_.schedule);
    executor_.Run(program_, *system_, schedule, checker);
    for (const Finding& finding : checker.findings()) {
      if (finding.property->id == property_) return true;
    }
    return false;
  }

 private:
  std::unique_ptr<System> system_;
  std::string_view property_;
  Program program_;
  Executor executor_;
};

// The first design that stands for `version`.
DesignId JudgedBy(Version version) {
  for (int i = 0; i < kDesignCount; ++i) {
    const auto design = static_cast<DesignId>(i);
    if (VersionOf(design) == version) return design;
  }
  ADD_FAILURE() << "no design stands for " << VersionName(version);
  return DesignId::kOwnerCheck;
}

class ExcuseTest : public testing::TestWithParam<ExcuseCase> {};

TEST_P(ExcuseTest, IsNeeded) {
  Execution execution(GetParam());
  EXPECT_FALSE(execution.IsBlamed(GetParam().design, kNone));
  EXPECT_TRUE(execution.IsBlamed(GetParam().design, Excused(GetParam().excuse)));
}

// What a kernel may do for its age is a defect where a later one does it.
TEST_P(ExcuseTest, EndsWithItsKernels) {
  const ExcuseRow& row = RowOf(GetParam().excuse);
  if (!row.until.has_value()) return;  // every version has it
  Execution execution(GetParam());
  EXPECT_TRUE(execution.IsBlamed(JudgedBy(*row.until), kNone));
}

INSTANTIATE_TEST_SUITE_P(All, ExcuseTest, testing::ValuesIn(ExcuseCases()),
                         [](const testing::TestParamInfo<ExcuseCase>& info) {
                           std::string name(RowOf(info.param.excuse).name);
                           for (char& c : name) c = c == '-' ? '_' : c;
                           return name + "_" + std::string(info.param.property);
                         });

// ... and a property is granted those of its row only.
TEST(ExcusesTest, EachHasACaseForEveryPropertyThatHasIt) {
  std::set<std::pair<Excuse, std::string_view>> cases;
  for (const ExcuseCase& test : ExcuseCases()) {
    EXPECT_TRUE(cases.emplace(test.excuse, test.property).second) << test.property;
  }
  for (const Rule& rule : Rules()) {
    for (const ExcuseRow& row : AllExcuses()) {
      const bool has = (rule.excuses & Excused(row.excuse)) != 0;
      EXPECT_EQ(cases.contains({row.excuse, rule.property.id}), has)
          << row.name << " of " << rule.property.id;
    }
  }
}

TEST(ExcusesTest, AreInOrderAndSayWhy) {
  std::set<std::string_view> names;
  for (int i = 0; i < kExcuses; ++i) {
    const ExcuseRow& row = AllExcuses()[i];
    EXPECT_EQ(static_cast<int>(row.excuse), i) << row.name;
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_TRUE(std::isupper(row.reason.front())) << row.name;
    EXPECT_EQ(row.reason.back(), '.') << row.name;
  }
}

}  // namespace
}  // namespace groupfuzz::invariants
