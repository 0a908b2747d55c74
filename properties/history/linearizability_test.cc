// Histories that some order of their calls explains, and those that none does.
#include "properties/history/linearizability.h"

#include <cerrno>
#include <vector>

#include "gtest/gtest.h"
#include "properties/model/model_testing.h"

namespace groupfuzz {
namespace {

using testing::Attach;
using testing::Claim;
using testing::Machines;
using testing::Remove;
using testing::Render;
using testing::Show;
using testing::Store;
using testing::Unuse;
using testing::Use;
using Kind = LinearizabilityVerdict::Kind;
using Unknown = LinearizabilityVerdict::Unknown;

constexpr int64_t kStoredIdentity = 8;
constexpr int64_t kStoredDma = 3;

// A monitor that has begun on one machine under one design.
LinearizabilityMonitor Watch(DesignId design, int devices = 1) {
  LinearizabilityMonitor monitor;
  monitor.Begin(Model(Machines(devices), design));
  return monitor;
}

void Whole(LinearizabilityMonitor& monitor, uint8_t thread, const Call& call, int64_t result) {
  monitor.OnCall(thread, call);
  monitor.OnReturn(thread, result);
}

// Two calls that overlap.
LinearizabilityMonitor Overlapping(DesignId design, const Call& a, int64_t result_a, const Call& b,
                                   int64_t result_b) {
  LinearizabilityMonitor monitor = Watch(design);
  monitor.OnCall(0, a);
  monitor.OnCall(1, b);
  monitor.OnReturn(0, result_a);
  monitor.OnReturn(1, result_b);
  return monitor;
}

TEST(LinearizabilityTest, SequentialHistoryIsOk) {
  LinearizabilityMonitor monitor = Watch(DesignId::kOwnerCheck);
  Whole(monitor, 0, Store("identity"), kStoredIdentity);
  Whole(monitor, 1, Use(0), 0);
  Whole(monitor, 0, Store("DMA"), -EPERM);
  Whole(monitor, 1, Unuse(0), 0);
  Whole(monitor, 0, Store("DMA"), kStoredDma);
  EXPECT_TRUE(monitor.explained());
  const Snapshot final_state = Render(monitor.witness());
  EXPECT_EQ(monitor.End(&final_state).kind, Kind::kOk);
}

TEST(LinearizabilityTest, OverlappingCallsMayComeInEitherOrder) {
  for (DesignId design : {DesignId::kOwnerCheck, DesignId::kV6_4, DesignId::kV6_12}) {
    EXPECT_EQ(Overlapping(design, Store("identity"), kStoredIdentity, Use(0), 0).End(nullptr).kind,
              Kind::kOk);
    EXPECT_EQ(Overlapping(design, Store("identity"), -EPERM, Use(0), 0).End(nullptr).kind,
              Kind::kOk);
    EXPECT_EQ(Overlapping(design, Store("identity"), -EPERM, Use(0), -EBUSY).End(nullptr).kind,
              Kind::kViolation);
  }
}

TEST(LinearizabilityTest, PointsDecideWithoutASearch) {
  LinearizabilityMonitor monitor = Watch(DesignId::kOwnerCheck);
  monitor.OnCall(0, Store("identity"));
  monitor.OnCall(1, Use(0));
  monitor.OnPoint(1);
  monitor.OnPoint(0);
  monitor.OnReturn(0, -EPERM);
  EXPECT_TRUE(monitor.explained());
  monitor.OnReturn(1, 0);
  EXPECT_TRUE(monitor.explained());
  EXPECT_EQ(monitor.witness().state().owner_cnt, 1);
  EXPECT_EQ(monitor.End(nullptr).kind, Kind::kOk);
}

TEST(LinearizabilityTest, TheLastPointCounts) {
  LinearizabilityMonitor monitor = Watch(DesignId::kDeviceLock);
  monitor.OnCall(0, Store("identity"));
  monitor.OnPoint(0);
  Whole(monitor, 1, Use(0), 0);
  monitor.OnPoint(0);
  monitor.OnReturn(0, -EBUSY);
  EXPECT_TRUE(monitor.explained());
}

TEST(LinearizabilityTest, PointsThatMisleadAreSearched) {
  LinearizabilityMonitor monitor = Watch(DesignId::kOwnerCheck);
  monitor.OnCall(0, Store("identity"));
  monitor.OnPoint(0);
  Whole(monitor, 1, Use(0), 0);
  monitor.OnReturn(0, -EPERM);
  EXPECT_FALSE(monitor.explained());
  EXPECT_EQ(monitor.End(nullptr).kind, Kind::kOk);
}

TEST(LinearizabilityTest, RealTimeOrderIsKept) {
  LinearizabilityMonitor monitor = Watch(DesignId::kOwnerCheck);
  Whole(monitor, 1, Use(0), 0);
  Whole(monitor, 0, Store("identity"), kStoredIdentity);
  const LinearizabilityVerdict verdict = monitor.End(nullptr);
  EXPECT_EQ(verdict.kind, Kind::kViolation);
  EXPECT_EQ(verdict.prefix, 1);
  EXPECT_EQ(verdict.call, 1);
  EXPECT_EQ(DescribeExpected(verdict), "-EPERM, because owner_cnt is not zero");
}

// I34: the claim of one write makes the other one fail, which no order of the two explains.
TEST(LinearizabilityTest, SpuriousEpermOfConcurrentWrites) {
  LinearizabilityMonitor monitor =
      Overlapping(DesignId::kClaimV1, Store("identity"), kStoredIdentity, Store("DMA"), -EPERM);
  const LinearizabilityVerdict verdict = monitor.End(nullptr);
  EXPECT_EQ(verdict.kind, Kind::kViolation);
  EXPECT_EQ(verdict.prefix, 1);
  ASSERT_EQ(verdict.call, 1);
  ASSERT_FALSE(verdict.expected.empty());
  for (const Outcome& outcome : verdict.expected) EXPECT_EQ(outcome.result, kStoredDma);
}

// S6: a bind fails because a write holds the ownership for a moment.
TEST(LinearizabilityTest, SpuriousBusyOfABind) {
  EXPECT_EQ(Overlapping(DesignId::kClaimV1, Store("identity"), kStoredIdentity, Use(0), -EBUSY)
                .End(nullptr)
                .kind,
            Kind::kViolation);
}

TEST(LinearizabilityTest, TheLongestLegalPrefixIsReported) {
  LinearizabilityMonitor monitor = Watch(DesignId::kV6_12, 2);
  Whole(monitor, 0, Use(0), 0);
  Whole(monitor, 1, Use(1), 0);
  monitor.OnCall(0, Unuse(0));
  monitor.OnCall(1, Unuse(1));
  monitor.OnReturn(1, 0);
  monitor.OnCall(2, Claim(0));
  monitor.OnReturn(0, 0);
  monitor.OnReturn(2, -EBUSY);
  Whole(monitor, 0, Show(), 4);
  const LinearizabilityVerdict verdict = monitor.End(nullptr);
  EXPECT_EQ(verdict.kind, Kind::kViolation);
  EXPECT_EQ(verdict.prefix, 4);
  EXPECT_EQ(monitor.history()[static_cast<size_t>(verdict.call)].call.function,
            Function::kGroupClaim);
  EXPECT_EQ(verdict.expected.size(), 2u) << DescribeExpected(verdict);
}

// A result is blamed on the call that returned it, even if an earlier return made it impossible.
TEST(LinearizabilityTest, PrefixesDoNotLookAhead) {
  LinearizabilityMonitor monitor = Watch(DesignId::kOwnerCheck);
  monitor.OnCall(0, Store("identity"));
  Whole(monitor, 1, Show(), 9);
  monitor.OnReturn(0, -EPERM);
  const LinearizabilityVerdict verdict = monitor.End(nullptr);
  EXPECT_EQ(verdict.kind, Kind::kViolation);
  EXPECT_EQ(verdict.prefix, 1);
  EXPECT_EQ(verdict.call, 0);
}

TEST(LinearizabilityTest, TheFinalStateCounts) {
  LinearizabilityMonitor monitor = Overlapping(DesignId::kOwnerCheck, Store("identity"),
                                               kStoredIdentity, Store("DMA"), kStoredDma);
  const Snapshot dma = Render(Model(Machines(1), DesignId::kOwnerCheck));
  Snapshot identity = dma;
  for (DomainRef* ref : {&identity.default_domain, &identity.domain, &identity.devices[0].hw}) {
    ref->type = DomainType::kIdentity;
  }
  EXPECT_EQ(monitor.End(&dma).kind, Kind::kOk);
  EXPECT_EQ(monitor.End(&identity).kind, Kind::kOk);
  Snapshot claimed = dma;
  claimed.owner_cnt = 1;
  const LinearizabilityVerdict verdict = monitor.End(&claimed);
  EXPECT_EQ(verdict.kind, Kind::kViolation);
  EXPECT_EQ(verdict.prefix, 2);
  EXPECT_EQ(verdict.call, LinearizabilityVerdict::kFinalState);
  EXPECT_EQ(verdict.final_states.size(), 2u);
}

TEST(LinearizabilityTest, TheAttributeAnswersUntilTheRemovalReturns) {
  EXPECT_EQ(
      Overlapping(DesignId::kOwnerCheck, Remove(0), 0, Store("DMA-FQ"), -EINVAL).End(nullptr).kind,
      Kind::kOk);
  EXPECT_EQ(Overlapping(DesignId::kV6_4, Remove(0), 0, Store("identity"), -EPERM).End(nullptr).kind,
            Kind::kOk);
  LinearizabilityMonitor monitor = Watch(DesignId::kOwnerCheck);
  Whole(monitor, 0, Remove(0), 0);
  Whole(monitor, 1, Store("identity"), -EINVAL);
  EXPECT_EQ(monitor.End(nullptr).kind, Kind::kViolation);
}

TEST(LinearizabilityTest, ManagedDriversBindWithoutACall) {
  Configuration machine;
  machine.devices[0].managed = true;
  LinearizabilityMonitor monitor;
  for (DesignId design : {DesignId::kDeviceLock, DesignId::kOwnerCheck}) {
    monitor.Begin(Model(machine, design));
    Whole(monitor, 0, Store("identity"), -EBUSY);
    EXPECT_EQ(monitor.End(nullptr).kind,
              design == DesignId::kDeviceLock ? Kind::kOk : Kind::kViolation);
  }
}

TEST(LinearizabilityTest, NestedCallsArePartOfTheOuterOne) {
  LinearizabilityMonitor monitor = Watch(DesignId::kV6_4);
  monitor.OnCall(0, Store("identity"));
  monitor.OnCall(0, Attach(0));
  monitor.OnReturn(0, -EBUSY);
  monitor.OnReturn(0, kStoredIdentity);
  EXPECT_EQ(monitor.history().size(), 1u);
  EXPECT_EQ(monitor.End(nullptr).kind, Kind::kOk);
}

TEST(LinearizabilityTest, AbandonedCallsMayOrMayNotHaveHappened) {
  for (int64_t result : {int64_t{0}, int64_t{-EBUSY}}) {
    LinearizabilityMonitor monitor = Watch(DesignId::kOwnerCheck);
    monitor.OnCall(0, Claim(0));
    Whole(monitor, 1, Use(0), result);
    EXPECT_EQ(monitor.End(nullptr).kind, Kind::kOk) << result;
  }
}

TEST(LinearizabilityTest, WhatIsNotJudged) {
  LinearizabilityMonitor tainted = Watch(DesignId::kOwnerCheck);
  tainted.OnCall(0, Store("identity"));
  tainted.Taint();
  tainted.OnReturn(0, -ENOMEM);
  EXPECT_EQ(tainted.End(nullptr).unknown, Unknown::kTainted);

  LinearizabilityMonitor unspecified = Watch(DesignId::kOwnerCheck);
  Whole(unspecified, 0, Attach(0), -EINVAL);
  Whole(unspecified, 0, Use(0), -EIO);
  EXPECT_EQ(unspecified.End(nullptr).unknown, Unknown::kUnspecified);

  LinearizabilityMonitor endless = Watch(DesignId::kOwnerCheck);
  for (int i = 0; i <= kMaxCalls; ++i) Whole(endless, 0, Show(), 4);
  EXPECT_EQ(endless.End(nullptr).unknown, Unknown::kTooManyCalls);
}

// A claim in which a failure fires is seen to leave the group claimed all the same.
class FailedCallTest : public ::testing::Test {
 protected:
  FailedCallTest() {
    const Model idle(Machines(1), DesignId::kOwnerCheck);
    Model claimed = idle;
    claimed.Apply(Claim(0));
    claims_ = {.acted = true, .before = Render(idle), .after = Render(claimed)};
  }

