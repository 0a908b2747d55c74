// v6.4, row by row: behaviour 2(d).
#include "target/kernel/errno.h"
#include "target/testing/rows.h"

namespace groupfuzz::port_test {
namespace {

Expectation On(int64_t result) { return {kV64, result}; }

std::string Locked(const std::string& in) { return "read lock(group)" + in + " unlock(group)"; }

std::vector<Row> CheckRows() {
  const std::string looked = Locked("");
  const Devices torn = Devices(2).Prefers(0, Preference::kDma).Prefers(1, Preference::kIdentity);
  return {
      {"2(d) row 1: capabilities",
       Devices(1),
       {},
       Store("identity", Capabilities::kNone),
       {On(-EACCES).Untouched().Trace("")}},
      {"2(d) row 2: dd NULL, without the mutex",
       Devices(1),
       {LoseDomains()},
       Store("identity"),
       {On(-EINVAL).Untouched().Trace("read")}},
      {"2(d) row 3: text", Devices(1), {}, Store("x"), {On(-EINVAL).Untouched().Trace("read")}},
      {"2(d) row 4: strict to lazy",
       Devices(1),
       {},
       Store("DMA-FQ"),
       {On(0)
            .State("cnt=0 owner=- dd=DMA(DMA-FQ) cur=DMA(DMA-FQ) bd=- hw=DMA(DMA-FQ)")
            .Trace(Locked(" queue(DMA)"))}},
      {"2(d) row 4 precedes the count",
       Devices(2),
       {Bind(0), Bind(1)},
       Store("DMA-FQ"),
       {On(0).Trace(Locked(" queue(DMA)"))}},
      {"2(d) row 4 precedes emptiness",
       Devices(1),
       {HoldGroup(), Remove(0)},
       Store("DMA-FQ"),
       {On(0).Trace(Locked(" queue(DMA)"))}},
      {"2(d) row 4 precedes the type of the devices",
       Devices(1).Prefers(0, Preference::kDma),
       {},
       Store("DMA-FQ"),
       {On(0).Trace(Locked(" queue(DMA)"))}},
      {"2(d) row 4: no memory",
       Devices(1),
       {Fail(FaultKind::kFlushQueue, 1, ENOMEM)},
       Store("DMA-FQ"),
       {On(-ENOMEM).Unchanged().Trace(Locked(" queue(DMA)!ENOMEM"))}},
      {"2(d) row 5: empty",
       Devices(1),
       {HoldGroup(), Remove(0)},
       Store("identity"),
       {On(-EPERM).Untouched().Trace(looked)}},
      {"2(d) row 5: counted",
       Devices(2),
       {Bind(1)},
       Store("identity"),
       {On(-EPERM).Untouched().Trace(looked)}},
      {"2(d) row 5 precedes row 7",
       Devices(1).Prefers(0, Preference::kDma),
       {Bind(0)},
       Store("identity"),
       {On(-EPERM).Untouched().Trace(looked)}},
      {"2(d) row 6: preferences in conflict are none",
       torn,
       {},
       Store("identity"),
       {On(0).State("cnt=0 owner=- dd=identity cur=identity bd=- hw=identity,identity")}},
      {"2(d) row 7: a device insists on another type",
       Devices(2).Prefers(1, Preference::kDma),
       {},
       Store("identity"),
       {On(-EINVAL).Untouched().Trace(looked)}},
      {"2(d) row 7: auto is the preference",
       Devices(2).Prefers(1, Preference::kIdentity),
       {},
       Store("auto"),
       {On(0).Unchanged()}},
      {"2(d) row 7: auto is the global type",
       Devices(1),
       {Store("identity")},
       Store("auto"),
       {On(0).State("cnt=0 owner=- dd=DMA#2 cur=DMA#2 bd=- hw=DMA#2")}},
      {"2(d) row 8: the same type",
       Devices(1),
       {},
       Store("DMA"),
       {On(0).Unchanged().Trace(looked + " finalize(0) read")}},
      {"2(d) row 8: ... even if dd is not current",
       Devices(1),
       {AttachGroup(0)},
       Store("DMA"),
       {On(0).Unchanged().Trace(looked + " finalize(0) read")}},
  };
}

std::vector<Row> ChangeRows() {
  const Devices to_dma = Devices(1).Default(DomainType::kIdentity).Direct(0);
  const char freed[] = "cnt=0 owner=- dd=DMA cur=DMA bd=- hw=identity(freed),identity(freed)";
  return {
      {"2(d) row 9: no memory",
       Devices(1),
       {Fail(FaultKind::kDomainAlloc, 1, EIO, 2)},
       Store("identity"),
       {On(-ENOMEM).Unchanged().Trace(Locked(" alloc(identity)!EIO alloc(DMA)!EIO"))}},
      {"2(d) row 9: falls back to DMA",
       Devices(1).Identity(Support::kAbsent),
       {},
       Store("identity"),
       {On(0).State("cnt=0 owner=- dd=DMA#2 cur=DMA#2 bd=- hw=DMA#2")}},
      {"2(d) row 9: an external domain is replaced",
       Devices(1),
       {AttachGroup(0)},
       Store("identity"),
       {On(0).State("cnt=0 owner=- dd=identity cur=identity bd=- hw=identity")}},
      {"2(d) row 10: direct mappings come before the attach",
       to_dma,
       {},
       Store("DMA"),
       {On(0)
            .Facts("0:api+direct")
            .Trace(Locked(" alloc(DMA) map(0:DMA) attach(0:DMA) free(identity)") +
                   " finalize(0) read")}},
      {"2(d) row 10: a direct mapping fails unnoticed",
       to_dma,
       {Fail(FaultKind::kMap, 1, EIO)},
       Store("DMA"),
       {On(0).Facts("0:api").Trace(
           Locked(" alloc(DMA) map(0:DMA)!EIO attach(0:DMA) free(identity)") +
           " finalize(0) read")}},
      {"2(d) row 11: a failed attach rolls back to the domain that is freed",
       Devices(2),
       {Fail(FaultKind::kAttach, 2, EIO)},
       Store("identity"),
       {On(-EIO).State(freed).Trace(
           Locked(" alloc(identity) attach(0:identity) attach(1:identity)!EIO"
                  " attach(0:identity) attach(1:identity) free(identity)"))}},
      {"2(d) row 11: the roll-back fails as well",
       Devices(2),
       {Fail(FaultKind::kAttach, 2, EIO), Fail(FaultKind::kAttach, 4, EIO)},
       Store("identity"),
       {On(-EIO).Trace(
           Locked(" alloc(identity) attach(0:identity) attach(1:identity)!EIO"
                  " attach(0:identity) attach(1:identity)!EIO WARN(rollback) free(identity)"))}},
      {"2(d) rows 12 to 15: success",
       Devices(2),
       {},
       Store("identity"),
       {On(0)
            .State("cnt=0 owner=- dd=identity cur=identity bd=- hw=identity,identity")
            .Trace(Locked(" alloc(identity) attach(0:identity) attach(1:identity) free(DMA)") +
                   " finalize(0) read finalize(1) read")}},
      {"2(d) row 13: probe_finalize re-enters the mutex",
       Devices(2).FinalizeAttaches(),
       {Remove(1)},
       Store("identity"),
       {On(0)
            .State("cnt=0 owner=- dd=identity cur=unmanaged bd=- hw=unmanaged")
            .Trace(Locked(" alloc(identity) attach(0:identity) free(DMA)") +
                   " finalize(0) lock(group) attach(0:unmanaged) unlock(group)")}},
      {"2(d) row 14: a device leaves during the walk",
       Devices(2),
       {Meanwhile(BeforeCallback(5), Remove(0))},
       Store("identity"),
       {On(kNeverReturned).Problem(SerialRuntime::Problem::kUseAfterFree)}},
      {"2(d) row 14: a driver binds before finalize",
       Devices(1),
       {Meanwhile(BeforeCallback(4), Bind(0))},
       Store("identity"),
       {On(0).State("cnt=1 owner=- dd=identity cur=identity bd=- hw=identity")}},
  };
}

class V64Rows : public RowTest {};
TEST_P(V64Rows, Hold) { Check(); }
INSTANTIATE_TEST_SUITE_P(Checks, V64Rows, testing::ValuesIn(CasesOf(CheckRows())), CaseName);
INSTANTIATE_TEST_SUITE_P(Change, V64Rows, testing::ValuesIn(CasesOf(ChangeRows())), CaseName);

}  // namespace
}  // namespace groupfuzz::port_test
