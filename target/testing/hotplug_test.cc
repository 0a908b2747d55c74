// Devices and groups come and go: behaviour 6.1 to 6.4.
#include "target/kernel/errno.h"
#include "target/testing/rows.h"

namespace groupfuzz::port_test {
namespace {

// A removal of device `d` that is not the last, by version.
std::string Leaves(DesignSet design, const std::string& d) {
  const std::string release = "release(" + d + ")";
  const std::string section = " lock(group) unlock(group)";
  if (design == kClaimV1) {
    return "lock(ops" + d + ") " + release + " unlock(ops" + d + ")" + section;
  }
  if ((design & (kDeviceLock | kLockedClaim)) != 0) return release + section;
  return "lock(group) " + release + " unlock(group)";
}

std::vector<Row> OldProbeRows() {
  const Devices joining = Devices(2).Absent(1);
  const std::string begins = "lock(probe) probe(1) lock(group)";
  const std::string ends = " unlock(group) finalize(1) read";
  const std::string between = " unlock(group) lock(group) unlock(group) unlock(probe) lock(group)";
  const auto returns = [](int64_t result) { return On(kOldCore, result); };
  const auto undo = [&](DesignSet design) {
    return On(design, -EIO)
        .Unchanged()
        .Trace(begins + " attach(1:DMA)" + between + " attach(1:DMA)!EIO unlock(group) " +
               Leaves(design, "1"));
  };
  const std::string add_undo =
      " attach(1:DMA)!EIO unlock(group) lock(group) unlock(group)"
      " release(1) unlock(probe)";
  return {
      {"6.1 first device: dd is allocated in the second section",
       Devices(1).Absent(0),
       {},
       Probe(0),
       {returns(0)
            .State("cnt=0 owner=- dd=DMA cur=DMA bd=- hw=DMA")
            .Trace("lock(probe) probe(0) lock(group)" + between +
                   " alloc(DMA) attach(0:DMA) unlock(group) finalize(0) read")}},
      {"6.1 joins: cur in one section, dd in another",
       joining,
       {},
       Probe(1),
       {returns(0)
            .State("cnt=0 owner=- dd=DMA cur=DMA bd=- hw=DMA,DMA")
            .Trace(begins + " attach(1:DMA)" + between + " attach(1:DMA)" + ends)}},
      {"6.1 joins a claimed group: cur only",
       joining,
       {GroupClaim(kA)},
       Probe(1),
       {returns(0)
            .State("cnt=1 owner=A dd=DMA cur=blocked bd=blocked hw=blocked,blocked")
            .Trace(begins + " attach(1:blocked)" + between + ends)}},
      {"6.1 joins a group on an external domain: ends on dd",
       joining,
       {AttachGroup(0)},
       Probe(1),
       {returns(0)
            .State("cnt=0 owner=- dd=DMA cur=U0 bd=- hw=U0,DMA")
            .Trace(begins + " attach(1:U0)" + between + " attach(1:DMA)" + ends)}},
      {"6.1 joins deferred: dd all the same",
       joining.Deferred(1),
       {},
       Probe(1),
       {returns(0)
            .State("cnt=0 owner=- dd=DMA cur=DMA bd=- hw=DMA,DMA")
            .Trace(begins + between + " attach(1:DMA)" + ends)}},
      {"6.1 no memory for dev_iommu",
       joining,
       {Fail(FaultKind::kAllocate, 1, ENOMEM)},
       Probe(1),
       {returns(-ENOMEM).Unchanged().Trace("lock(probe) unlock(probe)")}},
      {"6.1 the driver refuses",
       joining,
       {Fail(FaultKind::kProbeDevice, 1, ENXIO)},
       Probe(1),
       {returns(-ENXIO).Unchanged().Trace("lock(probe) probe(1)!ENXIO unlock(probe)")}},
      {"6.1 no memory for the member",
       joining,
       {Fail(FaultKind::kAllocate, 2, ENOMEM)},
       Probe(1),
       {returns(-ENOMEM).Unchanged().Trace("lock(probe) probe(1) release(1) unlock(probe)")}},
      {"6.1 the attach to cur fails",
       joining,
       {Fail(FaultKind::kAttach, 1, EIO)},
       Probe(1),
       {returns(-EIO).Unchanged().Trace(begins + add_undo)}},
      {"6.1 the attach to dd fails",
       joining,
       {Fail(FaultKind::kAttach, 2, EIO)},
       Probe(1),
       {undo(kDeviceLock), undo(kClaimV1), undo(kLockedClaim), undo(kV64)}},
      {"6.1 a first device refused leaves nothing",
       Devices(1).Absent(0),
       {Fail(FaultKind::kAttach, 1, EIO)},
       Probe(0),
       {returns(-EIO).State("gone")}},
      {"6.1 dd cannot be allocated: the device joins without",
       Devices(1).Absent(0),
       {Fail(FaultKind::kDomainAlloc, 1, EIO, 2)},
       Probe(0),
       {returns(0).State("cnt=0 owner=- dd=- cur=- bd=- hw=-")}},
      {"6.1 ... and a write finds no dd",
       Devices(1).Absent(0),
       {Fail(FaultKind::kDomainAlloc, 1, EIO, 2), Probe(0)},
       Store("DMA"),
       {returns(-EINVAL).Untouched()}},
  };
}

std::vector<Row> NewProbeRows() {
  const Devices joining = Devices(2).Absent(1);
  const Devices first = Devices(1).Absent(0);
  const std::string begins = "lock(probe) probe(1) lock(group)";
  const std::string ends = " unlock(group) unlock(probe) finalize(1)";
  const std::string undone = " release(1) unlock(group) unlock(probe)";
  const auto returns = [](int64_t result) { return On(kNewCore, result); };
  return {
      {"6.2 first device: all in one section",
       first,
       {},
       Probe(0),
       {returns(0)
            .State("cnt=0 owner=- dd=DMA cur=DMA bd=- hw=DMA")
            .Trace("lock(probe) probe(0) lock(group) alloc(DMA) attach(0:DMA) unlock(group)"
                   " unlock(probe) finalize(0)")}},
      {"6.2 first device: a writer before dd is there",
       first,
       {Meanwhile(BeforeLock(kernel::LockClass::kGroup, 1), Store("identity"), -EINVAL)},
       Probe(0),
       {On(kV612, 0)}},
      {"6.2 first device: a writer before the group is ready",
       first,
       {Meanwhile(BeforeLock(kernel::LockClass::kGroup, 1), Store("identity"), -ENODEV)},
       Probe(0),
       {On(kOwnerCheck, 0)}},
      {"6.2 already there",
       Devices(1),
       {},
       Probe(0),
       {returns(0).Untouched().Trace("lock(probe) unlock(probe)")}},
      {"6.2 joins: follows cur",
       joining,
       {},
       Probe(1),
       {returns(0).Trace(begins + " attach(1:DMA)" + ends)}},
      {"6.2 joins a claimed group: is blocked",
       joining,
       {GroupClaim(kA)},
       Probe(1),
       {returns(0)
            .State("cnt=1 owner=A dd=DMA cur=blocked bd=blocked hw=blocked,blocked")
            .Trace(begins + " attach(1:blocked)" + ends)}},
      {"6.2 joins a claimed group with a direct region: refused",
       joining.Direct(1),
       {GroupClaim(kA)},
       Probe(1),
       {returns(-EINVAL).Unchanged().Trace(begins + " map(1:DMA)" + undone)}},
      {"6.2 joins an owner's domain with a direct region",
       joining.Direct(1),
       {GroupClaim(kA), AttachGroup(0)},
       Probe(1),
       {On(kV612, 0).State("cnt=1 owner=A dd=DMA cur=U0 bd=blocked hw=U0,U0"),
        On(kOwnerCheck, -EINVAL).Unchanged().Trace(begins + " map(1:DMA)" + undone)}},
      {"6.2 joins a group on an external domain: follows it",
       joining,
       {AttachGroup(0)},
       Probe(1),
       {returns(0)
            .State("cnt=0 owner=- dd=DMA cur=U0 bd=- hw=U0,U0")
            .Trace(begins + " attach(1:U0)" + ends)}},
      {"6.2 joins deferred: not attached",
       joining.Deferred(1),
       {},
       Probe(1),
       {returns(0).State("cnt=0 owner=- dd=DMA cur=DMA bd=- hw=DMA,-").Trace(begins + ends)}},
      {"6.2 joins a claimed group deferred: attached",
       joining.Deferred(1),
       {GroupClaim(kA)},
       Probe(1),
       {returns(0).Trace(begins + " attach(1:blocked)" + ends)}},
      {"6.2 no memory for dev_iommu",
       joining,
       {Fail(FaultKind::kAllocate, 1, ENOMEM)},
       Probe(1),
       {returns(-ENOMEM).Unchanged().Trace("lock(probe) unlock(probe)")}},
      {"6.2 the driver refuses",
       joining,
       {Fail(FaultKind::kProbeDevice, 1, ENXIO)},
       Probe(1),
       {returns(-ENXIO).Unchanged().Trace("lock(probe) probe(1)!ENXIO unlock(probe)")}},
      {"6.2 no memory for the member",
       joining,
       {Fail(FaultKind::kAllocate, 2, ENOMEM)},
       Probe(1),
       {returns(-ENOMEM).Unchanged().Trace(begins + undone)}},
      {"6.2 the attach to cur fails",
       joining,
       {Fail(FaultKind::kAttach, 1, EIO)},
       Probe(1),
       {returns(-EIO).Unchanged().Trace(begins + " attach(1:DMA)!EIO" + undone)}},
      {"6.2 the first attach fails: dd goes with the device",
       first,
       {Fail(FaultKind::kAttach, 1, EIO)},
       Probe(0),
       {returns(-EIO).State("gone").Trace(
           "lock(probe) probe(0) lock(group) alloc(DMA) attach(0:DMA)!EIO WARN(must_succeed)"
           " release(0) free(DMA) unlock(group) unlock(probe)")}},
      {"6.2 dd cannot be allocated",
       first,
       {Fail(FaultKind::kDomainAlloc, 1, ENOSPC)},
       Probe(0),
       {returns(-EINVAL).State("gone")}},
      {"6.2 no memory for the first member",
       first,
       {Fail(FaultKind::kAllocate, 2, ENOMEM)},
       Probe(0),
       {returns(-ENOMEM).State("gone")}},
      {"6.2 probe_finalize re-enters the mutex",
       first.FinalizeAttaches(),
       {},
       Probe(0),
       {returns(0).Trace("lock(probe) probe(0) lock(group) alloc(DMA) attach(0:DMA)"
                         " unlock(group) unlock(probe) finalize(0) lock(group)"
                         " attach(0:unmanaged) unlock(group)")}},
      {"6.4 a group that lost its members starts afresh",
       Devices(1),
       {HoldGroup(), Remove(0)},
       Probe(0),
       {returns(0).State("cnt=0 owner=- dd=DMA#2 cur=DMA#2 bd=- hw=DMA#2")}},
  };
}

std::vector<Row> BootRows() {
  const std::string begins =
      "probe(0) lock(group) unlock(group) probe(1) lock(group) unlock(group) lock(group)";
  const std::string first_fails =
      " alloc(DMA) attach(0:DMA)!EIO attach(1:DMA) WARN(must_succeed) unlock(group)";
  const Step fail_first = Fail(FaultKind::kAttach, 1, EIO);
  const Step no_domain = Fail(FaultKind::kDomainAlloc, 1, ENOSPC, 2);
  return {
      {"6.3 the group is set up once",
       Devices(2),
       {},
       Boot(),
       {On(kOldCore, 0)
            .Trace(begins + " alloc(DMA) attach(0:DMA) attach(1:DMA) unlock(group)"
                            " finalize(0) read finalize(1) read"),
        On(kNewCore, 0)
            .Trace(begins + " alloc(DMA) attach(0:DMA) attach(1:DMA) unlock(group)"
                            " finalize(0) finalize(1)")}},
      {"6.3 a device without an IOMMU does not join",
       Devices(2),
       {Fail(FaultKind::kProbeDevice, 1, ENODEV)},
       Boot(),
       {On(kAllDesigns, 0).State("cnt=0 owner=- dd=DMA cur=DMA bd=- hw=DMA")}},
      {"6.3 a device refused costs the IOMMU",
       Devices(2),
       {Fail(FaultKind::kProbeDevice, 2, ENXIO)},
       Boot(),
       {On(kAllDesigns, 0).State("gone")}},
      {"6.3 an attach fails: no probe_finalize",
       Devices(2),
       {fail_first},
       Boot(),
       {On(kOldCore, 0).Trace(begins + " alloc(DMA) attach(0:DMA)!EIO unlock(group)"),
        On(kOwnerCheck, 0)
            .State("cnt=0 owner=- dd=DMA cur=DMA bd=- hw=-,DMA")
            .Trace(begins + first_fails),
        On(kV612, 0).State("gone").Trace(begins + first_fails +
                                         " lock(group) release(0) unlock(group)"
                                         " lock(group) release(1) free(DMA) unlock(group)")}},
      {"6.3 no default domain: no probe_finalize",
       Devices(2).Default(DomainType::kDmaFq),
       {no_domain},
       Boot(),
       {On(kOldCore | kOwnerCheck, 0)
            .State("cnt=0 owner=- dd=- cur=- bd=- hw=-,-")
            .Trace(begins + " alloc(DMA-FQ)!ENOSPC alloc(DMA)!ENOSPC unlock(group)"),
        On(kV612, 0).State("gone")}},
      {"6.3 deferred devices are not attached",
       Devices(2).Deferred(0),
       {},
       Boot(),
       {On(kAllDesigns, 0).State("cnt=0 owner=- dd=DMA cur=DMA bd=- hw=-,DMA")}},
  };
}

std::vector<Row> RemovalRows() {
  const auto leaves = [](DesignSet design) {
    return On(design, 0)
        .State("cnt=0 owner=- dd=DMA cur=DMA bd=- hw=DMA")
        .Trace(Leaves(design, "1"));
  };
  const auto last = [](DesignSet design) {
    return On(design, 0).State("gone").Trace(Leaves(design, "0") + " free(DMA) free(blocked)");
  };
  const Devices blocked = Devices(1).Blocked(Support::kAllocatable);
  return {
      {"6.4 one of two leaves",
       Devices(2),
       {},
       Release(1),
       {leaves(kDeviceLock), leaves(kClaimV1), leaves(kLockedClaim), leaves(kV64), leaves(kV612),
        leaves(kOwnerCheck)}},
      {"6.4 a device that is no member",
       Devices(2).Absent(1),
       {},
       Release(1),
       {On(kAllDesigns, 0).Untouched().Trace("")}},
      {"6.4 the last leaves: domains go with the group, or with it",
       blocked,
       {GroupClaim(kA), GroupRelease()},
       Release(0),
       {last(kDeviceLock), last(kClaimV1), last(kLockedClaim), last(kV64),
        On(kNewCore, 0)
            .State("gone")
            .Trace("lock(group) release(0) free(DMA) free(blocked)"
                   " unlock(group)")}},
      {"6.4 the last leaves a group that somebody holds",
       blocked,
       {GroupClaim(kA), GroupRelease(), HoldGroup()},
       Release(0),
       {On(kOldCore, 0).State("cnt=0 owner=- dd=DMA cur=DMA bd=blocked hw="),
        On(kNewCore, 0).State("cnt=0 owner=- dd=- cur=- bd=- hw=")}},
      {"6.4 WARN: the last leaves an owned group",
       Devices(1),
       {HoldGroup(), GroupClaim(kA)},
       Release(0),
       {On(kNewCore, 0)
            .State("cnt=1 owner=A dd=- cur=- bd=- hw=")
            .Trace("lock(group) WARN(group_not_idle) release(0) free(DMA) unlock(group)"),
        On(kV64, 0)
            .State("cnt=1 owner=A dd=DMA cur=blocked bd=blocked hw=")
            .Trace("lock(group) WARN(group_not_idle) release(0) unlock(group)"),
        On(kDeviceLock | kClaimV1 | kLockedClaim, 0)
            .State("cnt=1 owner=A dd=DMA cur=blocked bd=blocked hw=")}},
      {"6.4 WARN: the last leaves a used group",
       Devices(1),
       {Use(0)},
       Release(0),
       {On(kV612, 0).State("gone").Trace("lock(group) WARN(group_not_idle) release(0) free(DMA)"
                                         " unlock(group)")}},
      {"6.4 WARN: the last leaves another domain",
       Devices(1),
       {AttachGroup(0)},
       Release(0),
       {On(kV612, 0).State("gone").Trace("lock(group) WARN(group_not_idle) release(0) free(DMA)"
                                         " unlock(group)"),
        On(kV64, 0).State("gone").Trace("lock(group) WARN(group_not_idle) release(0) unlock(group)"
                                        " free(DMA)"),
        On(kOwnerCheck, 0)
            .State("gone")
            .Trace("lock(group) attach(0:DMA) release(0) free(DMA) unlock(group)")}},
      {"6.4 the first of two leaves: order is kept",
       Devices(3),
       {Release(0)},
       GroupClaim(kA),
       {On(kAllDesigns, 0)
            .Trace("lock(group) attach(1:blocked) attach(2:blocked)"
                   " unlock(group)")}},
      {"6.4 6.1: the driver's release re-enters the mutex",
       Devices(1).FinalizeAttaches(),
       {},
       Release(0),
       {On(kDeviceLock | kLockedClaim, 0)
            .State("gone")
            .Trace("lock(group) attach(0:DMA) unlock(group) release(0) lock(group) unlock(group)"
                   " free(DMA)")}},
      {"6.4 the attribute is gone with the group",
       Devices(1),
       {Release(0)},
       Store("DMA"),
       {On(kAllDesigns, -ENODEV).Untouched().Trace("")}},
      {"6.4 ... for readers too",
       Devices(1),
       {Release(0)},
       Shows("DMA"),
       {On(kAllDesigns, -ENODEV).Untouched().Trace("")}},
  };
}

class HotplugRows : public RowTest {};
TEST_P(HotplugRows, Hold) { Check(); }
INSTANTIATE_TEST_SUITE_P(OldProbe, HotplugRows, testing::ValuesIn(CasesOf(OldProbeRows())),
                         CaseName);
INSTANTIATE_TEST_SUITE_P(NewProbe, HotplugRows, testing::ValuesIn(CasesOf(NewProbeRows())),
                         CaseName);
INSTANTIATE_TEST_SUITE_P(Boot, HotplugRows, testing::ValuesIn(CasesOf(BootRows())), CaseName);
INSTANTIATE_TEST_SUITE_P(Removal, HotplugRows, testing::ValuesIn(CasesOf(RemovalRows())), CaseName);

}  // namespace
}  // namespace groupfuzz::port_test
