// What calls return and leave behind, whatever happens on the way: behaviour
// 2(f).
#include "target/kernel/errno.h"
#include "target/testing/rows.h"

namespace groupfuzz::port_test {
namespace {

class StoreTypeOutcomes : public RowTest {};
TEST_P(StoreTypeOutcomes, Hold) { Check(); }

std::vector<Row> StoreTypeRows() {
  return {
      {"2(f) no CAP_SYS_ADMIN, bad text",
       Devices(1),
       {},
       Store("bad", Capabilities::kNoSysAdmin),
       {On(kAllDesigns, -EACCES).State("cnt=0 owner=- dd=DMA cur=DMA bd=- hw=DMA")}},
      {"2(f) no CAP_SYS_RAWIO, bound",
       Devices(1),
       {Bind(0)},
       Store("identity", Capabilities::kNoSysRawio),
       {On(kAllDesigns, -EACCES).State("cnt=1 owner=- dd=DMA cur=DMA bd=- hw=DMA")}},
      {"2(f) unknown text, bound",
       Devices(1),
       {Bind(0)},
       Store("unmanaged"),
       {On(kAllDesigns, -EINVAL).State("cnt=1 owner=- dd=DMA cur=DMA bd=- hw=DMA")}},
      {"2(f) 2 devices, one bound, DMA->identity",
       Devices(2),
       {Bind(1)},
       Store("identity"),
       {On(kDeviceLock, -EINVAL).State("cnt=1 owner=- dd=DMA cur=DMA bd=- hw=DMA,DMA"),
        On(kAllBut61, -EPERM).State("cnt=1 owner=- dd=DMA cur=DMA bd=- hw=DMA,DMA")}},
      {"2(f) 2 devices, one bound, DMA->DMA-FQ",
       Devices(2),
       {Bind(0)},
       Store("DMA-FQ"),
       {On(kDeviceLock | kClaimV1, -EINVAL).State("cnt=1 owner=- dd=DMA cur=DMA bd=- hw=DMA,DMA"),
        On(kLockedClaim | kV64 | kNewCore, 0)
            .State(
                "cnt=1 owner=- dd=DMA(DMA-FQ) cur=DMA(DMA-FQ) bd=- hw=DMA(DMA-FQ),DMA(DMA-FQ)")}},
      {"2(f) 1 device bound, dd already DMA-FQ, write DMA-FQ",
       Devices(1).Default(DomainType::kDmaFq),
       {Bind(0)},
       Store("DMA-FQ"),
       {On(kDeviceLock, -EBUSY).State("cnt=1 owner=- dd=DMA-FQ cur=DMA-FQ bd=- hw=DMA-FQ"),
        On(kAllBut61, -EPERM).State("cnt=1 owner=- dd=DMA-FQ cur=DMA-FQ bd=- hw=DMA-FQ")}},
      {"2(f) unbound, DMA->identity",
       Devices(1),
       {},
       Store("identity"),
       {On(kDeviceLock | kV64 | kNewCore, 0)
            .State("cnt=0 owner=- dd=identity cur=identity bd=- hw=identity"),
        On(kClaimV1 | kLockedClaim, 0)
            .State("cnt=0 owner=- dd=identity cur=identity bd=blocked hw=identity")}},
      {"2(f) unbound, identity->DMA-FQ",
       Devices(1).Default(DomainType::kIdentity),
       {},
       Store("DMA-FQ"),
       {On(kDeviceLock | kV64 | kNewCore, 0)
            .State("cnt=0 owner=- dd=DMA-FQ cur=DMA-FQ bd=- hw=DMA-FQ"),
        On(kClaimV1 | kLockedClaim, 0)
            .State("cnt=0 owner=- dd=DMA-FQ cur=DMA-FQ bd=blocked hw=DMA-FQ")}},
      {"2(f) unbound, DMA-FQ->DMA",
       Devices(1).Default(DomainType::kDmaFq),
       {},
       Store("DMA"),
       {On(kDeviceLock | kV64 | kNewCore, 0).State("cnt=0 owner=- dd=DMA cur=DMA bd=- hw=DMA"),
        On(kClaimV1 | kLockedClaim, 0).State("cnt=0 owner=- dd=DMA cur=DMA bd=blocked hw=DMA")}},
      {"2(f) auto, nobody cares, global DMA, dd identity",
       Devices(1),
       {Store("identity")},
       Store("auto"),
       {On(kDeviceLock | kV64 | kNewCore, 0)
            .State("cnt=0 owner=- dd=DMA#2 cur=DMA#2 bd=- hw=DMA#2"),
        On(kClaimV1 | kLockedClaim, 0)
            .State("cnt=0 owner=- dd=DMA#2 cur=DMA#2 bd=blocked hw=DMA#2")}},
      {"2(f) auto, global DMA-FQ, dd DMA",
       Devices(1).Default(DomainType::kDmaFq),
       {Store("DMA")},
       Store("auto"),
       {On(kDeviceLock, 0)
            .State("cnt=0 owner=- dd=DMA(DMA-FQ) cur=DMA(DMA-FQ) bd=- hw=DMA(DMA-FQ)"),
        On(kClaimV1, 0)
            .State("cnt=0 owner=- dd=DMA(DMA-FQ) cur=DMA(DMA-FQ) bd=blocked hw=DMA(DMA-FQ)"),
        On(kLockedClaim, 0).State("cnt=0 owner=- dd=DMA-FQ#2 cur=DMA-FQ#2 bd=blocked hw=DMA-FQ#2"),
        On(kV64 | kNewCore, 0).State("cnt=0 owner=- dd=DMA-FQ#2 cur=DMA-FQ#2 bd=- hw=DMA-FQ#2")}},
      {"2(f) auto is the current type",
       Devices(1),
       {},
       Store("auto"),
       {On(kDeviceLock | kV64 | kNewCore, 0).State("cnt=0 owner=- dd=DMA cur=DMA bd=- hw=DMA"),
        On(kClaimV1 | kLockedClaim, 0).State("cnt=0 owner=- dd=DMA cur=DMA bd=blocked hw=DMA")}},
      {"2(f) cur externally attached, write the current type",
       Devices(1),
       {AttachGroup(1)},
       Store("DMA"),
       {On(kDeviceLock | kClaimV1 | kLockedClaim, -EBUSY)
            .State("cnt=0 owner=- dd=DMA cur=U1 bd=- hw=U1"),
        On(kV64 | kNewCore, 0).State("cnt=0 owner=- dd=DMA cur=U1 bd=- hw=U1")}},
      {"2(f) cur externally attached, DMA->DMA-FQ",
       Devices(1),
       {AttachGroup(0)},
       Store("DMA-FQ"),
       {On(kDeviceLock, -EBUSY).State("cnt=0 owner=- dd=DMA cur=U0 bd=- hw=U0"),
        On(kAllBut61, 0).State("cnt=0 owner=- dd=DMA(DMA-FQ) cur=U0 bd=- hw=U0")}},
      {"2(f) claimed and a user domain attached, write identity",
       Devices(1),
       {GroupClaim(kB), AttachGroup(0)},
       Store("identity"),
       {On(kDeviceLock, -EBUSY).State("cnt=1 owner=B dd=DMA cur=U0 bd=blocked hw=U0"),
        On(kAllBut61, -EPERM).State("cnt=1 owner=B dd=DMA cur=U0 bd=blocked hw=U0")}},
      {"2(a) to 2(e): a region that is mapped after the attach",
       Devices(1).Default(DomainType::kIdentity).Direct(0).MapsOnlyAttached(),
       {},
       Store("DMA"),
       {On(kDeviceLock, -ENODEV).State("cnt=0 owner=- dd=identity cur=identity bd=- hw=identity"),
        On(kClaimV1, -ENODEV).State("cnt=0 owner=- dd=identity cur=identity bd=blocked hw=blocked"),
        On(kLockedClaim, -ENODEV)
            .State("cnt=0 owner=- dd=identity cur=identity bd=blocked hw=identity"),
        On(kV64 | kNewCore, 0).State("cnt=0 owner=- dd=DMA cur=DMA bd=- hw=DMA")}},
      {"2(e) row 13: a region that is mapped after an attach that is deferred",
       Devices(1).Default(DomainType::kIdentity).Direct(0).MapsOnlyAttached().Deferred(0),
       {},
       Store("DMA"),
       {On(kV612, -ENODEV).State("cnt=0 owner=- dd=identity cur=identity bd=- hw=identity"),
        On(kOwnerCheck, -ENODEV).State("cnt=0 owner=- dd=identity cur=identity bd=- hw=-")}},
      {"2(a) to 2(e): probe_finalize attached a mapping",
       Devices(1).FinalizeAttaches(),
       {},
       Store("identity"),
       {On(kDeviceLock | kClaimV1 | kLockedClaim, -EBUSY)
            .State("cnt=0 owner=- dd=DMA cur=unmanaged bd=- hw=unmanaged"),
        On(kNewCore, 0).State("cnt=0 owner=- dd=identity cur=identity bd=- hw=identity"),
        On(kV64, 0).State("cnt=0 owner=- dd=identity cur=unmanaged bd=- hw=unmanaged")}},
      {"2(a) to 2(e): probe_finalize after a write that changes nothing",
       Devices(2).FinalizeAttaches(),
       {Release(1)},
       Store("DMA"),
       {On(kDeviceLock | kNewCore, 0).State("cnt=0 owner=- dd=DMA cur=DMA bd=- hw=DMA"),
        On(kClaimV1, 0).State("cnt=0 owner=- dd=DMA cur=DMA bd=blocked hw=DMA"),
        On(kLockedClaim, 0).State("cnt=0 owner=- dd=DMA cur=unmanaged bd=blocked hw=unmanaged"),
        On(kV64, 0).State("cnt=0 owner=- dd=DMA cur=unmanaged bd=- hw=unmanaged")}},
      {"4.1 a deferred device: an edit does not attach it",
       Devices(1).Deferred(0),
       {},
       Store("DMA-FQ"),
       {On(kAllDesigns, 0).State("cnt=0 owner=- dd=DMA(DMA-FQ) cur=DMA(DMA-FQ) bd=- hw=-")}},
      {"4.1 a deferred device: a replacement",
       Devices(1).Deferred(0),
       {Store("DMA-FQ")},
       Store("DMA"),
       {On(kDeviceLock | kV64, 0).State("cnt=0 owner=- dd=DMA#2 cur=DMA#2 bd=- hw=DMA#2"),
        On(kClaimV1 | kLockedClaim, 0)
            .State("cnt=0 owner=- dd=DMA#2 cur=DMA#2 bd=blocked hw=DMA#2"),
        On(kNewCore, 0).State("cnt=0 owner=- dd=DMA#2 cur=DMA#2 bd=- hw=-")}},
      {"4.1 a deferred device: the first map after a replacement",
       Devices(1).Deferred(0),
       {Store("DMA-FQ"), Store("DMA")},
       DmaMap(0),
       {On(kDeviceLock | kV64 | kNewCore, 0)
            .State("cnt=0 owner=- dd=DMA#2 cur=DMA#2 bd=- hw=DMA#2")
            .AttachesUnlocked(),
        On(kClaimV1 | kLockedClaim, 0)
            .State("cnt=0 owner=- dd=DMA#2 cur=DMA#2 bd=blocked hw=DMA#2")
            .AttachesUnlocked()}},
  };
}
INSTANTIATE_TEST_SUITE_P(StoreType, StoreTypeOutcomes,
                         ::testing::ValuesIn(CasesOf(StoreTypeRows())), CaseName);

}  // namespace
}  // namespace groupfuzz::port_test
