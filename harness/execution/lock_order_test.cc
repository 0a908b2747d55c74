// Cycles in the order of locks are found, each once.
#include "harness/execution/lock_order.h"

#include <gtest/gtest.h>

namespace groupfuzz {
namespace {

using kernel::LockClass;

constexpr LockClasses kDevice = LockClassBit(LockClass::kDevice);
constexpr LockClasses kGroup = LockClassBit(LockClass::kGroup);
constexpr LockClasses kProbe = LockClassBit(LockClass::kProbe);

TEST(LockOrderTest, OneOrderIsNoCycle) {
  LockOrder order;
  EXPECT_EQ(order.Take(kDevice, LockClass::kProbe), 0);
  EXPECT_EQ(order.Take(kDevice | kProbe, LockClass::kGroup), 0);
  EXPECT_EQ(order.Take(kDevice, LockClass::kGroup), 0);
}

TEST(LockOrderTest, TheOppositeOrderIsReportedOnce) {
  LockOrder order;
  EXPECT_EQ(order.Take(kDevice, LockClass::kGroup), 0);
  EXPECT_EQ(order.Take(kGroup, LockClass::kDevice), kGroup);
  EXPECT_EQ(order.Take(kGroup, LockClass::kDevice), 0);
  EXPECT_EQ(order.Take(kDevice, LockClass::kGroup), 0);
}

TEST(LockOrderTest, ACycleOfThreeIsFound) {
  LockOrder order;
  EXPECT_EQ(order.Take(kDevice, LockClass::kProbe), 0);
  EXPECT_EQ(order.Take(kProbe, LockClass::kGroup), 0);
  EXPECT_EQ(order.Take(kGroup, LockClass::kDevice), kGroup);
}

TEST(LockOrderTest, OneClassHasNoOrder) {
  LockOrder order;
  EXPECT_EQ(order.Take(kDevice, LockClass::kDevice), 0);
  EXPECT_EQ(order.Take(kDevice, LockClass::kDevice), 0);
}

TEST(LockOrderTest, ClearForgets) {
  LockOrder order;
  EXPECT_EQ(order.Take(kDevice, LockClass::kGroup), 0);
  const uint64_t learnt = order.Fingerprint();
  order.Clear();
  EXPECT_NE(order.Fingerprint(), learnt);
  EXPECT_EQ(order.Take(kGroup, LockClass::kDevice), 0);
}

}  // namespace
}  // namespace groupfuzz
