// A design of a user's own stands in the one list beside those of the kernel versions.
#include "target/designs/design.h"

#include "gtest/gtest.h"
#include "target/designs/port_system.h"
#include "target/designs/protocol.h"
#include "target/iommu/rules.h"

namespace groupfuzz {
namespace {

TEST(DesignTest, BuiltInDesignsComeFirstAndJudgeThemselves) {
  int index = 0;
  for (const Design& design : Designs()) {
    if (index == kDesignCount) break;
    EXPECT_EQ(static_cast<int>(design.judged_as), index++) << design.name;
  }
  EXPECT_EQ(index, kDesignCount);
}

TEST(DesignTest, RegisteredDesignsAreFoundAndDoNotMoveOthers) {
  const Design* reference = FindDesign("owner-check");
  ASSERT_EQ(FindDesign("of-the-test"), nullptr);
  const Design& mine = RegisterDesign({.judged_as = DesignId::kOwnerCheck,
                                       .name = "of-the-test",
                                       .rules = "today",
                                       .summary = "the reference under another name",
                                       .make = [] {
                                         return std::make_unique<PortSystem>(iommu::kRulesToday,
                                                                             designs::OwnerCheck());
                                       }});
  EXPECT_EQ(FindDesign("of-the-test"), &mine);
  EXPECT_EQ(&Designs().back(), &mine);
  EXPECT_EQ(FindDesign("owner-check"), reference);
  EXPECT_NE(mine.make(), nullptr);
}

}  // namespace
}  // namespace groupfuzz
