// Ownership: behaviour 3.1 to 3.6, for every design that has them.
#include <cerrno>

#include "properties/model/model_cases.h"
#include "target/kernel/errno.h"

namespace groupfuzz::testing {
namespace {

Configuration BlockedAbsent() {
  Configuration machine;
  machine.driver.blocked = Support::kAbsent;
  return machine;
}

TEST(Section3, UseDefaultDomain) {
  Holds({
      Row("3.1 no group", kAll, Lacking(1, 2), {}, Use(1), 0, Count(0)),
      Row("3.1 first driver", kAll, Machines(2), {}, Use(0), 0, Count(1)),
      Row("3.1 second driver", kAll, Machines(2), {Use(0)}, Use(1), 0, Count(2)),
      Row("3.1 cnt!=0, owned", kAll, Machines(2), {Claim(kA)}, Use(0), -EBUSY, Count(1)),
      Row("3.1 cnt!=0, not default", kAll, Machines(2), {Use(0), Alloc(0), Attach(0)}, Use(1),
          -EBUSY),
      Row("3.1 cnt==0, cur not looked at", kAll, Machines(1), {Alloc(0), Attach(0)}, Use(0), 0),
      Row("3.1 cnt!=0, PASIDs", kFrom62, Capable(2), {Use(0), Alloc(0), AttachPasid(1)}, Use(1),
          -EBUSY),
      Row("3.1 cnt==0, PASIDs not looked at", kFrom62, Capable(1), {Alloc(0), AttachPasid(1)},
          Use(0), 0),
      Row("3.1 first NULL-owned claim counts as a driver", k61, Machines(1), {Claim(kNullCookie)},
          Use(0), -EBUSY),
  });
}

TEST(Section3, UseBeforeTheDefaultDomainIsSetUp) {
  for (DesignId design : {DesignId::kOwnerCheck, DesignId::kV6_12}) {
    Model model(Machines(1), design);
    Snapshot snapshot = Render(model);
    snapshot.default_domain = {};
    snapshot.domain = {};
    snapshot.devices[0].hw = {};
    model.Adopt(snapshot);
    EXPECT_EQ(model.Apply(Use(0)).result, -kernel::kEProbeDefer) << "3.1 dd NULL";
  }
}

// Before 6.12 rules a group without a default domain is claimed like any other; nothing is left to
// go back to.
TEST(Section3, ReleaseWithoutADefaultDomainDetaches) {
  for (DesignId design : {DesignId::kDeviceLock, DesignId::kV6_4}) {
    Model model(Machines(2), design);
    Snapshot snapshot = Render(model);
    snapshot.default_domain = snapshot.domain = {};
    for (int device = 0; device < 2; ++device) snapshot.devices[device].hw = {};
    model.Adopt(snapshot);
    model.Apply(Claim(kA));
    EXPECT_EQ(model.state().hw[1], Place::kBlocking);
    model.Apply(Release());
    EXPECT_EQ(model.state().cur, Place::kNowhere);
    EXPECT_EQ(model.state().hw[1], Place::kNowhere);
    EXPECT_EQ(model.state().owner_cnt, 0);
  }
}

TEST(Section3, UnuseDefaultDomain) {
  Holds({
      Row("3.2 no group", kAll, Lacking(1, 2), {Use(0)}, Unuse(1), 0, Count(1)),
      Row("3.2 cnt--", kAll, Machines(2), {Use(0), Use(1)}, Unuse(0), 0, Count(1)),
      Row("3.2 WARN, cnt==0", kAll, Machines(1), {}, Unuse(0), 0, Count(0)),
      Row("3.2 WARN, PASIDs", kFrom62, Capable(1), {Use(0), Alloc(0), AttachPasid(1)}, Unuse(0), 0,
          Count(1)),
      Row("3.2 cur stays", kAll, Machines(1), {Use(0), Alloc(0), Attach(0)}, Unuse(0), 0,
          Group(Place::kUser0, kNobody, 0)),
  });
}

TEST(Section3, BlockingDomain) {
  const Check blocked = [](const GroupState& state) {
    return state.has_blocking && state.blocking_type == DomainType::kBlocked;
  };
  const Check unmanaged = [](const GroupState& state) {
    return state.has_blocking && state.blocking_type == DomainType::kUnmanaged;
  };
  Holds({
      Row("3.3 BLOCKED", kAll, Machines(1), {}, Claim(kA), 0, blocked),
      Row("3.3 UNMANAGED fallback", kAll, BlockedAbsent(), {}, Claim(kA), 0, unmanaged),
      Row("3.3 kept after release", kAll, Machines(1), {Claim(kA)}, Release(), 0, blocked),
  });
}

TEST(Section3, GroupClaim) {
  Holds({
      Row("3.4 idle", kAll, Machines(2), {}, Claim(kB), 0, Group(Place::kBlocking, kB, 1)),
      Row("3.4 NULL owner accepted", k61, Machines(1), {}, Claim(kNullCookie), 0,
          Group(Place::kBlocking, kNobody, 1)),
      Row("3.4 NULL owner refused", kFrom62, Machines(1), {}, Claim(kNullCookie), -EINVAL,
          Group(Place::kDefault, kNobody, 0)),
      Row("3.4 cnt!=0, driver", kAll, Machines(2), {Use(1)}, Claim(kA), -EPERM, Count(1)),
      Row("3.4 cnt!=0, same cookie", kAll, Machines(1), {Claim(kA)}, Claim(kA), -EPERM, Count(1)),
      Row("3.4 cnt!=0 before cur", kAll, Machines(1), {Use(0), Alloc(0), Attach(0)}, Claim(kA),
          -EPERM),
      Row("3.4 cur not default", kAll, Machines(1), {Alloc(0), Attach(0)}, Claim(kA), -EBUSY,
          Group(Place::kUser0, kNobody, 0)),
      Row("3.4 PASIDs", kFrom62, Capable(1), {Alloc(0), AttachPasid(1)}, Claim(kA), -EBUSY),
      Row("3.4 RESV_DIRECT, refused", k612, Direct(1, 2), {}, Claim(kA), -EINVAL,
          Group(Place::kDefault, kNobody, 0)),
      Row("3.4 RESV_DIRECT, not looked at", kTo62, Direct(1, 2), {}, Claim(kA), 0,
          Group(Place::kBlocking, kA, 1)),
      Row("3.4 after release", kAll, Machines(1), {Claim(kA), Release()}, Claim(kB), 0,
          Group(Place::kBlocking, kB, 1)),
  });
}

TEST(Section3, RefusedClaimEndsTheDeferralOfMembersBefore) {
  Configuration machine = Direct(1, 3);
  for (DeviceConfig& device : machine.devices) device.deferred = true;
  for (DesignId design : {DesignId::kOwnerCheck, DesignId::kV6_12}) {
    const GroupState state = After(machine, design, {Claim(kA)}).state();
    EXPECT_EQ(state.hw[0], Place::kDefault);
    EXPECT_EQ(state.hw[1], Place::kNowhere);
    EXPECT_EQ(state.hw[2], Place::kNowhere);
    EXPECT_EQ(state.pending, 0b110);
  }
}

TEST(Section3, DeviceClaim) {
  Holds({
      Row("3.4 NULL owner", kFrom62, Machines(1), {}, ClaimDevice(0, kNullCookie), -EINVAL),
      Row("3.4 group NULL", kFrom62, Lacking(1, 2), {}, ClaimDevice(1, kA), -ENODEV),
      Row("3.4 idle", kFrom62, Machines(2), {}, ClaimDevice(1, kA), 0,
          Group(Place::kBlocking, kA, 1)),
      Row("3.4 same cookie", kFrom62, Machines(2), {ClaimDevice(0, kA)}, ClaimDevice(1, kA), 0,
          Group(Place::kBlocking, kA, 2)),
      Row("3.4 same cookie, cur untouched", kFrom62, Machines(2),
          {ClaimDevice(0, kA), Alloc(0), Attach(0)}, ClaimDevice(1, kA), 0,
          Group(Place::kUser0, kA, 2)),
      Row("3.4 other cookie", kFrom62, Machines(2), {ClaimDevice(0, kA)}, ClaimDevice(1, kB),
          -EPERM),
      Row("3.4 kernel driver", kFrom62, Machines(2), {Use(0)}, ClaimDevice(1, kA), -EPERM),
      Row("3.4 cur not default", kFrom62, Machines(1), {Alloc(0), Attach(0)}, ClaimDevice(0, kA),
          -EBUSY),
      Row("3.4 RESV_DIRECT", k612, Direct(0, 1), {}, ClaimDevice(0, kA), -EINVAL),
      Row("3.4 group claim after device claim", kFrom62, Machines(1), {ClaimDevice(0, kA)},
          Claim(kA), -EPERM),
  });
}

TEST(Section3, ReleaseOfOwnership) {
  Holds({
      Row("3.5 back to default", kAll, Machines(2), {Claim(kA)}, Release(), 0,
          Group(Place::kDefault, kNobody, 0)),
      Row("3.5 whatever cur is", kAll, Machines(1), {Claim(kA), Alloc(0), Attach(0)}, Release(), 0,
          Group(Place::kDefault, kNobody, 0)),
      Row("3.5 WARN, cnt==0", kAll, Machines(1), {}, Release(), 0, Count(0)),
      Row("3.5 WARN, owner NULL", kAll, Machines(1), {Use(0)}, Release(), 0, Count(1)),
      Row("3.5 WARN, PASIDs", kFrom62, Capable(1), {Claim(kA), Alloc(0), AttachPasid(1)}, Release(),
          0, Group(Place::kBlocking, kA, 1)),
      Row("3.5 drops all device claims", kFrom62, Machines(2),
          {ClaimDevice(0, kA), ClaimDevice(1, kA)}, Release(), 0,
          Group(Place::kDefault, kNobody, 0)),
      Row("3.5 device release, cnt>1", kFrom62, Machines(2),
          {ClaimDevice(0, kA), ClaimDevice(1, kA)}, ReleaseClaim(0), 0,
          Group(Place::kBlocking, kA, 1)),
      Row("3.5 device release, cnt>1, owner not examined", kFrom62, Machines(2), {Use(0), Use(1)},
          ReleaseClaim(0), 0, Count(1)),
      Row("3.5 last device release", kFrom62, Machines(1), {ClaimDevice(0, kA)}, ReleaseClaim(0), 0,
          Group(Place::kDefault, kNobody, 0)),
      Row("3.6 claimed by nobody", kAll, Machines(1), {}, On(Function::kGroupClaimed, 0), 0),
      Row("3.6 claimed", kAll, Machines(1), {Claim(kA)}, On(Function::kGroupClaimed, 0), 1),
      Row("3.6 drivers count", kAll, Machines(1), {Use(0)}, On(Function::kGroupClaimed, 0), 1),
  });
}

}  // namespace
}  // namespace groupfuzz::testing
