// owner-check: what the review agreed on. Strict to lazy under the mutex, else owner_cnt must be
// zero, and the mutex is held from that test to the end of the change.
//
// With the mutex held nobody can bind, claim, attach, or add and remove a device, so owner_cnt == 0
// is all the ownership a write needs.
//
// This is the protocol. The design of that name also stands on core rules of its own: those of 6.12
// with the defects repaired that iommu::RulesToday() names.
//
// Source: review of the 2023 series "iommu: Extend changing default domain to normal group".
#include "target/designs/owner_check.h"

#include "target/designs/protocol.h"
#include "target/kernel/errno.h"

namespace groupfuzz::designs {

int64_t ChangeUnlessOwned(iommu::Core& core, iommu::Group& group, iommu::RequestedType type,
                          const StoreRequest& request) {
  if (IsStrictToLazy(core, group, type)) {
    return ErrnoOrCount(core.SwitchToFlushQueue(group), request);
  }
  if (group.devices == nullptr || group.owner_cnt != 0) return -EPERM;
  if (const int error = core.SetupDefaultDomain(group, type); error != 0) return error;
  core.SetupDmaOpsAll(group);
  return request.count;
}

namespace {

class OwnerCheckProtocol : public Protocol {
 public:
  int64_t StoreType(iommu::Core& core, iommu::Group& group,
                    const StoreRequest& request) const override {
    iommu::RequestedType type;
    if (const int error = CheckCapabilities(request); error != 0) return error;
    if (const int error = ParseType(request, &type); error != 0) return error;
    kernel::MutexLock lock(group.mutex);
    if (group.default_domain == nullptr) return -EINVAL;
    return ChangeUnlessOwned(core, group, type, request);
  }

  bool takes_device_lock() const override { return false; }
  bool begins_under_mutex() const override { return true; }
};

}  // namespace

const Protocol& OwnerCheck() {
  static const OwnerCheckProtocol protocol;
  return protocol;
}

}  // namespace groupfuzz::designs
