// claim-v1: "[PATCH 2/4] iommu: Use group ownership to avoid driver attachment", as posted.
//
// The write claims DMA ownership with the public helper, whose own section of the mutex ends before
// the change begins, and decides whether to do so from an unlocked look at the default domain. The
// test for "default domain is current" is gone, because a claimed group is on its blocking domain.
//
// Source: linux-iommu, 13 Feb 2023, state of the series after its second patch.
#include "target/designs/default_domain_change.h"
#include "target/designs/protocol.h"
#include "target/kernel/errno.h"
#include "target/kernel/runtime.h"

namespace groupfuzz::designs {
namespace {

// The cookie is the written buffer: unique while the write lasts.
const void* CookieOf(const StoreRequest& request) { return request.text; }

// iommu_group_freeze_dev_ops(): keeps the drivers of all members from releasing them.
void FreezeOps(iommu::Group& group) ABSL_NO_THREAD_SAFETY_ANALYSIS {
  kernel::MutexLock lock(group.mutex);
  for (iommu::GroupDevice* member = group.devices; member != nullptr; member = member->next) {
    member->device->ops.AcquireShared();
  }
}

// Walks the members of now, which may not be those that were frozen.
void UnfreezeOps(iommu::Group& group) ABSL_NO_THREAD_SAFETY_ANALYSIS {
  kernel::MutexLock lock(group.mutex);
  for (iommu::GroupDevice* member = group.devices; member != nullptr; member = member->next) {
    const bool held = kernel::runtime().Holds(member->device->ops.state());
    if (!kernel::WarnOn(!held, kernel::WarnSite::kUnbalancedUp)) {
      member->device->ops.ReleaseShared();
    }
  }
}

class ClaimV1Protocol : public Protocol {
 public:
  int64_t StoreType(iommu::Core& core, iommu::Group& group,
                    const StoreRequest& request) const override {
    iommu::RequestedType type;
    if (const int error = CheckUnlocked(group, request, &type); error != 0) return error;

    const bool claims = !IsStrictToLazyUnlocked(core, group, type);
    if (claims) {
      const int error = core.GroupClaimDmaOwner(group, CookieOf(request));
      if (error != 0) return error;
    }
    const int error = ChangeFrozen(core, group, type);
    if (claims) core.GroupReleaseDmaOwner(group);
    return ErrnoOrCount(error, request);
  }

  bool takes_device_lock() const override { return true; }

 private:
  static int ChangeFrozen(iommu::Core& core, iommu::Group& group, iommu::RequestedType type) {
    iommu::Device* device;
    {
      kernel::MutexLock lock(group.mutex);
      if (group.CountDevices() != 1) return -EINVAL;
      device = group.devices->device;
    }
    FreezeOps(group);
    int error;
    {
      kernel::MutexLock device_lock(device->lock);
      error = ChangeDefaultDomainOf(core, group, *device, type, CurrentDomain::kAny);
    }
    UnfreezeOps(group);
    return error;
  }
};

}  // namespace

const Protocol& ClaimV1() {
  static const ClaimV1Protocol protocol;
  return protocol;
}

}  // namespace groupfuzz::designs
