// claim-v1, row by row, and the flaws that its review found: behaviour 2(b) and 9.1. The state of
// the series after its second patch.
#include "target/kernel/errno.h"
#include "target/testing/rows.h"

namespace groupfuzz::port_test {
namespace {

using kernel::LockClass;

Expectation On(int64_t result) { return {kClaimV1, result}; }

// Rows 6 to 10 and 12.
constexpr char kFreeze[] =
    " lock(group) unlock(group) lock(group) lock(ops0) unlock(group) lock(device0) lock(group)";
constexpr char kUnfreeze[] = " unlock(device0) lock(group) unlock(ops0) unlock(group)";
// Row 5 with a static blocked domain.
constexpr char kClaim[] = "read lock(group) attach(0:blocked) unlock(group)";
constexpr char kBackToDma[] = " lock(group) attach(0:DMA) unlock(group)";

// A claimed write whose change does no more than `change` under the mutex.
std::string Claimed(const std::string& change, const std::string& release) {
  return std::string(kClaim) + kFreeze + change + " unlock(group)" + kUnfreeze + release;
}

std::vector<Row> CheckRows() {
  const Devices pasids = Devices(1).WithPasids(0);
  return {
      {"2(b) row 1: capabilities",
       Devices(1),
       {},
       Store("identity", Capabilities::kNone),
       {On(-EACCES).Untouched().Trace("")}},
      {"2(b) row 2: dd NULL",
       Devices(1),
       {LoseDomains()},
       Store("identity"),
       {On(-EINVAL).Untouched().Trace("read")}},
      {"2(b) row 3: text", Devices(1), {}, Store("x"), {On(-EINVAL).Untouched().Trace("read")}},
      {"2(b) row 4: strict to lazy needs no claim",
       Devices(1),
       {Bind(0)},
       Store("DMA-FQ"),
       {On(0).Trace("read read" + std::string(kFreeze) + " queue(DMA) unlock(group)" + kUnfreeze)}},
      {"2(b) row 5: counted",
       Devices(1),
       {Bind(0)},
       Store("identity"),
       {On(-EPERM).Untouched().Trace("read lock(group) unlock(group)")}},
      {"2(b) row 5: not on dd",
       Devices(1),
       {AttachGroup(0)},
       Store("identity"),
       {On(-EBUSY).Untouched().Trace("read lock(group) unlock(group)")}},
      {"2(b) row 5: PASIDs",
       pasids,
       {AttachPasid(0, 0, 1)},
       Store("identity"),
       {On(-EBUSY).Untouched()}},
      {"2(b) row 5: no blocking domain",
       Devices(1).Blocked(Support::kAbsent),
       {Fail(FaultKind::kDomainAlloc, 1, EIO, 2)},
       Store("identity"),
       {On(-EINVAL).Unchanged()}},
      {"2(b) row 5: the blocking attach fails",
       Devices(1),
       {Fail(FaultKind::kAttach, 1, EIO)},
       Store("identity"),
       {On(-EIO).State("cnt=0 owner=- dd=DMA cur=DMA bd=blocked hw=-")}},
      {"2(b) row 6: two devices bounce",
       Devices(2),
       {},
       Store("identity"),
       {On(-EINVAL)
            .State("cnt=0 owner=- dd=DMA cur=DMA bd=blocked hw=DMA,DMA")
            .Trace("read lock(group) attach(0:blocked) attach(1:blocked) unlock(group)"
                   " lock(group) unlock(group)"
                   " lock(group) attach(0:DMA) attach(1:DMA) unlock(group)")}},
      {"2(b) row 11: another device is first",
       Devices(2).Absent(1),
       {Meanwhile(BeforeLock(LockClass::kGroup, 3), All({Add(1), Remove(0)}))},
       Store("identity"),
       {On(-EBUSY).State("cnt=0 owner=- dd=DMA cur=DMA bd=blocked hw=DMA")}},
      {"2(b) row 11: a device joined",
       Devices(2).Absent(1),
       {Meanwhile(BeforeLock(LockClass::kDevice, 1), Add(1))},
       Store("identity"),
       {On(-EINVAL)}},
      {"2(b) row 11: the device insists on another type",
       Devices(1).Prefers(0, Preference::kDma),
       {},
       Store("identity"),
       {On(-EINVAL).Trace(Claimed("", kBackToDma))}},
      {"2(b) row 11: the same type bounces",
       Devices(1),
       {},
       Store("DMA"),
       {On(0)
            .State("cnt=0 owner=- dd=DMA cur=DMA bd=blocked hw=DMA")
            .Trace(Claimed("", kBackToDma))}},
  };
}

std::vector<Row> ChangeRows() {
  const Devices to_dma = Devices(1).Default(DomainType::kIdentity).Direct(0);
  return {
      {"2(b) rows 4 to 13: success",
       Devices(1),
       {},
       Store("identity"),
       {On(0)
            .State("cnt=0 owner=- dd=identity cur=identity bd=blocked hw=identity")
            .Trace(std::string(kClaim) + kFreeze +
                   " alloc(identity) attach(0:identity) unlock(group) finalize(0) read free(DMA)" +
                   kUnfreeze + " lock(group) unlock(group)")}},
      {"2(b) row 11: no memory for a new domain",
       Devices(1),
       {Store("DMA"), Fail(FaultKind::kDomainAlloc, 1, EIO, 2)},
       Store("identity"),
       {On(-ENOMEM).Unchanged().Trace(Claimed(" alloc(identity)!EIO alloc(DMA)!EIO", kBackToDma))}},
      {"2(b) row 11: falls back to DMA",
       Devices(1).Identity(Support::kAbsent),
       {},
       Store("identity"),
       {On(0).State("cnt=0 owner=- dd=DMA#2 cur=DMA#2 bd=blocked hw=DMA#2")}},
      {"2(b) row 11: a direct mapping fails",
       to_dma,
       {Fail(FaultKind::kMap, 1, EIO)},
       Store("DMA"),
       {On(-EIO)
            .State("cnt=0 owner=- dd=identity cur=identity bd=blocked hw=blocked")
            .Trace(Claimed(" alloc(DMA) map(0:DMA)!EIO free(DMA)", " lock(group) unlock(group)"))}},
      {"2(b) row 11: the queue has no memory",
       Devices(1),
       {Fail(FaultKind::kFlushQueue, 1, ENOMEM)},
       Store("DMA-FQ"),
       {On(-ENOMEM).Unchanged()}},
  };
}

// "T1 ... | T2 ...": where the other thread comes in. The sections of the mutex in one claimed
// write are: claim, count, freeze, change, unfreeze, release.
std::vector<Row> FlawRows() {
  const Point after_claim = BeforeLock(LockClass::kGroup, 2);
  const Point after_test = BeforeLock(LockClass::kGroup, 1);
  const Devices joining = Devices(2).Absent(1);
  return {
      {"9.1 S1: a bound driver loses its domain",
       Devices(1),
       {Meanwhile(after_test, All({Store("identity"), Bind(0)}))},
       Store("DMA-FQ"),
       {On(0).State("cnt=1 owner=- dd=DMA-FQ cur=DMA-FQ bd=blocked hw=DMA-FQ")}},
      {"9.1 S1: an owner loses its domain",
       Devices(1),
       {Meanwhile(after_test, All({Store("identity"), Vfio(0, kA), AttachGroup(0)}))},
       Store("DMA-FQ"),
       {On(0).State("cnt=1 owner=A dd=DMA-FQ cur=DMA-FQ bd=blocked hw=DMA-FQ")}},
      {"9.1 S2: the test reads a freed domain",
       Devices(1),
       {Meanwhile(BeforeRead(3), Store("identity"))},
       Store("DMA-FQ"),
       {On(kNeverReturned).Problem(SerialRuntime::Problem::kUseAfterFree)}},
      {"9.1 S3: a failed change strands the device",
       Devices(1).KeepsOnFailure(),
       {Fail(FaultKind::kAttach, 2, EIO)},
       Store("identity"),
       {On(-EIO).State("cnt=0 owner=- dd=DMA cur=DMA bd=blocked hw=blocked")}},
      {"9.1 S3: ... or leaves it on nothing",
       Devices(1),
       {Fail(FaultKind::kAttach, 2, EIO)},
       Store("identity"),
       {On(-EIO).State("cnt=0 owner=- dd=DMA cur=DMA bd=blocked hw=-")}},
      {"9.1 S4: an external domain is replaced",
       Devices(1),
       {Meanwhile(after_test, All({Store("identity"), AttachGroup(0)}))},
       Store("DMA-FQ"),
       {On(0).State("cnt=0 owner=- dd=DMA-FQ cur=DMA-FQ bd=blocked hw=DMA-FQ")}},
      {"9.1 S5: another writer is refused",
       Devices(1),
       {Meanwhile(after_claim, Store("identity"), -EPERM)},
       Store("identity"),
       {On(0)}},
      {"9.1 S6: an innocent bind fails",
       Devices(1),
       {Meanwhile(after_claim, Bind(0), -EBUSY)},
       Store("identity"),
       {On(0)}},
      {"9.1 S6: an innocent claim fails",
       Devices(1),
       {Meanwhile(after_claim, Vfio(0, kA), -EPERM)},
       Store("identity"),
       {On(0)}},
      {"9.1 S7: the device leaves a claimed group",
       Devices(1),
       {HoldGroup(), Meanwhile(after_claim, Remove(0))},
       Store("identity"),
       {On(-EINVAL)}},
      {"9.1 S8: a device joins a claimed group",
       joining,
       {Meanwhile(after_claim, Add(1))},
       Store("identity"),
       {On(-EINVAL)
            .State("cnt=0 owner=- dd=DMA cur=DMA bd=blocked hw=DMA,DMA")
            .Facts("0:api 1:none")}},
      {"9.1 S13: what was never frozen is thawed",
       joining,
       {Meanwhile(BeforeLock(LockClass::kDevice, 1), Add(1))},
       Store("identity"),
       {On(-EINVAL).Trace(
           "read lock(group) attach(0:blocked) unlock(group) lock(group)"
           " unlock(group) lock(group) lock(ops0) unlock(group)"
           " [ lock(probe) probe(1) lock(group) attach(1:blocked) unlock(group)"
           " lock(group) unlock(group) unlock(probe) lock(group) unlock(group) finalize(1) read ]"
           " lock(device0) lock(group) unlock(group) unlock(device0)"
           " lock(group) unlock(ops0) WARN(unbalanced_up) unlock(group)"
           " lock(group) attach(0:DMA) attach(1:DMA) unlock(group)")}},
      {"9.1 S9: the release undoes probe_finalize",
       Devices(2).FinalizeAttaches(),
       {Remove(1)},
       Store("identity"),
       {On(0).State("cnt=0 owner=- dd=identity cur=identity bd=blocked hw=identity")}},
  };
}

class ClaimV1Rows : public RowTest {};
TEST_P(ClaimV1Rows, Hold) { Check(); }
INSTANTIATE_TEST_SUITE_P(Checks, ClaimV1Rows, testing::ValuesIn(CasesOf(CheckRows())), CaseName);
INSTANTIATE_TEST_SUITE_P(Change, ClaimV1Rows, testing::ValuesIn(CasesOf(ChangeRows())), CaseName);
INSTANTIATE_TEST_SUITE_P(Flaws, ClaimV1Rows, testing::ValuesIn(CasesOf(FlawRows())), CaseName);

}  // namespace
}  // namespace groupfuzz::port_test
