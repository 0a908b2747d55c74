// Where the model ends, and what only histories with overlaps or adopted states show of it. What
// each call returns and leaves behind is in the rows of target/testing, which model_rows_test runs.
#include <cerrno>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "properties/model/model.h"
#include "properties/model/model_testing.h"
#include "target/kernel/errno.h"

namespace groupfuzz::testing {
namespace {

using Before = std::vector<Call>;

TEST(Limits, BrokenContractsLoseTrack) {
  const std::vector<std::pair<Before, Call>> rows = {
      {{}, Attach(0)},
      {{Alloc(0), On(Function::kFreeDomain, 0, 0)}, Attach(0)},
      {{Alloc(0), Attach(0)}, On(Function::kFreeDomain, 0, 0)},
      {{Remove(0)}, Claim(0)},
      {{Remove(0)}, Release()},
      {{Remove(0)}, On(Function::kGroupClaimed, 0)},
  };
  for (const auto& [before, call] : rows) {
    for (DesignId design : AllDesigns()) {
      Model model = After(Machines(1), design, before);
      EXPECT_TRUE(model.Apply(call).Allows(-12345)) << NameOf(design);
      EXPECT_TRUE(model.lost());
      EXPECT_TRUE(model.Apply(Store("bad")).Allows(7));
    }
  }
}

TEST(Limits, DomainsAreAllocatedAndFreed) {
  for (DesignId design : AllDesigns()) {
    Model model(Machines(1), design);
    EXPECT_EQ(model.Apply(Alloc(2)).result, 0);
    EXPECT_EQ(model.Apply(On(Function::kFreeDomain, 0, 2)).result, 0);
    EXPECT_FALSE(model.lost());
    EXPECT_EQ(model.state().users, 0);
  }
}

// Two devices whose attach is deferred, the first with a region that the driver cannot map so.
Configuration NeverMapped() {
  Configuration machine = Machines(2);
  for (DeviceConfig* device : {&machine.devices[0], &machine.devices[1]}) device->deferred = true;
  machine.devices[0].direct = true;
  machine.driver.maps_only_attached = true;
  return machine;
}

TEST(Limits, ALostModelKeepsTheListOrder) {
  Model model(NeverMapped(), DesignId::kOwnerCheck);
  ASSERT_TRUE(model.lost());
  model.Apply(Remove(0));
  model.Apply(Add(0));
  model.Adopt(Render(After(Machines(2), DesignId::kOwnerCheck, {})));
  EXPECT_EQ(model.state().order[0], 1);
  EXPECT_EQ(model.state().order[1], 0);
}

// A lost model does not know whether the device that comes is turned away; its result tells.
TEST(Limits, ALostModelForgetsWhoWasTurnedAway) {
  Model model(NeverMapped(), DesignId::kOwnerCheck);
  for (const Call& call : {Remove(1), Remove(0), Add(0)}) model.Apply(call);
  EXPECT_EQ(model.state().members, 1);
  model.FollowResult(Add(0), -ENODEV);
  EXPECT_EQ(model.state().members, 0);
  for (const Call& call : {Add(1), Add(0)}) {
    model.Apply(call);
    model.FollowResult(call, 0);
  }
  ASSERT_TRUE(model.lost());
  EXPECT_EQ(model.state().members, 2);
  EXPECT_EQ(model.state().order[0], 1);
  EXPECT_EQ(model.state().order[1], 0);
}

TEST(Limits, AbsentFunctionsMayReturnAnything) {
  const Call absent[] = {ClaimDevice(0, 0), Pasid(Function::kAttachPasid, 0, 0, 1),
                         On(Function::kReplaceGroup, 0, 0)};
  Configuration machine = Machines(1);
  machine.devices[0].pasids = true;
  Model model = After(machine, DesignId::kDeviceLock, {Alloc(0)});
  const GroupState before = model.state();
  for (const Call& call : absent) EXPECT_EQ(model.Apply(call).kind, Outcome::Kind::kAny);
  EXPECT_EQ(model.state(), before);
}

// A group of `devices` that is on no domain, as a failure leaves it.
Snapshot OnNoDomain(const Model& model, bool has_default) {
  Snapshot snapshot = Render(model);
  if (!has_default) snapshot.default_domain = {};
  snapshot.domain = {};
  for (DeviceSnapshot& device : snapshot.devices) device.hw = {};
  return snapshot;
}

TEST(Adopted, UseAndStoreBeforeTheDefaultDomainIsSetUp) {
  for (DesignId design : AllDesigns()) {
    Model model(Machines(1), design);
    model.Adopt(OnNoDomain(model, false));
    EXPECT_EQ(Model(model).Apply(Store("DMA-FQ")).result, -EINVAL) << NameOf(design);
    if (VersionOf(design) < iommu::Version::k6_12) continue;
    EXPECT_EQ(model.Apply(Use(0)).result, -kernel::kEProbeDefer) << "3.1 dd NULL";
  }
}

// Before 6.12 rules a group without a default domain is claimed like any other; nothing is left to
// go back to.
TEST(Adopted, ReleaseWithoutADefaultDomainDetaches) {
  for (DesignId design : {DesignId::kDeviceLock, DesignId::kV6_4}) {
    Model model(Machines(2), design);
    model.Adopt(OnNoDomain(model, false));
    model.Apply(Claim(0));
    EXPECT_EQ(model.state().hw[1], Place::kBlocking);
    model.Apply(Release());
    EXPECT_EQ(model.state().cur, Place::kNowhere);
    EXPECT_EQ(model.state().hw[1], Place::kNowhere);
    EXPECT_EQ(model.state().owner_cnt, 0);
  }
}

// A mapping that a failed re-attach has left without a group is attached again.
TEST(Adopted, ProbeFinalizeAttachesToAGroupOnNoDomain) {
  Configuration machine = Machines(1);
  machine.driver.finalize_attaches = true;
  Model model(machine, DesignId::kV6_4);
  model.Adopt(OnNoDomain(model, true));
  model.Apply(Store("DMA"));
  EXPECT_EQ(model.state().cur, Place::kMapping);
}

// Which members are still deferred shows in what later calls do, not in a snapshot of the hardware.
TEST(Deferred, ARefusedClaimEndsTheDeferralOfMembersBefore) {
  Configuration machine = Machines(3);
  for (DeviceConfig& device : machine.devices) device.deferred = true;
  machine.devices[1].direct = true;
  for (DesignId design : {DesignId::kOwnerCheck, DesignId::kV6_12}) {
    const GroupState state = After(machine, design, {Claim(0)}).state();
    EXPECT_EQ(state.hw[0], Place::kDefault);
    EXPECT_EQ(state.hw[1], Place::kNowhere);
    EXPECT_EQ(state.hw[2], Place::kNowhere);
    EXPECT_EQ(state.pending, 0b110);
  }
}

TEST(Alternatives, NoDeviceLeft) {
  constexpr int kUndefined = 1;
  struct {
    const char* text;
    int to62;  // locked-claim and v6.4
    int others;
  } const rows[] = {{"identity", -EPERM, -EINVAL}, {"DMA-FQ", 6, -EINVAL}};
  for (const auto& row : rows) {
    for (DesignId design : AllDesigns()) {
      SCOPED_TRACE(std::string(NameOf(design)) + ", no device left, " + row.text);
      const bool to62 = design == DesignId::kLockedClaim || design == DesignId::kV6_4;
      const int want = design == DesignId::kClaimV1 ? kUndefined : to62 ? row.to62 : row.others;
      Model model = After(Machines(1), design, {Remove(0)});
      ASSERT_TRUE(model.HasAlternative(Store(row.text)));
      EXPECT_EQ(Model(model).Apply(Store(row.text)).result, -ENODEV);
      const Outcome outcome = model.Apply(Store(row.text), Assumption::kBetweenSteps);
      EXPECT_EQ(model.lost(), want == kUndefined);
      if (want != kUndefined) EXPECT_EQ(outcome.result, want) << outcome.Describe();
    }
  }
}

TEST(Alternatives, AnyManagedDriverMayBeBoundUnderDeviceLock) {
  Configuration machine = Machines(1);
  machine.devices[0].managed = true;
  Model model(machine, DesignId::kDeviceLock);
  ASSERT_TRUE(model.HasAlternative(Store("identity")));
  EXPECT_EQ(Model(model).Apply(Store("identity"), Assumption::kBetweenSteps).result, -EBUSY);
  EXPECT_EQ(model.Apply(Store("identity")).result, 8);
  EXPECT_FALSE(Model(machine, DesignId::kOwnerCheck).HasAlternative(Store("identity")));
}

}  // namespace
}  // namespace groupfuzz::testing
