// The memory of the modelled objects: what is freed stays known.
#include "target/kernel/slab.h"

#include <gtest/gtest.h>

#include <vector>

#include "target/kernel/source_line.h"

namespace groupfuzz::kernel {
namespace {

TEST(Slab, EveryByteOfAFreedObjectIsFreed) {
  Slab slab;
  constexpr size_t kSize = 100;
  auto* first = static_cast<std::byte*>(slab.Allocate(kSize));
  auto* second = static_cast<std::byte*>(slab.Allocate(kSize));
  EXPECT_FALSE(slab.IsOutside(first));
  slab.Free(first);
  EXPECT_TRUE(slab.IsOutside(first));
  EXPECT_TRUE(slab.IsOutside(first + kSize / 2));
  EXPECT_TRUE(slab.IsOutside(first + kSize - 1));
  EXPECT_FALSE(slab.IsOutside(second));
  EXPECT_FALSE(slab.IsOutside(second + kSize - 1));
}

TEST(Slab, BehindAnObjectIsOutsideUpToTheNext) {
  Slab slab;
  constexpr size_t kSize = 20;
  auto* first = static_cast<std::byte*>(slab.Allocate(kSize));
  auto* second = static_cast<std::byte*>(slab.Allocate(kSize));
  for (const std::byte* at = first; at < first + kSize; ++at) EXPECT_FALSE(slab.IsOutside(at));
  for (const std::byte* at = first + 24; at < second; ++at) {
    EXPECT_TRUE(slab.IsOutside(at));
    EXPECT_EQ(slab.SizeAt(at), 0u);
  }
  EXPECT_FALSE(slab.IsOutside(second));
  slab.Reset();
  EXPECT_FALSE(slab.IsOutside(first + 24));
}

TEST(Slab, WhatLivesSaysWhereItWasAllocated) {
  Slab slab;
  const char* code = reinterpret_cast<const char*>(&CodeOffset);
  void* first = slab.Allocate(1, code + 1);
  slab.Allocate(100, code + 2);
  slab.Allocate(1);  // by this line
  slab.Allocate(1, reinterpret_cast<const void*>(1));
  const std::vector<uint32_t> all = slab.LiveAllocations();
  EXPECT_EQ(all[0], CodeOffset(code + 1));
  EXPECT_EQ(all[1], CodeOffset(code + 2));
  EXPECT_EQ(SourceLineAt(all[2]).file, "slab_test.cc");
  EXPECT_EQ(all[3], 0u);
  slab.Free(first);
  EXPECT_EQ(slab.LiveAllocations().size(), 3u);
  EXPECT_EQ(slab.LiveAllocations()[0], all[1]);
}

TEST(Slab, ForeignMemoryIsNeverFreed) {
  const Slab slab;
  const int foreign = 0;
  EXPECT_FALSE(slab.IsOutside(&foreign));
  EXPECT_FALSE(slab.IsOutside(nullptr));
}

TEST(Slab, ResetForgetsWhatWasFreed) {
  Slab slab;
  void* object = slab.Allocate(1);
  slab.Free(object);
  slab.Reset();
  EXPECT_EQ(slab.Allocate(1), object);
  EXPECT_FALSE(slab.IsOutside(object));
}

TEST(Slab, FingerprintIsOfWhatLivesAndOfNothingElse) {
  Slab slab;
  constexpr size_t kSize = 41;
  auto* object = static_cast<std::byte*>(slab.Allocate(kSize));
  auto* other = static_cast<std::byte*>(slab.Allocate(1));
  const uint64_t both = slab.Fingerprint();
  for (size_t at = 0; at < kSize; ++at) {
    const std::byte before = object[at];
    object[at] ^= std::byte{1};
    EXPECT_NE(slab.Fingerprint(), both) << at;
    object[at] = before;
  }
  EXPECT_EQ(slab.Fingerprint(), both);
  slab.Free(other);
  const uint64_t alone = slab.Fingerprint();
  EXPECT_NE(alone, both);
  slab.Free(slab.Allocate(kSize));
  EXPECT_EQ(slab.Fingerprint(), alone);
}

TEST(Slab, WhatNobodyWroteIsTheSameAgain) {
  Slab slab;
  auto* object = static_cast<std::byte*>(slab.Allocate(1));
  const uint64_t fresh = slab.Fingerprint();
  *object = std::byte{0};
  slab.Reset();
  EXPECT_EQ(static_cast<std::byte*>(slab.Allocate(1)), object);
  EXPECT_EQ(slab.Fingerprint(), fresh);
}

}  // namespace
}  // namespace groupfuzz::kernel
