// device-lock, row by row: behaviour 2(a).
#include "target/kernel/errno.h"
#include "target/testing/rows.h"

namespace groupfuzz::port_test {
namespace {

using kernel::LockClass;

// Rows 2 to 6: the look at dd, the count of devices, device_lock. Then row 8.
constexpr char kToDevice[] = "read lock(group) unlock(group) lock(device0)";
constexpr char kEnd[] = " unlock(group) unlock(device0)";

std::string Devicelocked(const std::string& then) {
  return std::string(kToDevice) + then + " unlock(device0)";
}
// What happens in the second section of the mutex, where nothing follows it.
std::string Locked(const std::string& in) {
  return std::string(kToDevice) + " lock(group)" + in + kEnd;
}

std::vector<Row> CheckRows() {
  const auto on = [](int result) { return On(kDeviceLock, result); };
  const Devices joining = Devices(2).Absent(1);
  return {
      {"2(a) row 1: capabilities",
       Devices(1),
       {},
       Store("identity", Capabilities::kNone),
       {on(-EACCES).Untouched().Trace("")}},
      {"2(a) row 2: dd NULL",
       Devices(1),
       {LoseDomains()},
       Store("identity"),
       {on(-EINVAL).Untouched().Trace("read")}},
      {"2(a) row 3: text",
       Devices(1),
       {},
       Store("Identity"),
       {on(-EINVAL).Untouched().Trace("read")}},
      {"2(a) row 4: two devices",
       Devices(2),
       {},
       Store("identity"),
       {on(-EINVAL).Untouched().Trace("read lock(group) unlock(group)")}},
      {"2(a) row 4 precedes row 7",
       Devices(2),
       {Bind(0)},
       Store("identity"),
       {on(-EINVAL).Untouched().Trace("read lock(group) unlock(group)")}},
      {"2(a) row 7: bound",
       Devices(1),
       {Bind(0)},
       Store("identity"),
       {on(-EBUSY).Untouched().Trace(Devicelocked(""))}},
      {"2(a) row 7: bound, DMA-FQ asked for, dd not DMA",
       Devices(1).Default(DomainType::kIdentity),
       {Bind(0)},
       Store("DMA-FQ"),
       {on(-EBUSY).Untouched().Trace(Devicelocked(" read"))}},
      {"2(a) row 9: dd is not current",
       Devices(1),
       {AttachGroup(0)},
       Store("identity"),
       {on(-EBUSY).Untouched().Trace(Locked(""))}},
      {"2(a) row 9 precedes row 14",
       Devices(1),
       {AttachGroup(0)},
       Store("DMA"),
       {on(-EBUSY).Untouched().Trace(Locked(""))}},
      {"2(a) row 10: a device joins before DL",
       joining,
       {Meanwhile(BeforeLock(LockClass::kDevice, 1), Add(1))},
       Store("identity"),
       {on(-EINVAL)}},
      {"2(a) row 10: a device joins under DL",
       joining,
       {Meanwhile(BeforeLock(LockClass::kGroup, 2), Add(1))},
       Store("identity"),
       {on(-EINVAL)}},
      {"2(a) row 11: another device is first",
       joining,
       {Meanwhile(BeforeLock(LockClass::kDevice, 1), All({Add(1), Remove(0)}))},
       Store("identity"),
       {on(-EBUSY)}},
      {"2(a) row 12: dd is gone",
       Devices(1),
       {Meanwhile(BeforeLock(LockClass::kDevice, 1), LoseDomains())},
       Store("identity"),
       {on(-EINVAL)}},
      {"2(a) row 13: the device insists on another type",
       Devices(1).Prefers(0, Preference::kDma),
       {},
       Store("identity"),
       {on(-EINVAL).Untouched().Trace(Locked(""))}},
      {"2(a) row 13 precedes row 15",
       Devices(1).Prefers(0, Preference::kDma),
       {},
       Store("DMA-FQ"),
       {on(-EINVAL).Untouched().Trace(Locked(""))}},
      {"2(a) row 13: auto, the device has no preference",
       Devices(1),
       {Store("identity")},
       Store("auto"),
       {on(0).State("cnt=0 owner=- dd=DMA#2 cur=DMA#2 bd=- hw=DMA#2")}},
      {"2(a) row 13: auto, the device has one",
       Devices(1).Prefers(0, Preference::kIdentity),
       {},
       Store("auto"),
       {on(0).Untouched().Trace(Locked(""))}},
      {"2(a) row 14: the same type",
       Devices(1),
       {},
       Store("DMA"),
       {on(0).Untouched().Trace(Locked(""))}},
  };
}

std::vector<Row> ChangeRows() {
  const auto on = [](int result) { return On(kDeviceLock, result); };
  const Devices to_dma = Devices(1).Default(DomainType::kIdentity).Direct(0);
  const char same[] = "cnt=0 owner=- dd=DMA cur=DMA bd=- hw=DMA";
  const char lazy[] = "cnt=0 owner=- dd=DMA(DMA-FQ) cur=DMA(DMA-FQ) bd=- hw=DMA(DMA-FQ)";
  return {
      {"2(a) row 15: strict to lazy",
       Devices(1),
       {},
       Store("DMA-FQ"),
       {on(0).State(lazy).Trace(Locked(" queue(DMA)"))}},
      {"2(a) row 15: strict to lazy under a driver",
       Devices(1),
       {Bind(0)},
       Store("DMA-FQ"),
       {on(0).Trace("read lock(group) unlock(group) lock(device0) read lock(group) queue(DMA)"
                    " unlock(group) unlock(device0)")}},
      {"2(a) row 15: no memory",
       Devices(1),
       {Fail(FaultKind::kFlushQueue, 1, ENOMEM)},
       Store("DMA-FQ"),
       {on(-ENOMEM).Unchanged().Trace(Locked(" queue(DMA)!ENOMEM"))}},
      {"2(a) row 16: falls back to DMA",
       Devices(1).Identity(Support::kAbsent),
       {},
       Store("identity"),
       {on(0)
            .State("cnt=0 owner=- dd=DMA#2 cur=DMA#2 bd=- hw=DMA#2")
            .Trace(std::string(kToDevice) +
                   " lock(group) alloc(identity)!EOPNOTSUPP alloc(DMA#2) attach(0:DMA#2)"
                   " unlock(group) finalize(0) read free(DMA) unlock(device0)")}},
      {"2(a) row 16: the fallback fails too",
       Devices(1),
       {Fail(FaultKind::kDomainAlloc, 1, EIO, 2)},
       Store("identity"),
       {on(-ENOMEM).Unchanged().Trace(Locked(" alloc(identity)!EIO alloc(DMA)!EIO"))}},
      {"2(a) row 16: DMA has no fallback",
       Devices(1).Default(DomainType::kIdentity),
       {Fail(FaultKind::kDomainAlloc, 1, EIO)},
       Store("DMA"),
       {on(-ENOMEM).Unchanged().Trace(Locked(" alloc(DMA)!EIO"))}},
      {"2(a) row 17: direct mappings come before the attach",
       to_dma,
       {},
       Store("DMA"),
       {on(0)
            .Facts("0:api+direct")
            .Trace(std::string(kToDevice) +
                   " lock(group) alloc(DMA) map(0:DMA) attach(0:DMA)"
                   " unlock(group) finalize(0) read free(identity) unlock(device0)")}},
      {"2(a) row 17: a direct mapping fails",
       to_dma,
       {Fail(FaultKind::kMap, 1, EIO)},
       Store("DMA"),
       {on(-EIO).Unchanged().Trace(Locked(" alloc(DMA) map(0:DMA)!EIO free(DMA)"))}},
      {"2(a) row 18: the attach fails, nothing is re-attached",
       Devices(1),
       {Fail(FaultKind::kAttach, 1, EIO)},
       Store("identity"),
       {on(-EIO)
            .State("cnt=0 owner=- dd=DMA cur=DMA bd=- hw=-")
            .Trace(Locked(" alloc(identity) attach(0:identity)!EIO free(identity)"))}},
      {"2(a) row 18: the driver keeps the old attachment",
       Devices(1).KeepsOnFailure(),
       {Fail(FaultKind::kAttach, 1, EIO)},
       Store("identity"),
       {on(-EIO).State(same)}},
      {"2(a) rows 19 to 23: success",
       Devices(1),
       {},
       Store("identity"),
       {on(0)
            .State("cnt=0 owner=- dd=identity cur=identity bd=- hw=identity")
            .Trace(std::string(kToDevice) +
                   " lock(group) alloc(identity) attach(0:identity) unlock(group)"
                   " finalize(0) read free(DMA) unlock(device0)")}},
      {"2(a) row 20: probe_finalize re-enters the mutex",
       Devices(2).FinalizeAttaches(),
       {Remove(1)},
       Store("identity"),
       {on(0)
            .State("cnt=0 owner=- dd=identity cur=unmanaged bd=- hw=unmanaged")
            .Trace(std::string(kToDevice) +
                   " lock(group) alloc(identity) attach(0:identity) unlock(group) finalize(0)"
                   " lock(group) attach(0:unmanaged) unlock(group) free(DMA) unlock(device0)")}},
      {"2(a) note: release_device runs beside rows 9 to 21",
       Devices(1),
       {HoldGroup(), Meanwhile(BeforeCallback(2), Release(0), kNeverReturned)},
       Store("identity"),
       {On(kDeviceLock, kNeverReturned).Problem(SerialRuntime::Problem::kUseAfterFree)}},
  };
}

class DeviceLockRows : public RowTest {};
TEST_P(DeviceLockRows, Hold) { Check(); }
INSTANTIATE_TEST_SUITE_P(Checks, DeviceLockRows, testing::ValuesIn(CasesOf(CheckRows())), CaseName);
INSTANTIATE_TEST_SUITE_P(Change, DeviceLockRows, testing::ValuesIn(CasesOf(ChangeRows())),
                         CaseName);

}  // namespace
}  // namespace groupfuzz::port_test
