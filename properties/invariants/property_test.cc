// Every property holds where it should and fires where it should; the table is what it says it is.
#include "properties/invariants/property.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "properties/invariants/property_cases.h"

namespace groupfuzz {
namespace {

std::vector<PropertyCase> AllCases() {
  std::vector<PropertyCase> cases;
  for (auto part : {OwnershipCases(), HardwareCases(), MemoryCases(), LockingCases(), PolicyCases(),
                    UndoCases()}) {
    cases.insert(cases.end(), part.begin(), part.end());
  }
  return cases;
}

std::string FindingsOf(const Script& script) {
  std::string text;
  for (const Finding& finding : script.findings()) {
    text += std::string(finding.property->id) + ": " + finding.detail + "\n";
  }
  return text;
}

class PropertyTest : public testing::TestWithParam<PropertyCase> {};

TEST_P(PropertyTest, Holds) {
  Script script(GetParam().design);
  GetParam().holds(script);
  EXPECT_EQ(FindingsOf(script), "");
}

TEST_P(PropertyTest, Fires) {
  Script script(GetParam().design);
  GetParam().fires(script);
  const Finding* finding = script.Find(GetParam().id);
  ASSERT_NE(finding, nullptr) << FindingsOf(script);
  EXPECT_NE(finding->detail, "");
  EXPECT_EQ(finding->detail.find('\n'), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(All, PropertyTest, testing::ValuesIn(AllCases()),
                         [](const testing::TestParamInfo<PropertyCase>& info) {
                           return std::string(info.param.id) + "_" + std::string(info.param.name);
                         });

std::string IdsOf(const Script& script) {
  std::set<std::string_view> ids;
  for (const Finding& finding : script.findings()) ids.insert(finding.property->id);
  std::string text;
  for (std::string_view id : ids) text += (text.empty() ? "" : " ") + std::string(id);
  return text;
}

// What is wrong is told once, by the property whose sentence is about it.
TEST(BlameTest, RefusedBindIsNoSecondDriver) {
  Script s(DesignId::kOwnerCheck);
  s.config().device_count = 2;
  s.Bind(0);
  s.Section(Function::kAttachGroup, [&] { s.MoveTo(kUserDomain); });
  s.Section(Function::kUseDefaultDomain, [&] { ++s.state().owner_cnt; }, -EBUSY, 1);
  EXPECT_EQ(IdsOf(s), "E1 I13");
}

TEST(BlameTest, TypeThatIsEditedWithoutTheMutexIsLeft) {
  Script s(DesignId::kOwnerCheck);
  s.Store("DMA-FQ");
  s.Locked([&] {
    s.Record({.kind = EventKind::kFlushQueue,
              .value = static_cast<uint8_t>(DomainType::kDma),
              .domain = kBootDomain.id});
  });
  s.state().default_domain.type = s.state().domain.type = DomainType::kDmaFq;
  s.Return(6);
  EXPECT_EQ(IdsOf(s), "");
  s.Section(Function::kShowType, [] {}, 7);
  EXPECT_EQ(IdsOf(s), "I3");
}

TEST(BlameTest, FreedDomainUnderTheMutexNeedsNoLock) {
  Script s(DesignId::kOwnerCheck);
  s.StoreSection("identity", [&] { s.ReplaceDefault(kIdentityDomain); }, 8);
  s.Store("DMA");
  s.Lock();
  s.Record({.kind = EventKind::kUseAfterFree, .domain = kBootDomain.id});
  EXPECT_EQ(IdsOf(s), "I44");
}

TEST(BlameTest, FreedDeviceIsNoWalk) {
  Script s(DesignId::kOwnerCheck);
  s.Store("identity");
  s.Record(
      {.kind = EventKind::kUseAfterFree, .value = static_cast<uint8_t>(Reached::kFreedDevice)});
  EXPECT_EQ(IdsOf(s), "I44");
}

// What the report says of the last words of the kernel.
std::string LastWords(kernel::WarnSite site, uint16_t line) {
  Script s(DesignId::kOwnerCheck);
  s.Record(
      {.kind = EventKind::kWarn, .value = static_cast<uint8_t>(site), .line = line, .code = 1});
  return FindingsOf(s);
}

TEST(BlameTest, DeathHasItsLine) {
  EXPECT_EQ(LastWords(kernel::WarnSite::kBug, 7), "W1: BUG at {@1:7}\n");
  EXPECT_EQ(LastWords(kernel::WarnSite::kBug, 0), "W1: BUG at {@1}\n");
  EXPECT_EQ(LastWords(kernel::WarnSite::kPanic, 0), "W1: panic() at {@1}\n");
}

// Families in order: I first, the others by letter.
std::tuple<bool, char, int> OrderOf(std::string_view id) {
  return {id[0] != 'I', id[0], std::stoi(std::string(id.substr(1)))};
}

TEST(PropertiesTest, EveryOneHasACase) {
  std::set<std::string_view> ids;
  for (const PropertyCase& test : AllCases()) ids.insert(test.id);
  for (const Property& property : Properties()) {
    EXPECT_EQ(ids.erase(property.id), 1u) << property.id;
  }
  EXPECT_TRUE(ids.empty()) << *ids.begin();
}

TEST(PropertiesTest, IdsAreUniqueAndSorted) {
  for (size_t i = 1; i < Properties().size(); ++i) {
    EXPECT_LT(OrderOf(Properties()[i - 1].id), OrderOf(Properties()[i].id)) << Properties()[i].id;
  }
}

// The ids whose rows docs/behaviour/8-invariants.md has.
std::set<std::string> InvariantsOfTheSpecification() {
  std::ifstream file(GROUPFUZZ_SOURCE_DIR "/docs/behaviour/8-invariants.md");
  constexpr std::string_view kAnchor = "| <a id=\"I";
  std::set<std::string> ids;
  for (std::string line; std::getline(file, line);) {
    if (line.rfind(kAnchor, 0) != 0) continue;
    const size_t start = kAnchor.size() - 1;
    ids.insert(line.substr(start, line.find('"', start) - start));
  }
  return ids;
}

TEST(PropertiesTest, EveryInvariantIsCheckedOrExcused) {
  std::set<std::string> ids;
  for (const Property& property : Properties()) {
    if (property.id[0] == 'I') ids.insert(std::string(property.id));
  }
  for (const UncheckedInvariant& unchecked : UncheckedInvariants()) {
    EXPECT_TRUE(ids.insert(std::string(unchecked.id)).second) << unchecked.id;
    EXPECT_FALSE(unchecked.reason.empty());
    EXPECT_FALSE(unchecked.source.empty());
    EXPECT_EQ(unchecked.statement.back(), '.') << unchecked.id;
  }
  EXPECT_EQ(ids, InvariantsOfTheSpecification());
  EXPECT_GE(ids.size(), 43u);  // none is given up
  for (size_t i = 1; i <= ids.size(); ++i) EXPECT_EQ(ids.count("I" + std::to_string(i)), 1u) << i;
}

TEST(PropertiesTest, SaySomething) {
  for (const Property& property : Properties()) {
    EXPECT_TRUE(std::isupper(property.statement.front())) << property.id;
    EXPECT_EQ(property.statement.back(), '.') << property.id;
    EXPECT_FALSE(property.source.empty()) << property.id;
    EXPECT_FALSE(FamilySubject(property.id).empty()) << property.id;
    std::ifstream file(std::string(GROUPFUZZ_SOURCE_DIR "/").append(property.checked_in));
    const std::string check{std::istreambuf_iterator<char>(file), {}};
    EXPECT_NE(check.find("{\"" + std::string(property.id) + "\","), std::string::npos)
        << property.id << " is not in " << property.checked_in;
  }
}

// A section of docs/behaviour is ours: beside it stands who says so.
TEST(PropertiesTest, HaveASourceOutsideTheProject) {
  const auto outside = testing::ContainsRegex(
      "[a-z_]+\\(\\)|commit [0-9a-f]{12}|\\.[ch]( |,|:|;|$)|[A-Z][a-z]+.*, (19|20)[0-9][0-9]");
  for (const Property& property : Properties()) {
    EXPECT_THAT(std::string(property.source), outside) << property.id;
  }
  for (const UncheckedInvariant& unchecked : UncheckedInvariants()) {
    EXPECT_THAT(std::string(unchecked.source), outside) << unchecked.id;
  }
}

TEST(PropertiesTest, AreFoundById) {
  for (const Property& property : Properties()) EXPECT_EQ(FindProperty(property.id), &property);
  EXPECT_EQ(FindProperty("I0"), nullptr);
  EXPECT_EQ(FindProperty(""), nullptr);
}

TEST(PropertiesTest, SayWhatTheyLookAwayFrom) {
  EXPECT_TRUE(ExcusesOf(*FindProperty("I1")).empty());
  const auto excuses = ExcusesOf(*FindProperty("E4"));
  ASSERT_EQ(excuses.size(), 1u);
  EXPECT_EQ(excuses[0].name, "dma-api-stays");
  EXPECT_EQ(excuses[0].kernels, "before 6.12");
}

TEST(PropertiesTest, GroupsHaveNamesAndMembers) {
  std::set<std::string_view> names;
  for (int i = 0; i < kPropertyGroups; ++i) {
    const auto group = static_cast<PropertyGroup>(i);
    EXPECT_TRUE(names.insert(GroupName(group)).second);
    EXPECT_TRUE(std::any_of(Properties().begin(), Properties().end(), [group](const Property& p) {
      return p.group == group;
    })) << GroupName(group);
  }
}

}  // namespace
}  // namespace groupfuzz
