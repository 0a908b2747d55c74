// The reference design over mock drivers that break their contract.
#include "properties/invariants/broken/broken_design.h"
#include "target/driver/driver.h"

namespace groupfuzz {
namespace {

template <typename Broken>
std::unique_ptr<Driver> Make(kernel::Slab& slab) {
  return std::make_unique<Broken>(slab);
}

// Says that it attached, and did not.
class DeafDriver : public Driver {
 public:
  using Driver::Driver;
  int Attach(Domain* domain, uint8_t device) override {
    return domain->type == DomainType::kBlocked ? 0 : Driver::Attach(domain, device);
  }
};

// Says that it attached, and stays blocked.
class StuckDriver : public Driver {
 public:
  using Driver::Driver;
  int Attach(Domain* domain, uint8_t device) override {
    const bool blocked = hw(device) != nullptr && hw(device)->type == DomainType::kBlocked;
    return blocked ? 0 : Driver::Attach(domain, device);
  }
};

// Says that it mapped, and did not.
class ForgetfulDriver : public Driver {
 public:
  using Driver::Driver;
  int Map(Domain*, uint8_t, Page, Page) override { return 0; }
};

// Loses a domain that it was told to free.
class LeakyDriver : public Driver {
 public:
  using Driver::Driver;
  void FreeDomain(Domain*) override {}
};

// Keeps what it was told to let go of.
class ClingingDriver : public Driver {
 public:
  using Driver::Driver;
  void RemovePasid(uint8_t, uint8_t) override {}
  void ReleaseDevice(uint8_t) override {}
};

constexpr std::string_view kPasid = R"(
device 0 pasids
thread 0
  group_claim 0 A
  attach_pasid 0 U0 pasid=1
  detach_pasid 0 pasid=1
  free_domain U0
)";

constexpr std::string_view kClaim = R"(
device 0
thread 0
  group_claim 0 A
)";

const BrokenDesign kBroken[] = {
    {.property = "I14",
     .defect = "attach_dev succeeds without attaching",
     .program = kClaim,
     .driver = Make<DeafDriver>},
    {.property = "D2",
     .defect = "attach_dev succeeds without blocking",
     .program = kClaim,
     .driver = Make<DeafDriver>},
    {.property = "D3",
     .defect = "attach_dev succeeds without leaving the default domain",
     .program = kClaim,
     .driver = Make<DeafDriver>},
    {.property = "I9",
     .defect = "attach_dev succeeds without attaching",
     .program = R"(
device 0
device 1 absent
thread 0
  group_claim 0 A
  add_device 1
)",
     .driver = Make<DeafDriver>},
    {.property = "I11",
     .defect = "attach_dev succeeds and leaves the device blocked",
     .program = R"(
device 0
thread 0
  group_claim 0 A
  group_release 0
)",
     .driver = Make<StuckDriver>},
    {.property = "D1",
     .defect = "map_pages succeeds without mapping",
     .program = R"(
device 0
thread 0
  bind 0
  dma_map 0
)",
     .driver = Make<ForgetfulDriver>},
    {.property = "I40",
     .defect = "map_pages succeeds without mapping",
     .program = R"(
default identity
device 0 direct
thread 0
  store_type "DMA"
)",
     .driver = Make<ForgetfulDriver>},
    {.property = "E3",
     .defect = "release_device does nothing",
     .program = R"(
device 0 absent
thread 0
  add_device 0
fault attach 1 ENOMEM
)",
     .driver = Make<ClingingDriver>},
    {.property = "P2",
     .defect = "remove_dev_pasid does nothing",
     .program = kPasid,
     .driver = Make<ClingingDriver>},
    {.property = "I23",
     .defect = "remove_dev_pasid does nothing",
     .program = kPasid,
     .driver = Make<ClingingDriver>},
    {.property = "I24",
     .defect = "free does not free",
     .program = R"(
device 0
thread 0
  store_type "identity"
)",
     .driver = Make<LeakyDriver>},
};

}  // namespace

std::span<const BrokenDesign> BrokenDrivers() { return kBroken; }

}  // namespace groupfuzz
