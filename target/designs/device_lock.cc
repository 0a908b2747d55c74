// device-lock: Linux 6.1. A group of one device, whose device_lock keeps drivers from binding.
//
// The device is found under the mutex, locked after the mutex is dropped (the lock order is device,
// then group), and looked up again. What the default domain is, is read without the mutex.
//
// Source: Linux 6.1, drivers/iommu/iommu.c, iommu_group_store_type().
#include "target/designs/default_domain_change.h"
#include "target/designs/protocol.h"
#include "target/kernel/errno.h"

namespace groupfuzz::designs {
namespace {

class DeviceLockProtocol : public Protocol {
 public:
  int64_t StoreType(iommu::Core& core, iommu::Group& group,
                    const StoreRequest& request) const override {
    iommu::RequestedType type;
    if (const int error = CheckUnlocked(group, request, &type); error != 0) return error;

    iommu::Device* device;
    {
      kernel::MutexLock lock(group.mutex);
      if (group.CountDevices() != 1) return -EINVAL;
      device = group.devices->device;
    }
    kernel::MutexLock device_lock(device->lock);
    if (device->bound && !IsStrictToLazyUnlocked(core, group, type)) return -EBUSY;
    const int error =
        ChangeDefaultDomainOf(core, group, *device, type, CurrentDomain::kMustBeDefault);
    return ErrnoOrCount(error, request);
  }

  bool takes_device_lock() const override { return true; }
};

}  // namespace

const Protocol& DeviceLock() {
  static const DeviceLockProtocol protocol;
  return protocol;
}

}  // namespace groupfuzz::designs