  Effect claims_;
  LinearizabilityMonitor monitor_ = Watch(DesignId::kOwnerCheck);
};

TEST_F(FailedCallTest, TakesEffectAsItWasSeenTo) {
  monitor_.OnCall(0, Claim(0));
  monitor_.OnFailedReturn(0, -ENOMEM, claims_);
  Whole(monitor_, 1, Use(0), -EBUSY);
  EXPECT_TRUE(monitor_.explained());
  EXPECT_EQ(monitor_.End(&claims_.after).kind, Kind::kOk);
  EXPECT_EQ(monitor_.End(&claims_.before).kind, Kind::kViolation);
}

TEST_F(FailedCallTest, ComesWhereTheStateIsTheOneItWasSeenToBeginIn) {
  // The write comes first, although it returns last and told no point.
  Model identity(Machines(1), DesignId::kOwnerCheck);
  identity.Apply(Store("identity"));
  claims_.before = Render(identity);
  identity.Apply(Claim(0));
  claims_.after = Render(identity);
  monitor_.OnCall(1, Store("identity"));
  monitor_.OnCall(0, Claim(0));
  monitor_.OnFailedReturn(0, -ENOMEM, claims_);
  monitor_.OnReturn(1, kStoredIdentity);
  EXPECT_FALSE(monitor_.explained());
  EXPECT_EQ(monitor_.End(&claims_.after).kind, Kind::kOk);
}

TEST_F(FailedCallTest, HasNoPlaceWhereNothingLeadsToThatState) {
  Whole(monitor_, 1, Store("identity"), kStoredIdentity);
  monitor_.OnCall(0, Claim(0));
  monitor_.OnFailedReturn(0, -ENOMEM, claims_);
  const LinearizabilityVerdict verdict = monitor_.End(nullptr);
  EXPECT_EQ(verdict.kind, Kind::kViolation);
  EXPECT_EQ(verdict.call, 1);
}

TEST_F(FailedCallTest, ThatDidNotActMayComeAnywhere) {
  monitor_.OnCall(0, Claim(0));
  monitor_.OnFailedReturn(0, -ENOMEM, {});
  Whole(monitor_, 1, Use(0), 0);
  EXPECT_EQ(monitor_.End(nullptr).kind, Kind::kOk);
}

TEST(LinearizabilityTest, BeginForgetsEverything) {
  LinearizabilityMonitor monitor = Watch(DesignId::kOwnerCheck);
  monitor.Taint();
  monitor.OnCall(0, Use(0));
  monitor.Begin(Model(Machines(1), DesignId::kOwnerCheck));
  Whole(monitor, 0, Show(), 4);
  EXPECT_EQ(monitor.End(nullptr).kind, Kind::kOk);
  EXPECT_EQ(monitor.history().size(), 1u);
}

TEST(FingerprintTest, IsWhatTheFutureDependsOn) {
  LinearizabilityMonitor a = Watch(DesignId::kOwnerCheck, 2);
  LinearizabilityMonitor b = Watch(DesignId::kOwnerCheck, 2);
  Whole(a, 0, Use(0), 0);
  Whole(a, 1, Use(1), 0);
  Whole(b, 1, Use(1), 0);
  Whole(b, 0, Use(0), 0);
  EXPECT_EQ(a.Fingerprint(), b.Fingerprint());
  const uint64_t idle = a.Fingerprint();
  a.OnCall(0, Unuse(0));
  const uint64_t called = a.Fingerprint();
  EXPECT_NE(called, idle);
  a.OnPoint(0);
  EXPECT_NE(a.Fingerprint(), called);
  b.OnCall(0, Unuse(0));
  EXPECT_EQ(b.Fingerprint(), called);
  b.OnCall(1, Unuse(1));
  EXPECT_NE(b.Fingerprint(), called);
}

TEST(FingerprintTest, CoversTheHistoryOnceTheWitnessFails) {
  LinearizabilityMonitor a = Watch(DesignId::kOwnerCheck);
  LinearizabilityMonitor b = Watch(DesignId::kOwnerCheck);
  Whole(a, 0, Show(), 4);
  Whole(b, 0, Store("bad"), -EINVAL);
  EXPECT_EQ(a.Fingerprint(), b.Fingerprint());
  Whole(a, 0, Show(), 5);
  Whole(b, 0, Show(), 5);
  EXPECT_NE(a.Fingerprint(), b.Fingerprint());
}

}  // namespace
}  // namespace groupfuzz
