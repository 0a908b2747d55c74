// The errno matrix of store_type, behaviour 2(f), for every design; what
// each write does to the group beside its result.
#include <cerrno>
#include <string>
#include <tuple>
#include <vector>

#include "gtest/gtest.h"
#include "properties/model/model.h"
#include "properties/model/model_testing.h"

namespace groupfuzz {
namespace {

using testing::After;
using testing::Alloc;
using testing::Attach;
using testing::Claim;
using testing::kAllDesigns;
using testing::Machines;
using testing::NameOf;
using testing::Remove;
using testing::Render;
using testing::Store;
using testing::Use;
using testing::WithDefault;

using Before = std::vector<Call>;

// What a write gives: an errno, or success and what happened to the default domain.
struct Want {
  int error = 0;
  DefaultChange change = DefaultChange::kNone;
  DomainType type = DomainType::kDma;  // of the default domain afterwards
};

constexpr Want Err(int error) { return {.error = error}; }
constexpr Want NoOp(DomainType type = DomainType::kDma) { return {.type = type}; }
constexpr Want New(DomainType type) { return {0, DefaultChange::kReplaced, type}; }
constexpr Want kEdited = {0, DefaultChange::kEdited, DomainType::kDmaFq};
constexpr Want kNewIdentity = New(DomainType::kIdentity);

struct Scenario {
  const char* row;
  Configuration machine;
  Before before;
  Call write;
  Want want[kDesignCount];  // in the order of DesignId
  uint8_t bound = 0;        // devices bound to drivers that manage DMA themselves
};

Configuration Preferring(Preference preference) {
  Configuration machine;
  machine.devices[0].preference = preference;
  return machine;
}

Configuration Untrusted() {
  Configuration machine;
  machine.devices[0].untrusted = true;
  return machine;
}

Configuration Managed() {
  Configuration machine;
  machine.devices[0].managed = true;
  return machine;
}

Configuration WithoutIdentity() {
  Configuration machine;
  machine.driver.identity = Support::kAbsent;
  return machine;
}

constexpr Want kEacces = Err(EACCES);
constexpr Want kEinval = Err(EINVAL);
constexpr Want kEperm = Err(EPERM);
constexpr Want kEbusy = Err(EBUSY);

const std::vector<Scenario>& Scenarios() {
  constexpr DomainType kDma = DomainType::kDma;
  constexpr DomainType kDmaFq = DomainType::kDmaFq;
  static const auto* const scenarios = new std::vector<Scenario>{
      // clang-format off
      // row, machine, before, write,
      // {device-lock, claim-v1, locked-claim, owner-check, v6.4, v6.12}
      {"no capability", Machines(1), {}, Store("identity", Capabilities::kNone),
       {kEacces, kEacces, kEacces, kEacces, kEacces, kEacces}},
      {"no CAP_SYS_ADMIN, bad text", Machines(1), {}, Store("bad", Capabilities::kNoSysAdmin),
       {kEacces, kEacces, kEacces, kEacces, kEacces, kEacces}},
      {"no CAP_SYS_RAWIO, bound", Machines(1), {Use(0)},
       Store("identity", Capabilities::kNoSysRawio),
       {kEacces, kEacces, kEacces, kEacces, kEacces, kEacces}},
      {"unknown text", Machines(1), {}, Store("blocked"),
       {kEinval, kEinval, kEinval, kEinval, kEinval, kEinval}},
      {"unknown text, bound", Machines(1), {Use(0)}, Store("unmanaged"),
       {kEinval, kEinval, kEinval, kEinval, kEinval, kEinval}},
      {"2 devices, none bound, DMA->identity", Machines(2), {}, Store("identity"),
       {kEinval, kEinval, kNewIdentity, kNewIdentity, kNewIdentity, kNewIdentity}},
      {"2 devices, one bound, DMA->identity", Machines(2), {Use(1)}, Store("identity"),
       {kEinval, kEperm, kEperm, kEperm, kEperm, kEperm}},
      {"1 device bound, DMA->identity", Machines(1), {Use(0)}, Store("identity"),
       {kEbusy, kEperm, kEperm, kEperm, kEperm, kEperm}},
      {"1 device bound, DMA->DMA-FQ", Machines(1), {Use(0)}, Store("DMA-FQ"),
       {kEdited, kEdited, kEdited, kEdited, kEdited, kEdited}},
      {"2 devices, one bound, DMA->DMA-FQ", Machines(2), {Use(0)}, Store("DMA-FQ"),
       {kEinval, kEinval, kEdited, kEdited, kEdited, kEdited}},
      {"1 device bound, dd already DMA-FQ, write DMA-FQ", WithDefault(kDmaFq), {Use(0)},
       Store("DMA-FQ"), {kEbusy, kEperm, kEperm, kEperm, kEperm, kEperm}},
      {"1 device bound, write the current type", Machines(1), {Use(0)}, Store("DMA"),
       {kEbusy, kEperm, kEperm, kEperm, kEperm, kEperm}},
      {"unbound, write the current type", Machines(1), {}, Store("DMA"),
       {NoOp(), NoOp(), NoOp(), NoOp(), NoOp(), NoOp()}},
      {"bound only to a driver_managed_dma driver, cnt==0", Managed(), {}, Store("identity"),
       {kEbusy, kNewIdentity, kNewIdentity, kNewIdentity, kNewIdentity, kNewIdentity}, 1},
      {"claimed (VFIO), dd DMA, write DMA-FQ", Machines(1), {Claim(0)}, Store("DMA-FQ"),
       {kEbusy, kEdited, kEdited, kEdited, kEdited, kEdited}},
      {"claimed (VFIO), write identity", Machines(1), {Claim(0)}, Store("identity"),
       {kEbusy, kEperm, kEperm, kEperm, kEperm, kEperm}},
      {"driver demands DMA, dd DMA, write DMA-FQ, unbound", Preferring(Preference::kDma), {},
       Store("DMA-FQ"), {kEinval, kEinval, kEdited, kEdited, kEdited, kEdited}},
      {"untrusted device, dd DMA, write DMA-FQ, unbound", Untrusted(), {}, Store("DMA-FQ"),
       {kEinval, kEinval, kEdited, kEdited, kEdited, kEdited}},
      {"device demands IDENTITY, write DMA, unbound", Preferring(Preference::kIdentity), {},
       Store("DMA"), {kEinval, kEinval, kEinval, kEinval, kEinval, kEinval}},
      {"cur externally attached, cnt==0, unbound, other type", Machines(1), {Alloc(0), Attach(0)},
       Store("identity"), {kEbusy, kEbusy, kEbusy, kNewIdentity, kNewIdentity, kNewIdentity}},
      {"identity requested, driver cannot allocate it", WithoutIdentity(), {}, Store("identity"),
       {New(kDma), New(kDma), New(kDma), Err(EOPNOTSUPP), New(kDma), Err(EOPNOTSUPP)}},
      // The rows of 2(a)-2(e) that the matrix leaves out.
      {"unbound, DMA->identity", Machines(1), {}, Store("identity"),
       {kNewIdentity, kNewIdentity, kNewIdentity, kNewIdentity, kNewIdentity, kNewIdentity}},
      {"unbound, identity->DMA-FQ", WithDefault(DomainType::kIdentity), {}, Store("DMA-FQ"),
       {New(kDmaFq), New(kDmaFq), New(kDmaFq), New(kDmaFq), New(kDmaFq), New(kDmaFq)}},
      {"unbound, DMA-FQ->DMA", WithDefault(kDmaFq), {}, Store("DMA"),
       {New(kDma), New(kDma), New(kDma), New(kDma), New(kDma), New(kDma)}},
      {"auto, nobody cares, global DMA, dd identity", Machines(1), {Store("identity")},
       Store("auto"), {New(kDma), New(kDma), New(kDma), New(kDma), New(kDma), New(kDma)}},
      {"auto, global DMA-FQ, dd DMA", WithDefault(kDmaFq), {Store("DMA")}, Store("auto"),
       {kEdited, kEdited, New(kDmaFq), New(kDmaFq), New(kDmaFq), New(kDmaFq)}},
      {"auto is the current type", Machines(1), {}, Store("auto"),
       {NoOp(), NoOp(), NoOp(), NoOp(), NoOp(), NoOp()}},
      {"cur externally attached, write the current type", Machines(1), {Alloc(1), Attach(1)},
       Store("DMA"), {kEbusy, kEbusy, kEbusy, NoOp(), NoOp(), NoOp()}},
      {"cur externally attached, DMA->DMA-FQ", Machines(1), {Alloc(0), Attach(0)}, Store("DMA-FQ"),
       {kEbusy, kEdited, kEdited, kEdited, kEdited, kEdited}},
      {"claimed and a user domain attached, write identity", Machines(1),
       {Claim(1), Alloc(0), Attach(0)}, Store("identity"),
       {kEbusy, kEperm, kEperm, kEperm, kEperm, kEperm}},
      // clang-format on
  };
  return *scenarios;
}

class StoreMatrix : public ::testing::TestWithParam<DesignId> {};

TEST_P(StoreMatrix, EveryRow) {
  for (const Scenario& scenario : Scenarios()) {
    SCOPED_TRACE(std::string(NameOf(GetParam())) + ", row: " + scenario.row);
    Model model = After(scenario.machine, GetParam(), scenario.before);
    for (uint8_t device = 0; device < kMaxDevices; ++device) {
      if ((scenario.bound >> device & 1) != 0) model.SetBound(device, true);
    }
    const GroupState before = model.state();
    const Want& want = scenario.want[static_cast<size_t>(GetParam())];
    const Outcome outcome = model.Apply(scenario.write);
    const GroupState& state = model.state();

    ASSERT_EQ(outcome.kind, Outcome::Kind::kExact);
    EXPECT_EQ(outcome.change, want.change) << outcome.Describe();
    EXPECT_EQ(state.owner_cnt, before.owner_cnt);
    EXPECT_EQ(state.owner, before.owner);
    if (want.error != 0) {
      EXPECT_EQ(outcome.result, -want.error) << outcome.Describe();
      EXPECT_EQ(state.default_type, before.default_type);
      EXPECT_EQ(state.cur, before.cur);
      continue;
    }
    EXPECT_EQ(outcome.result, scenario.write.text->total()) << outcome.Describe();
    EXPECT_EQ(state.default_type, want.type);
    const bool moved = want.change == DefaultChange::kReplaced;
    EXPECT_EQ(state.cur, moved ? Place::kDefault : before.cur);
    for (int i = 0; i < state.members; ++i) EXPECT_EQ(state.hw[state.order[i]], state.cur);
  }
}

INSTANTIATE_TEST_SUITE_P(Designs, StoreMatrix, ::testing::ValuesIn(kAllDesigns),
                         [](const auto& info) {
                           std::string name(NameOf(info.param));
                           for (char& c : name) c = std::isalnum(c) != 0 ? c : '_';
                           return name;
                         });

TEST(StoreMatrixTest, DefaultDomainIsNull) {
  for (DesignId design : kAllDesigns) {
    Model model(Machines(1), design);
    Snapshot snapshot = testing::Render(model);
    snapshot.default_domain = {};
    snapshot.domain = {};
    snapshot.devices[0].hw = {};
    model.Adopt(snapshot);
    EXPECT_EQ(model.Apply(Store("DMA-FQ")).result, -EINVAL) << NameOf(design);
  }
}

TEST(StoreMatrixTest, NoDeviceLeft) {
  constexpr int kUndefined = 1;
  struct {
    const char* text;
    int want[kDesignCount];
  } const rows[] = {
      {"identity", {-EINVAL, kUndefined, -EPERM, -EINVAL, -EPERM, -EINVAL}},
      {"DMA-FQ", {-EINVAL, kUndefined, 6, -EINVAL, 6, -EINVAL}},
  };
  for (const auto& row : rows) {
    for (DesignId design : kAllDesigns) {
      SCOPED_TRACE(std::string(NameOf(design)) + ", no device left, " + row.text);
      Model model = After(Machines(1), design, {Remove(0)});
      ASSERT_TRUE(model.HasAlternative(Store(row.text)));
      EXPECT_EQ(Model(model).Apply(Store(row.text)).result, -ENODEV);
      const Outcome outcome = model.Apply(Store(row.text), Assumption::kBetweenSteps);
      const int want = row.want[static_cast<size_t>(design)];
      EXPECT_EQ(model.lost(), want == kUndefined);
      if (want != kUndefined) EXPECT_EQ(outcome.result, want) << outcome.Describe();
    }
  }
}

TEST(StoreMatrixTest, AnyManagedDriverMayBeBoundUnderDeviceLock) {
  Model model(Managed(), DesignId::kDeviceLock);
  ASSERT_TRUE(model.HasAlternative(Store("identity")));
  EXPECT_EQ(Model(model).Apply(Store("identity"), Assumption::kBetweenSteps).result, -EBUSY);
  EXPECT_EQ(model.Apply(Store("identity")).result, 8);
  EXPECT_FALSE(Model(Managed(), DesignId::kOwnerCheck).HasAlternative(Store("identity")));
}

// Writes of claim-v1 and locked-claim pass through the blocking domain even when they do nothing.
TEST(StoreEffectTest, ClaimingDesignsBounceThroughTheBlockingDomain) {
  for (DesignId design : kAllDesigns) {
    const bool claims = design == DesignId::kClaimV1 || design == DesignId::kLockedClaim;
    EXPECT_EQ(After(Machines(1), design, {Store("DMA")}).state().has_blocking, claims);
    EXPECT_FALSE(After(Machines(1), design, {Store("DMA-FQ")}).state().has_blocking);
  }
  const Model doomed = After(Machines(2), DesignId::kClaimV1, {Store("identity")});
  EXPECT_TRUE(doomed.state().has_blocking);
  EXPECT_EQ(doomed.state().cur, Place::kDefault);
}

TEST(StoreEffectTest, ClaimV1StrandsTheDeviceWhenMappingFails) {
  Configuration machine = WithDefault(DomainType::kIdentity);
  machine.devices[0].direct = true;
  machine.driver.maps_only_attached = true;
  Model model(machine, DesignId::kClaimV1);
  const Outcome outcome = model.Apply(Store("DMA"));
  EXPECT_EQ(outcome.kind, Outcome::Kind::kAnyError);
  EXPECT_EQ(model.state().cur, Place::kDefault);
  EXPECT_EQ(model.state().hw[0], Place::kBlocking);
  EXPECT_EQ(model.state().default_type, DomainType::kIdentity);
}

TEST(StoreEffectTest, MappingBeforeTheAttach) {
  Configuration machine = WithDefault(DomainType::kIdentity);
  machine.devices[0].direct = true;
  machine.driver.maps_only_attached = true;
  Model device_lock(machine, DesignId::kDeviceLock);
  EXPECT_EQ(device_lock.Apply(Store("DMA")).kind, Outcome::Kind::kAnyError);
  EXPECT_EQ(device_lock.state(), Model(machine, DesignId::kDeviceLock).state());
  for (DesignId design : {DesignId::kV6_4, DesignId::kV6_12, DesignId::kOwnerCheck}) {
    EXPECT_EQ(Model(machine, design).Apply(Store("DMA")).result, 3) << NameOf(design);
  }
  Model locked(machine, DesignId::kLockedClaim);
  EXPECT_EQ(locked.Apply(Store("DMA")).kind, Outcome::Kind::kAnyError);
  EXPECT_EQ(locked.state().hw[0], Place::kDefault);
  EXPECT_EQ(locked.state().default_type, DomainType::kIdentity);

  // The retry after the attach does not help where the attach is deferred.
  machine.devices[0].deferred = true;
  for (DesignId design : {DesignId::kV6_12, DesignId::kOwnerCheck}) {
    Model model(machine, design);
    EXPECT_EQ(model.Apply(Store("DMA")).kind, Outcome::Kind::kAnyError) << NameOf(design);
    EXPECT_EQ(model.state().default_type, DomainType::kIdentity) << NameOf(design);
    EXPECT_EQ(model.state().hw[0], Place::kDefault) << NameOf(design) << ", 2(e) row 13";
  }
}

TEST(StoreEffectTest, ProbeFinalizeAttachesItsMapping) {
  Configuration machine;
  machine.driver.finalize_attaches = true;
  struct {
    DesignId design;
    int64_t result;
    Place cur;
  } const rows[] = {
      {DesignId::kDeviceLock, -EBUSY, Place::kMapping},
      {DesignId::kClaimV1, -EBUSY, Place::kMapping},
      {DesignId::kLockedClaim, -EBUSY, Place::kMapping},
      {DesignId::kOwnerCheck, 8, Place::kDefault},
      {DesignId::kV6_4, 8, Place::kMapping},
      {DesignId::kV6_12, 8, Place::kDefault},
  };
  for (const auto& row : rows) {
    Model model(machine, row.design);
    EXPECT_EQ(model.state().cur, Place::kMapping) << NameOf(row.design);
    EXPECT_EQ(model.Apply(Store("identity")).result, row.result) << NameOf(row.design);
    EXPECT_EQ(model.state().cur, row.cur) << NameOf(row.design);
    EXPECT_EQ(model.state().hw[0], row.cur) << NameOf(row.design);
  }
}

// 2(c) and 2(d) finalize after every success, 2(a) and 2(b) only after a replacement.
TEST(StoreEffectTest, ProbeFinalizeAfterAWriteThatChangesNothing) {
  Configuration machine = Machines(2);
  machine.driver.finalize_attaches = true;
  for (DesignId design : kAllDesigns) {
    const bool finalizes = design == DesignId::kLockedClaim || design == DesignId::kV6_4;
    Model model = After(machine, design, {Remove(1)});
    EXPECT_EQ(model.Apply(Store("DMA")).change, DefaultChange::kNone) << NameOf(design);
    EXPECT_EQ(model.state().cur, finalizes ? Place::kMapping : Place::kDefault) << NameOf(design);
  }
}

// A mapping that a failed re-attach has left without a group is attached again.
TEST(StoreEffectTest, ProbeFinalizeAttachesToAGroupOnNoDomain) {
  Configuration machine = Machines(1);
  machine.driver.finalize_attaches = true;
  Model model(machine, DesignId::kV6_4);
  Snapshot nowhere = Render(model);
  nowhere.domain = nowhere.devices[0].hw = {};
  model.Adopt(nowhere);
  model.Apply(Store("DMA"));
  EXPECT_EQ(model.state().cur, Place::kMapping);
}

// S9: the release of claim-v1 undoes what probe_finalize attached; locked-claim releases before.
TEST(StoreEffectTest, ReleaseAfterProbeFinalize) {
  Configuration machine = Machines(2);
  machine.driver.finalize_attaches = true;
  const Before alone = {Remove(1)};
  Model v1 = After(machine, DesignId::kClaimV1, alone);
  EXPECT_EQ(v1.Apply(Store("identity")).result, 8);
  EXPECT_EQ(v1.state().hw[0], Place::kDefault);
  Model locked = After(machine, DesignId::kLockedClaim, alone);
  EXPECT_EQ(locked.Apply(Store("identity")).result, 8);
  EXPECT_EQ(locked.state().hw[0], Place::kMapping);
}

TEST(StoreEffectTest, DeferredDevicesStayDeferredUnder612Only) {
  Configuration machine;
  machine.devices[0].deferred = true;
  for (DesignId design : kAllDesigns) {
    const bool stays = design == DesignId::kV6_12 || design == DesignId::kOwnerCheck;
    Model model(machine, design);
    EXPECT_EQ(model.state().hw[0], Place::kNowhere) << NameOf(design);
    model.Apply(Store("DMA-FQ"));
    EXPECT_EQ(model.state().hw[0], Place::kNowhere) << NameOf(design);
    model.Apply(Store("DMA"));
    EXPECT_EQ(model.state().hw[0], stays ? Place::kNowhere : Place::kDefault) << NameOf(design);
    model.Apply(testing::On(Function::kDmaMap, 0));
    EXPECT_EQ(model.state().hw[0], Place::kDefault) << NameOf(design);
  }
}

}  // namespace
}  // namespace groupfuzz
