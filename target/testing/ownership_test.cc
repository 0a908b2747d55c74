// Claiming and releasing a group's DMA: behaviour 3.3 to 3.6.
#include "target/kernel/errno.h"
#include "target/testing/rows.h"

namespace groupfuzz::port_test {
namespace {

constexpr char kLooked[] = "lock(group) unlock(group)";

std::vector<Row> BlockingRows() {
  const Devices allocates = Devices(1).Blocked(Support::kAllocatable);
  const char both_fail[] = "lock(group) alloc(blocked)!EIO alloc(unmanaged)!ENOSPC unlock(group)";
  return {
      {"3.3 step 1: bd is there already",
       allocates,
       {GroupClaim(kA), GroupRelease()},
       GroupClaim(kB),
       {On(kAllDesigns, 0)
            .State("cnt=1 owner=B dd=DMA cur=blocked bd=blocked hw=blocked")
            .Trace("lock(group) attach(0:blocked) unlock(group)")}},
      {"3.3 step 2: a BLOCKED domain",
       allocates,
       {},
       GroupClaim(kA),
       {On(kAllDesigns, 0).Trace("lock(group) alloc(blocked) attach(0:blocked) unlock(group)")}},
      {"3.3 step 2: a static one",
       Devices(1),
       {},
       GroupClaim(kA),
       {On(kAllDesigns, 0).Trace("lock(group) attach(0:blocked) unlock(group)")}},
      {"3.3 step 3: the driver has none",
       Devices(1).Blocked(Support::kAbsent),
       {},
       GroupClaim(kA),
       {On(kAllDesigns, 0)
            .State("cnt=1 owner=A dd=DMA cur=unmanaged bd=unmanaged hw=unmanaged")
            .Trace("lock(group) alloc(blocked)!EOPNOTSUPP alloc(unmanaged) attach(0:unmanaged)"
                   " unlock(group)")}},
      {"3.3 step 3: any failure",
       allocates,
       {Fail(FaultKind::kDomainAlloc, 1, EIO)},
       GroupClaim(kA),
       {On(kAllDesigns, 0).State("cnt=1 owner=A dd=DMA cur=unmanaged bd=unmanaged hw=unmanaged")}},
      {"3.3 step 4: both fail",
       allocates,
       {Fail(FaultKind::kDomainAlloc, 1, EIO), Fail(FaultKind::kDomainAlloc, 2, ENOSPC)},
       GroupClaim(kA),
       {On(kOldCore, -EINVAL).Unchanged().Trace(both_fail),
        On(kNewCore, -ENOSPC).Unchanged().Trace(both_fail)}},
      {"3.3 bd outlives the release",
       allocates,
       {GroupClaim(kA)},
       GroupRelease(),
       {On(kAllDesigns, 0).State("cnt=0 owner=- dd=DMA cur=DMA bd=blocked hw=DMA")}},
  };
}

std::vector<Row> GroupClaimRows() {
  const Devices two = Devices(2);
  return {
      {"3.4 group row 1: NULL owner",
       Devices(1),
       {},
       GroupClaim(kNullCookie),
       {On(kDeviceLock, 0).State("cnt=1 owner=- dd=DMA cur=blocked bd=blocked hw=blocked"),
        On(kAllBut61, -EINVAL).Unchanged().Trace("WARN(null_owner)")}},
      {"3.4 group row 3: used",
       Devices(1),
       {Use(0)},
       GroupClaim(kA),
       {On(kAllDesigns, -EPERM).Untouched().Trace(kLooked)}},
      {"3.4 group row 3: owned, even by the same cookie",
       Devices(1),
       {GroupClaim(kA)},
       GroupClaim(kA),
       {On(kAllDesigns, -EPERM).Untouched().Trace(kLooked)}},
      {"3.4 group row 3 precedes row 4",
       Devices(1),
       {Use(0), AttachGroup(0)},
       GroupClaim(kA),
       {On(kAllDesigns, -EPERM).Untouched().Trace(kLooked)}},
      {"3.4 group row 4: on another domain",
       Devices(1),
       {AttachGroup(0)},
       GroupClaim(kA),
       {On(kAllDesigns, -EBUSY).Untouched().Trace(kLooked)}},
      {"3.4 group row 4: cur NULL is good",
       Devices(1),
       {LoseDomains()},
       GroupClaim(kA),
       {On(kOldCore | kV612, 0).State("cnt=1 owner=A dd=- cur=blocked bd=blocked hw=blocked"),
        On(kOwnerCheck, -EBUSY).Untouched().Trace(kLooked)}},
      {"3.4 group row 4: PASIDs",
       Devices(1).WithPasids(0),
       {AttachPasid(0, 0, 1)},
       GroupClaim(kA),
       {On(kAllBut61, -EBUSY).Untouched().Trace(kLooked)}},
      {"3.4 group row 6: an attach fails",
       two,
       {Fail(FaultKind::kAttach, 2, EIO)},
       GroupClaim(kA),
       {On(kOldCore, -EIO)
            .State("cnt=0 owner=- dd=DMA cur=DMA bd=blocked hw=blocked,-")
            .Trace("lock(group) attach(0:blocked) attach(1:blocked)!EIO unlock(group)"),
        On(kNewCore, -EIO)
            .State("cnt=0 owner=- dd=DMA cur=DMA bd=blocked hw=DMA,DMA")
            .Trace("lock(group) attach(0:blocked) attach(1:blocked)!EIO attach(0:DMA)"
                   " attach(1:DMA) unlock(group)")}},
      {"3.4 group row 7: claimed",
       two,
       {},
       GroupClaim(kB),
       {On(kAllDesigns, 0)
            .State("cnt=1 owner=B dd=DMA cur=blocked bd=blocked hw=blocked,blocked")
            .Trace("lock(group) attach(0:blocked) attach(1:blocked) unlock(group)")}},
      {"3.4 RESV_DIRECT: may not be blocked",
       two.Direct(1),
       {},
       GroupClaim(kA),
       {On(kOldCore, 0),
        On(kNewCore, -EINVAL)
            .State("cnt=0 owner=- dd=DMA cur=DMA bd=blocked hw=DMA,DMA")
            .Trace("lock(group) attach(0:blocked) attach(0:DMA) attach(1:DMA) unlock(group)")}},
      {"3.4 RESV_DIRECT: nor by the UNMANAGED fallback",
       Devices(1).Direct(0).Blocked(Support::kAbsent),
       {},
       GroupClaim(kA),
       {On(kOldCore, 0), On(kNewCore, -EINVAL)}},
      {"3.4 RESV_DIRECT: even where dd needs no mappings",
       Devices(1).Direct(0).Default(DomainType::kIdentity),
       {},
       GroupClaim(kA),
       {On(kOldCore, 0), On(kNewCore, -EINVAL)}},
  };
}

std::vector<Row> DeviceClaimRows() {
  return {
      {"3.4 device row 1: NULL owner",
       Devices(1),
       {},
       DeviceClaim(0, kNullCookie),
       {On(kAllBut61, -EINVAL).Unchanged().Trace("WARN(null_owner)")}},
      {"3.4 device row 1 precedes row 2",
       Devices(2).Absent(1),
       {},
       DeviceClaim(1, kNullCookie),
       {On(kNewCore, -EINVAL).Unchanged().Trace("WARN(null_owner)")}},
      {"3.4 device row 2: no group",
       Devices(2).Absent(1),
       {},
       DeviceClaim(1, kA),
       {On(kAllBut61, -ENODEV).Untouched().Trace("")}},
      {"3.4 device row 3: another cookie",
       Devices(2),
       {DeviceClaim(0, kA)},
       DeviceClaim(1, kB),
       {On(kAllBut61, -EPERM).Untouched().Trace(kLooked)}},
      {"3.4 device row 3: the same cookie",
       Devices(2),
       {DeviceClaim(0, kA)},
       DeviceClaim(1, kA),
       {On(kAllBut61, 0)
            .State("cnt=2 owner=A dd=DMA cur=blocked bd=blocked hw=blocked,blocked")
            .Trace(kLooked)}},
      {"3.4 device row 3: cur is not touched",
       Devices(2),
       {DeviceClaim(0, kA), AttachGroup(0)},
       DeviceClaim(1, kA),
       {On(kAllBut61, 0).State("cnt=2 owner=A dd=DMA cur=U0 bd=blocked hw=U0,U0").Trace(kLooked)}},
      {"3.4 device row 3: joins a group claim of the cookie",
       Devices(1),
       {GroupClaim(kA)},
       DeviceClaim(0, kA),
       {On(kAllBut61, 0).Trace(kLooked)}},
      {"3.4 device row 3: used",
       Devices(2),
       {Use(0)},
       DeviceClaim(1, kA),
       {On(kAllBut61, -EPERM).Untouched().Trace(kLooked)}},
      {"3.4 device row 4: on another domain",
       Devices(1),
       {AttachGroup(0)},
       DeviceClaim(0, kA),
       {On(kAllBut61, -EBUSY).Untouched().Trace(kLooked)}},
      {"3.4 device row 4: PASIDs",
       Devices(1).WithPasids(0),
       {AttachPasid(0, 0, 1)},
       DeviceClaim(0, kA),
       {On(kAllBut61, -EBUSY).Untouched().Trace(kLooked)}},
      {"3.4 device row 6: an attach fails",
       Devices(1),
       {Fail(FaultKind::kAttach, 1, EIO)},
       DeviceClaim(0, kA),
       {On(kRules62, -EIO).State("cnt=0 owner=- dd=DMA cur=DMA bd=blocked hw=-"),
        On(kNewCore, -EIO).State("cnt=0 owner=- dd=DMA cur=DMA bd=blocked hw=DMA")}},
      {"3.4 device row 7: claimed",
       Devices(1),
       {},
       DeviceClaim(0, kA),
       {On(kAllBut61, 0).State("cnt=1 owner=A dd=DMA cur=blocked bd=blocked hw=blocked")}},
  };
}

std::vector<Row> ReleaseRows() {
  const char warned[] = "lock(group) WARN(release_unowned) unlock(group)";
  const std::vector<Step> failing = {GroupClaim(kA), Fail(FaultKind::kAttach, 1, EIO)};
  return {
      {"3.5 WARN: owner_cnt is zero",
       Devices(1),
       {},
       GroupRelease(),
       {On(kAllDesigns, 0).Unchanged().Trace(warned)}},
      {"3.5 WARN: no owner",
       Devices(1),
       {Use(0)},
       GroupRelease(),
       {On(kAllDesigns, 0).Unchanged().Trace(warned)}},
      {"3.5 WARN: PASIDs are left",
       Devices(1).WithPasids(0),
       {GroupClaim(kA), AttachPasid(0, 0, 1)},
       GroupRelease(),
       {On(kAllBut61, 0).Unchanged().Trace(warned)}},
      {"3.5 releases",
       Devices(1),
       {GroupClaim(kA)},
       GroupRelease(),
       {On(kAllDesigns, 0)
            .State("cnt=0 owner=- dd=DMA cur=DMA bd=blocked hw=DMA")
            .Trace("lock(group) attach(0:DMA) unlock(group)")}},
      {"3.5 a user's domain is replaced",
       Devices(1),
       {GroupClaim(kA), AttachGroup(0)},
       GroupRelease(),
       {On(kAllDesigns, 0)
            .State("cnt=0 owner=- dd=DMA cur=DMA bd=blocked"
                   " hw=DMA")}},
      {"3.5 all device claims go at once",
       Devices(2),
       {DeviceClaim(0, kA), DeviceClaim(1, kA)},
       GroupRelease(),
       {On(kAllBut61, 0).State("cnt=0 owner=- dd=DMA cur=DMA bd=blocked hw=DMA,DMA")}},
      {"3.5 an attach fails",
       Devices(2),
       failing,
       GroupRelease(),
       {On(kOldCore, 0)
            .State("cnt=0 owner=- dd=DMA cur=blocked bd=blocked hw=-,blocked")
            .Trace("lock(group) attach(0:DMA)!EIO WARN(must_succeed) unlock(group)"),
        On(kNewCore, 0)
            .State("cnt=0 owner=- dd=DMA cur=DMA bd=blocked hw=blocked,DMA")
            .Trace("lock(group) attach(0:DMA)!EIO attach(0:blocked) attach(1:DMA)"
                   " WARN(must_succeed) unlock(group)")}},
      {"3.5 device: not the last claim",
       Devices(2),
       {DeviceClaim(0, kA), DeviceClaim(1, kA)},
       DeviceRelease(0),
       {On(kAllBut61, 0)
            .State("cnt=1 owner=A dd=DMA cur=blocked bd=blocked hw=blocked,blocked")
            .Trace(kLooked)}},
      {"3.5 device: the last claim",
       Devices(2),
       {DeviceClaim(0, kA), DeviceClaim(1, kA), DeviceRelease(0)},
       DeviceRelease(1),
       {On(kAllBut61, 0)
            .State("cnt=0 owner=- dd=DMA cur=DMA bd=blocked hw=DMA,DMA")
            .Trace("lock(group) attach(0:DMA) attach(1:DMA) unlock(group)")}},
      {"3.5 device: owner is not looked at",
       Devices(2),
       {Use(0), Use(1)},
       DeviceRelease(0),
       {On(kAllBut61, 0).State("cnt=1 owner=- dd=DMA cur=DMA bd=- hw=DMA,DMA").Trace(kLooked)}},
      {"3.5 device WARN: no owner",
       Devices(1),
       {Use(0)},
       DeviceRelease(0),
       {On(kAllBut61, 0).Unchanged().Trace(warned)}},
      {"3.5 device WARN: PASIDs are left",
       Devices(1).WithPasids(0),
       {DeviceClaim(0, kA), AttachPasid(0, 0, 1)},
       DeviceRelease(0),
       {On(kAllBut61, 0).Unchanged().Trace(warned)}},
      {"3.6 idle", Devices(1), {}, Claimed(), {On(kAllDesigns, 0).Untouched().Trace(kLooked)}},
      {"3.6 used",
       Devices(1),
       {Use(0)},
       Claimed(),
       {On(kAllDesigns, 1).Untouched().Trace(kLooked)}},
      {"3.6 owned",
       Devices(1),
       {GroupClaim(kA)},
       Claimed(),
       {On(kAllDesigns, 1).Untouched().Trace(kLooked)}},
  };
}

class OwnershipRows : public RowTest {};
TEST_P(OwnershipRows, Hold) { Check(); }
INSTANTIATE_TEST_SUITE_P(Blocking, OwnershipRows, testing::ValuesIn(CasesOf(BlockingRows())),
                         CaseName);
INSTANTIATE_TEST_SUITE_P(GroupClaim, OwnershipRows, testing::ValuesIn(CasesOf(GroupClaimRows())),
                         CaseName);
INSTANTIATE_TEST_SUITE_P(DeviceClaim, OwnershipRows, testing::ValuesIn(CasesOf(DeviceClaimRows())),
                         CaseName);
INSTANTIATE_TEST_SUITE_P(Release, OwnershipRows, testing::ValuesIn(CasesOf(ReleaseRows())),
                         CaseName);

}  // namespace
}  // namespace groupfuzz::port_test
