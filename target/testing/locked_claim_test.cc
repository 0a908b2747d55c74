// locked-claim, row by row: behaviour 2(c), variant c1. Claim, change and
// release are one section of the mutex; its price is that every change passes through the blocking
// domain.
#include "target/kernel/errno.h"
#include "target/testing/rows.h"

namespace groupfuzz::port_test {
namespace {

Expectation On(int64_t result) { return {kLockedClaim, result}; }

std::string Locked(const std::string& in) { return "read lock(group)" + in + " unlock(group)"; }

std::vector<Row> CheckRows() {
  const std::string looked = Locked("");
  return {
      {"2(c) row 1: capabilities",
       Devices(1),
       {},
       Store("identity", Capabilities::kNone),
       {On(-EACCES).Untouched().Trace("")}},
      {"2(c) row 2: dd NULL",
       Devices(1),
       {LoseDomains()},
       Store("identity"),
       {On(-EINVAL).Untouched().Trace("read")}},
      {"2(c) row 3: text", Devices(1), {}, Store("x"), {On(-EINVAL).Untouched().Trace("read")}},
      {"2(c) row 4: strict to lazy",
       Devices(2),
       {Bind(0)},
       Store("DMA-FQ"),
       {On(0)
            .State("cnt=1 owner=- dd=DMA(DMA-FQ) cur=DMA(DMA-FQ) bd=-"
                   " hw=DMA(DMA-FQ),DMA(DMA-FQ)")
            .Trace(Locked(" queue(DMA)"))}},
      {"2(c) row 4: no memory",
       Devices(1),
       {Fail(FaultKind::kFlushQueue, 1, ENOMEM)},
       Store("DMA-FQ"),
       {On(-ENOMEM).Unchanged().Trace(Locked(" queue(DMA)!ENOMEM"))}},
      {"2(c) row 5: no member",
       Devices(1),
       {HoldGroup(), Remove(0)},
       Store("identity"),
       {On(-EPERM).Untouched().Trace(looked)}},
      {"2(c) row 6: counted",
       Devices(2),
       {Bind(1)},
       Store("identity"),
       {On(-EPERM).Untouched().Trace(looked)}},
      {"2(c) row 6: not on dd",
       Devices(1),
       {AttachGroup(0)},
       Store("identity"),
       {On(-EBUSY).Untouched().Trace(looked)}},
      {"2(c) row 6: PASIDs",
       Devices(1).WithPasids(0),
       {AttachPasid(0, 0, 1)},
       Store("identity"),
       {On(-EBUSY).Untouched().Trace(looked)}},
      {"2(c) row 6: no blocking domain",
       Devices(1).Blocked(Support::kAbsent),
       {Fail(FaultKind::kDomainAlloc, 1, EIO, 2)},
       Store("identity"),
       {On(-EINVAL).Unchanged().Trace(Locked(" alloc(blocked)!EIO alloc(unmanaged)!EIO"))}},
      {"2(c) row 6: the blocking attach fails half-way",
       Devices(2),
       {Fail(FaultKind::kAttach, 2, EIO)},
       Store("identity"),
       {On(-EIO)
            .State("cnt=0 owner=- dd=DMA cur=DMA bd=blocked hw=blocked,-")
            .Trace(Locked(" attach(0:blocked) attach(1:blocked)!EIO"))}},
  };
}

std::vector<Row> ChangeRows() {
  const std::string claim = " attach(0:blocked)";
  const std::string restored = "cnt=0 owner=- dd=DMA cur=DMA bd=blocked hw=DMA";
  const Devices to_dma = Devices(1).Default(DomainType::kIdentity).Direct(0);
  return {
      {"2(c) rows 6 to 9: success",
       Devices(1),
       {},
       Store("identity"),
       {On(0)
            .State("cnt=0 owner=- dd=identity cur=identity bd=blocked hw=identity")
            .Trace(Locked(claim + " alloc(identity) attach(0:identity) free(DMA)") +
                   " finalize(0) read")}},
      {"2(c) row 7: all devices",
       Devices(2),
       {},
       Store("identity"),
       {On(0)
            .State("cnt=0 owner=- dd=identity cur=identity bd=blocked hw=identity,identity")
            .Trace(Locked(" attach(0:blocked) attach(1:blocked) alloc(identity)"
                          " attach(0:identity) attach(1:identity) free(DMA)") +
                   " finalize(0) read finalize(1) read")}},
      {"2(c) row 7: the same type passes through bd too",
       Devices(1),
       {},
       Store("DMA"),
       {On(0).State(restored).Trace(Locked(claim + " attach(0:DMA)") + " finalize(0) read")}},
      {"2(c) row 7: the device insists on another type",
       Devices(1).Prefers(0, Preference::kDma),
       {},
       Store("identity"),
       {On(-EINVAL).State(restored).Trace(Locked(claim + " attach(0:DMA)"))}},
      {"2(c) row 7: no memory",
       Devices(1),
       {Store("DMA"), Fail(FaultKind::kDomainAlloc, 1, EIO, 2)},
       Store("identity"),
       {On(-ENOMEM).State(restored).Trace(
           Locked(claim + " alloc(identity)!EIO alloc(DMA)!EIO attach(0:DMA)"))}},
      {"2(c) row 7: falls back to DMA",
       Devices(1).Identity(Support::kAbsent),
       {},
       Store("identity"),
       {On(0).State("cnt=0 owner=- dd=DMA#2 cur=DMA#2 bd=blocked hw=DMA#2")}},
      {"2(c) row 7: direct mappings come before the attach",
       to_dma,
       {},
       Store("DMA"),
       {On(0)
            .Facts("0:api+direct")
            .Trace(Locked(claim + " alloc(DMA) map(0:DMA) attach(0:DMA) free(identity)") +
                   " finalize(0) read")}},
      {"2(c) row 7: a direct mapping fails",
       to_dma,
       {Fail(FaultKind::kMap, 1, EIO)},
       Store("DMA"),
       {On(-EIO).State("cnt=0 owner=- dd=identity cur=identity bd=blocked hw=identity")}},
      {"2(c) row 7: a failed change goes back to bd, the release to dd",
       Devices(2),
       {Fail(FaultKind::kAttach, 4, EIO)},
       Store("identity"),
       {On(-EIO)
            .State("cnt=0 owner=- dd=DMA cur=DMA bd=blocked hw=DMA,DMA")
            .Trace(Locked(" attach(0:blocked) attach(1:blocked) alloc(identity)"
                          " attach(0:identity) attach(1:identity)!EIO"
                          " attach(0:blocked) attach(1:blocked) free(identity)"
                          " attach(0:DMA) attach(1:DMA)"))}},
      {"2(c) row 8: the release fails",
       Devices(1).Prefers(0, Preference::kDma),
       {Fail(FaultKind::kAttach, 2, EIO)},
       Store("identity"),
       {On(-EINVAL).State("cnt=0 owner=- dd=DMA cur=blocked bd=blocked hw=-")}},
      {"2(c) row 9: probe_finalize re-enters the mutex",
       Devices(2).FinalizeAttaches(),
       {Remove(1)},
       Store("identity"),
       {On(0)
            .State("cnt=0 owner=- dd=identity cur=unmanaged bd=blocked hw=unmanaged")
            .Trace(Locked(claim + " alloc(identity) attach(0:identity) free(DMA)") +
                   " finalize(0) lock(group) attach(0:unmanaged) unlock(group)")}},
  };
}

class LockedClaimRows : public RowTest {};
TEST_P(LockedClaimRows, Hold) { Check(); }
INSTANTIATE_TEST_SUITE_P(Checks, LockedClaimRows, testing::ValuesIn(CasesOf(CheckRows())),
                         CaseName);
INSTANTIATE_TEST_SUITE_P(Change, LockedClaimRows, testing::ValuesIn(CasesOf(ChangeRows())),
                         CaseName);

}  // namespace
}  // namespace groupfuzz::port_test
