// Where in a history the effect of a call lies.
#include "properties/history/effect_watch.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace groupfuzz {
namespace {

using Seen = EffectWatch::Seen;

// Shows a state and does nothing.
struct StillSystem : public System {
  void Build(const Configuration&, const Footprint&, CallObserver*) override {}
  int64_t Perform(const Op&) override { return 0; }
  void TearDown() override {}
  const kernel::Lock* FirstLock(const Op&) const override { return nullptr; }
  void TakeSnapshot(Snapshot* snapshot) const override { *snapshot = state; }
  uint64_t Fingerprint() const override { return 0; }
  int live_objects() const override { return 0; }

  Snapshot state;
};

// A group whose owner_cnt tells its states apart; every hold of the mutex adds one to it.
class EffectWatchTest : public ::testing::Test {
 protected:
  EffectWatchTest() {
    state_.exists = true;
    watch_.Begin(system_);
  }

  void Call(uint8_t thread, Function function = Function::kGroupClaim) {
    watch_.OnCall(thread, {.function = function});
  }
  void Hold(uint8_t thread) {
    watch_.OnSectionStart(thread, state_);
    ++state_.owner_cnt;
    watch_.OnSectionEnd(thread, state_);
  }
  void Fail(uint8_t thread) { watch_.OnFault(thread); }
  Seen Return(uint8_t thread, int64_t result = -ENOMEM) { return watch_.OnReturn(thread, result); }

