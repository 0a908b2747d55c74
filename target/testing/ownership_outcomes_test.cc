// What calls return and leave behind, whatever happens on the way: behaviour
// 3.1 to 3.6.
#include "target/kernel/errno.h"
#include "target/testing/rows.h"

namespace groupfuzz::port_test {
namespace {

class OwnershipOutcomes : public RowTest {};
TEST_P(OwnershipOutcomes, Hold) { Check(); }

std::vector<Row> OwnershipRows() {
  return {
      {"3.1 first driver",
       Devices(2),
       {},
       Use(0),
       {On(kAllDesigns, 0).State("cnt=1 owner=- dd=DMA cur=DMA bd=- hw=DMA,DMA")}},
      {"3.1 cnt!=0, owned",
       Devices(2),
       {GroupClaim(kA)},
       Use(0),
       {On(kAllDesigns, -EBUSY)
            .State("cnt=1 owner=A dd=DMA cur=blocked bd=blocked hw=blocked,blocked")}},
      {"3.1 cnt!=0, PASIDs",
       Devices(2).WithPasids(0).WithPasids(1),
       {Use(0), AttachPasid(0, 0, 1)},
       Use(1),
       {On(kAllBut61, -EBUSY).State("cnt=1 owner=- dd=DMA cur=DMA bd=- pasids=2 hw=DMA,DMA")}},
      {"3.1 first NULL-owned claim counts as a driver",
       Devices(1),
       {GroupClaim(kNullCookie)},
       Use(0),
       {On(kDeviceLock, -EBUSY).State("cnt=1 owner=- dd=DMA cur=blocked bd=blocked hw=blocked")}},
      {"3.2 no group",
       Devices(2).Absent(1),
       {Use(0)},
       Unuse(1),
       {On(kAllDesigns, 0).State("cnt=1 owner=- dd=DMA cur=DMA bd=- hw=DMA")}},
      {"3.4 cnt!=0, driver",
       Devices(2),
       {Use(1)},
       GroupClaim(kA),
       {On(kAllDesigns, -EPERM).State("cnt=1 owner=- dd=DMA cur=DMA bd=- hw=DMA,DMA")}},
      {"3.4 idle",
       Devices(2),
       {},
       DeviceClaim(1, kA),
       {On(kAllBut61, 0).State("cnt=1 owner=A dd=DMA cur=blocked bd=blocked hw=blocked,blocked")}},
      {"3.4 RESV_DIRECT",
       Devices(1).Direct(0),
       {},
       DeviceClaim(0, kA),
       {On(kNewCore, -EINVAL).State("cnt=0 owner=- dd=DMA cur=DMA bd=blocked hw=DMA")}},
      {"3.4 group claim after device claim",
       Devices(1),
       {DeviceClaim(0, kA)},
       GroupClaim(kA),
       {On(kAllBut61, -EPERM).State("cnt=1 owner=A dd=DMA cur=blocked bd=blocked hw=blocked")}},
      {"3.5 back to default",
       Devices(2),
       {GroupClaim(kA)},
       GroupRelease(),
       {On(kAllDesigns, 0).State("cnt=0 owner=- dd=DMA cur=DMA bd=blocked hw=DMA,DMA")}},
      {"3.5 last device release",
       Devices(1),
       {DeviceClaim(0, kA)},
       DeviceRelease(0),
       {On(kAllBut61, 0).State("cnt=0 owner=- dd=DMA cur=DMA bd=blocked hw=DMA")}},
  };
}
INSTANTIATE_TEST_SUITE_P(Ownership, OwnershipOutcomes,
                         ::testing::ValuesIn(CasesOf(OwnershipRows())), CaseName);

}  // namespace
}  // namespace groupfuzz::port_test
