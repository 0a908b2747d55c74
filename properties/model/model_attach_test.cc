// Attach, detach, replace, handles and PASIDs, deferred attach: behaviour 4.1, 4.6 and 4.7, for
// every design that has them.
#include <cerrno>

#include "properties/model/model_cases.h"

namespace groupfuzz::testing {
namespace {

TEST(Section4, AttachAndDetach) {
  const auto attach = [](uint8_t device) { return On(Function::kAttachDevice, device, 0); };
  const auto detach = [](uint8_t domain) { return On(Function::kDetachDevice, 0, domain); };
  Holds({
      Row("4.6 attach_device, no group", kAll, Lacking(1, 2), {Alloc(0)}, attach(1), -ENODEV),
      Row("4.6 attach_device, count!=1", kAll, Machines(2), {Alloc(0)}, attach(0), -EINVAL),
      Row("4.6 attach_device", kAll, Machines(1), {Alloc(0)}, attach(0), 0,
          Group(Place::kUser0, kNobody, 0)),
      Row("4.6 attach_device, taken", kAll, Machines(1), {Alloc(0), Alloc(1), Attach(1)}, attach(0),
          -EBUSY, Group(Place::kUser1, kNobody, 0)),
      Row("4.6 detach_device", kAll, Machines(1), {Alloc(0), Attach(0)}, detach(0), 0,
          Group(Place::kDefault, kNobody, 0)),
      Row("4.6 detach_device, domain!=cur", kAll, Machines(1), {Alloc(0), Alloc(1), Attach(0)},
          detach(1), 0, Group(Place::kUser0, kNobody, 0)),
      Row("4.6 detach_device, count!=1", kAll, Machines(2), {Alloc(0), Attach(0)}, detach(0), 0,
          Group(Place::kUser0, kNobody, 0)),
      Row("4.6 attach_group", kAll, Machines(3), {Alloc(2)}, Attach(2), 0,
          Group(Place::kUser2, kNobody, 0)),
      Row("4.6 attach_group from blocking", kAll, Machines(2), {Claim(kA), Alloc(0)}, Attach(0), 0,
          Group(Place::kUser0, kA, 1)),
      Row("4.6 attach_group, taken", kAll, Machines(2), {Alloc(0), Alloc(1), Attach(0)}, Attach(1),
          -EBUSY, Group(Place::kUser0, kNobody, 0)),
      Row("4.6 attach_group, same domain", kAll, Machines(1), {Alloc(0), Attach(0)}, Attach(0),
          -EBUSY),
      Row("4.6 detach_group to default", kAll, Machines(2), {Alloc(0), Attach(0)}, Detach(0), 0,
          Group(Place::kDefault, kNobody, 0)),
      Row("4.6 detach_group to blocking", kAll, Machines(2), {Claim(kA), Alloc(0), Attach(0)},
          Detach(0), 0, Group(Place::kBlocking, kA, 1)),
      Row("4.6 detach_group ignores domain", kAll, Machines(1), {Alloc(0), Alloc(1), Attach(0)},
          Detach(1), 0, Group(Place::kDefault, kNobody, 0)),
      Row("4.6 detach_group, NULL-owned claim", k61, Machines(1),
          {Claim(kNullCookie), Alloc(0), Attach(0)}, Detach(0), 0,
          Group(Place::kDefault, kNobody, 1)),
      Row("4.6 replace", k612, Machines(2), {Claim(kA), Alloc(0), Alloc(1), Attach(0)},
          On(Function::kReplaceGroup, 0, 1), 0, Group(Place::kUser1, kA, 1)),
      Row("4.6 replace by the same", k612, Machines(1), {Alloc(0), Attach(0)},
          On(Function::kReplaceGroup, 0, 0), 0, Group(Place::kUser0, kNobody, 0)),
  });
}

// A device that may not be blocked joins a user's domain, and stays there when the user leaves.
TEST(Section4, DetachCannotBlockADirectDevice) {
  Configuration machine = Lacking(1, 2);
  machine.devices[1].direct = true;
  const Before joined = {Claim(kA), Alloc(0), Attach(0), Add(1)};
  const auto on = [](Place first, Place second) {
    return [=](const GroupState& state) {
      return state.cur == Place::kBlocking && state.hw[0] == first && state.hw[1] == second;
    };
  };
  Holds({
      Row("4.1 require_direct refuses bd", Bit(DesignId::kV6_12), machine, joined, Detach(0), 0,
          on(Place::kBlocking, Place::kUser0)),
      Row("4.1 6.1 does not look", kTo62, machine, joined, Detach(0), 0,
          on(Place::kBlocking, Place::kBlocking)),
  });
}

TEST(Section4, Handles) {
  const auto attach = [](uint8_t domain, bool null) {
    return Handle(Function::kAttachHandle, domain, null);
  };
  const auto replace = [](uint8_t domain, bool null) {
    return Handle(Function::kReplaceHandle, domain, null);
  };
  const auto both = [](const Check& a, const Check& b) {
    return [=](const GroupState& state) { return a(state) && b(state); };
  };
  const Before owned = {Claim(kA), Alloc(0), Alloc(1)};
  const Before attached = {Claim(kA), Alloc(0), Alloc(1), attach(0, false)};
  const Check on_user0 = Group(Place::kUser0, kA, 1);
  const Check on_user1 = Group(Place::kUser1, kA, 1);
  const Before by_group = {Claim(kA), Alloc(0), Alloc(1), Attach(0)};
  Holds({
      Row("4.6 attach_handle", k612, Machines(2), owned, attach(0, false), 0,
          both(on_user0, Pasids(1))),
      Row("4.6 attach_handle, NULL reserves", k612, Machines(1), owned, attach(0, true), 0,
          both(on_user0, Pasids(1))),
      Row("4.6 attach_handle, present", k612, Machines(1), attached, attach(1, false), -EBUSY,
          both(on_user0, Pasids(1))),
      Row("4.6 attach_handle, taken", k612, Machines(1), by_group, attach(1, false), -EBUSY,
          both(on_user0, Pasids(0))),
      Row("4.6 detach_handle", k612, Machines(1), attached,
          Handle(Function::kDetachHandle, 0, false), 0,
          both(Group(Place::kBlocking, kA, 1), Pasids(0))),
      Row("4.6 replace_handle", k612, Machines(1), attached, replace(1, false), 0,
          both(on_user1, Pasids(1))),
      Row("4.6 replace_handle, NULL erases", k612, Machines(1), attached, replace(1, true), 0,
          both(on_user1, Pasids(0))),
      Row("4.6 release with a handle: WARN", k612, Machines(1), attached, Release(), 0, on_user0),
  });
}

TEST(Section4, AttachPasid) {
  Holds({
      Row("4.7 no group", kFrom62, Lacking(1, 2), {Alloc(0)}, AttachPasid(1, 1), -ENODEV),
      Row("4.7 pasid==0", kFrom62, Capable(1), {Alloc(0)}, AttachPasid(0), -EINVAL),
      Row("4.7 pasid too large", kFrom62, Capable(1), {Alloc(0)}, AttachPasid(kMaxPasids), -EINVAL),
      Row("4.7 pasid too large for nobody", kFrom62, Machines(1), {Alloc(0)},
          AttachPasid(kMaxPasids), 0),
      Row("4.7 in use", kFrom62, Capable(1), {Alloc(0), AttachPasid(2)}, AttachPasid(2), -EBUSY),
      Row("4.7 set", kFrom62, Capable(1), {Alloc(0), AttachPasid(1)}, AttachPasid(3), 0,
          Pasids(0b1010)),
      Row("4.7 erase", kFrom62, Capable(1), {Alloc(0), AttachPasid(1), AttachPasid(2)},
          DetachPasid(1), 0, Pasids(0b100)),
      Row("4.7 cnt not consulted", kFrom62, Capable(1), {Use(0), Alloc(0)}, AttachPasid(1), 0),
      Row("4.7 store_type does not test the array", k612 | Bit(DesignId::kV6_4), Capable(1),
          {Alloc(0), AttachPasid(1)}, Store("identity"), 8),
      Row("2(b), 2(c) claims test the array", Bit(DesignId::kClaimV1) | Bit(DesignId::kLockedClaim),
          Capable(1), {Alloc(0), AttachPasid(1)}, Store("identity"), -EBUSY),
  });
}

TEST(Section4, DeferredAttach) {
  const Configuration machine = Deferring(0, 2);
  const Call map = On(Function::kDmaMap, 0);
  Holds({
      Row("4.1 at the first DMA map", kAll, machine, {Use(0)}, map, 0,
          Hardware(0, Place::kDefault)),
      Row("4.1 not without the DMA API", kAll, Deferring(0, 1), {Store("DMA"), Use(1)}, map, 0),
      Row("4.1 ended by a claim", kAll, machine, {Claim(kA)}, Release(), 0,
          Hardware(0, Place::kDefault)),
      Row("4.1 DMA unmap", kAll, machine, {}, On(Function::kDmaUnmap, 0), 0),
  });
  Configuration identity = machine;
  identity.default_type = DomainType::kIdentity;
  Holds({Row("4.1 whatever the default domain's type", kAll, identity, {Use(0)}, map, 0,
             Hardware(0, Place::kDefault))});
}

}  // namespace
}  // namespace groupfuzz::testing
