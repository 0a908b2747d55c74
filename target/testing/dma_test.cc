// Flush queues, direct mappings and the DMA API: behaviour 5.4 to 5.6.
//
// That a device's DMA works is a fact of the mock hardware here: "mapping" says that the page its
// driver mapped is reached, "fault" that it is not.
#include "target/kernel/errno.h"
#include "target/testing/rows.h"

namespace groupfuzz::port_test {
namespace {

std::vector<Row> FlushQueueRows() {
  const Devices identity = Devices(1).Default(DomainType::kIdentity);
  const char lazy[] = "cnt=0 owner=- dd=DMA-FQ cur=DMA-FQ bd=- hw=DMA-FQ";
  const char strict[] = "cnt=0 owner=- dd=DMA-FQ(DMA) cur=DMA-FQ(DMA) bd=- hw=DMA-FQ(DMA)";
  const char edited[] = "cnt=0 owner=- dd=DMA(DMA-FQ) cur=DMA(DMA-FQ) bd=- hw=DMA(DMA-FQ)";
  const DesignSet plain = kDeviceLock | kV64 | kNewCore;
  return {
      {"5.4 in place: the object and its mappings stay",
       Devices(1),
       {Bind(0), DmaMap(0)},
       Store("DMA-FQ"),
       {On(kAllDesigns, 0).Facts("0:api+mapping")}},
      {"5.4 in place: the type is edited",
       Devices(1),
       {},
       Store("DMA-FQ"),
       {On(kAllDesigns, 0).State(edited)}},
      {"5.4 in place: ENOMEM, the type stays",
       Devices(1),
       {Fail(FaultKind::kFlushQueue, 1, ENOMEM)},
       Store("DMA-FQ"),
       {On(kAllDesigns, -ENOMEM).Unchanged()}},
      {"5.4 in place: a second try succeeds",
       Devices(1),
       {Fail(FaultKind::kFlushQueue, 1, ENOMEM), Tried(Store("DMA-FQ"))},
       Store("DMA-FQ"),
       {On(kAllDesigns, 0).State(edited)}},
      {"5.4 in place: the capability is not looked at",
       Devices(1).NoDeferredFlush(0),
       {},
       Store("DMA-FQ"),
       {On(kAllDesigns, 0).State(edited)}},
      {"5.4 new domain: the queue comes with the first use",
       identity,
       {},
       Store("DMA-FQ"),
       {On(plain, 0).State(lazy)}},
      {"5.4 new domain: no queue makes it strict",
       identity,
       {Fail(FaultKind::kFlushQueue, 1, ENOMEM)},
       Store("DMA-FQ"),
       {On(plain, 0).State(strict)}},
      {"5.4 new domain: ... and show says so",
       identity,
       {Fail(FaultKind::kFlushQueue, 1, ENOMEM), Store("DMA-FQ")},
       Shows("DMA"),
       {On(kAllDesigns, 0)}},
      {"5.4 new domain: the device cannot defer",
       identity.NoDeferredFlush(0),
       {},
       Store("DMA-FQ"),
       {On(kDeviceLock | kV64, 0).State(lazy), On(kNewCore, 0).State(strict)}},
      {"5.4 there is no way back in place",
       Devices(1),
       {Store("DMA-FQ")},
       Store("DMA"),
       {On(plain, 0).State("cnt=0 owner=- dd=DMA#2 cur=DMA#2 bd=- hw=DMA#2")}},
      {"5.4 boot: the device cannot defer",
       Devices(1).Default(DomainType::kDmaFq).NoDeferredFlush(0),
       {},
       Boot(),
       {On(kOldCore, 0).State(lazy), On(kNewCore, 0).State(strict)}},
  };
}

std::vector<Row> DirectRows() {
  const Devices two = Devices(2).Direct(0).Direct(1);
  const Devices late = two.MapsOnlyAttached();
  const std::string boot =
      "probe(0) lock(group) unlock(group) probe(1) lock(group) unlock(group) lock(group)"
      " alloc(DMA) ";
  const char finalize_61[] = " unlock(group) finalize(0) read finalize(1) read";
  const char finalize_612[] = " unlock(group) finalize(0) finalize(1)";
  const std::string maps = "map(0:DMA) map(1:DMA) attach(0:DMA) attach(1:DMA)";
  const std::string fails = "map(0:DMA)!EIO map(1:DMA) attach(0:DMA) attach(1:DMA)";
  return {
      {"5.5 boot: map, then attach",
       two,
       {},
       Boot(),
       {On(kOldCore, 0).Trace(boot + maps + finalize_61).Facts("0:api+direct 1:api+direct"),
        On(kNewCore, 0).Trace(boot + maps + finalize_612).Facts("0:api+direct 1:api+direct")}},
      {"5.5 boot: a failure is ignored, or tried again",
       two,
       {Fail(FaultKind::kMap, 1, EIO)},
       Boot(),
       {On(kOldCore, 0).Trace(boot + fails + finalize_61).Facts("0:api 1:api+direct"),
        On(kNewCore, 0)
            .Trace(boot + fails + " map(0:DMA)" + finalize_612)
            .Facts("0:api+direct 1:api+direct")}},
      {"5.5 boot: mappings that need the attach",
       late,
       {},
       Boot(),
       {On(kOldCore, 0).Facts("0:api 1:api"), On(kNewCore, 0).Facts("0:api+direct 1:api+direct")}},
      {"5.5 only for DMA domains",
       two.Default(DomainType::kIdentity),
       {},
       Boot(),
       {On(kV612, 0).Trace("probe(0) lock(group) unlock(group) probe(1) lock(group)"
                           " unlock(group) lock(group) alloc(identity) attach(0:identity)"
                           " attach(1:identity) unlock(group) finalize(0) finalize(1)")}},
      {"5.5 what is mapped is not mapped again",
       two,
       {Remove(1)},
       Probe(1),
       {On(kOldCore, 0)
            .Trace("lock(probe) probe(1) lock(group) attach(1:DMA) unlock(group) lock(group)"
                   " unlock(group) unlock(probe) lock(group) attach(1:DMA) unlock(group) "
                   "finalize(1) read")
            .Facts("0:api+direct 1:api+direct"),
        On(kNewCore, 0)
            .Trace("lock(probe) probe(1) lock(group) attach(1:DMA) unlock(group) unlock(probe)"
                   " finalize(1)")
            .Facts("0:api+direct 1:api+direct")}},
      {"5.5 hotplug: after the attach, or before it",
       two.Absent(1),
       {},
       Probe(1),
       {On(kOldCore, 0)
            .Trace("lock(probe) probe(1) lock(group) attach(1:DMA) unlock(group) lock(group)"
                   " unlock(group) unlock(probe) lock(group) attach(1:DMA) map(1:DMA) "
                   "unlock(group) finalize(1) read"),
        On(kNewCore, 0)
            .Trace("lock(probe) probe(1) lock(group) map(1:DMA) attach(1:DMA)"
                   " unlock(group) unlock(probe) finalize(1)")}},
      {"5.5 hotplug: a failure is ignored",
       two.Absent(1),
       {Fail(FaultKind::kMap, 1, EIO)},
       Probe(1),
       {On(kAllDesigns, 0).Facts("0:api+direct 1:api")}},
      {"5.5 default change: continuity of the direct mapping",
       two,
       {Store("identity")},
       Store("DMA"),
       {On(kV64 | kNewCore, 0).Facts("0:api+direct 1:api+direct")}},
  };
}

std::vector<Row> DmaRows() {
  const Devices deferred = Devices(1).Deferred(0);
  const Devices joining = Devices(2).Absent(1);
  const char mapped[] = "read map(0:DMA) dma(0)";
  const char attached[] = "read attach(0:DMA) map(0:DMA) dma(0)";
  return {
      {"5.6 dma_ops follow cur: DMA", Devices(1), {}, Boot(), {On(kAllDesigns, 0).Facts("0:api")}},
      {"5.6 dma_ops follow cur: identity",
       Devices(1).Default(DomainType::kIdentity),
       {},
       Boot(),
       {On(kAllDesigns, 0).Facts("0:none")}},
      {"5.6 a device hot-added into a claimed group has none",
       joining,
       {Vfio(0, kA)},
       Add(1),
       {On(kAllDesigns, 0).Facts("0:api 1:none")}},
      {"5.6 ... and the release does not recompute it",
       joining,
       {GroupClaim(kA), Add(1)},
       GroupRelease(),
       {On(kOldCore | kV612, 0).Facts("0:api 1:none"), On(kOwnerCheck, 0).Facts("0:api 1:api")}},
      {"5.6 ... so its DMA faults",
       joining,
       {Vfio(0, kA), Add(1), Act(OpKind::kGroupRelease, 0), Bind(1)},
       DmaMap(1),
       {On(kOldCore | kV612, 0).Trace("read dma(1)!EFAULT").Facts("0:api 1:fault"),
        On(kOwnerCheck, 0)
            .Trace("read lock(group) unlock(group) map(1:DMA) dma(1)")
            .Facts("0:api 1:api+mapping")}},
      {"5.6 DMA through the API",
       Devices(1),
       {Bind(0)},
       DmaMap(0),
       {On(kOldCore | kV612, 0).Trace(mapped).Facts("0:api+mapping"),
        On(kOwnerCheck, 0)
            .Trace("read lock(group) unlock(group) map(0:DMA) dma(0)")
            .Facts("0:api+mapping")}},
      {"5.6 DMA through identity",
       Devices(1).Default(DomainType::kIdentity),
       {Bind(0)},
       DmaMap(0),
       {On(kAllDesigns, 0).Facts("0:mapping")}},
      {"5.6 a claim behind a driver's back stops its DMA",
       Devices(1),
       {Bind(0), DmaMap(0), Unuse(0)},
       GroupClaim(kA),
       {On(kAllDesigns, 0).Facts("0:api+fault")}},
      {"4.1 deferred attach: at the first map",
       deferred,
       {Bind(0)},
       DmaMap(0),
       {On(kOldCore | kV612, 0).AttachesUnlocked().Trace(attached).Facts("0:api+mapping"),
        On(kOwnerCheck, 0)
            .Facts("0:api+mapping")
            .Trace("read lock(group) attach(0:DMA) unlock(group) map(0:DMA) dma(0)")}},
      {"4.1 deferred attach: only at the first",
       deferred,
       {Bind(0), DmaMap(0), DmaUnmap(0)},
       DmaMap(0),
       {On(kOldCore | kV612, 0).Trace(mapped)}},
      {"4.1 deferred attach: fails",
       deferred,
       {Bind(0), Fail(FaultKind::kAttach, 1, EIO)},
       DmaMap(0),
       {On(kOldCore | kV612, -EIO).AttachesUnlocked().Facts("0:api+deferred"),
        On(kOwnerCheck, -EIO).Facts("0:api+deferred")}},
      {"4.1 deferred: not attached at boot",
       deferred,
       {},
       Boot(),
       {On(kAllDesigns, 0)
            .State("cnt=0 owner=- dd=DMA cur=DMA bd=- hw=-")
            .Facts("0:api+deferred")}},
  };
}

class DmaRowsTest : public RowTest {};
TEST_P(DmaRowsTest, Hold) { Check(); }
INSTANTIATE_TEST_SUITE_P(FlushQueue, DmaRowsTest, testing::ValuesIn(CasesOf(FlushQueueRows())),
                         CaseName);
INSTANTIATE_TEST_SUITE_P(Direct, DmaRowsTest, testing::ValuesIn(CasesOf(DirectRows())), CaseName);
INSTANTIATE_TEST_SUITE_P(Dma, DmaRowsTest, testing::ValuesIn(CasesOf(DmaRows())), CaseName);

}  // namespace
}  // namespace groupfuzz::port_test
