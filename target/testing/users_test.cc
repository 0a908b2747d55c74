// Users of a group keep their side of every contract: each rule of target/system/users.h refuses
// the op that would break it, and calls nothing.
#include "target/system/users.h"

#include "target/kernel/errno.h"
#include "target/testing/rows.h"

namespace groupfuzz::port_test {
namespace {

Step Iommufd(int device, uint8_t cookie) {
  return {"device claim through " + std::to_string(device), [=](Machine& machine) {
            Op op;
            op.kind = OpKind::kDeviceClaim;
            op.device = static_cast<uint8_t>(device);
            op.cookie = cookie;
            return machine.Perform(op);
          }};
}

Step ReleaseUnowned(OpKind kind, int device) {
  return {"release of nothing through " + std::to_string(device), [=](Machine& machine) {
            Op op;
            op.kind = kind;
            op.device = static_cast<uint8_t>(device);
            op.flag = true;
            return machine.Perform(op);
          }};
}

Row Refused(const std::string& name, const Devices& machine, std::vector<Step> setup, Step act,
            DesignSet designs = kAllDesigns) {
  return {name,
          machine,
          std::move(setup),
          std::move(act),
          {On(designs, kRefused).Untouched().Trace("")}};
}

std::vector<Row> DeviceRows() {
  const Devices one(1);
  return {
      Refused("3.9 row 1: a device the machine lacks", one, {}, Bind(1)),
      Refused("3.9 row 1: a device that is absent", Devices(2).Absent(1), {}, Bind(1)),
      Refused("3.9 row 2: a second driver", one, {Bind(0)}, Bind(0)),
      Refused("3.9 row 2: a driver beside an owner", one, {Vfio(0, kA)}, Bind(0)),
      Refused("3.9 row 2: an owner beside a driver", one, {Bind(0)}, Vfio(0, kA)),
      Refused("3.9 row 2: a second claim through a device", one, {Vfio(0, kA)}, Vfio(0, kA)),
      Refused("3.9 row 2: a device claim beside a group claim", one, {Vfio(0, kA)}, Iommufd(0, kA)),
      Refused("3.9 row 3: one cookie for two users", Devices(2), {Vfio(0, kA)}, Iommufd(1, kA),
              kAllBut61),
      Refused("3.9 row 2: unbinding nothing", one, {}, Unbind(0)),
      Refused("3.9 row 2: unbinding an owner", one, {Vfio(0, kA)}, Unbind(0)),
      Refused("3.9 row 4: releasing nothing", one, {}, Act(OpKind::kGroupRelease, 0)),
      Refused("3.9 row 4: releasing another's claim", Devices(2), {Vfio(0, kA)},
              Act(OpKind::kGroupRelease, 1)),
      Refused("3.9 row 4: releasing a group claim by device", one, {Vfio(0, kA)},
              Act(OpKind::kDeviceRelease, 0)),
      Refused("3.9 row 4: releasing a device claim by group", one, {Iommufd(0, kA)},
              Act(OpKind::kGroupRelease, 0), kAllBut61),
      Refused("3.9 row 4: an unowned release of what is claimed", Devices(2), {Vfio(0, kA)},
              ReleaseUnowned(OpKind::kGroupRelease, 1)),
      Refused("3.9 row 4: an unowned release by device beside a driver", one, {Bind(0)},
              ReleaseUnowned(OpKind::kDeviceRelease, 0), kAllBut61),
      Refused("3.9 row 1: removing what is not there", Devices(2).Absent(1), {}, Remove(1)),
      Refused("3.9 row 1: adding what is there", one, {}, Add(0)),
      Refused("3.9 row 12: asking when no device keeps the group", Devices(1).Absent(0), {},
              Act(OpKind::kClaimedQuery, 0)),
      Refused("3.9 row 13: what the kernel lacks", one, {}, Iommufd(0, kA), kDeviceLock),
  };
}

std::vector<Row> DomainRows() {
  const Devices one(1);
  const Devices two(2);
  const Devices capable = one.WithPasids(0);
  const Step attach = Act(OpKind::kAttachGroup, 0);
  const Step attach_pasid = Act(OpKind::kAttachPasid, 0, 0, 1);
  return {
      Refused("3.9 row 6: attaching without a driver", one, {}, attach),
      Refused("3.9 row 6: attaching through an unclaimed device", two, {Vfio(0, kA)},
              Act(OpKind::kAttachGroup, 1)),
      Refused("3.9 row 7: attaching beside another driver", two, {Bind(0), Bind(1)}, attach),
      Refused("3.9 row 7: attaching over a mapping", one, {Bind(0), Act(OpKind::kDmaMap, 0)},
              attach),
      Refused("3.9 row 6: attaching by a managed driver", Devices(1).Managed(0), {Bind(0)}, attach),
      Refused("3.9 row 8: detaching nothing", one, {Vfio(0, kA)}, Act(OpKind::kDetachGroup, 0)),
      Refused("3.9 row 8: detaching by another method", one, {Vfio(0, kA), attach},
              Act(OpKind::kDetachDevice, 0)),
      Refused("3.9 row 9: replacing by another method", one,
              {Vfio(0, kA), Act(OpKind::kAttachDevice, 0)}, Act(OpKind::kReplaceGroup, 0, 1)),
      Refused("3.9 row 9: replacing what another has attached", two,
              {Iommufd(0, kA), Iommufd(1, kA), attach}, Act(OpKind::kReplaceGroup, 1, 1),
              kAllBut61),
      Refused("3.9 row 9: replacing without a claim", one, {Bind(0), attach},
              Act(OpKind::kReplaceGroup, 0, 1)),
      Refused("3.9 row 13: handles the kernel lacks", one, {Vfio(0, kA)},
              Act(OpKind::kAttachHandle, 0), kOldCore),
      Refused("3.9 row 5: releasing with a handle attached", one,
              {Vfio(0, kA), Act(OpKind::kAttachHandle, 0)}, Act(OpKind::kGroupRelease, 0),
              kNewCore),
      Refused("3.9 row 5: releasing a device with a domain attached", one, {Iommufd(0, kA), attach},
              Act(OpKind::kDeviceRelease, 0), kAllBut61),
      Refused("3.9 row 11: freeing nothing", one, {}, Act(OpKind::kFreeDomain, 0)),
      Refused("3.9 row 11: freeing an attached domain", one, {Vfio(0, kA), attach},
              Act(OpKind::kFreeDomain, 0)),
      Refused("3.9 row 11: freeing a domain attached to a PASID", capable,
              {Vfio(0, kA), attach_pasid}, Act(OpKind::kFreeDomain, 0), kAllBut61),
      Refused("3.9 row 8: detaching a PASID that is not attached", capable, {Vfio(0, kA)},
              Act(OpKind::kDetachPasid, 0, 0, 1)),
      Refused("3.9 row 5: releasing with PASIDs", capable, {Vfio(0, kA), attach_pasid},
              Act(OpKind::kGroupRelease, 0), kAllBut61),
      Refused("3.9 row 10: mapping without a driver", one, {}, Act(OpKind::kDmaMap, 0)),
      Refused("3.9 row 10: mapping by an owner", one, {Vfio(0, kA)}, Act(OpKind::kDmaMap, 0)),
      Refused("3.9 row 10: mapping twice", one, {Bind(0), Act(OpKind::kDmaMap, 0)},
              Act(OpKind::kDmaMap, 0)),
      Refused("3.9 row 10: mapping while attached", one, {Bind(0), attach},
              Act(OpKind::kDmaMap, 0)),
      Refused("3.9 row 10: unmapping nothing", one, {Bind(0)}, Act(OpKind::kDmaUnmap, 0)),
  };
}

// What users do of their own: behaviour 6.5.
std::vector<Row> DriverCoreRows() {
  const char bound[] = "lock(device0) lock(group) unlock(group) unlock(device0)";
  const std::string unbinds = "lock(device1) lock(group) unlock(group) unlock(device1) ";
  return {
      {"6.5 bind: dma_configure under the device lock",
       Devices(1),
       {},
       Bind(0),
       {On(kAllDesigns, 0).State("cnt=1 owner=- dd=DMA cur=DMA bd=- hw=DMA").Trace(bound)}},
      {"6.5 bind: driver_managed_dma is not counted",
       Devices(1).Managed(0),
       {},
       Bind(0),
       {On(kAllDesigns, 0).Untouched().Trace("lock(device0) unlock(device0)")}},
      {"6.5 bind: a refused dma_configure is not cleaned up",
       Devices(2),
       {Vfio(0, kA)},
       Bind(1),
       {On(kAllDesigns, -EBUSY)
            .Untouched()
            .Trace("lock(device1) lock(group) unlock(group)"
                   " unlock(device1)")}},
      {"6.5 bind: a failing probe is cleaned up",
       Devices(1),
       {},
       BindFails(0),
       {On(kAllDesigns, -EIO)
            .Unchanged()
            .Trace("lock(device0) lock(group) unlock(group)"
                   " lock(group) unlock(group) unlock(device0)")}},
      {"6.5 bind: ... and a write is allowed again",
       Devices(1),
       {Tried(BindFails(0))},
       Store("identity"),
       {On(kAllDesigns, 0)}},
      {"6.5 unbind",
       Devices(1),
       {Bind(0)},
       Unbind(0),
       {On(kAllDesigns, 0).State("cnt=0 owner=- dd=DMA cur=DMA bd=- hw=DMA").Trace(bound)}},
      {"6.5 deleted: unbound, then the core hears of it",
       Devices(2),
       {Bind(1)},
       Remove(1),
       {On(kOwnerCheck | kV612, 0)
            .State("cnt=0 owner=- dd=DMA cur=DMA bd=- hw=DMA")
            .Trace(unbinds + "lock(group) release(1) unlock(group)"),
        On(kDeviceLock | kLockedClaim, 0).Trace(unbinds + "release(1) lock(group) unlock(group)")}},
      {"6.5 added: may come back",
       Devices(2),
       {Bind(1), Remove(1)},
       Add(1),
       {On(kAllDesigns, 0).State("cnt=0 owner=- dd=DMA cur=DMA bd=- hw=DMA,DMA")}},
      {"6.5 added: a refused device is not there",
       Devices(2).Absent(1),
       {Fail(FaultKind::kProbeDevice, 1, ENXIO), Tried(Add(1))},
       Bind(1),
       {On(kAllDesigns, kRefused).Untouched()}},
  };
}

// What a user may do: the other side of the rules above.
std::vector<Row> AllowedRows() {
  const Step attach = Act(OpKind::kAttachGroup, 0);
  const Devices capable = Devices(1).WithPasids(0);
  return {
      {"users may: attach and detach as the only driver",
       Devices(2),
       {Bind(0), attach, Act(OpKind::kDetachGroup, 0)},
       Unbind(0),
       {On(kAllDesigns, 0).State("cnt=0 owner=- dd=DMA cur=DMA bd=- hw=DMA,DMA")}},
      {"users may: release a group with its domain attached",
       Devices(1),
       {Vfio(0, kA), attach},
       Act(OpKind::kGroupRelease, 0),
       {On(kAllDesigns, 0).State("cnt=0 owner=- dd=DMA cur=DMA bd=blocked hw=DMA")}},
      {"users may: share a group by device claims",
       Devices(2),
       {Iommufd(0, kA)},
       Iommufd(1, kA),
       {On(kAllBut61, 0).State("cnt=2 owner=A dd=DMA cur=blocked bd=blocked hw=blocked,blocked")}},
      {"users may: replace by handle",
       Devices(1),
       {Iommufd(0, kA), Act(OpKind::kAttachHandle, 0)},
       Act(OpKind::kReplaceHandle, 0, 1),
       {On(kNewCore, 0)
            .Trace("alloc(unmanaged#2) lock(group) attach(0:unmanaged#2) unlock(group)")}},
      {"users may: replace a domain of the core",
       Devices(1),
       {Vfio(0, kA)},
       Act(OpKind::kReplaceGroup, 0),
       {On(kNewCore, 0).State("cnt=1 owner=A dd=DMA cur=unmanaged bd=blocked hw=unmanaged")}},
      {"users may: ... and detach it then",
       Devices(1),
       {Vfio(0, kA), Act(OpKind::kReplaceHandle, 0)},
       Act(OpKind::kDetachHandle, 0),
       {On(kNewCore, 0).State("cnt=1 owner=A dd=DMA cur=blocked bd=blocked hw=blocked")}},
      {"users may: use a PASID and give it back",
       capable,
       {Vfio(0, kA), Act(OpKind::kAttachPasid, 0, 0, 2), Act(OpKind::kDetachPasid, 0, 0, 2)},
       Act(OpKind::kGroupRelease, 0),
       {On(kAllBut61, 0)}},
      {"users may: ask for a PASID too many",
       capable,
       {Vfio(0, kA)},
       Act(OpKind::kAttachPasid, 0, 0, kMaxPasids),
       {On(kNewCore, -EINVAL).Unchanged()}},
      {"users may: free a domain after its use",
       Devices(1),
       {Vfio(0, kA), attach, Act(OpKind::kDetachGroup, 0)},
       Act(OpKind::kFreeDomain, 0),
       {On(kAllDesigns, 0).Trace("free(unmanaged)")}},
      {"users may: add a device beside an owner",
       Devices(2).Absent(1),
       {Vfio(0, kA)},
       Add(1),
       {On(kAllDesigns, 0)}},
      {"users may: unbind a driver that holds a mapping",
       Devices(1),
       {Bind(0), Act(OpKind::kDmaMap, 0)},
       Unbind(0),
       {On(kAllDesigns, 0).Facts("0:api")}},
      {"users may: claim the group of a device whose managed driver is bound",
       Devices(1).Managed(0),
       {Bind(0), Vfio(0, kA), Act(OpKind::kGroupRelease, 0)},
       Unbind(0),
       {On(kAllDesigns, 0)
            .State("cnt=0 owner=- dd=DMA cur=DMA bd=blocked hw=DMA")
            .Trace("lock(device0) unlock(device0)")}},
      {"users may: add a device to a group that a driver has attached by device",
       Devices(2).Absent(1),
       {Bind(0), Act(OpKind::kAttachDevice, 0)},
       Add(1),
       {On(kNewCore, 0).State("cnt=1 owner=- dd=DMA cur=unmanaged bd=- hw=unmanaged,unmanaged"),
        On(kOldCore, 0).State("cnt=1 owner=- dd=DMA cur=unmanaged bd=- hw=unmanaged,DMA")}},
      {"users may: release what nobody has claimed, where they say so",
       Devices(2),
       {Bind(1)},
       ReleaseUnowned(OpKind::kGroupRelease, 0),
       {On(kAllDesigns, 0).Unchanged().Trace("lock(group) WARN(release_unowned) unlock(group)")}},
      {"users may: ... by device",
       Devices(1),
       {},
       ReleaseUnowned(OpKind::kDeviceRelease, 0),
       {On(kAllBut61, 0).Unchanged().Trace("lock(group) WARN(release_unowned) unlock(group)")}},
      {"users may: ask who owns the group",
       Devices(1),
       {Vfio(0, kA)},
       Act(OpKind::kClaimedQuery, 0),
       {On(kAllDesigns, 1)}},
  };
}

// What a user holds is given back before its driver goes: behaviour 6.5.
std::vector<Row> GivenBackRows() {
  const Step attach = Act(OpKind::kAttachGroup, 0);
  const Devices capable = Devices(2).WithPasids(0);
  const Devices vfio = Devices(2).Managed(0).Managed(1);
  const std::string unused =
      "lock(device0) lock(group) attach(0:DMA) unlock(group) "
      "lock(group) unlock(group) unlock(device0)";
  return {
      {"6.5 unbind: a driver detaches what it attached",
       Devices(1),
       {Bind(0), attach},
       Unbind(0),
       {On(kAllDesigns, 0).State("cnt=0 owner=- dd=DMA cur=DMA bd=- hw=DMA").Trace(unused)}},
      {"6.5 unbind: ... and its PASIDs",
       capable,
       {Bind(0), Act(OpKind::kAttachPasid, 0, 1, 2)},
       Unbind(0),
       {On(kNewCore, 0).State("cnt=0 owner=- dd=DMA cur=DMA bd=- hw=DMA,DMA")}},
      {"6.5 deleted: a device whose driver has attached",
       Devices(2),
       {Bind(0), attach},
       Remove(0),
       {On(kAllDesigns, 0).State("cnt=0 owner=- dd=DMA cur=DMA bd=- hw=DMA")}},
      {"6.5 deleted: an owner gives back a group claim",
       Devices(2),
       {Vfio(0, kA), attach},
       Remove(0),
       {On(kAllDesigns, 0).State("cnt=0 owner=- dd=DMA cur=DMA bd=blocked hw=DMA")}},
      {"6.5 deleted: an owner gives back one device claim of two",
       Devices(2),
       {Iommufd(0, kA), Iommufd(1, kA)},
       Remove(0),
       {On(kAllBut61, 0).State("cnt=1 owner=A dd=DMA cur=blocked bd=blocked hw=blocked")}},
      {"6.5 unbind: the claim of a group outlives one of two devices",
       vfio,
       {Bind(0), Bind(1), Vfio(0, kA), attach},
       Unbind(0),
       {On(kAllDesigns, 0)
            .State("cnt=1 owner=A dd=DMA cur=unmanaged bd=blocked hw=unmanaged,unmanaged")
            .Trace("lock(device0) unlock(device0)")}},
      {"6.5 deleted: ... and its removal",
       vfio,
       {Bind(0), Bind(1), Vfio(0, kA), attach},
       Remove(0),
       {On(kAllDesigns, 0).State("cnt=1 owner=A dd=DMA cur=unmanaged bd=blocked hw=unmanaged")}},
      {"6.5 unbind: ... and is released through the other",
       vfio,
       {Bind(0), Bind(1), Vfio(0, kA), attach, Unbind(0)},
       Act(OpKind::kGroupRelease, 1),
       {On(kAllDesigns, 0).State("cnt=0 owner=- dd=DMA cur=DMA bd=blocked hw=DMA,DMA")}},
      {"6.5 unbind: ... but not the last one",
       vfio,
       {Bind(0), Bind(1), Vfio(0, kA), attach, Unbind(0)},
       Unbind(1),
       {On(kAllDesigns, 0).State("cnt=0 owner=- dd=DMA cur=DMA bd=blocked hw=DMA,DMA")}},
  };
}

class UserRows : public RowTest {};
TEST_P(UserRows, Hold) { Check(); }
INSTANTIATE_TEST_SUITE_P(Device, UserRows, testing::ValuesIn(CasesOf(DeviceRows())), CaseName);
INSTANTIATE_TEST_SUITE_P(Domain, UserRows, testing::ValuesIn(CasesOf(DomainRows())), CaseName);
INSTANTIATE_TEST_SUITE_P(DriverCore, UserRows, testing::ValuesIn(CasesOf(DriverCoreRows())),
                         CaseName);
INSTANTIATE_TEST_SUITE_P(GivenBack, UserRows, testing::ValuesIn(CasesOf(GivenBackRows())),
                         CaseName);
INSTANTIATE_TEST_SUITE_P(Allowed, UserRows, testing::ValuesIn(CasesOf(AllowedRows())), CaseName);

// An op on a device that another op is at work on is refused, whoever comes.
TEST(UsersTest, RefuseABusyDevice) {
  for (const Design& design : Designs()) {
    SCOPED_TRACE(design.name);
    Machine machine(design, Devices(1));
    const Point in_bind = BeforeLock(kernel::LockClass::kGroup, 1);
    ASSERT_EQ(RunStep(machine, Meanwhile(in_bind, Vfio(0, kA), kRefused)), 0);
    EXPECT_EQ(RunStep(machine, Bind(0)), 0);
    EXPECT_TRUE(machine.complaints().empty());
    EXPECT_EQ(machine.Finish(), 0);
  }
}

// Whatever users hold is given back in an order that breaks no contract: no WARN, no leak.
TEST(UsersTest, TearDownGivesEverythingBack) {
  const std::vector<Step> holds = {
      Iommufd(0, kA),
      Iommufd(1, kA),
      Act(OpKind::kAttachGroup, 0),
      Act(OpKind::kAttachPasid, 1, 1, 1),
      Act(OpKind::kAttachPasid, 1, 1, 2),
  };
  for (const Design& design : Designs()) {
    if (design.judged_as == DesignId::kDeviceLock) continue;
    SCOPED_TRACE(design.name);
    Machine machine(design, Devices(3).WithPasids(0).WithPasids(1).WithPasids(2));
    for (const Step& step : holds) ASSERT_EQ(RunStep(machine, step), 0) << step.name;
    machine.StartTrace();
    EXPECT_EQ(machine.Finish(), 0);
    EXPECT_EQ(machine.Trace().find("WARN"), std::string::npos) << machine.Trace();
  }
}

}  // namespace
}  // namespace groupfuzz::port_test
