// Attaching domains of users, by group, handle and PASID: behaviour 4.6 and 4.7.
#include "target/kernel/errno.h"
#include "target/testing/rows.h"

namespace groupfuzz::port_test {
namespace {

constexpr char kLooked[] = "lock(group) unlock(group)";
constexpr bool kNullHandle = true;

std::vector<Row> DeviceRows() {
  const char warned[] = "lock(group) WARN(detach_mismatch) unlock(group)";
  const Devices alone = Devices(2).Absent(1);
  return {
      {"4.6 attach_device: no group",
       alone,
       {},
       AttachDevice(1, 0),
       {On(kAllDesigns, -ENODEV).Untouched().Trace("")}},
      {"4.6 attach_device: not alone",
       Devices(2),
       {},
       AttachDevice(0, 0),
       {On(kAllDesigns, -EINVAL).Untouched().Trace(kLooked)}},
      {"4.6 attach_device: not alone precedes EBUSY",
       Devices(2),
       {AttachGroup(0)},
       AttachDevice(0, 1),
       {On(kAllDesigns, -EINVAL).Untouched().Trace(kLooked)}},
      {"4.6 attach_device: on a foreign domain",
       Devices(1),
       {AttachDevice(0, 0)},
       AttachDevice(0, 1),
       {On(kAllDesigns, -EBUSY).Untouched().Trace(kLooked)}},
      {"4.6 attach_device: success",
       Devices(1),
       {},
       AttachDevice(0, 0),
       {On(kAllDesigns, 0)
            .State("cnt=0 owner=- dd=DMA cur=U0 bd=- hw=U0")
            .Trace("lock(group) attach(0:U0) unlock(group)")}},
      {"4.6 detach_device WARN: another domain",
       Devices(1),
       {AttachDevice(0, 0)},
       DetachDevice(0, 1),
       {On(kAllDesigns, 0).Unchanged().Trace(warned)}},
      {"4.6 detach_device WARN: not alone",
       Devices(2),
       {AttachGroup(0)},
       DetachDevice(0, 0),
       {On(kAllDesigns & ~kOwnerCheck, 0).Unchanged().Trace(warned),
        On(kOwnerCheck, 0)
            .State("cnt=0 owner=- dd=DMA cur=DMA bd=- hw=DMA,DMA")
            .Trace("lock(group) attach(0:DMA) attach(1:DMA) unlock(group)")}},
      {"4.6 detach_device: to dd",
       Devices(1),
       {AttachDevice(0, 0)},
       DetachDevice(0, 0),
       {On(kAllDesigns, 0)
            .State("cnt=0 owner=- dd=DMA cur=DMA bd=- hw=DMA")
            .Trace("lock(group) attach(0:DMA) unlock(group)")}},
      {"4.6 detach_device: to bd",
       Devices(1),
       {GroupClaim(kA), AttachDevice(0, 0)},
       DetachDevice(0, 0),
       {On(kAllDesigns, 0).State("cnt=1 owner=A dd=DMA cur=blocked bd=blocked hw=blocked")}},
  };
}

std::vector<Row> GroupRows() {
  return {
      {"4.6 attach_group: from dd",
       Devices(2),
       {},
       AttachGroup(0),
       {On(kAllDesigns, 0).State("cnt=0 owner=- dd=DMA cur=U0 bd=- hw=U0,U0")}},
      {"4.6 attach_group: from bd",
       Devices(2),
       {GroupClaim(kA)},
       AttachGroup(0),
       {On(kAllDesigns, 0).State("cnt=1 owner=A dd=DMA cur=U0 bd=blocked hw=U0,U0")}},
      {"4.6 attach_group: from NULL",
       Devices(1),
       {LoseDomains()},
       AttachGroup(0),
       {On(kAllDesigns, 0).State("cnt=0 owner=- dd=- cur=U0 bd=- hw=U0")}},
      {"4.6 attach_group: from a foreign domain",
       Devices(1),
       {GroupClaim(kA), AttachGroup(0)},
       AttachGroup(1),
       {On(kAllDesigns, -EBUSY).Untouched().Trace(kLooked)}},
      {"4.6 attach_group: even from the same one",
       Devices(1),
       {AttachGroup(0)},
       AttachGroup(0),
       {On(kAllDesigns, -EBUSY).Untouched().Trace(kLooked)}},
      {"4.6 attach_group: counts are not looked at",
       Devices(1),
       {Use(0)},
       AttachGroup(0),
       {On(kAllDesigns, 0).State("cnt=1 owner=- dd=DMA cur=U0 bd=- hw=U0")}},
      {"4.6 detach_group: to dd, whatever the domain",
       Devices(1),
       {AttachGroup(1)},
       DetachGroup(),
       {On(kAllDesigns, 0).State("cnt=0 owner=- dd=DMA cur=DMA bd=- hw=DMA")}},
      {"4.6 replace_domain: NULL",
       Devices(1),
       {GroupClaim(kA)},
       ReplaceGroupByNull(),
       {On(kNewCore, -EINVAL).Untouched().Trace("")}},
      {"4.6 replace_domain: a foreign domain is no obstacle",
       Devices(2),
       {GroupClaim(kA), AttachGroup(0)},
       ReplaceGroup(1),
       {On(kNewCore, 0)
            .State("cnt=1 owner=A dd=DMA cur=U1 bd=blocked hw=U1,U1")
            .Trace("lock(group) attach(0:U1) attach(1:U1) unlock(group)")}},
      {"4.6 replace_domain: a failure goes back",
       Devices(2),
       {GroupClaim(kA), AttachGroup(0), Fail(FaultKind::kAttach, 2, EIO)},
       ReplaceGroup(1),
       {On(kNewCore, -EIO)
            .Unchanged()
            .Trace("lock(group) attach(0:U1) attach(1:U1)!EIO attach(0:U0) attach(1:U0)"
                   " unlock(group)")}},
  };
}

std::vector<Row> HandleRows() {
  const Step fail = Fail(FaultKind::kAttach, 1, EIO);
  const Step no_memory = Fail(FaultKind::kAllocate, 1, ENOMEM);
  const char on_u0[] = "cnt=1 owner=A dd=DMA cur=U0 bd=blocked pasids=1 hw=U0";
  const char on_u1[] = "cnt=1 owner=A dd=DMA cur=U1 bd=blocked pasids=1 hw=U1";
  const char bare_u0[] = "cnt=1 owner=A dd=DMA cur=U0 bd=blocked hw=U0";
  const Step claim = GroupClaim(kA);
  return {
      {"4.6 attach_handle: success",
       Devices(1),
       {claim},
       AttachHandle(0),
       {On(kNewCore, 0).State(on_u0).Trace("lock(group) attach(0:U0) unlock(group)")}},
      {"4.6 attach_handle: a NULL handle is an entry",
       Devices(1),
       {claim},
       AttachHandle(0, kNullHandle),
       {On(kNewCore, 0).State(on_u0)}},
      {"4.6 attach_handle: an entry is there",
       Devices(1),
       {claim, AttachHandle(0)},
       AttachHandle(1),
       {On(kNewCore, -EBUSY).Untouched().Trace(kLooked)}},
      {"4.6 attach_handle: a reserved entry is there",
       Devices(1),
       {claim, AttachHandle(0, kNullHandle)},
       AttachHandle(1),
       {On(kNewCore, -EBUSY).Untouched().Trace(kLooked)}},
      {"4.6 attach_handle: no memory",
       Devices(1),
       {claim, no_memory},
       AttachHandle(0, kNullHandle),
       {On(kNewCore, -ENOMEM).Untouched().Trace(kLooked)}},
      {"4.6 attach_handle: a handle alone takes no memory",
       Devices(1),
       {claim, no_memory},
       AttachHandle(0),
       {On(kNewCore, 0).State(on_u0)}},
      {"4.6 attach_handle: on a foreign domain",
       Devices(1),
       {claim, AttachGroup(0)},
       AttachHandle(1),
       {On(kNewCore, -EBUSY).Untouched().Trace(kLooked)}},
      {"4.6 attach_handle: a failure erases",
       Devices(1),
       {claim, fail},
       AttachHandle(0),
       {On(kNewCore, -EIO)
            .Unchanged()
            .Trace("lock(group) attach(0:U0)!EIO attach(0:blocked) unlock(group)")}},
      {"4.6 detach_handle: core domain, entry erased",
       Devices(1),
       {claim, AttachHandle(0)},
       DetachHandle(),
       {On(kNewCore, 0)
            .State("cnt=1 owner=A dd=DMA cur=blocked bd=blocked hw=blocked")
            .Trace("lock(group) attach(0:blocked) unlock(group)")}},
      {"4.6 replace_handle: NULL domain",
       Devices(1),
       {claim, AttachHandle(0)},
       ReplaceHandleByNull(),
       {On(kNewCore, -EINVAL).Untouched().Trace("")}},
      {"4.6 replace_handle: success",
       Devices(1),
       {claim, AttachHandle(0)},
       ReplaceHandle(1),
       {On(kNewCore, 0).State(on_u1).Trace("lock(group) attach(0:U1) unlock(group)")}},
      {"4.6 replace_handle: reserves where nothing is",
       Devices(1),
       {claim, AttachGroup(0)},
       ReplaceHandle(1),
       {On(kNewCore, 0).State(on_u1)}},
      {"4.6 replace_handle: no memory",
       Devices(1),
       {claim, AttachGroup(0), no_memory},
       ReplaceHandle(1),
       {On(kNewCore, -ENOMEM).Untouched().Trace(kLooked)}},
      {"4.6 replace_handle: NULL handle erases",
       Devices(1),
       {claim, AttachHandle(0)},
       ReplaceHandle(1, kNullHandle),
       {On(kNewCore, 0).State("cnt=1 owner=A dd=DMA cur=U1 bd=blocked hw=U1")}},
      {"4.6 replace_handle: a failure releases what it reserved",
       Devices(1),
       {claim, AttachGroup(0), fail},
       ReplaceHandle(1),
       {On(kNewCore, -EIO).State(bare_u0)}},
      {"4.6 replace_handle: a failure leaves a handle",
       Devices(1),
       {claim, AttachHandle(0), fail},
       ReplaceHandle(1),
       {On(kNewCore, -EIO).State(on_u0)}},
      {"4.6 corner: a failure drops the entry of a NULL handle",
       Devices(1),
       {claim, AttachHandle(0, kNullHandle), fail},
       ReplaceHandle(1),
       {On(kV612, -EIO).State(bare_u0), On(kOwnerCheck, -EIO).State(on_u0)}},
      {"4.6 corner: ... by a NULL handle too",
       Devices(1),
       {claim, AttachHandle(0, kNullHandle), fail},
       ReplaceHandle(1, kNullHandle),
       {On(kV612, -EIO).State(bare_u0), On(kOwnerCheck, -EIO).State(on_u0)}},
  };
}

std::vector<Row> PasidRows() {
  const Devices one = Devices(1).WithPasids(0);
  const Devices some = Devices(3).WithPasids(0).WithPasids(2);
  const Step fail_second = Fail(FaultKind::kSetPasid, 2, EIO);
  return {
      {"4.7 attach: no group",
       Devices(2).Absent(1).WithPasids(1),
       {},
       AttachPasid(1, 0, 1),
       {On(kAllBut61, -ENODEV).Untouched().Trace("")}},
      {"4.7 attach: PASID 0",
       one,
       {},
       AttachPasid(0, 0, 0),
       {On(kAllBut61, -EINVAL).Untouched().Trace("")}},
      {"4.7 attach: beyond what a member can",
       one,
       {},
       AttachPasid(0, 0, kMaxPasids),
       {On(kNewCore, -EINVAL).Untouched().Trace(kLooked),
        On(kRules62, -EINVAL)
            .Unchanged()
            .Trace("lock(group) set_pasid(0:4:U0)!EINVAL remove_pasid(0:4) unlock(group)")}},
      {"4.7 attach: taken",
       one,
       {AttachPasid(0, 0, 1)},
       AttachPasid(0, 1, 1),
       {On(kAllBut61, -EBUSY).Untouched().Trace(kLooked)}},
      {"4.7 attach: no memory",
       one,
       {Fail(FaultKind::kAllocate, 1, ENOMEM)},
       AttachPasid(0, 0, 1),
       {On(kAllBut61, -ENOMEM).Untouched().Trace(kLooked)}},
      {"4.7 attach: members that can, in order",
       some,
       {},
       AttachPasid(2, 0, 3),
       {On(kNewCore, 0)
            .State("cnt=0 owner=- dd=DMA cur=DMA bd=- pasids=8 hw=DMA,DMA,DMA")
            .Trace("lock(group) set_pasid(0:3:U0) set_pasid(2:3:U0) unlock(group)"),
        On(kRules62, -EINVAL)
            .Unchanged()
            .Trace("lock(group) set_pasid(0:3:U0) set_pasid(1:3:U0)!EINVAL remove_pasid(0:3)"
                   " remove_pasid(1:3) remove_pasid(2:3) unlock(group)")}},
      {"4.7 attach: a failure undoes those done",
       some,
       {fail_second},
       AttachPasid(0, 0, 1),
       {On(kNewCore, -EIO)
            .Unchanged()
            .Trace("lock(group) set_pasid(0:1:U0) set_pasid(2:1:U0)!EIO remove_pasid(0:1)"
                   " unlock(group)")}},
      {"4.7 attach: a failure undoes all (before b025dea63cde)",
       Devices(3).WithPasids(0).WithPasids(1).WithPasids(2),
       {fail_second},
       AttachPasid(0, 0, 1),
       {On(kRules62, -EIO)
            .Unchanged()
            .Trace("lock(group) set_pasid(0:1:U0) set_pasid(1:1:U0)!EIO remove_pasid(0:1)"
                   " remove_pasid(1:1) remove_pasid(2:1) unlock(group)")}},
      {"4.7 attach: count and owner are not looked at",
       one,
       {Use(0)},
       AttachPasid(0, 0, 1),
       {On(kAllBut61, 0).State("cnt=1 owner=- dd=DMA cur=DMA bd=- pasids=2 hw=DMA")}},
      {"4.7 detach: members that can",
       some,
       {AttachPasid(0, 0, 1)},
       DetachPasid(0, 0, 1),
       {On(kNewCore, 0)
            .State("cnt=0 owner=- dd=DMA cur=DMA bd=- hw=DMA,DMA,DMA")
            .Trace("lock(group) remove_pasid(0:1) remove_pasid(2:1) unlock(group)")}},
      {"4.7 join: a device that has none",
       Devices(2).WithPasids(0).Absent(1),
       {AttachPasid(0, 0, 1)},
       Probe(1),
       {On(kAllBut61, 0).State("cnt=0 owner=- dd=DMA cur=DMA bd=- pasids=2 hw=DMA,DMA")}},
      {"4.7 join: a device that lacks what is attached",
       Devices(2).WithPasids(0).WithPasids(1).Absent(1),
       {AttachPasid(0, 0, 1)},
       Probe(1),
       {On(kOwnerCheck, -EINVAL),
        On(kRules62 | kV612, 0).State("cnt=0 owner=- dd=DMA cur=DMA bd=- pasids=2 hw=DMA,DMA")}},
      {"4.7 coupling: a second driver",
       Devices(2).WithPasids(0).WithPasids(1),
       {Use(0), AttachPasid(0, 0, 1)},
       Use(1),
       {On(kAllBut61, -EBUSY).Untouched()}},
      {"4.7 coupling: a handle counts as a PASID",
       Devices(1),
       {AttachHandle(0), DetachGroup()},
       GroupClaim(kA),
       {On(kNewCore, -EBUSY).Untouched()}},
      {"4.7 coupling: store_type does not look",
       one,
       {AttachPasid(0, 0, 1)},
       Store("identity"),
       {On(kV64 | kNewCore, 0)
            .State("cnt=0 owner=- dd=identity cur=identity bd=- pasids=2 hw=identity")}},
  };
}

class AttachRows : public RowTest {};
TEST_P(AttachRows, Hold) { Check(); }
INSTANTIATE_TEST_SUITE_P(Device, AttachRows, testing::ValuesIn(CasesOf(DeviceRows())), CaseName);
INSTANTIATE_TEST_SUITE_P(Group, AttachRows, testing::ValuesIn(CasesOf(GroupRows())), CaseName);
INSTANTIATE_TEST_SUITE_P(Handle, AttachRows, testing::ValuesIn(CasesOf(HandleRows())), CaseName);
INSTANTIATE_TEST_SUITE_P(Pasid, AttachRows, testing::ValuesIn(CasesOf(PasidRows())), CaseName);

}  // namespace
}  // namespace groupfuzz::port_test
