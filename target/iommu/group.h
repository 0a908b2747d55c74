// The IOMMU group and its members, as drivers/iommu/iommu.c keeps them.
//
// What the group says of itself (Linux 6.12, struct iommu_group):
//
//   owner_cnt  owner   meaning                                 domain
//   0          NULL    idle                                    default_domain
//   >= 1       NULL    kernel drivers use the default domain   default_domain
//   >= 1       set     DMA ownership is claimed                blocking_domain, or one of the owner
//
// Locking: `mutex` guards every field that is Guarded. It belongs to the Core and outlives the
// group, so that a thread can wait for it across the death of one; a group that is being torn down
// and its successor share it.
//
// Lifetime: a Group lives in the Slab while anybody holds a reference; the last reference is
// never dropped under `mutex`.
//
// Thread-safety: as Locking says; the compiler checks it.
#ifndef GROUPFUZZ_TARGET_IOMMU_GROUP_H_
#define GROUPFUZZ_TARGET_IOMMU_GROUP_H_

#include <array>
#include <atomic>
#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "target/driver/domain.h"
#include "target/iommu/pasid_array.h"
#include "target/kernel/guarded.h"
#include "target/kernel/lock.h"
#include "target/kernel/racy_read.h"
#include "target/types/guarded_field.h"

namespace groupfuzz::iommu {

struct Group;
using kernel::Guarded;

// struct device with its struct dev_iommu. `iommu` says whether the latter exists. What no lock
// guards belongs to the bus, to who probes the device, or to its driver.
struct Device {
  Device(uint8_t index, const kernel::Mutex& group_mutex)
      : index(index),
        lock(kernel::LockClass::kDevice, index),
        ops(kernel::LockClass::kOps, index),
        bound(lock.state()),
        attach_deferred(group_mutex.state()),
        require_direct(group_mutex.state()),
        dma_iommu(group_mutex.state()),
        held(group_mutex.state()),
        attach_failed(group_mutex.state()) {}

  const uint8_t index;
  kernel::Mutex lock;                         // device_lock()
  kernel::RwSemaphore ops;                    // ops_rwsem of the 2023 series
  Group* group = nullptr;                     // dev->iommu_group; a reference
  Guarded<bool, GuardedField::kBound> bound;  // device_is_bound()
  bool plugged = false;  // what is done to it otherwise shows on no device of the bus
  bool iommu = false;
  Guarded<bool, GuardedField::kAttachDeferred> attach_deferred;
  Guarded<bool, GuardedField::kRequireDirect> require_direct;
  // DMA goes through the DMA API's domain.
  Guarded<bool, GuardedField::kDmaIommu> dma_iommu;
  // The domain that it was last attached to, and may be on still where the last attach failed.
  Guarded<Domain*, GuardedField::kHeld> held;
  Guarded<bool, GuardedField::kAttachFailed> attach_failed;
  // One word that the DMA API and probe_finalize reach without a lock.
  std::atomic<Domain*> arm_mapping{
      nullptr};                 // ... or through a mapping that probe_finalize attached
  Domain* mapped_in = nullptr;  // holds the live mapping of the device's kernel driver
  bool has_mapping = false;
  Page mapping = kNoPage;  // where: the address the driver gave its device
};

// One member. Lives in the Slab, so that a walk that outlives the membership is seen.
struct GroupDevice {
  GroupDevice(Device& device, const kernel::Mutex& group_mutex)
      : device(&device), next(group_mutex.state()) {}

  Device* const device;
  Guarded<GroupDevice*, GuardedField::kNextDevice> next;
};

struct Group {
  explicit Group(kernel::Mutex& mutex)
      : mutex(mutex),
        devices(mutex.state()),
        default_domain(mutex.state()),
        blocking_domain(mutex.state()),
        domain(mutex.state()),
        owner_cnt(mutex.state()),
        owner(mutex.state()),
        pasids(mutex.state()) {}

  kernel::Mutex& mutex;
  std::atomic<int> references{1};  // a kref
  std::atomic<int> devices_in{0};  // whose Device::group this is
  std::atomic<bool> ready{false};  // a device has joined, and the last one has not left

  Guarded<GroupDevice*, GuardedField::kDevices> devices ABSL_GUARDED_BY(mutex);
  Guarded<Domain*, GuardedField::kDefaultDomain> default_domain ABSL_GUARDED_BY(mutex);
  Guarded<Domain*, GuardedField::kBlockingDomain> blocking_domain ABSL_GUARDED_BY(mutex);
  Guarded<Domain*, GuardedField::kDomain> domain ABSL_GUARDED_BY(mutex);
  Guarded<int, GuardedField::kOwnerCnt> owner_cnt ABSL_GUARDED_BY(mutex);
  Guarded<const void*, GuardedField::kOwner> owner ABSL_GUARDED_BY(mutex);
  Guarded<PasidArray, GuardedField::kPasids> pasids ABSL_GUARDED_BY(mutex);

  int CountDevices() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    int count = 0;
    for (const GroupDevice* member = devices; member != nullptr; member = member->next) ++count;
    return count;
  }

  // Reads without the mutex, where the kernel makes them.
  using RacyDomainPointer = kernel::RacyPointer<Domain>;
  RacyDomainPointer RacyDefaultDomain(const char* why) const ABSL_NO_THREAD_SAFETY_ANALYSIS {
    return RacyDomainPointer(default_domain.RacyRead(why));
  }
  RacyDomainPointer RacyDomain(const char* why) const ABSL_NO_THREAD_SAFETY_ANALYSIS {
    return RacyDomainPointer(domain.RacyRead(why));
  }
  // The list is walked without the mutex by those who finalize a probe, because finalizing may take
  // it.
  GroupDevice* RacyDevices() const ABSL_NO_THREAD_SAFETY_ANALYSIS {
    return devices.Unlocked("finalizing takes the mutex");
  }
  // iommu_get_dma_domain(): a caller that owner_cnt pins needs no lock, and no race is excused from
  // ThreadSanitizer.
  RacyDomainPointer PinnedDefaultDomain() const ABSL_NO_THREAD_SAFETY_ANALYSIS {
    kernel::RacyReadPoint(static_cast<uint8_t>(GuardedField::kDefaultDomain));
    return RacyDomainPointer(default_domain.Unlocked("owner_cnt pins it"));
  }
};

}  // namespace groupfuzz::iommu

#endif  // GROUPFUZZ_TARGET_IOMMU_GROUP_H_
