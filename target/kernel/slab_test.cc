#include "target/kernel/slab.h"

#include <gtest/gtest.h>

namespace groupfuzz::kernel {
namespace {

TEST(Slab, EveryByteOfAFreedObjectIsFreed) {
  Slab slab;
  constexpr size_t kSize = 100;
  auto* first = static_cast<std::byte*>(slab.Allocate(kSize));
  auto* second = static_cast<std::byte*>(slab.Allocate(kSize));
  EXPECT_FALSE(slab.IsFreedAt(first));
  slab.Free(first);
  EXPECT_TRUE(slab.IsFreedAt(first));
  EXPECT_TRUE(slab.IsFreedAt(first + kSize / 2));
  EXPECT_TRUE(slab.IsFreedAt(first + kSize - 1));
  EXPECT_FALSE(slab.IsFreedAt(second));
  EXPECT_FALSE(slab.IsFreedAt(second + kSize - 1));
}

TEST(Slab, ForeignMemoryIsNeverFreed) {
  const Slab slab;
  const int foreign = 0;
  EXPECT_FALSE(slab.IsFreedAt(&foreign));
  EXPECT_FALSE(slab.IsFreedAt(nullptr));
}

TEST(Slab, ResetForgetsWhatWasFreed) {
  Slab slab;
  void* object = slab.Allocate(1);
  slab.Free(object);
  slab.Reset();
  EXPECT_EQ(slab.Allocate(1), object);
  EXPECT_FALSE(slab.IsFreedAt(object));
}

}  // namespace
}  // namespace groupfuzz::kernel
