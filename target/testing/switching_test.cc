// Moving a group from one domain to another: behaviour 4.1 to 4.5.
//
// __iommu_group_set_domain() and its wrappers are reached through the functions that call them:
// claims (may fail), releases and detaches (must succeed), attaches (6.1 has one of its own).
#include "target/kernel/errno.h"
#include "target/testing/rows.h"

namespace groupfuzz::port_test {
namespace {

constexpr char kLooked[] = "lock(group) unlock(group)";

std::vector<Row> DeviceRows() {
  const Devices deferred = Devices(1).Deferred(0);
  return {
      {"4.1 deferred: any other target ends it",
       deferred,
       {},
       GroupClaim(kA),
       {On(kAllDesigns, 0)
            .State("cnt=1 owner=A dd=DMA cur=blocked bd=blocked hw=blocked")
            .Facts("0:api")}},
      {"4.1 deferred: ... for good",
       deferred,
       {GroupClaim(kA)},
       GroupRelease(),
       {On(kAllDesigns, 0).Trace("lock(group) attach(0:DMA) unlock(group)").Facts("0:api")}},
      {"4.1 deferred: the flag goes even if the attach fails",
       deferred,
       {Fail(FaultKind::kAttach, 1, EIO)},
       GroupClaim(kA),
       {On(kOldCore, -EIO)
            .Trace("lock(group) attach(0:blocked)!EIO unlock(group)")
            .Facts("0:api+deferred"),
        On(kV612, -EIO)
            .Trace("lock(group) attach(0:blocked)!EIO attach(0:DMA) unlock(group)")
            .Facts("0:api"),
        // The reference design ends the deferral with the attach that ends it.
        On(kOwnerCheck, -EIO)
            .Trace("lock(group) attach(0:blocked)!EIO unlock(group)")
            .Facts("0:api+deferred")}},
      {"4.1 deferred: 6.1 attaches a new default domain",
       deferred,
       {},
       Store("identity"),
       {On(kDeviceLock | kV64, 0).State("cnt=0 owner=- dd=identity cur=identity bd=- hw=identity"),
        On(kNewCore, 0).State("cnt=0 owner=- dd=identity cur=identity bd=- hw=-")}},
      {"4.1 must succeed: bd is the last resort",
       Devices(1),
       {GroupClaim(kA), AttachGroup(0), Fail(FaultKind::kAttach, 1, EIO)},
       GroupRelease(),
       {On(kNewCore, 0)
            .State("cnt=0 owner=- dd=DMA cur=DMA bd=blocked hw=blocked")
            .Trace("lock(group) attach(0:DMA)!EIO attach(0:blocked) WARN(must_succeed)"
                   " unlock(group)")}},
      {"4.1 must succeed: not where bd is the target",
       Devices(1),
       {GroupClaim(kA), AttachGroup(0), Fail(FaultKind::kAttach, 1, EIO)},
       DetachGroup(),
       {On(kNewCore, 0)
            .State("cnt=1 owner=A dd=DMA cur=blocked bd=blocked hw=-")
            .Trace("lock(group) attach(0:blocked)!EIO WARN(must_succeed) unlock(group)")}},
      {"4.1 must succeed: the last resort may fail too",
       Devices(1),
       {GroupClaim(kA), Fail(FaultKind::kAttach, 1, EIO, 2)},
       GroupRelease(),
       {On(kNewCore, 0)
            .State("cnt=0 owner=- dd=DMA cur=DMA bd=blocked hw=-")
            .Trace("lock(group) attach(0:DMA)!EIO attach(0:blocked)!EIO WARN(must_succeed)"
                   " unlock(group)")}},
      {"4.1 must succeed: require_direct is not blocked as a last resort's target",
       Devices(2).Direct(1).Blocked(Support::kAbsent),
       {},
       GroupClaim(kA),
       {On(kNewCore, -EINVAL)
            .State("cnt=0 owner=- dd=DMA cur=DMA bd=unmanaged hw=DMA,DMA")
            .Trace("lock(group) alloc(blocked)!EOPNOTSUPP alloc(unmanaged) attach(0:unmanaged)"
                   " attach(0:DMA) attach(1:DMA) unlock(group)")}},
  };
}

std::vector<Row> OldSetRows() {
  return {
      {"4.2 step 1: already there",
       Devices(1),
       {},
       DetachGroup(),
       {On(kAllDesigns, 0).Untouched().Trace(kLooked)}},
      {"4.2 step 2: NULL detaches",
       Devices(2),
       {LoseDomains(), AttachGroup(0)},
       DetachGroup(),
       {On(kOldCore, 0)
            .State("cnt=0 owner=- dd=- cur=- bd=- hw=-,-")
            .Trace("lock(group) detach(0:U0) detach(1:U0) unlock(group)")}},
      {"4.2 step 3: stops at the first error",
       Devices(3),
       {Fail(FaultKind::kAttach, 2, EIO)},
       GroupClaim(kA),
       {On(kOldCore, -EIO)
            .State("cnt=0 owner=- dd=DMA cur=DMA bd=blocked hw=blocked,-,DMA")
            .Trace("lock(group) attach(0:blocked) attach(1:blocked)!EIO unlock(group)")}},
      {"4.2 step 4: cur is new",
       Devices(2),
       {GroupClaim(kA)},
       GroupRelease(),
       {On(kOldCore, 0).State("cnt=0 owner=- dd=DMA cur=DMA bd=blocked hw=DMA,DMA")}},
      {"4.2 core domain: bd while owned",
       Devices(1),
       {GroupClaim(kA), AttachGroup(0)},
       DetachGroup(),
       {On(kAllDesigns, 0).State("cnt=1 owner=A dd=DMA cur=blocked bd=blocked hw=blocked")}},
      {"4.2 core domain: an error is a WARN",
       Devices(2),
       {AttachGroup(0), Fail(FaultKind::kAttach, 1, EIO)},
       DetachGroup(),
       {On(kOldCore, 0)
            .State("cnt=0 owner=- dd=DMA cur=U0 bd=- hw=-,U0")
            .Trace("lock(group) attach(0:DMA)!EIO WARN(must_succeed) unlock(group)")}},
      {"4.3 success",
       Devices(2),
       {},
       AttachGroup(0),
       {On(kAllDesigns, 0)
            .State("cnt=0 owner=- dd=DMA cur=U0 bd=- hw=U0,U0")
            .Trace("lock(group) attach(0:U0) attach(1:U0) unlock(group)")}},
      {"4.3 a failure re-attaches every device",
       Devices(3),
       {Fail(FaultKind::kAttach, 2, EIO)},
       AttachGroup(0),
       {On(kOldCore, -EIO)
            .State("cnt=0 owner=- dd=DMA cur=DMA bd=- hw=DMA,DMA,DMA")
            .Trace("lock(group) attach(0:U0) attach(1:U0)!EIO attach(0:DMA) attach(1:DMA)"
                   " attach(2:DMA) unlock(group)")}},
      {"4.3 the re-attach fails: cur stays NULL",
       Devices(3),
       {Fail(FaultKind::kAttach, 2, EIO), Fail(FaultKind::kAttach, 4, EBUSY)},
       AttachGroup(0),
       {On(kOldCore, -EIO)
            .State("cnt=0 owner=- dd=DMA cur=- bd=- hw=DMA,-,DMA")
            .Trace("lock(group) attach(0:U0) attach(1:U0)!EIO attach(0:DMA) attach(1:DMA)!EBUSY"
                   " WARN(rollback) unlock(group)")}},
      {"4.3 from no domain nothing is undone",
       Devices(2),
       {LoseDomains(), Fail(FaultKind::kAttach, 2, EIO)},
       AttachGroup(0),
       {On(kOldCore, -EIO)
            .State("cnt=0 owner=- dd=- cur=- bd=- hw=U0,-")
            .Trace("lock(group) attach(0:U0) attach(1:U0)!EIO unlock(group)")}},
  };
}

std::vector<Row> NewSetRows() {
  const char undone[] = "cnt=0 owner=- dd=DMA cur=DMA bd=- hw=DMA,DMA,DMA";
  const std::vector<Step> used_bd = {GroupClaim(kA), GroupRelease(),
                                     Fail(FaultKind::kAttach, 2, EIO),
                                     Fail(FaultKind::kAttach, 4, EBUSY)};
  return {
      {"4.4 step 1: already there",
       Devices(1),
       {GroupClaim(kA), AttachGroup(0)},
       ReplaceGroup(0),
       {On(kNewCore, 0).Untouched().Trace(kLooked)}},
      {"4.4 step 2: NULL is refused",
       Devices(1),
       {LoseDomains(), AttachGroup(0)},
       DetachGroup(),
       {On(kNewCore, 0)
            .Unchanged()
            .Trace("lock(group) WARN(set_domain_null) WARN(must_succeed) unlock(group)")}},
      {"4.4 step 3: must succeed goes on after an error",
       Devices(3),
       {AttachGroup(0), Fail(FaultKind::kAttach, 2, EIO)},
       DetachGroup(),
       {On(kNewCore, 0)
            .State("cnt=0 owner=- dd=DMA cur=DMA bd=- hw=DMA,-,DMA")
            .Trace("lock(group) attach(0:DMA) attach(1:DMA)!EIO attach(2:DMA) WARN(must_succeed)"
                   " unlock(group)")}},
      {"4.4 step 5: the first fails",
       Devices(3),
       {Fail(FaultKind::kAttach, 1, EIO)},
       AttachGroup(0),
       {On(kNewCore, -EIO)
            .State(undone)
            .Trace("lock(group) attach(0:U0)!EIO attach(0:DMA) unlock(group)")}},
      {"4.4 step 5: the middle fails",
       Devices(3),
       {Fail(FaultKind::kAttach, 2, EIO)},
       AttachGroup(0),
       {On(kNewCore, -EIO)
            .State(undone)
            .Trace("lock(group) attach(0:U0) attach(1:U0)!EIO attach(0:DMA) attach(1:DMA)"
                   " unlock(group)")}},
      {"4.4 step 5: the last fails",
       Devices(3),
       {Fail(FaultKind::kAttach, 3, EIO)},
       AttachGroup(0),
       {On(kNewCore, -EIO)
            .State(undone)
            .Trace(
                "lock(group) attach(0:U0) attach(1:U0) attach(2:U0)!EIO attach(0:DMA) attach(1:DMA)"
                " attach(2:DMA) unlock(group)")}},
      {"4.4 step 5: the way back fails",
       Devices(3),
       {Fail(FaultKind::kAttach, 2, EIO), Fail(FaultKind::kAttach, 4, EBUSY)},
       AttachGroup(0),
       {On(kNewCore, -EIO)
            .State("cnt=0 owner=- dd=DMA cur=DMA bd=- hw=DMA,-,DMA")
            .Trace("lock(group) attach(0:U0) attach(1:U0)!EIO attach(0:DMA) attach(1:DMA)!EBUSY"
                   " WARN(rollback) unlock(group)")}},
      {"4.4 step 5: ... and bd is there",
       Devices(3),
       used_bd,
       AttachGroup(0),
       {On(kNewCore, -EIO)
            .State("cnt=0 owner=- dd=DMA cur=DMA bd=blocked hw=DMA,blocked,DMA")
            .Trace("lock(group) attach(0:U0) attach(1:U0)!EIO attach(0:DMA) attach(1:DMA)!EBUSY"
                   " attach(1:blocked) WARN(rollback) unlock(group)")}},
      {"4.4 step 5: from no domain nothing is undone",
       Devices(2),
       {LoseDomains(), Fail(FaultKind::kAttach, 2, EIO)},
       AttachGroup(0),
       {On(kNewCore, -EIO)
            .State("cnt=0 owner=- dd=- cur=- bd=- hw=U0,-")
            .Trace("lock(group) attach(0:U0) attach(1:U0)!EIO unlock(group)")}},
  };
}

// What cur points to afterwards, over all ways to switch.
std::vector<Row> CurrentRows() {
  const Step fail = Fail(FaultKind::kAttach, 1, EIO);
  const auto cur = [](DesignSet designs, int64_t result, const std::string& text) {
    return On(designs, result).State(text);
  };
  return {
      {"4.5 set_domain: success",
       Devices(1),
       {},
       GroupClaim(kA),
       {cur(kAllDesigns, 0, "cnt=1 owner=A dd=DMA cur=blocked bd=blocked hw=blocked")}},
      {"4.5 set_domain: failure",
       Devices(1),
       {fail},
       GroupClaim(kA),
       {cur(kOldCore, -EIO, "cnt=0 owner=- dd=DMA cur=DMA bd=blocked hw=-"),
        cur(kNewCore, -EIO, "cnt=0 owner=- dd=DMA cur=DMA bd=blocked hw=DMA")}},
      {"4.5 attach_group: failure",
       Devices(1),
       {fail},
       AttachGroup(0),
       {cur(kAllDesigns, -EIO, "cnt=0 owner=- dd=DMA cur=DMA bd=- hw=DMA")}},
      {"4.5 default change: failure",
       Devices(1),
       {fail},
       Store("identity"),
       {cur(kDeviceLock, -EIO, "cnt=0 owner=- dd=DMA cur=DMA bd=- hw=-"),
        cur(kNewCore, -EIO, "cnt=0 owner=- dd=DMA cur=DMA bd=- hw=DMA")}},
      {"4.5 nofail: failure",
       Devices(1),
       {AttachGroup(0), fail},
       DetachGroup(),
       {cur(kOldCore, 0, "cnt=0 owner=- dd=DMA cur=U0 bd=- hw=-"),
        cur(kNewCore, 0, "cnt=0 owner=- dd=DMA cur=DMA bd=- hw=-")}},
  };
}

// What a switch that must not fail leaves behind, and what is done with it.
std::vector<Row> LeftBehindRows() {
  const Step fail = Fail(FaultKind::kAttach, 1, EIO);
  const Step free = Act(OpKind::kFreeDomain, 0);
  const Step detach = Act(OpKind::kDetachGroup, 0);
  const Step attach = Act(OpKind::kAttachGroup, 0);
  const Devices keeps = Devices(1).KeepsOnFailure();
  return {
      {"4.8 a device that could not be moved: use",
       Devices(1),
       {GroupClaim(kA), fail, GroupRelease()},
       Use(0),
       {On(kV612, 0).State("cnt=1 owner=- dd=DMA cur=DMA bd=blocked hw=blocked"),
        On(kOwnerCheck, -EBUSY).State("cnt=0 owner=- dd=DMA cur=DMA bd=blocked hw=blocked")}},
      {"4.8 ... by one that was: use",
       Devices(2),
       {GroupClaim(kA), fail, GroupRelease()},
       Use(1),
       {On(kNewCore, 0).State("cnt=1 owner=- dd=DMA cur=DMA bd=blocked hw=blocked,DMA")}},
      {"4.8 ... and moved by the next switch: use",
       Devices(1),
       {GroupClaim(kA), fail, GroupRelease(), GroupClaim(kA), GroupRelease()},
       Use(0),
       {On(kNewCore, 0).State("cnt=1 owner=- dd=DMA cur=DMA bd=blocked hw=DMA")}},
      {"4.8 a device that could not be moved: DMA map",
       Devices(1),
       {Bind(0), attach, fail, detach},
       DmaMap(0),
       {On(kV612, 0), On(kOwnerCheck, -EIO)}},
      {"4.8 a domain that a device could not leave: free",
       keeps,
       {Bind(0), attach, fail, detach},
       free,
       {On(kV612, 0).Trace("free(unmanaged)"),
        On(kOwnerCheck, 0).State("cnt=1 owner=- dd=DMA cur=DMA bd=- hw=unmanaged").Trace("")}},
      {"4.8 ... and it leaves with its group",
       keeps,
       {Bind(0), attach, fail, detach, free, Unbind(0)},
       Remove(0),
       {On(kOwnerCheck, 0)
            .State("gone")
            .Trace("lock(device0) unlock(device0) lock(group) release(0) free(unmanaged) free(DMA) "
                   "unlock(group)")}},
      {"4.8 the way back passes by a deferred device",
       Devices(2).Deferred(0),
       {fail},
       Store("identity"),
       {On(kV612, -EIO).State("cnt=0 owner=- dd=DMA cur=DMA bd=- hw=DMA,DMA"),
        On(kOwnerCheck, -EIO).State("cnt=0 owner=- dd=DMA cur=DMA bd=- hw=-,DMA")}},
  };
}

class SwitchingRows : public RowTest {};
TEST_P(SwitchingRows, Hold) { Check(); }
INSTANTIATE_TEST_SUITE_P(Device, SwitchingRows, testing::ValuesIn(CasesOf(DeviceRows())), CaseName);
INSTANTIATE_TEST_SUITE_P(OldSet, SwitchingRows, testing::ValuesIn(CasesOf(OldSetRows())), CaseName);
INSTANTIATE_TEST_SUITE_P(NewSet, SwitchingRows, testing::ValuesIn(CasesOf(NewSetRows())), CaseName);
INSTANTIATE_TEST_SUITE_P(LeftBehind, SwitchingRows, testing::ValuesIn(CasesOf(LeftBehindRows())),
                         CaseName);
INSTANTIATE_TEST_SUITE_P(Current, SwitchingRows, testing::ValuesIn(CasesOf(CurrentRows())),
                         CaseName);

}  // namespace
}  // namespace groupfuzz::port_test
