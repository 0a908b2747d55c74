// Choosing and allocating the default domain: behaviour 5.1 to 5.3.
#include "target/kernel/errno.h"
#include "target/testing/rows.h"

namespace groupfuzz::port_test {
namespace {

constexpr Preference kNone = Preference::kNone;
constexpr Preference kDma = Preference::kDma;
constexpr Preference kIdentity = Preference::kIdentity;

// The state of an idle group whose devices are all on `domain`.
std::string IdleOn(const std::string& domain, int devices) {
  std::string state = "cnt=0 owner=- dd=" + domain + " cur=" + domain + " bd=- hw=" + domain;
  for (int i = 1; i < devices; ++i) state += "," + domain;
  return state;
}
std::string WithoutDomain(int devices) {
  std::string state = "cnt=0 owner=- dd=- cur=- bd=- hw=-";
  for (int i = 1; i < devices; ++i) state += ",-";
  return state;
}

Devices Opinions(const std::vector<Preference>& preferences, DomainType global) {
  Devices devices(static_cast<int>(preferences.size()));
  for (size_t i = 0; i < preferences.size(); ++i) {
    devices = devices.Prefers(static_cast<int>(i), preferences[i]);
  }
  return devices.Default(global);
}

std::vector<Row> BootRows() {
  const auto boots = [](const std::string& name, const Devices& machine,
                        const std::string& old_core, const std::string& new_core) -> Row {
    const int count = machine.device_count;
    return {name,
            machine,
            {},
            Boot(),
            {On(kOldCore, 0).State(IdleOn(old_core, count)),
             On(kNewCore, 0).State(IdleOn(new_core, count))}};
  };
  const DomainType dma = DomainType::kDma;
  const DomainType identity = DomainType::kIdentity;
  return {
      boots("5.1 global DMA", Devices(2).Default(dma), "DMA", "DMA"),
      boots("5.1 global IDENTITY", Devices(2).Default(identity), "identity", "identity"),
      boots("5.1 global DMA_FQ", Devices(2).Default(DomainType::kDmaFq), "DMA-FQ", "DMA-FQ"),
      boots("5.2 the first opinion counts", Opinions({kNone, kIdentity, kNone}, dma), "identity",
            "identity"),
      boots("5.2 opinions that agree", Opinions({kDma, kDma}, identity), "DMA", "DMA"),
      boots("5.2 conflict, DMA first, global DMA", Opinions({kDma, kIdentity}, dma), "DMA",
            "identity"),
      boots("5.2 conflict, IDENTITY first, global DMA", Opinions({kIdentity, kDma}, dma), "DMA",
            "identity"),
      boots("5.2 conflict, global IDENTITY", Opinions({kDma, kIdentity}, identity), "identity",
            "identity"),
      boots("5.2 conflict for good", Opinions({kDma, kIdentity, kDma}, identity), "identity",
            "identity"),
      boots("5.2 untrusted, no opinion", Devices(2).Untrusted(1).Default(identity), "DMA", "DMA"),
      boots("5.2 untrusted, the driver says DMA", Opinions({kDma, kNone}, identity).Untrusted(1),
            "DMA", "DMA"),
  };
}

std::vector<Row> UntrustedRows() {
  const Devices refused = Devices(2).Untrusted(0).Prefers(1, kIdentity);
  return {
      {"5.2 untrusted beats the driver of the device",
       Devices(1).Untrusted(0).Prefers(0, kIdentity),
       {},
       Boot(),
       {On(kOldCore, 0).State(IdleOn("DMA", 1))}},
      {"5.2 untrusted, the driver says IDENTITY: refused",
       refused,
       {},
       Boot(),
       {On(kOwnerCheck, 0).State(WithoutDomain(2)), On(kV612, 0).State("gone")}},
      {"5.2 ... a bind waits",
       refused,
       {},
       Use(0),
       {On(kOwnerCheck, -kernel::kEProbeDefer).Untouched()}},
      {"5.2 ... a write is refused",
       refused,
       {},
       Store("DMA"),
       {On(kOwnerCheck, -EINVAL).Untouched(), On(kV612, -ENODEV).Untouched()}},
      {"5.2 ... and so is a device, for the IOMMU is given up",
       Devices(3).Untrusted(0).Prefers(1, kIdentity).Absent(2),
       {},
       Probe(2),
       {On(kV612, -ENODEV).State("gone")}},
      {"5.2 ... so is a device that comes alone",
       Devices(1).Absent(0).Untrusted(0).Prefers(0, kIdentity),
       {},
       Probe(0),
       {On(kNewCore, -EINVAL).State("gone")}},
      {"5.2 untrusted, not the first member",
       Devices(2).Untrusted(1),
       {},
       Store("identity"),
       {On(kV64 | kNewCore, -EINVAL).Untouched(), On(kLockedClaim, -EINVAL)}},
      {"5.2 untrusted, lazy",
       Devices(2).Untrusted(1),
       {},
       Store("DMA-FQ"),
       {On(kOwnerCheck, -EINVAL).Untouched(), On(kLockedClaim | kV64 | kV612, 0)}},
      {"6.2 untrusted, the group is lazy",
       Devices(2).Untrusted(1).Absent(1).Default(DomainType::kDmaFq),
       {},
       Probe(1),
       {On(kOwnerCheck, -EINVAL), On(kOldCore | kV612, 0)}},
      {"6.2 untrusted, the group is not translated",
       Devices(2).Untrusted(1).Absent(1).Default(DomainType::kIdentity),
       {},
       Probe(1),
       {On(kOwnerCheck, -EINVAL), On(kOldCore | kV612, 0)}},
      {"6.2 untrusted, the group is translated",
       Devices(2).Untrusted(1).Absent(1),
       {},
       Probe(1),
       {On(kAllDesigns, 0)}},
      {"5.2 untrusted, auto",
       Devices(2).Untrusted(1),
       {},
       Store("auto"),
       {On(kV64 | kNewCore, 0).Unchanged()}},
  };
}

std::vector<Row> TypeRows() {
  const Devices prefers_dma = Devices(1).Prefers(0, kDma);
  const Devices torn = Opinions({kDma, kIdentity}, DomainType::kDma);
  return {
      {"5.2 hotplug asks the one device",
       Devices(1).Absent(0).Prefers(0, kIdentity),
       {},
       Probe(0),
       {On(kAllDesigns, 0).State(IdleOn("identity", 1))}},
      {"5.2 hotplug into a group asks nobody",
       Devices(2).Absent(1).Prefers(1, kIdentity),
       {},
       Probe(1),
       {On(kAllDesigns, 0).State(IdleOn("DMA", 2))}},
      {"5.2 DMA and DMA-FQ are different types",
       prefers_dma,
       {Store("DMA-FQ")},
       Store("DMA-FQ"),
       {On(kV64 | kNewCore, -EINVAL).Untouched(), On(kLockedClaim, -EINVAL)}},
      {"5.2 ... and back to DMA is a new domain",
       prefers_dma,
       {Store("DMA-FQ")},
       Store("DMA"),
       {On(kV64 | kLockedClaim | kNewCore, 0)}},
      {"5.2 IDENTITY wins: DMA is refused",
       torn,
       {},
       Store("DMA"),
       {On(kNewCore, -EINVAL).Untouched()}},
      {"5.2 IDENTITY wins: auto", torn, {}, Store("auto"), {On(kNewCore, 0).Untouched()}},
      {"5.2 no opinion is left of a conflict",
       torn,
       {Store("identity")},
       Store("auto"),
       {On(kV64, 0).State(IdleOn("DMA#2", 2))}},
      {"5.2 auto prefers the device",
       Devices(1).Prefers(0, kIdentity),
       {},
       Store("auto"),
       {On(kDeviceLock | kV64 | kNewCore, 0).Unchanged(), On(kClaimV1 | kLockedClaim, 0)}},
      {"5.2 ops.default_domain is an opinion",
       Devices(1).ForcesIdentity(),
       {},
       Store("auto"),
       {On(kNewCore, 0).Untouched()}},
  };
}

std::vector<Row> AllocationRows() {
  const Devices lazy = Devices(1).Default(DomainType::kDmaFq);
  const Step no_first = Fail(FaultKind::kDomainAlloc, 1, EIO);
  const Step no_second = Fail(FaultKind::kDomainAlloc, 2, ENOSPC);
  const Step no_cookie = Fail(FaultKind::kCookie, 1, ENOMEM);
  const Devices fixed = Devices(1).Identity(Support::kStatic);
  const DesignSet plain_old = kDeviceLock | kV64;
  return {
      {"5.3 ops.default_domain: the same",
       Devices(1).ForcesIdentity(),
       {},
       Store("identity"),
       {On(kNewCore, 0).Untouched()}},
      {"5.3 ops.default_domain: another type",
       Devices(1).ForcesIdentity(),
       {},
       Store("DMA"),
       {On(kNewCore, -EINVAL).Untouched()}},
      {"5.3 a type asked for has no fallback",
       Devices(1),
       {no_first},
       Store("identity"),
       {On(kNewCore, -EIO).Unchanged(), On(plain_old, 0).State(IdleOn("DMA#2", 1))}},
      {"5.3 auto, global DMA fails: its errno is lost",
       Devices(1),
       {Store("identity"), no_first},
       Store("auto"),
       {On(kNewCore, -EINVAL).Unchanged(), On(plain_old, -ENOMEM).Unchanged()}},
      {"5.3 auto, global DMA_FQ fails: DMA",
       lazy,
       {Store("identity"), no_first},
       Store("auto"),
       {On(plain_old | kNewCore, 0).State(IdleOn("DMA", 1))}},
      {"5.3 auto, global DMA_FQ and DMA fail",
       lazy,
       {Store("identity"), no_first, no_second},
       Store("auto"),
       {On(kNewCore, -ENOSPC).Unchanged(), On(plain_old, -ENOMEM).Unchanged()}},
      {"5.3 auto, global IDENTITY fails: DMA is reused",
       Devices(1).Default(DomainType::kIdentity),
       {Store("DMA"), no_first},
       Store("auto"),
       {On(kNewCore, 0).Unchanged()}},
      {"5.3 auto over a downgraded DMA_FQ is not idempotent",
       lazy.NoDeferredFlush(0),
       {},
       Store("auto"),
       {On(kNewCore, 0).State(IdleOn("DMA-FQ#2(DMA)", 1))}},
      {"1.6 no memory for the cookie: the new domain is freed again",
       Devices(1),
       {Store("identity"), no_cookie},
       Store("DMA"),
       {On(kOwnerCheck, -ENOMEM)
            .Unchanged()
            .Trace("lock(group) alloc(DMA#2) free(DMA#2) unlock(group)"),
        On(plain_old | kV612, -ENOMEM).Unchanged()}},
      {"1.6 no cookie for DMA-FQ: DMA has one",
       lazy,
       {Store("identity"), no_cookie},
       Store("auto"),
       {On(plain_old | kNewCore, 0).State(IdleOn("DMA", 1))}},
      {"1.6 a domain that is not for the DMA API has no cookie",
       Devices(1),
       {no_cookie},
       Store("identity"),
       {On(plain_old | kNewCore, 0).State(IdleOn("identity", 1))}},
      {"5.3 a static identity is the same again",
       fixed,
       {Store("identity")},
       Store("identity"),
       {On(plain_old | kNewCore, 0).Unchanged()}},
      {"5.3 a static identity is no allocation",
       fixed,
       {},
       Store("identity"),
       {On(kOwnerCheck, 0).Trace("lock(group) attach(0:identity) free(DMA) unlock(group)"),
        On(kOldCore, 0)}},
      {"5.3 a static identity is never freed",
       fixed,
       {Store("identity")},
       Store("DMA"),
       {On(kOwnerCheck, 0).Trace("lock(group) alloc(DMA#2) attach(0:DMA#2) unlock(group)"),
        On(kOldCore | kV612, 0)}},
      {"5.3 first allocation: the global type fails",
       lazy.Absent(0),
       {no_first},
       Probe(0),
       {On(kAllDesigns, 0).State(IdleOn("DMA", 1))}},
      {"5.3 first allocation: all fail",
       lazy.Absent(0),
       {no_first, no_second},
       Probe(0),
       {On(kOldCore, 0).State(WithoutDomain(1)), On(kNewCore, -ENOSPC).State("gone")}},
  };
}

class DefaultDomainRows : public RowTest {};
TEST_P(DefaultDomainRows, Hold) { Check(); }
INSTANTIATE_TEST_SUITE_P(Boot, DefaultDomainRows, testing::ValuesIn(CasesOf(BootRows())), CaseName);
INSTANTIATE_TEST_SUITE_P(Untrusted, DefaultDomainRows, testing::ValuesIn(CasesOf(UntrustedRows())),
                         CaseName);
INSTANTIATE_TEST_SUITE_P(Type, DefaultDomainRows, testing::ValuesIn(CasesOf(TypeRows())), CaseName);
INSTANTIATE_TEST_SUITE_P(Allocation, DefaultDomainRows,
                         testing::ValuesIn(CasesOf(AllocationRows())), CaseName);

}  // namespace
}  // namespace groupfuzz::port_test
