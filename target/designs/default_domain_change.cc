#include "target/designs/default_domain_change.h"

#include "target/kernel/errno.h"
#include "target/kernel/lock.h"

namespace groupfuzz::designs {
namespace {

using iommu::Core;
using iommu::Device;
using iommu::Group;

// Puts a new domain of `type` under the device. A failure makes the old domain the default and the
// current one again, without attaching it.
int Replace(Core& core, Group& group, Device& device, DomainType type)
    ABSL_EXCLUSIVE_LOCKS_REQUIRED(group.mutex) {
  Domain* old = group.default_domain;
  Domain* replacement = core.AllocDefaultDomain(group, type);
  if (replacement == nullptr) return -ENOMEM;
  group.default_domain = replacement;
  int error = core.CreateDirectMappings(replacement, device);
  if (error == 0) error = core.AttachMembers(group, replacement);
  if (error != 0) {
    core.FreeDomain(replacement);
    group.default_domain = old;
    group.domain = old;
    return error;
  }
  group.domain = replacement;
  return 0;
}

// What the change comes to, under the mutex. *replaced is the domain that went out of use.
int Change(Core& core, Group& group, Device& device, iommu::RequestedType requested,
           CurrentDomain current, Domain** replaced) ABSL_EXCLUSIVE_LOCKS_REQUIRED(group.mutex) {
  if (current == CurrentDomain::kMustBeDefault && group.default_domain != group.domain) {
    return -EBUSY;
  }
  if (group.CountDevices() != 1) return -EINVAL;
  if (group.devices->device != &device) return -EBUSY;
  if (group.default_domain == nullptr) return -EINVAL;
  const Core::ResolvedType resolved = core.ResolveType(group, requested);
  if (resolved.refused) return -EINVAL;
  const DomainType type = resolved.type.value_or(core.default_type());
  const DomainType before = group.default_domain->type;
  if (before == type) return 0;
  if (type == DomainType::kDmaFq && before == DomainType::kDma) {
    return core.SwitchToFlushQueue(group);
  }
  Domain* old = group.default_domain;
  const int error = Replace(core, group, device, type);
  if (error == 0) *replaced = old;
  return error;
}

}  // namespace

int ChangeDefaultDomainOf(Core& core, Group& group, Device& device, iommu::RequestedType requested,
                          CurrentDomain current) {
  Domain* replaced = nullptr;
  {
    kernel::MutexLock lock(group.mutex);
    const int error = Change(core, group, device, requested, current, &replaced);
    if (error != 0 || replaced == nullptr) return error;
  }
  core.ProbeFinalize(device);
  core.FreeDomain(replaced);
  return 0;
}

}  // namespace groupfuzz::designs
