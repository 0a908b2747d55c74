// owner-check and v6.12, row by row: behaviour 2(c), variant c2, and 2(e). They differ in one line:
// v6.12 looks at dd before it takes the mutex.
#include "target/kernel/errno.h"
#include "target/testing/rows.h"

namespace groupfuzz::port_test {
namespace {

// One expectation, and the trace of the one section of the mutex that the write is.
std::vector<Expectation> Locked(const Expectation& expected, const std::string& in) {
  const std::string section = "lock(group)" + in + " unlock(group)";
  Expectation v6_12 = expected.Trace("read " + section);
  v6_12.designs = kV612;
  Expectation owner_check = expected.Trace(section);
  owner_check.designs = kOwnerCheck;
  return {v6_12, owner_check};
}
Expectation Returns(int64_t result) { return On(kNewCore, result); }

std::vector<Row> CheckRows() {
  const Step last_leaves = Meanwhile(BeforeLock(kernel::LockClass::kGroup, 1), Release(0));
  return {
      {"2(e) row 1: capabilities",
       Devices(1),
       {},
       Store("identity", Capabilities::kNone),
       {Returns(-EACCES).Untouched().Trace("")}},
      {"2(e) row 2: dd NULL",
       Devices(1),
       {LoseDomains()},
       Store("identity"),
       {On(kV612, -EINVAL).Untouched().Trace("read"),
        On(kOwnerCheck, -EINVAL).Untouched().Trace("lock(group) unlock(group)")}},
      {"2(e) row 3: text",
       Devices(1),
       {},
       Store("x"),
       {On(kV612, -EINVAL).Untouched().Trace("read"),
        On(kOwnerCheck, -EINVAL).Untouched().Trace("")}},
      {"2(e) row 5: strict to lazy",
       Devices(2),
       {},
       Store("DMA-FQ"),
       Locked(Returns(0).State("cnt=0 owner=- dd=DMA(DMA-FQ) cur=DMA(DMA-FQ) bd=-"
                               " hw=DMA(DMA-FQ),DMA(DMA-FQ)"),
              " queue(DMA)")},
      {"2(e) row 5: a driver and its mapping stay",
       Devices(1),
       {Bind(0), DmaMap(0)},
       Store("DMA-FQ"),
       Locked(Returns(0).Facts("0:api+mapping"), " queue(DMA)")},
      {"2(e) row 5: an owner stays",
       Devices(1),
       {Vfio(0, kA)},
       Store("DMA-FQ"),
       Locked(Returns(0).State("cnt=1 owner=A dd=DMA(DMA-FQ) cur=blocked bd=blocked hw=blocked"),
              " queue(DMA)")},
      {"2(e) row 5 precedes row 7",
       Devices(1).Prefers(0, Preference::kDma),
       {},
       Store("DMA-FQ"),
       Locked(Returns(0), " queue(DMA)")},
      {"2(e) row 5: no memory",
       Devices(1),
       {Fail(FaultKind::kFlushQueue, 1, ENOMEM)},
       Store("DMA-FQ"),
       Locked(Returns(-ENOMEM).Unchanged(), " queue(DMA)!ENOMEM")},
      {"2(e) row 6: counted",
       Devices(2),
       {Bind(1)},
       Store("identity"),
       Locked(Returns(-EPERM).Untouched(), "")},
      {"2(e) row 6: owned",
       Devices(2),
       {Vfio(1, kA)},
       Store("identity"),
       Locked(Returns(-EPERM).Untouched(), "")},
      {"2(e) row 6: the last device leaves after the look at dd",
       Devices(1),
       {HoldGroup(), last_leaves},
       Store("identity"),
       {On(kV612, -EPERM), On(kOwnerCheck, -EINVAL)}},
      {"2(e) row 5: ... and dd is read through NULL",
       Devices(1),
       {HoldGroup(), last_leaves},
       Store("DMA-FQ"),
       {On(kV612, kNeverReturned).Problem(SerialRuntime::Problem::kUseAfterFree),
        On(kOwnerCheck, -EINVAL)}},
      {"2(e) row 6 precedes row 7",
       Devices(1).Prefers(0, Preference::kDma),
       {Bind(0)},
       Store("identity"),
       Locked(Returns(-EPERM).Untouched(), "")},
      {"2(e) row 7: a device insists on another type",
       Devices(2).Prefers(1, Preference::kDma),
       {},
       Store("identity"),
       Locked(Returns(-EINVAL).Untouched(), "")},
      {"2(e) row 7 precedes row 8",
       Devices(1).Prefers(0, Preference::kDma).Identity(Support::kAbsent),
       {},
       Store("identity"),
       Locked(Returns(-EINVAL).Untouched(), "")},
      {"2(e) row 8: the driver cannot",
       Devices(1).Identity(Support::kAbsent),
       {},
       Store("identity"),
       Locked(Returns(-EOPNOTSUPP).Unchanged(), " alloc(identity)!EOPNOTSUPP")},
      {"2(e) row 8: the allocation fails, nothing replaces it",
       Devices(1),
       {Fail(FaultKind::kDomainAlloc, 1, ENOSPC)},
       Store("identity"),
       Locked(Returns(-ENOSPC).Unchanged(), " alloc(identity)!ENOSPC")},
      {"2(e) row 8: the driver insists on its own domain",
       Devices(1).ForcesIdentity(),
       {},
       Store("DMA"),
       Locked(Returns(-EINVAL).Untouched(), "")},
      {"2(e) row 9: the same domain",
       Devices(1),
       {},
       Store("DMA"),
       Locked(Returns(0).Untouched(), "")},
      {"2(e) row 9: ... even if cur is another",
       Devices(1),
       {AttachGroup(0)},
       Store("DMA"),
       Locked(Returns(0).Untouched(), "")},
  };
}

std::vector<Row> ChangeRows() {
  const Devices direct = Devices(1).Default(DomainType::kIdentity).Direct(0);
  const Devices late =
      Devices(2).Default(DomainType::kIdentity).Direct(0).Direct(1).MapsOnlyAttached();
  const char deferred[] = "cnt=0 owner=- dd=identity cur=identity bd=- hw=-";
  // Linux does not warn here; the reference design does.
  const std::string lost =
      "lock(group) alloc(DMA) map(0:DMA)!EIO attach(0:DMA) map(0:DMA)!EIO attach(0:identity)!EBUSY";
  const char off_old[] = "cnt=0 owner=- dd=identity cur=identity bd=- hw=-";
  return {
      {"2(e) row 10: direct mappings come before the attach",
       direct,
       {},
       Store("DMA"),
       Locked(Returns(0).Facts("0:api+direct"),
              " alloc(DMA) map(0:DMA) attach(0:DMA) free(identity)")},
      {"2(e) row 11: dd is set before the attach",
       Devices(1).Deferred(0),
       {},
       Store("identity"),
       Locked(Returns(0).State(deferred).Facts("0:deferred"), " alloc(identity) free(DMA)")},
      {"2(e) row 12b: rolls back what was visited",
       Devices(3),
       {Fail(FaultKind::kAttach, 2, EIO)},
       Store("identity"),
       Locked(Returns(-EIO).Unchanged(),
              " alloc(identity) attach(0:identity) attach(1:identity)!EIO"
              " attach(0:DMA) attach(1:DMA) free(identity)")},
      {"2(e) row 12b: from an external domain, back to it",
       Devices(1),
       {AttachGroup(0), Fail(FaultKind::kAttach, 1, EIO)},
       Store("identity"),
       Locked(Returns(-EIO).Unchanged(),
              " alloc(identity) attach(0:identity)!EIO attach(0:U0) free(identity)")},
      {"2(e) row 13: mappings that need the attach",
       late,
       {},
       Store("DMA"),
       Locked(Returns(0).Facts("0:api+direct 1:api+direct"),
              " alloc(DMA) map(0:DMA)!ENODEV map(1:DMA)!ENODEV attach(0:DMA) attach(1:DMA)"
              " map(0:DMA) map(1:DMA) free(identity)")},
      {"2(e) row 13: one failed before, all are mapped again",
       Devices(2).Default(DomainType::kIdentity).Direct(0).Direct(1),
       {Fail(FaultKind::kMap, 1, EIO)},
       Store("DMA"),
       Locked(Returns(0).Facts("0:api+direct 1:api+direct"),
              " alloc(DMA) map(0:DMA)!EIO map(1:DMA) attach(0:DMA) attach(1:DMA) map(0:DMA)"
              " free(identity)")},
      {"2(e) row 13: the second try fails",
       direct,
       {Fail(FaultKind::kMap, 1, EIO, 2)},
       Store("DMA"),
       Locked(Returns(-EIO).Unchanged(),
              " alloc(DMA) map(0:DMA)!EIO attach(0:DMA) map(0:DMA)!EIO attach(0:identity)"
              " free(DMA)")},
      {"2(e) row 13: ... and so does the way back",
       direct,
       {Fail(FaultKind::kMap, 1, EIO, 2), Fail(FaultKind::kAttach, 2, EBUSY)},
       Store("DMA"),
       {On(kV612, -EIO).State(off_old).Trace("read " + lost + " free(DMA) unlock(group)"),
        On(kOwnerCheck, -EIO).State(off_old).Trace(lost + " WARN(must_succeed) unlock(group)")}},
      {"2(e) row 13: the way back is to the old dd, or to the domain found",
       direct,
       {AttachGroup(0), Fail(FaultKind::kMap, 1, EIO, 2)},
       Store("DMA"),
       {On(kV612, -EIO).State("cnt=0 owner=- dd=identity cur=identity bd=- hw=identity"),
        On(kOwnerCheck, -EIO).Unchanged()}},
      {"2(e) rows 14 and 16: success",
       Devices(2),
       {},
       Store("identity"),
       Locked(Returns(0)
                  .State("cnt=0 owner=- dd=identity cur=identity bd=- hw=identity,identity")
                  .Facts("0:none 1:none"),
              " alloc(identity) attach(0:identity) attach(1:identity) free(DMA)")},
      {"2(e) row 14: a static domain is never freed",
       Devices(1).Identity(Support::kStatic),
       {Store("identity")},
       Store("DMA"),
       Locked(Returns(0).Facts("0:api"), " alloc(DMA#2) attach(0:DMA#2)")},
      {"2(e) row 15: DMA ops follow the type",
       Devices(1).Default(DomainType::kIdentity),
       {},
       Store("DMA"),
       {Returns(0).Facts("0:api")}},
      {"2(e) row 15: no probe_finalize, even one that attaches",
       Devices(2).FinalizeAttaches(),
       {Remove(1)},
       Store("identity"),
       Locked(Returns(0), " alloc(identity) attach(0:identity) free(DMA)")},
      {"2(c) c2: an external domain is replaced",
       Devices(2),
       {AttachGroup(0)},
       Store("identity"),
       Locked(Returns(0).State("cnt=0 owner=- dd=identity cur=identity bd=- hw=identity,identity"),
              " alloc(identity) attach(0:identity) attach(1:identity) free(DMA)")},
      {"2(c) c2: PASIDs are not looked at",
       Devices(1).WithPasids(0),
       {AttachPasid(0, 0, 1)},
       Store("identity"),
       {Returns(0)}},
      {"2(c) c2: bd is neither needed nor allocated",
       Devices(1).Blocked(Support::kAbsent),
       {},
       Store("identity"),
       Locked(Returns(0), " alloc(identity) attach(0:identity) free(DMA)")},
  };
}

class OwnerCheckRows : public RowTest {};
TEST_P(OwnerCheckRows, Hold) { Check(); }
INSTANTIATE_TEST_SUITE_P(Checks, OwnerCheckRows, testing::ValuesIn(CasesOf(CheckRows())), CaseName);
INSTANTIATE_TEST_SUITE_P(Change, OwnerCheckRows, testing::ValuesIn(CasesOf(ChangeRows())),
                         CaseName);

}  // namespace
}  // namespace groupfuzz::port_test
