// Devices that come and go, behaviour 6; user domains; where the model
// ends.
#include <cerrno>
#include <utility>
#include <vector>

#include "properties/model/model_cases.h"

namespace groupfuzz::testing {
namespace {

TEST(Section6, DevicesCome) {
  const Configuration late = Lacking(1, 2);
  Configuration late_direct = late;
  late_direct.devices[1].direct = true;
  Configuration late_deferred = late;
  late_deferred.devices[1].deferred = true;
  Configuration empty_identity = Lacking(0, 1);
  empty_identity.devices[0].preference = Preference::kIdentity;
  Configuration refused = Lacking(0, 1);
  refused.devices[0].preference = Preference::kIdentity;
  refused.devices[0].untrusted = true;
  Configuration unallocatable = empty_identity;
  unallocatable.driver.identity = Support::kAbsent;
  const Check gone = [](const GroupState& state) { return !state.exists; };
  Holds({
      Row("6.1/6.2 joins default", kAll, late, {}, Add(1), 0, Group(Place::kDefault, kNobody, 0)),
      Row("6.1/6.2 already in the group", kAll, late, {Add(1)}, Add(1), 0),
      Row("6.1/6.2 joins a claimed group", kAll, late, {Claim(kA)}, Add(1), 0,
          Group(Place::kBlocking, kA, 1)),
      Row("6.2 follows a user domain", k612, late, {Alloc(0), Attach(0)}, Add(1), 0,
          Group(Place::kUser0, kNobody, 0)),
      Row("6.1 H5: default although a user domain is attached", kTo62, late, {Alloc(0), Attach(0)},
          Add(1), 0, Hardware(1, Place::kDefault)),
      Row("6.1 follows a user domain of an owner", kTo62, late, {Claim(kA), Alloc(0), Attach(0)},
          Add(1), 0, Hardware(1, Place::kUser0)),
      Row("6.2 require_direct does not join a claimed group", k612, late_direct, {Claim(kA)},
          Add(1), -EINVAL, Group(Place::kBlocking, kA, 1)),
      Row("6.1 direct joins a claimed group", kTo62, late_direct, {Claim(kA)}, Add(1), 0,
          Group(Place::kBlocking, kA, 1)),
      Row("6.1 deferral not honoured at hotplug", kTo62, late_deferred, {}, Add(1), 0,
          Hardware(1, Place::kDefault)),
      Row("6.2 deferral honoured", k612, late_deferred, {}, Add(1), 0,
          Hardware(1, Place::kNowhere)),
      Row("6.1 deferral honoured in a claimed group", kTo62, late_deferred, {Claim(kA)}, Add(1), 0,
          Hardware(1, Place::kNowhere)),
      Row("6.2 deferral ends in a claimed group", k612, late_deferred, {Claim(kA)}, Add(1), 0,
          Hardware(1, Place::kBlocking)),
      Row("6 fresh group, its own preference", kAll, empty_identity, {}, Add(0), 0,
          Default(DomainType::kIdentity)),
      Row("6.2 fresh group, refused", k612, refused, {}, Add(0), -EINVAL, gone),
      Row("6.2 fresh group, not allocatable", k612, unallocatable, {}, Add(0), -EOPNOTSUPP, gone),
      Row("6.1 fresh group, fallback", kTo62, unallocatable, {}, Add(0), 0,
          Default(DomainType::kDma)),
  });
}

TEST(Section6, DevicesGo) {
  const Check gone = [](const GroupState& state) {
    return !state.exists && state.owner_cnt == 0 && state.owner == kNobody && state.members == 0;
  };
  Holds({
      Row("6.4 no member", kAll, Lacking(1, 2), {}, Remove(1), 0),
      Row("6.4 one of two", kAll, Machines(2), {Claim(kA)}, Remove(0), 0,
          Group(Place::kBlocking, kA, 1)),
      Row("6.4 the last", kAll, Machines(1), {}, Remove(0), 0, gone),
      Row("6.4 the last of a claimed group", kAll, Machines(1), {Claim(kA)}, Remove(0), 0, gone),
      Row("6.4 a fresh group afterwards", kAll, Machines(1),
          {Store("identity"), Claim(kA), Remove(0)}, Add(0), 0, Group(Place::kDefault, kNobody, 0)),
      Row("6.4 with the default type", kAll, Machines(1), {Store("identity"), Remove(0)}, Add(0), 0,
          Default(DomainType::kDma)),
      Row("6.4 without a blocking domain", kAll, Machines(1), {Claim(kA), Remove(0)}, Add(0), 0,
          [](const GroupState& state) { return !state.has_blocking; }),
  });
}

TEST(Domains, AllocAndFree) {
  Holds({
      Row("iommu_domain_alloc", kAll, Machines(1), {}, Alloc(2), 0),
      Row("iommu_domain_free", kAll, Machines(1), {Alloc(2)}, On(Function::kFreeDomain, 0, 2), 0),
  });
}

TEST(Limits, BrokenContractsLoseTrack) {
  const std::vector<std::pair<Before, Call>> rows = {
      {{}, Attach(0)},
      {{Alloc(0), On(Function::kFreeDomain, 0, 0)}, Attach(0)},
      {{Alloc(0), Attach(0)}, On(Function::kFreeDomain, 0, 0)},
      {{Remove(0)}, Claim(kA)},
      {{Remove(0)}, Release()},
      {{Remove(0)}, On(Function::kGroupClaimed, 0)},
  };
  for (const auto& [before, call] : rows) {
    for (DesignId design : kAllDesigns) {
      Model model = After(Machines(1), design, before);
      EXPECT_TRUE(model.Apply(call).Allows(-12345)) << NameOf(design);
      EXPECT_TRUE(model.lost());
      EXPECT_TRUE(model.Apply(Store("bad")).Allows(7));
    }
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

TEST(Section6, ABootWithoutADefaultDomainCostsTheIommu) {
  Model model(NeverMapped(), DesignId::kV6_12);
  EXPECT_FALSE(model.lost());
  EXPECT_FALSE(model.state().exists);
  EXPECT_EQ(model.Apply(Store("DMA")).result, -ENODEV);
  EXPECT_EQ(model.Apply(Add(1)).result, -ENODEV);
}

TEST(Section6, AFirstDefaultDomainStaysThoughItsDeviceCannot) {
  Configuration machine = NeverMapped();
  machine.device_count = 3;
  machine.devices[0].untrusted = true;
  machine.devices[2].present = true;
  machine.devices[2].preference = Preference::kIdentity;
  const DesignId design = DesignId::kOwnerCheck;
  Model model = After(machine, design, {Remove(2), Remove(1)});
  ASSERT_FALSE(model.state().has_default);
  EXPECT_EQ(model.Apply(Add(1)).kind, Outcome::Kind::kAnyError);
  EXPECT_EQ(model.state().members, 1);
  EXPECT_TRUE(model.state().has_default);
  EXPECT_EQ(model.state().cur, Place::kDefault);

  Model emptied = After(machine, design, {Remove(2), Remove(1), Remove(0)});
  EXPECT_EQ(emptied.Apply(Add(0)).kind, Outcome::Kind::kAnyError);
  EXPECT_FALSE(emptied.state().exists);
}

TEST(Limits, AbsentFunctionsMayReturnAnything) {
  const Call absent[] = {ClaimDevice(0, kA), AttachPasid(1), On(Function::kReplaceGroup, 0, 0)};
  Model model = After(Capable(1), DesignId::kDeviceLock, {Alloc(0)});
  const GroupState before = model.state();
  for (const Call& call : absent) EXPECT_EQ(model.Apply(call).kind, Outcome::Kind::kAny);
  EXPECT_EQ(model.state(), before);
}

}  // namespace
}  // namespace groupfuzz::testing
