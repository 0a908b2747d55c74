// Moving every member of a group from one domain to another.
//
// What is left behind when a device fails differs most between versions: 6.1 stops and leaves the
// devices it visited on the new domain; 6.5 and later put them back.
#include <atomic>

#include "target/iommu/core.h"
#include "target/kernel/errno.h"
#include "target/kernel/runtime.h"

namespace groupfuzz::iommu {

using kernel::WarnOn;
using kernel::WarnSite;

// __iommu_attach_device()
int Core::AttachOne(Domain* domain, Device& device) {
  const int error = driver_.Attach(driver_.Alive(domain), device.index);
  if (error == 0) device.attach_deferred = false;
  if (!rules_.holds_domains) return error;
  device.attach_failed = error != 0;
  if (error == 0) Hold(device, domain);
  return error;
}

// A device that could not be moved stays where its driver left it, and that must be there.
void Core::Hold(Device& device, Domain* domain) {
  Domain* left = device.held;
  if (left == domain) return;
  if (domain != nullptr) std::atomic_ref<int>(domain->holders).fetch_add(1);
  device.held = domain;
  FreeDomain(left);
}

bool Core::IsLeftBehind(const Group& group, const Device& device) const {
  if (!rules_.holds_domains || device.attach_deferred) return false;
  return device.attach_failed || device.held != group.domain;
}

// __iommu_device_set_domain() of 6.12
int Core::DeviceSetDomain(Group& group, Device& device, Domain* domain, SwitchFlags flags) {
  if (rules_.refuses_blocking_direct && device.require_direct) {
    const bool blocks = driver_.Alive(domain)->type == DomainType::kBlocked;
    if (blocks || domain == group.blocking_domain) return -EINVAL;
  }
  if (rules_.keeps_deferral && device.attach_deferred) {
    if (domain == group.default_domain) return 0;
    if (!rules_.ends_deferral_by_attach) device.attach_deferred = false;
  }
  const int error = AttachOne(domain, device);
  const bool last_resort = flags == SwitchFlags::kMustSucceed && group.blocking_domain != nullptr &&
                           group.blocking_domain != domain;
  if (error != 0 && last_resort) AttachOne(group.blocking_domain, device);
  return error;
}

int Core::SetDomain(Group& group, Domain* domain, SwitchFlags flags) {
  group.mutex.AssertHeld();
  if (group.domain == domain) return 0;
  const int error = rules_.rolls_back ? SetDomainWithRollback(group, domain, flags)
                                      : SetDomainWithoutRollback(group, domain);
  if (flags == SwitchFlags::kMustSucceed) WarnOn(error != 0, WarnSite::kMustSucceed);
  return error;
}

// __iommu_group_set_domain_internal() of 6.12
int Core::SetDomainWithRollback(Group& group, Domain* domain, SwitchFlags flags) {
  if (WarnOn(domain == nullptr, WarnSite::kSetDomainNull)) return -EINVAL;
  int result = 0;
  for (GroupDevice* member = group.devices; member != nullptr; member = member->next) {
    const int error = DeviceSetDomain(group, *member->device, domain, flags);
    if (error == 0) continue;
    result = error;
    if (flags == SwitchFlags::kMustSucceed) continue;
    RollBack(group, member);
    return error;
  }
  group.domain = domain;
  return result;
}

int Core::PutBack(Group& group, Device& device) {
  // A switch to a new default domain has passed by a deferred device.
  if (rules_.leaves_deferred && device.attach_deferred) return 0;
  return DeviceSetDomain(group, device, group.domain, SwitchFlags::kMustSucceed);
}

// Puts the devices up to and including `failed` back, in list order. Where the group had no domain
// yet there is nothing to go back to.
void Core::RollBack(Group& group, const GroupDevice* failed) {
  if (group.domain == nullptr) return;
  for (GroupDevice* member = group.devices; member != nullptr; member = member->next) {
    const int error = PutBack(group, *member->device);
    WarnOn(error != 0, WarnSite::kRollback);
    if (member == failed) return;
  }
}

// __iommu_group_set_domain() of 6.1
int Core::SetDomainWithoutRollback(Group& group, Domain* domain) {
  if (domain == nullptr) {
    DetachMembers(group);
    group.domain = nullptr;
    return 0;
  }
  const int error = AttachMembers(group, domain);
  if (error == 0) group.domain = domain;
  return error;
}

int Core::AttachMembers(Group& group, Domain* domain) {
  for (GroupDevice* member = group.devices; member != nullptr; member = member->next) {
    const int error = AttachOne(domain, *member->device);
    if (error != 0) return error;
  }
  return 0;
}

void Core::DetachMembers(Group& group) {
  for (GroupDevice* member = group.devices; member != nullptr; member = member->next) {
    if (driver_.IsAttachDeferred(member->device->index)) continue;
    driver_.Detach(group.domain, member->device->index);
  }
}

// __iommu_group_set_core_domain()
void Core::SetCoreDomain(Group& group) {
  Domain* target = group.owner != nullptr ? group.blocking_domain : group.default_domain;
  SetDomain(group, target, SwitchFlags::kMustSucceed);
  // Members that joined while the group was on another domain learned their DMA ops from it.
  if (rules_.refreshes_dma_ops && group.owner == nullptr) SetupDmaOpsAll(group);
}

}  // namespace groupfuzz::iommu