  StillSystem system_;
  Snapshot& state_ = system_.state;
  EffectWatch watch_;
};

TEST_F(EffectWatchTest, EffectIsFromTheFirstHoldToTheLast) {
  Call(0);
  Call(1);
  Hold(1);
  Hold(0);
  Fail(0);
  Hold(0);
  EXPECT_EQ(Return(1), Seen::kNoFailure);
  EXPECT_EQ(Return(0), Seen::kEffect);
  EXPECT_TRUE(watch_.effect(0).acted);
  EXPECT_EQ(watch_.effect(0).before.owner_cnt, 1);
  EXPECT_EQ(watch_.effect(0).after.owner_cnt, 3);
}

TEST_F(EffectWatchTest, CallWithoutAHoldDoesNothing) {
  Call(0);
  Fail(0);
  EXPECT_EQ(Return(0), Seen::kEffect);
  EXPECT_FALSE(watch_.effect(0).acted);
}

TEST_F(EffectWatchTest, AnotherHoldInBetweenIsNotClear) {
  Call(0);
  Call(1);
  Hold(0);
  Hold(1);
  Hold(0);
  Fail(0);
  Return(1);
  EXPECT_EQ(Return(0), Seen::kUnclear);
}

TEST_F(EffectWatchTest, HoldBetweenTwoOfAnotherCallIsNotClear) {
  Call(0);
  Call(1);
  Hold(1);
  Hold(0);
  Fail(0);
  Hold(1);
  EXPECT_EQ(Return(0), Seen::kUnclear);
}

TEST_F(EffectWatchTest, EffectIsTakenBackWhenTheOtherCallGoesOnLater) {
  Call(0);
  Call(1);
  Hold(1);
  Hold(0);
  Fail(0);
  EXPECT_EQ(Return(0), Seen::kEffect);
  EXPECT_FALSE(watch_.lost());
  Hold(1);
  EXPECT_TRUE(watch_.lost());
  EXPECT_EQ(Return(1), Seen::kUnclear);
}

TEST_F(EffectWatchTest, ProbeIsSeenWhenItIsAlone) {
  Call(0, Function::kProbeDevice);
  ++state_.owner_cnt;
  Fail(0);
  ++state_.owner_cnt;
  EXPECT_EQ(Return(0), Seen::kEffect);
  EXPECT_EQ(watch_.effect(0).before.owner_cnt, 0);
  EXPECT_EQ(watch_.effect(0).after.owner_cnt, 2);
}

TEST_F(EffectWatchTest, ProbeMakesWhatOverlapsItUnclear) {
  Call(0, Function::kProbeDevice);
  Call(1);
  Fail(1);
  EXPECT_EQ(Return(1), Seen::kUnclear);
  Fail(0);
  EXPECT_EQ(Return(0), Seen::kUnclear);

  Call(1);
  Call(0, Function::kReleaseDevice);
  EXPECT_EQ(Return(0, 0), Seen::kNoFailure);
  Fail(1);
  EXPECT_EQ(Return(1), Seen::kUnclear);
}

// iommu_deferred_attach() attaches without the mutex; the map fails after it.
TEST_F(EffectWatchTest, AFirstMapThatFailsIsSeenFromCallToReturn) {
  Call(0, Function::kDmaMap);
  watch_.OnAttachOutside(0);
  state_.owner_cnt = 5;
  Fail(0);
  EXPECT_EQ(Return(0), Seen::kEffect);
  EXPECT_TRUE(watch_.effect(0).acted);
  EXPECT_EQ(watch_.effect(0).before.owner_cnt, 0);
  EXPECT_EQ(watch_.effect(0).after.owner_cnt, 5);
}

TEST_F(EffectWatchTest, AFirstMapThatFailsBesideAnotherCallIsNotClear) {
  Call(0, Function::kDmaMap);
  watch_.OnAttachOutside(0);
  Call(1);
  Hold(1);
  Fail(0);
  EXPECT_EQ(Return(0), Seen::kUnclear);
}

// Nothing was attached: the failure did nothing to the group.
TEST_F(EffectWatchTest, AMapThatOnlyFailsIsClearBesideOthers) {
  Call(0, Function::kDmaMap);
  Call(1);
  Hold(1);
  Fail(0);
  EXPECT_EQ(Return(0), Seen::kEffect);
  EXPECT_FALSE(watch_.effect(0).acted);
}

TEST_F(EffectWatchTest, AnotherCallThatAttachesWithoutTheMutexIsNotClear) {
  Call(0);
  watch_.OnAttachOutside(0);
  Fail(0);
  EXPECT_EQ(Return(0), Seen::kUnclear);
}

TEST_F(EffectWatchTest, AMapThatSucceedsLeavesOthersClear) {
  Call(0, Function::kDmaMap);
  watch_.OnAttachOutside(0);
  Call(1);
  Fail(1);
  Hold(1);
  EXPECT_EQ(Return(0, 0), Seen::kNoFailure);
  EXPECT_EQ(Return(1), Seen::kEffect);
}

TEST_F(EffectWatchTest, FingerprintHasWhereAMapBegan) {
  Call(0, Function::kDmaMap);
  const uint64_t first = watch_.Fingerprint();
  watch_.Begin(system_);
  ++state_.owner_cnt;
  Call(0, Function::kDmaMap);
  EXPECT_NE(watch_.Fingerprint(), first);
}

TEST_F(EffectWatchTest, TwoGroupsAreNotClear) {
  Call(0);
  watch_.OnTwoGroups();
  Fail(0);
  EXPECT_EQ(Return(0), Seen::kUnclear);
}

TEST_F(EffectWatchTest, AllocationThatSucceedsAllTheSameIsNotSeen) {
  Call(0, Function::kAllocDomain);
  Fail(0);
  EXPECT_EQ(Return(0, 0), Seen::kUnclear);
}

TEST_F(EffectWatchTest, FailureOutsideAnyCallIsLost) {
  Fail(0);
  EXPECT_TRUE(watch_.lost());
  watch_.Begin(system_);
  EXPECT_FALSE(watch_.lost());
}

TEST_F(EffectWatchTest, FingerprintIsOfCallsInProgress) {
  const uint64_t idle = watch_.Fingerprint();
  Call(0);
  const uint64_t called = watch_.Fingerprint();
  EXPECT_NE(called, idle);
  Hold(0);
  EXPECT_NE(watch_.Fingerprint(), called);
  Return(0, 0);
  EXPECT_EQ(watch_.Fingerprint(), idle);
}

}  // namespace
}  // namespace groupfuzz
