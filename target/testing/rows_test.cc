// The rows can fail: whatever a row expects that is not so is told, on every kind of subject.
#include "target/testing/rows.h"

#include <gtest/gtest-spi.h>

#include <bit>

#include "target/kernel/errno.h"

namespace groupfuzz::port_test {
namespace {

// How many failures `expected` of a claim comes to.
int Failures(const Expectation& expected, uint8_t reach) {
  const Row row = {"a claim", Devices(1), {}, GroupClaim(kA), {}};
  ::testing::TestPartResultArray failures;
  {
    const ::testing::ScopedFakeTestPartResultReporter reporter(
        ::testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &failures);
    CheckRow({row, expected, {&BuiltInDesign(DesignId::kOwnerCheck), reach}});
  }
  return failures.size();
}

constexpr char kClaimed[] = "cnt=1 owner=A dd=DMA cur=blocked bd=blocked hw=blocked";
constexpr uint8_t kReaches[] = {kEverything, kEverything & ~(kInside | kAbsent), kAbsent};

TEST(RowsTest, WhatIsSoPasses) {
  for (const uint8_t reach : kReaches) {
    EXPECT_EQ(Failures(On(kNewCore, 0).State(kClaimed), reach), 0);
  }
}

TEST(RowsTest, WhatIsNotSoFails) {
  const Expectation right = On(kNewCore, 0);
  for (const uint8_t reach : kReaches) {
    EXPECT_GT(Failures(On(kNewCore, -EPERM), reach), 0);
    EXPECT_GT(Failures(right.Unchanged(), reach), 0);
    EXPECT_GT(Failures(right.Problem(SerialRuntime::Problem::kSelfDeadlock), reach), 0);
    for (const char* state : {"cnt=2 owner=A dd=DMA cur=blocked bd=blocked hw=blocked",
                              "cnt=1 owner=B dd=DMA cur=blocked bd=blocked hw=blocked",
                              "cnt=1 owner=A dd=DMA cur=DMA bd=blocked hw=blocked",
                              "cnt=1 owner=A dd=DMA cur=blocked bd=blocked hw=DMA", "gone"}) {
      EXPECT_GT(Failures(right.State(state), reach), 0) << state;
    }
  }
}

// What happens on the way is compared where there are events.
TEST(RowsTest, WhatHappensOnTheWayFails) {
  const Expectation right = On(kNewCore, 0);
  EXPECT_GT(Failures(right.Trace("lock(group) unlock(group)"), kEverything), 0);
  EXPECT_GT(Failures(right.Facts("0:deferred"), kEverything), 0);
  EXPECT_GT(Failures(right.Untouched(), kEverything), 0);
}

// Rows of the designs that an expectation names, each with a subject that can run it.
TEST(RowsTest, EveryDesignThatIsNamedHasACase) {
  const Row row = {"a claim", Devices(1), {}, GroupClaim(kA), {On(kAllDesigns, 0)}};
  EXPECT_EQ(CasesOf({row}).size(), static_cast<size_t>(kDesignCount));
  const Row old = {"a claim", Devices(1), {}, GroupClaim(kA), {On(kOldCore, 0)}};
  EXPECT_EQ(CasesOf({old}).size(), static_cast<size_t>(std::popcount(kOldCore)));
}

}  // namespace
}  // namespace groupfuzz::port_test
