// Who may use the group's DMA: kernel drivers through the default domain, or one DMA owner.
//
// owner_cnt counts the users of either kind and never both kinds at once. No function waits for
// ownership: a conflict is an errno.
#include "target/iommu/core.h"
#include "target/kernel/errno.h"
#include "target/kernel/runtime.h"

namespace groupfuzz::iommu {

using kernel::MutexLock;
using kernel::WarnOn;
using kernel::WarnSite;

// Until 6.6 two identity domains are as good as one: a driver may have attached one of its own.
bool Core::OnDefaultDomain(const Group& group) const {
  if (group.domain == group.default_domain) return true;
  if (rules_.strict_default) return false;
  const auto is_identity = [this](Domain* domain) {
    return domain != nullptr && driver_.Alive(domain)->type == DomainType::kIdentity;
  };
  return is_identity(group.default_domain) && is_identity(group.domain);
}

// iommu_device_use_default_domain()
int Core::UseDefaultDomain(Device& device) {
  Group* group = device.group;
  if (group == nullptr) return 0;
  MutexLock lock(group->mutex);
  if (rules_.defers_bind && group->default_domain == nullptr) return -kernel::kEProbeDefer;
  if (IsLeftBehind(*group, device)) return -EBUSY;
  if (group->owner_cnt != 0) {
    const bool pasids = rules_.has_pasids && !group->pasids->empty();
    if (group->owner != nullptr || !OnDefaultDomain(*group) || pasids) return -EBUSY;
  }
  ++group->owner_cnt;
  return 0;
}

// iommu_device_unuse_default_domain()
void Core::UnuseDefaultDomain(Device& device) {
  Group* group = device.group;
  if (group == nullptr) return;
  MutexLock lock(group->mutex);
  const bool pasids = rules_.has_pasids && !group->pasids->empty();
  if (WarnOn(group->owner_cnt == 0 || pasids, WarnSite::kUnuseUnderflow)) return;
  --group->owner_cnt;
}

// __iommu_group_alloc_blocking_domain(): a blocked domain, or else an empty paging one.
int Core::AllocBlockingDomain(Group& group) {
  if (group.blocking_domain != nullptr) return 0;
  if (WarnOn(group.devices == nullptr, WarnSite::kNoDevice)) return -EINVAL;
  int error = 0;
  Domain* domain = AllocDomain(DomainType::kBlocked, &error);
  if (domain == nullptr) domain = AllocDomain(DomainType::kUnmanaged, &error);
  if (domain == nullptr) return rules_.has_static_domains ? error : -EINVAL;
  group.blocking_domain = domain;
  return 0;
}

// __iommu_take_dma_ownership()
int Core::TakeDmaOwnership(Group& group, const void* owner) {
  const bool foreign = group.domain != nullptr && group.domain != group.default_domain;
  const bool pasids = rules_.has_pasids && !group.pasids->empty();
  if (foreign || pasids) return -EBUSY;
  // A release has nowhere to go back to.
  if (rules_.claims_need_default && group.default_domain == nullptr) return -EBUSY;
  int error = AllocBlockingDomain(group);
  if (error == 0) error = SetDomain(group, group.blocking_domain);
  if (error != 0) return error;
  group.owner = owner;
  ++group.owner_cnt;
  return 0;
}

int Core::ClaimPrecondition(const void* owner) const {
  if (!rules_.refuses_null_owner) return 0;
  return WarnOn(owner == nullptr, WarnSite::kNullOwner) ? -EINVAL : 0;
}

// iommu_group_claim_dma_owner()
int Core::GroupClaimDmaOwner(Group& group, const void* owner) {
  if (const int error = ClaimPrecondition(owner); error != 0) return error;
  MutexLock lock(group.mutex);
  if (group.owner_cnt != 0) return -EPERM;
  return TakeDmaOwnership(group, owner);
}

// iommu_device_claim_dma_owner()
int Core::DeviceClaimDmaOwner(Device& device, const void* owner) {
  if (WarnOn(owner == nullptr, WarnSite::kNullOwner)) return -EINVAL;
  Group* group = device.group;
  if (group == nullptr) return -ENODEV;
  MutexLock lock(group->mutex);
  if (group->owner_cnt == 0) return TakeDmaOwnership(*group, owner);
  if (group->owner != owner) return -EPERM;
  ++group->owner_cnt;
  return 0;
}

// __iommu_release_dma_ownership()
void Core::ReleaseDmaOwnership(Group& group) {
  const bool pasids = rules_.has_pasids && !group.pasids->empty();
  const bool unowned = group.owner_cnt == 0 || group.owner == nullptr || pasids;
  if (WarnOn(unowned, WarnSite::kReleaseUnowned)) return;
  group.owner_cnt = 0;
  group.owner = nullptr;
  SetCoreDomain(group);
}

void Core::GroupReleaseDmaOwner(Group& group) {
  MutexLock lock(group.mutex);
  ReleaseDmaOwnership(group);
}

// iommu_device_release_dma_owner()
void Core::DeviceReleaseDmaOwner(Device& device) {
  Group& group = *device.group;
  MutexLock lock(group.mutex);
  if (group.owner_cnt > 1) {
    --group.owner_cnt;
  } else {
    ReleaseDmaOwnership(group);
  }
}

bool Core::GroupDmaOwnerClaimed(Group& group) {
  MutexLock lock(group.mutex);
  return group.owner_cnt != 0;
}

}  // namespace groupfuzz::iommu
