// Every broken design is found by the property it breaks, and its program is clean on the
// reference.
#include "properties/invariants/broken/broken_design.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "harness/execution/executor.h"
#include "harness/execution/explorer.h"
#include "harness/execution/strategies/cached_exhaustive_strategy.h"
#include "harness/program/text_codec.h"
#include "properties/invariants/checker.h"

namespace groupfuzz {
namespace {

const Design& Reference() { return *FindDesign("owner-check"); }

// The ids of everything that any interleaving of `program` violates.
std::set<std::string> Violations(System& system, const Program& program) {
  Checker checker(Reference());
  Executor executor;
  CachedExhaustiveStrategy strategy;
  std::set<std::string> ids;
  ExploreCallbacks callbacks;
  callbacks.on_execution = [&](const Executor::Result&) {
    for (const Finding& finding : checker.findings()) ids.emplace(finding.property->id);
    return checker.findings().empty() ? Seen::kClean : Seen::kFinding;
  };
  Explore(program, system, strategy, executor, checker, callbacks);
  return ids;
}

Program Parse(const BrokenDesign& broken) {
  const auto parsed =
      ParseText("groupfuzz 1\n" + std::string(broken.program), std::string(broken.defect));
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  return parsed.ok() ? parsed->program : Program();
}

std::string NameOf(const ::testing::TestParamInfo<BrokenDesign>& info) {
  return std::string(info.param.property) + "_" + std::to_string(info.index);
}

class BrokenDesignTest : public ::testing::TestWithParam<BrokenDesign> {};

TEST_P(BrokenDesignTest, IsFoundByItsProperty) {
  const BrokenDesign& broken = GetParam();
  const Design design = DesignOf(broken);
  const auto system = design.make();
  const std::set<std::string> ids = Violations(*system, Parse(broken));
  EXPECT_TRUE(ids.contains(std::string(broken.property)))
      << broken.defect << ": found " << ::testing::PrintToString(ids);
}

TEST_P(BrokenDesignTest, ProgramIsCleanOnReference) {
  const auto system = Reference().make();
  EXPECT_EQ(Violations(*system, Parse(GetParam())), std::set<std::string>()) << GetParam().defect;
}

TEST(BrokenDesignsTest, EveryPropertyHasOne) {
  std::set<std::string_view> broken_by;
  for (const auto list : BrokenDesigns()) {
    for (const BrokenDesign& broken : list) broken_by.insert(broken.property);
  }
  for (const Property& property : Properties()) {
    EXPECT_EQ(broken_by.erase(property.id), 1u) << property.id;
  }
  EXPECT_TRUE(broken_by.empty()) << *broken_by.begin() << " is no property";
}

TEST(BrokenDesignsTest, HaveNamesOfTheirOwn) {
  std::set<std::string> names;
  for (const auto list : BrokenDesigns()) {
    for (const BrokenDesign& broken : list) {
      const std::string name = DesignOf(broken).name;
      EXPECT_TRUE(names.insert(name).second) << name;
    }
  }
  EXPECT_TRUE(names.contains("broken:I1:no-test-of-owner-cnt"));
}

INSTANTIATE_TEST_SUITE_P(Protocols, BrokenDesignTest, ::testing::ValuesIn(BrokenProtocols()),
                         NameOf);
INSTANTIATE_TEST_SUITE_P(Memory, BrokenDesignTest, ::testing::ValuesIn(BrokenMemory()), NameOf);
INSTANTIATE_TEST_SUITE_P(Rules, BrokenDesignTest, ::testing::ValuesIn(BrokenRules()), NameOf);
INSTANTIATE_TEST_SUITE_P(Drivers, BrokenDesignTest, ::testing::ValuesIn(BrokenDrivers()), NameOf);

}  // namespace
}  // namespace groupfuzz
