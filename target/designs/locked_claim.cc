// locked-claim: the reviewer's first wish. Strict to lazy under the mutex, else an ownership claim
// whose section of the mutex does not end before the change does.
//
// Claim, change and release are one section, so nobody sees the claim; its price is that every
// change takes the hardware through the blocking domain. A change that fails goes back to the
// blocking domain, and only the release leaves it.
//
// Source: review of the 2023 series, and Linux 6.2's helpers below it.
#include "target/designs/protocol.h"
#include "target/kernel/errno.h"

namespace groupfuzz::designs {
namespace {

// REQUIRES: the group is claimed, so it is on its blocking domain.
int ChangeClaimed(iommu::Core& core, iommu::Group& group, iommu::RequestedType requested)
    ABSL_EXCLUSIVE_LOCKS_REQUIRED(group.mutex) {
  const iommu::Core::ResolvedType resolved = core.ResolveType(group, requested);
  if (resolved.refused) return -EINVAL;
  const DomainType type = resolved.type.value_or(core.default_type());
  Domain* old = group.default_domain;
  if (old->type == type) return 0;
  Domain* replacement = core.AllocDefaultDomain(group, type);
  if (replacement == nullptr) return -ENOMEM;
  int error = core.CreateDirectMappingsAll(group, replacement, iommu::Core::OnError::kStop);
  if (error == 0) error = core.SetDomain(group, replacement);
  if (error != 0) {
    core.AttachMembers(group, group.blocking_domain);
    core.FreeDomain(replacement);
    return error;
  }
  group.default_domain = replacement;
  core.FreeDomain(old);
  return 0;
}

class LockedClaimProtocol : public Protocol {
 public:
  int64_t StoreType(iommu::Core& core, iommu::Group& group,
                    const StoreRequest& request) const override {
    iommu::RequestedType type;
    if (const int error = CheckUnlocked(group, request, &type); error != 0) return error;
    {
      kernel::MutexLock lock(group.mutex);
      if (IsStrictToLazy(core, group, type)) {
        return ErrnoOrCount(core.SwitchToFlushQueue(group), request);
      }
      if (group.devices == nullptr || group.owner_cnt != 0) return -EPERM;
      if (const int error = core.TakeDmaOwnership(group, request.text); error != 0) return error;
      const int error = ChangeClaimed(core, group, type);
      core.ReleaseDmaOwnership(group);
      if (error != 0) return error;
    }
    core.ProbeFinalizeAllUnlocked(group);
    return request.count;
  }

  bool takes_device_lock() const override { return false; }
};

}  // namespace

const Protocol& LockedClaim() {
  static const LockedClaimProtocol protocol;
  return protocol;
}

}  // namespace groupfuzz::designs
