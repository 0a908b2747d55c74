// The mock IOMMU driver: domains, attachments and translations that can be observed.
//
// It stands for the ops of one driver (struct iommu_ops and iommu_domain_ops) and for its hardware:
// what a device is attached to and what its DMA reaches are facts here, not flags that the core
// sets. Every callback is a scheduling point, may fail where the fault plan says so, and is
// recorded.
//
// The driver keeps the contract of its callbacks as Linux documents it: attach_dev replaces the
// previous attachment in one step; a failing attach_dev leaves the device on nothing or on its
// old domain, as DriverConfig says; free is only called on what domain_alloc returned. Tests derive
// from it to break these promises.
//
// Every callback that is handed a freed domain, or a device that was released, reports the use of a
// freed object and abandons the execution.
//
// Thread-safety: as the Runtime; the driver has no locks of its own, its steps are atomic.
#ifndef GROUPFUZZ_TARGET_DRIVER_DRIVER_H_
#define GROUPFUZZ_TARGET_DRIVER_DRIVER_H_

#include <array>
#include <cstdint>

#include "target/driver/domain.h"
#include "target/kernel/slab.h"
#include "target/types/configuration.h"

namespace groupfuzz {

class Driver {
 public:
  explicit Driver(kernel::Slab& slab) : slab_(slab) {}
  virtual ~Driver() = default;
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;

  // Power-on: no device is probed, nothing is attached.
  void Reset(const Configuration& configuration);

  // ops.domain_alloc. nullptr and a negative errno in *error where it fails. A driver whose
  // identity or blocked domain is static hands out that one. `code`: a return address, of the call
  // on whose behalf; nullptr: of this one.
  virtual Domain* AllocDomain(DomainType type, int* error, const void* code);
  // domain.ops.free; nothing for a static domain.
  virtual void FreeDomain(Domain* domain);
  // ops.identity_domain, ops.blocked_domain: nullptr unless static.
  Domain* identity_domain();
  Domain* blocked_domain();
  // ops.default_domain: the domain this driver insists on, or nullptr.
  Domain* default_domain();

  virtual int Attach(Domain* domain, uint8_t device);   // domain.ops.attach_dev
  virtual void Detach(Domain* domain, uint8_t device);  // domain.ops.detach_dev
  virtual int Map(Domain* domain, uint8_t device, Page iova, Page physical);
  void Unmap(Domain* domain, Page iova);
  // The allocation inside iommu_dma_init_fq(). `type`: what the core calls the domain meanwhile.
  virtual int InitFlushQueue(Domain* domain, DomainType type);
  virtual int SetPasid(Domain* domain, uint8_t device, uint8_t pasid);
  virtual void RemovePasid(uint8_t device, uint8_t pasid);

  virtual int ProbeDevice(uint8_t device);
  virtual void ReleaseDevice(uint8_t device);
  // Announces ops.probe_finalize; what it does is the core's to say, since it re-enters the core.
  void ProbeFinalize(uint8_t device);

  // ops.def_domain_type, ops.is_attach_deferred and what the bus knows of the device.
  Preference PreferenceOf(uint8_t device) const {
    return configuration_.devices[device].preference;
  }
  bool IsAttachDeferred(uint8_t device) const;
  const DeviceConfig& device_config(uint8_t device) const { return configuration_.devices[device]; }
  const DriverConfig& config() const { return configuration_.driver; }

  // What DMA of `device` to `iova` reaches: kNoPage where it is blocked.
  Page Translate(uint8_t device, Page iova) const;
  // The domain whose attach_dev last succeeded, or nullptr. May dangle: ask the slab.
  const Domain* hw(uint8_t device) const { return devices_[device].hw; }

  // Reports a use of a freed object, or of none, unless `domain` is alive. Returns `domain`.
  Domain* Alive(Domain* domain) const;
  // As it stands in freed memory too.
  static DomainId IdOf(const Domain* domain);

  uint64_t Fingerprint() const;

 private:
  struct DeviceState {
    bool probed = false;
    bool attached_once = false;
    uint8_t pasids = 0;
    Domain* hw = nullptr;
  };
  // Domains of one execution: at most a few an op, 64 ops.
  static constexpr int kMaxDomains = 512;

  Domain* NewDomain(DomainType type, const void* code);
  void CheckProbed(uint8_t device) const;
  bool AnyDeviceOn(const Domain* domain) const;

  kernel::Slab& slab_;
  Configuration configuration_;
  std::array<DeviceState, kMaxDevices> devices_;
  Domain identity_;
  Domain blocked_;
  std::array<Domain*, kMaxDomains> domains_;
  int domain_count_ = 0;
};

}  // namespace groupfuzz

#endif  // GROUPFUZZ_TARGET_DRIVER_DRIVER_H_
