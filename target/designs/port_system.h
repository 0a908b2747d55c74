// The port as a System: a machine with a mock driver, the port on it, and its users.
//
// Thread-safety: as System.
#ifndef GROUPFUZZ_TARGET_DESIGNS_PORT_SYSTEM_H_
#define GROUPFUZZ_TARGET_DESIGNS_PORT_SYSTEM_H_

#include <memory>
#include <optional>

#include "target/designs/port.h"
#include "target/driver/driver.h"
#include "target/kernel/slab.h"
#include "target/system/lock_sharing.h"
#include "target/system/system.h"
#include "target/system/users.h"

namespace groupfuzz {

class PortSystem : public System, private DriverCore {
 public:
  PortSystem(const iommu::Rules& rules, const designs::Protocol& protocol);
  // With a driver of the caller's own: tests use one that breaks its contract.
  using DriverFactory = std::unique_ptr<Driver> (*)(kernel::Slab& slab);
  PortSystem(const iommu::Rules& rules, const designs::Protocol& protocol, DriverFactory factory);

  void Build(const Configuration& configuration, const Footprint& footprint,
             CallObserver* observer) override;
  int64_t Perform(const Op& op) override { return users_->Perform(op); }
  void TearDown() override;
  const kernel::Lock* FirstLock(const Op& op) const override;
  void TakeSnapshot(Snapshot* snapshot) const override;
  uint64_t Fingerprint() const override;
  int live_objects() const override { return slab_.live(); }
  std::vector<uint32_t> LiveAllocations() const override { return slab_.LiveAllocations(); }

  IommuApi* api() override { return &*port_; }
  // REQUIRES: Build was called.
  Port& port() { return *port_; }

 private:
  kernel::Mutex& device_lock(uint8_t device) override { return port_->core().device(device).lock; }
  void SetBound(uint8_t device, bool bound) override { port_->core().device(device).bound = bound; }
  MachineLocks Locks();
  Locking TheLocking() const;
  DomainRef RefOf(const Domain* domain) const;
  void FillDevice(const iommu::Device& device, const Domain* default_domain,
                  DeviceSnapshot* view) const;
  static uint64_t HashOf(const iommu::Device& device);
  uint64_t HashOf(const iommu::Group& group) const;

  uint8_t device_count_ = 0;
  const iommu::Rules& rules_;
  const designs::Protocol& protocol_;
  kernel::Slab slab_;
  std::unique_ptr<Driver> driver_;
  // Rebuilt in place for every execution.
  std::optional<Port> port_;
  MachineLocks locks_;  // of port_
  std::optional<Users> users_;
};

}  // namespace groupfuzz

#endif  // GROUPFUZZ_TARGET_DESIGNS_PORT_SYSTEM_H_
