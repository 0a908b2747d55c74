// What the Checker does with findings, threads, tear-down and fingerprints, whatever the property.
#include "properties/invariants/checker.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>

#include "properties/invariants/ledger.h"
#include "properties/invariants/script.h"

namespace groupfuzz {
namespace {

using kernel::LockClass;
using kernel::WarnSite;

void ChangeToIdentity(Script& s) {
  s.StoreSection("identity", [&] { s.ReplaceDefault(kIdentityDomain); }, 8);
}

TEST(CheckerTest, FindingSaysWhoWhenAndWhatWasGoingOn) {
  Script s;
  s.In(0);
  s.Op(OpKind::kBind);
  s.Bind();
  s.EndOp();
  s.In(1);
  s.Op(OpKind::kStoreType);
  s.Store("identity");
  s.Lock();                           // event 2; binding made 0 and 1
  s.ReplaceDefault(kIdentityDomain);  // events 3 to 5
  s.Unlock();                         // event 6
  s.Return(8);
  const Finding* finding = s.Find("I2");
  ASSERT_NE(finding, nullptr);
  EXPECT_EQ(finding->thread, 1);
  EXPECT_EQ(finding->op, 0);
  EXPECT_EQ(finding->event, 6u);
  EXPECT_EQ(finding->roles, OpBit(OpKind::kStoreType));
}

TEST(CheckerTest, RolesAreTheOpsInProgress) {
  Script s;
  s.Op(OpKind::kStoreType);
  s.In(1);
  s.Op(OpKind::kBind);
  s.Problem(ExecutionProblem::kDeadlock);
  ASSERT_EQ(s.findings().size(), 1u);
  EXPECT_EQ(s.findings()[0].roles, OpBit(OpKind::kStoreType) | OpBit(OpKind::kBind));
}

TEST(CheckerTest, PropertyReportsOnceAKindOfOp) {
  Script s;
  s.Op(OpKind::kBind);
  s.Warn(WarnSite::kGroupNotIdle);
  s.Warn(WarnSite::kReleaseUnowned);
  EXPECT_EQ(s.findings().size(), 1u);
  s.EndOp();
  s.Op(OpKind::kGroupClaim);
  s.Warn(WarnSite::kGroupNotIdle);  // in the same words
  EXPECT_EQ(s.findings().size(), 1u);
  s.Warn(WarnSite::kReleaseUnowned);
  ASSERT_EQ(s.findings().size(), 2u);
  EXPECT_EQ(s.findings()[1].roles, OpBit(OpKind::kGroupClaim));
}

// Who looks at a state that is wrong did not make it so; who makes it wrong anew did.
TEST(CheckerTest, AWrongStateIsOfWhoMadeItSo) {
  Script s;
  s.config().device_count = 2;
  const auto move = [&](uint8_t device, DomainRef domain) {
    s.Section(Function::kShowType, [&] { s.Attach(device, domain); }, 4);
  };
  s.Op(OpKind::kBind);
  move(0, kIdentityDomain);
  s.EndOp();
  ASSERT_NE(s.Find("I14"), nullptr);
  const auto times = [&] {
    return std::count_if(s.findings().begin(), s.findings().end(),
                         [](const Finding& finding) { return finding.property->id == "I14"; });
  };
  s.Op(OpKind::kGroupClaim);
  move(0, kUserDomain);  // other words, but it was wrong before
  EXPECT_EQ(times(), 1);
  move(0, kBootDomain);
  move(1, kIdentityDomain);
  EXPECT_EQ(times(), 2);
}

TEST(CheckerTest, FindingsAreInOrder) {
  Script s;
  s.Warn(WarnSite::kGroupNotIdle);
  s.Attach(0, kBootDomain);
  ASSERT_EQ(s.findings().size(), 2u);
  EXPECT_EQ(s.findings()[0].property->id, "W1");
  EXPECT_EQ(s.findings()[1].property->id, "I19");
}

// Locks that are let go of while threads unwind show a state that nobody was meant to see.
TEST(CheckerTest, NothingCountsAfterTheExecutionIsOver) {
  for (const ExecutionProblem problem :
       {ExecutionProblem::kDeadlock, ExecutionProblem::kSelfDeadlock, ExecutionProblem::kTooLong}) {
    Script s;
    s.Lock();
    s.Problem(problem);
    s.state().owner = 0;
    s.Unlock();
    s.Warn(WarnSite::kMustSucceed);
    s.ProgramEnd(true);
    s.End(3);
    EXPECT_EQ(s.findings().size(), 1u);
  }
}

TEST(CheckerTest, NothingCountsAfterUseOfFreedObject) {
  Script s;
  s.Lock();
  s.Record({.kind = EventKind::kUseAfterFree, .domain = 7});
  s.state().owner = 0;
  s.Unlock();
  s.ProgramEnd(true);
  EXPECT_EQ(s.findings().size(), 1u);
}

TEST(CheckerTest, LockOrderDoesNotEndTheExecution) {
  Script s;
  s.Problem(ExecutionProblem::kLockOrder, LockClass::kGroup, LockClass::kOps);
  s.Warn(WarnSite::kMustSucceed);
  EXPECT_EQ(s.findings().size(), 2u);
}

TEST(CheckerTest, WritersOwnChangeIsNoViolationOfI1) {
  Script s(DesignId::kClaimV1);
  s.Store("identity");
  s.Locked([&] {
    s.state().owner = kStoreTypeOwner;
    s.state().owner_cnt = 1;
    s.state().blocking_domain = kBlockingDomain;
    s.MoveTo(kBlockingDomain);
  });
  s.Locked([&] {
    s.Alloc(kIdentityDomain);
    s.state().default_domain = kIdentityDomain;
    s.MoveTo(kIdentityDomain);
  });
  EXPECT_EQ(s.Find("I1"), nullptr);
  EXPECT_NE(s.Find("I8"), nullptr);  // an owned group on its default domain, for all to see
}

TEST(CheckerTest, FailedMustSucceedExcusesTheHardware) {
  Script s;
  s.Claim();
  s.Fault(FaultKind::kAttach);
  s.Section(Function::kDeviceRelease, [&] {
    s.state().owner = kNobody;
    s.state().owner_cnt = 0;
    s.Attach(0, kBootDomain, ENOMEM);
    s.Attach(0, kBlockingDomain);
    s.state().domain = kBootDomain;
    s.Warn(WarnSite::kMustSucceed);
  });
  EXPECT_TRUE(s.findings().empty());
}

TEST(CheckerTest, DeferredDeviceIsExcusedFromTheHardware) {
  Script s;
  s.config().devices[0].deferred = true;
  s.Bind();
  s.Unbind();
  ChangeToIdentity(s);
  EXPECT_TRUE(s.findings().empty());
}

TEST(CheckerTest, StrictFallbackOfFreshDomainIsNoEdit) {
  Script s(DesignId::kV6_4);
  s.config().devices[0].no_deferred_flush = true;
  ChangeToIdentity(s);
  s.StoreSection("DMA-FQ", [&] { s.ReplaceDefault(kLazyDomain); }, 6);
  s.state().default_domain.type = s.state().domain.type = DomainType::kDma;  // by its first user
  s.device(0).hw.type = DomainType::kDma;
  s.Section(Function::kShowType, [] {}, 4);
  EXPECT_TRUE(s.findings().empty());
}

// A dying group and its successor: the state shows the successor only.
TEST(CheckerTest, SectionsOfTwoGroupsAreNotCompared) {
  Script s;
  s.Store("identity");
  s.Lock();
  s.In(1);
  s.Call(Function::kUseDefaultDomain);
  s.Lock();
  s.state().owner_cnt = 1;
  s.Unlock();
  s.Return();
  s.In(0);
  s.state().default_domain = s.state().domain = s.device(0).hw = kIdentityDomain;
  s.Unlock();
  EXPECT_EQ(s.Find("I2"), nullptr);
  EXPECT_EQ(s.Find("I1"), nullptr);
}

// A bind that fails for want of memory while it holds the mutex, and another thread's that then
// returns `result`.
void BindAfterFailedBind(Script& s, int64_t result) {
  s.Call(Function::kUseDefaultDomain);
  s.Lock();
  s.Fault(FaultKind::kAllocate);
  s.Unlock();
  s.Return(-ENOMEM);
  s.In(1);
  s.Section(Function::kUseDefaultDomain, [&] { s.state().owner_cnt += result == 0; }, result);
  s.ProgramEnd();
}

TEST(CheckerTest, HistoriesAreJudgedByWhatFailedCallsWereSeenToDo) {
  Script good;
  good.MayFail();
  BindAfterFailedBind(good, 0);
  EXPECT_TRUE(good.findings().empty());
  Script bad;
  bad.MayFail();
  BindAfterFailedBind(bad, -EBUSY);
  EXPECT_NE(bad.Find("L1"), nullptr);
}

TEST(CheckerTest, HistoriesWithFailuresThatNobodyWatchedAreNotJudged) {
  Script s;
  BindAfterFailedBind(s, -EBUSY);
  EXPECT_EQ(s.Find("L1"), nullptr);
}

TEST(CheckerTest, SingleThreadGoesOnAfterFailure) {
  Script s;
  s.SingleThreaded();
  s.Call(Function::kUseDefaultDomain);
  s.Fault(FaultKind::kAllocate);
  s.Return(-EBUSY);
  s.Bind();
  EXPECT_TRUE(s.findings().empty());
  s.Section(Function::kUseDefaultDomain, [] {}, -EPERM);
  EXPECT_NE(s.Find("R1"), nullptr);
}

TEST(CheckerTest, FingerprintForgetsTheWayAndKnowsTheState) {
  Script straight;
  straight.Boot();
  Script detour;
  detour.Bind();
  detour.Unbind();
  detour.In(1);
  detour.Section(Function::kShowType, [] {}, 4);
  EXPECT_EQ(straight.Fingerprint(), detour.Fingerprint());
  Script bound;
  bound.Bind();
  EXPECT_NE(straight.Fingerprint(), bound.Fingerprint());
}

TEST(CheckerTest, FingerprintKnowsWhatASectionHasDone) {
  Script idle;
  idle.Lock();
  Script busy;
  busy.Lock();
  EXPECT_EQ(idle.Fingerprint(), busy.Fingerprint());
  busy.Attach(0, kBootDomain);
  EXPECT_NE(idle.Fingerprint(), busy.Fingerprint());
}

TEST(CheckerTest, FingerprintKnowsFailuresAndFindings) {
  Script calm;
  calm.Boot();
  Script failed;
  failed.Fault(FaultKind::kMap);
  EXPECT_NE(calm.Fingerprint(), failed.Fingerprint());
  Script found;
  found.Warn(WarnSite::kGroupNotIdle);
  EXPECT_NE(calm.Fingerprint(), found.Fingerprint());
}

struct ParsedText {
  std::string_view text;
  bool valid;
};

TEST(LedgerTest, RequestsAreReadAsSysfsReadsThem) {
  using namespace std::string_view_literals;
  const ParsedText texts[] = {
      {"DMA", true},         {"DMA\n", true},  {"DMA\0"sv, true},  {"DMA\n\0junk"sv, true},
      {"DMA\0junk"sv, true}, {"DMA-FQ", true}, {"identity", true}, {"auto\n", true},
      {"DMA\n\n", false},    {" DMA", false},  {"DMA ", false},    {"dma", false},
      {"DMA-", false},       {"\n", false},    {"\0"sv, false},    {"DMAx", false},
      {"", false},
  };
  for (const ParsedText& parsed : texts) {
    WriteBuffer buffer;
    buffer.size = static_cast<uint8_t>(parsed.text.size());
    std::copy(parsed.text.begin(), parsed.text.end(), buffer.bytes.begin());
    EXPECT_EQ(invariants::ParseRequest(buffer).valid, parsed.valid) << parsed.text;
  }
}

}  // namespace
}  // namespace groupfuzz
