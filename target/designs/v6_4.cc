// v6.4: the owner_cnt test as it was first merged, on the switching code of 6.1.
//
// The mutex is held from the test to the end of the change, but probe_finalize runs for every
// member after it is dropped, on a list that nothing pins; and a change that fails half-way "goes
// back" to the domain it is about to free, because that one is already the current one.
//
// Source: Linux 6.4, commits 33793748de8f, 49a22aae7d9c, 4c8444f19ed0.
#include "target/designs/protocol.h"
#include "target/kernel/errno.h"

namespace groupfuzz::designs {
namespace {

int Replace(iommu::Core& core, iommu::Group& group, DomainType type)
    ABSL_EXCLUSIVE_LOCKS_REQUIRED(group.mutex) {
  Domain* old = group.default_domain;
  group.default_domain = nullptr;
  group.domain = nullptr;
  Domain* replacement = core.AllocDefaultDomain(group, type);
  int error = -ENOMEM;
  if (replacement != nullptr) {
    group.default_domain = replacement;
    group.domain = replacement;
    // Errors of single devices are not looked at.
    core.CreateDirectMappingsAll(group, replacement, iommu::Core::OnError::kGoOn);
    error = core.AttachGroupLocked(group, replacement);
  }
  if (error == 0) {
    core.FreeDomain(old);
    return 0;
  }
  core.FreeDomain(replacement);
  group.default_domain = old;
  group.domain = old;
  return error;
}

class V6_4Protocol : public Protocol {
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
      const iommu::Core::ResolvedType resolved = core.ResolveType(group, type);
      if (resolved.refused) return -EINVAL;
      const DomainType wanted = resolved.type.value_or(core.default_type());
      if (group.default_domain->type != wanted) {
        if (const int error = Replace(core, group, wanted); error != 0) return error;
      }
    }
    core.ProbeFinalizeAllUnlocked(group);
    return request.count;
  }

  bool takes_device_lock() const override { return false; }
};

}  // namespace

const Protocol& V6_4() {
  static const V6_4Protocol protocol;
  return protocol;
}

}  // namespace groupfuzz::designs
