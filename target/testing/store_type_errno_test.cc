// The errno of one write to a quiescent group, scenario by scenario: behaviour 2(f).
#include "target/kernel/errno.h"
#include "target/testing/rows.h"

namespace groupfuzz::port_test {
namespace {

// The columns of the table. 6.12 is the core that the reference design stands on, so its column
// counts for both; locked-claim has a column of its own, from behaviour 2(c).
std::vector<Expectation> Errnos(int v6_1, int claim_v1, int locked_claim, int v6_4, int v6_12) {
  const auto column = [](DesignSet designs, int error) {
    const Expectation expected = On(designs, -error);
    // Designs that claim pass through the blocking domain, which stays allocated.
    const bool claims = (designs & (kClaimV1 | kLockedClaim)) != 0;
    return error == 0 || claims ? expected : expected.Unchanged();
  };
  return {column(kDeviceLock, v6_1), column(kClaimV1, claim_v1), column(kLockedClaim, locked_claim),
          column(kRules64, v6_4), column(kNewCore, v6_12)};
}
std::vector<Expectation> Everywhere(int error) { return Errnos(error, error, error, error, error); }

// `otherwise`, but for the reference design, which refuses with an error of its own what 6.12
// answers with `v6_12`.
std::vector<Expectation> ReferenceRefuses(int error, int v6_12,
                                          std::vector<Expectation> otherwise) {
  const Expectation expected = On(kV612, -v6_12);
  otherwise.back() = v6_12 == 0 ? expected : expected.Unchanged();
  otherwise.push_back(On(kOwnerCheck, -error).Unchanged());
  return otherwise;
}

// It hides the attribute of a group that no device is in.
std::vector<Expectation> NoDeviceErrnos(int v6_1, int claim_v1, int locked_claim, int v6_4,
                                        int v6_12) {
  return ReferenceRefuses(ENODEV, v6_12, Errnos(v6_1, claim_v1, locked_claim, v6_4, v6_12));
}

std::vector<Row> CallerRows() {
  return {
      {"2(f) no CAP_SYS_ADMIN",
       Devices(1),
       {},
       Store("identity", Capabilities::kNoSysAdmin),
       Everywhere(EACCES)},
      {"2(f) no CAP_SYS_RAWIO",
       Devices(1),
       {},
       Store("identity", Capabilities::kNoSysRawio),
       Everywhere(EACCES)},
      {"2(f) no capability precedes unknown text",
       Devices(1),
       {},
       Store("junk", Capabilities::kNone),
       Everywhere(EACCES)},
      {"2(f) unknown text", Devices(1), {}, Store("junk"), Everywhere(EINVAL)},
      {"2(f) unknown text precedes a bound driver",
       Devices(1),
       {Bind(0)},
       Store("junk"),
       Everywhere(EINVAL)},
      {"2(f) default_domain NULL", Devices(1), {LoseDomains()}, Store("DMA"), Everywhere(EINVAL)},
  };
}

std::vector<Row> BoundRows() {
  const Step lazy = Store("DMA-FQ");
  return {
      {"2(f) 2 devices, none bound, DMA->identity",
       Devices(2),
       {},
       Store("identity"),
       Errnos(EINVAL, EINVAL, 0, 0, 0)},
      {"2(f) 2 devices, one bound, DMA->identity",
       Devices(2),
       {Bind(0)},
       Store("identity"),
       Errnos(EINVAL, EPERM, EPERM, EPERM, EPERM)},
      {"2(f) 1 device bound, DMA->identity",
       Devices(1),
       {Bind(0)},
       Store("identity"),
       Errnos(EBUSY, EPERM, EPERM, EPERM, EPERM)},
      {"2(f) 1 device bound, DMA->DMA-FQ", Devices(1), {Bind(0)}, lazy, Everywhere(0)},
      {"2(f) 2 devices, one bound, DMA->DMA-FQ",
       Devices(2),
       {Bind(1)},
       lazy,
       Errnos(EINVAL, EINVAL, 0, 0, 0)},
      {"2(f) 1 device bound, already DMA-FQ, write DMA-FQ",
       Devices(1),
       {lazy, Bind(0)},
       lazy,
       Errnos(EBUSY, EPERM, EPERM, EPERM, EPERM)},
      {"2(f) 1 device bound, write the current type",
       Devices(1),
       {Bind(0)},
       Store("DMA"),
       Errnos(EBUSY, EPERM, EPERM, EPERM, EPERM)},
      {"2(f) unbound, write the current type", Devices(1), {}, Store("DMA"), Everywhere(0)},
      {"2(f) bound only to a driver_managed_dma driver",
       Devices(1).Managed(0),
       {Bind(0)},
       Store("identity"),
       Errnos(EBUSY, 0, 0, 0, 0)},
  };
}

std::vector<Row> OwnedRows() {
  return {
      {"2(f) claimed, dd DMA, write DMA-FQ",
       Devices(1),
       {Vfio(0, kA)},
       Store("DMA-FQ"),
       Errnos(EBUSY, 0, 0, 0, 0)},
      {"2(f) claimed, write identity",
       Devices(1),
       {Vfio(0, kA)},
       Store("identity"),
       Errnos(EBUSY, EPERM, EPERM, EPERM, EPERM)},
      {"2(f) external domain, unbound, other type",
       Devices(1),
       {AttachGroup(0)},
       Store("identity"),
       Errnos(EBUSY, EBUSY, EBUSY, 0, 0)},
      {"2(f) no device left, other type",
       Devices(1),
       {HoldGroup(), Remove(0)},
       Store("identity"),
       NoDeviceErrnos(EINVAL, EINVAL, EPERM, EPERM, EINVAL)},
      {"2(f) no device left, DMA->DMA-FQ",
       Devices(1),
       {HoldGroup(), Remove(0)},
       Store("DMA-FQ"),
       NoDeviceErrnos(EINVAL, EINVAL, 0, 0, EINVAL)},
  };
}

std::vector<Row> TypeRows() {
  const Devices demands_dma = Devices(1).Prefers(0, Preference::kDma);
  const Devices no_identity = Devices(1).Identity(Support::kAbsent);
  return {
      {"2(f) driver demands DMA, DMA->DMA-FQ",
       demands_dma,
       {},
       Store("DMA-FQ"),
       Errnos(EINVAL, EINVAL, 0, 0, 0)},
      {"2(f) untrusted device, DMA->DMA-FQ",
       Devices(1).Untrusted(0),
       {},
       Store("DMA-FQ"),
       ReferenceRefuses(EINVAL, 0, Errnos(EINVAL, EINVAL, 0, 0, 0))},
      {"2(f) driver demands IDENTITY, write DMA",
       Devices(1).Prefers(0, Preference::kIdentity),
       {},
       Store("DMA"),
       Everywhere(EINVAL)},
      {"2(f) the driver has no identity domain",
       no_identity,
       {},
       Store("identity"),
       Errnos(0, 0, 0, 0, EOPNOTSUPP)},
      {"2(f) ... and what is current then is DMA",
       no_identity,
       {Tried(Store("identity"))},
       Shows("DMA"),
       Everywhere(0)},
      {"2(f) the driver fails to allocate identity",
       Devices(1),
       {Fail(FaultKind::kDomainAlloc, 1, ENOSPC)},
       Store("identity"),
       {On(kDeviceLock | kV64 | kLockedClaim | kClaimV1, 0), On(kNewCore, -ENOSPC).Unchanged()}},
  };
}

class StoreTypeErrno : public RowTest {};
TEST_P(StoreTypeErrno, Holds) { Check(); }
INSTANTIATE_TEST_SUITE_P(Caller, StoreTypeErrno, testing::ValuesIn(CasesOf(CallerRows())),
                         CaseName);
INSTANTIATE_TEST_SUITE_P(Bound, StoreTypeErrno, testing::ValuesIn(CasesOf(BoundRows())), CaseName);
INSTANTIATE_TEST_SUITE_P(Owned, StoreTypeErrno, testing::ValuesIn(CasesOf(OwnedRows())), CaseName);
INSTANTIATE_TEST_SUITE_P(Type, StoreTypeErrno, testing::ValuesIn(CasesOf(TypeRows())), CaseName);

}  // namespace
}  // namespace groupfuzz::port_test
