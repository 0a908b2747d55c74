// Attaching domains that belong to users of the group: DMA owners, and drivers that translate for
// themselves.
//
// None of these functions looks at owner or owner_cnt: only the EBUSY rule and the discipline of
// the callers protect a claimed group.
#include "target/iommu/core.h"
#include "target/kernel/errno.h"
#include "target/kernel/runtime.h"

namespace groupfuzz::iommu {

using kernel::MutexLock;
using kernel::WarnOn;
using kernel::WarnSite;

namespace {

// Where the handle of the group's own attachment lies in pasid_array.
constexpr int kNoPasid = 0;

// Allocates an array node; 0 or -ENOMEM.
int AllocateEntry() {
  return kernel::runtime().InjectedErrno(FaultKind::kAllocate) == 0 ? 0 : -ENOMEM;
}

constexpr PasidEntry EntryFor(bool null_handle) {
  return null_handle ? PasidEntry::kReserved : PasidEntry::kHandle;
}

}  // namespace

// __iommu_attach_group()
int Core::AttachGroupLocked(Group& group, Domain* domain) {
  Domain* old = group.domain;
  if (old != nullptr && old != group.default_domain && old != group.blocking_domain) return -EBUSY;
  if (rules_.rolls_back) return SetDomain(group, domain);
  const int error = AttachMembers(group, domain);
  if (error == 0) {
    group.domain = domain;
    return 0;
  }
  group.domain = nullptr;
  WarnOn(SetDomain(group, old) != 0, WarnSite::kRollback);
  return error;
}

int Core::AttachGroup(Domain* domain, Group& group) {
  MutexLock lock(group.mutex);
  return AttachGroupLocked(group, domain);
}

void Core::DetachGroup(Group& group) {
  MutexLock lock(group.mutex);
  SetCoreDomain(group);
}

int Core::AttachDevice(Domain* domain, Device& device) {
  Group* group = device.group;
  if (group == nullptr) return -ENODEV;
  MutexLock lock(group->mutex);
  if (group->CountDevices() != 1) return -EINVAL;
  return AttachGroupLocked(*group, domain);
}

void Core::DetachDevice(Domain* domain, Device& device) {
  Group* group = device.group;
  if (group == nullptr) return;
  MutexLock lock(group->mutex);
  const bool mismatch = domain != group->domain || group->CountDevices() != 1;
  if (WarnOn(mismatch, WarnSite::kDetachMismatch)) return;
  SetCoreDomain(*group);
}

// iommu_group_replace_domain()
int Core::ReplaceGroup(Domain* domain, Group& group) {
  if (domain == nullptr) return -EINVAL;
  MutexLock lock(group.mutex);
  return SetDomain(group, domain);
}

// iommu_attach_group_handle()
int Core::AttachHandle(Domain* domain, Group& group, bool null_handle) {
  MutexLock lock(group.mutex);
  if (group.pasids[kNoPasid] != PasidEntry::kEmpty) return -EBUSY;
  if (const int error = AllocateEntry(); error != 0) return error;
  group.pasids[kNoPasid] = EntryFor(null_handle);
  const int error = AttachGroupLocked(group, domain);
  if (error != 0) group.pasids[kNoPasid] = PasidEntry::kEmpty;
  return error;
}

// iommu_detach_group_handle()
void Core::DetachHandle(Group& group) {
  MutexLock lock(group.mutex);
  SetCoreDomain(group);
  group.pasids[kNoPasid] = PasidEntry::kEmpty;
}

// iommu_replace_group_handle()
int Core::ReplaceHandle(Domain* domain, Group& group, bool null_handle) {
  if (domain == nullptr) return -EINVAL;
  MutexLock lock(group.mutex);
  PasidEntry& entry = group.pasids[kNoPasid];
  const PasidEntry before = entry;
  if (!null_handle && before == PasidEntry::kEmpty) {
    if (const int error = AllocateEntry(); error != 0) return error;
    entry = PasidEntry::kReserved;
  }
  const int error = SetDomain(group, domain);
  if (error == 0) {
    entry = null_handle ? PasidEntry::kEmpty : PasidEntry::kHandle;
  } else if (rules_.keeps_reserved_handle) {
    entry = before;
  } else if (entry == PasidEntry::kReserved) {
    entry = PasidEntry::kEmpty;
  }
  return error;
}

// iommu_attach_device_pasid()
int Core::AttachPasid(Domain* domain, Device& device, uint8_t pasid) {
  Group* group = device.group;
  if (group == nullptr) return -ENODEV;
  if (!device.iommu || pasid == kNoPasid) return -EINVAL;
  MutexLock lock(group->mutex);
  if (pasid >= kPasidEntries) return -EINVAL;
  if (group->pasids[pasid] != PasidEntry::kEmpty) return -EBUSY;
  if (const int error = AllocateEntry(); error != 0) return error;
  group->pasids[pasid] = PasidEntry::kHandle;
  for (GroupDevice* member = group->devices; member != nullptr; member = member->next) {
    if (!driver_.device_config(member->device->index).pasids) continue;
    const int error = driver_.SetPasid(domain, member->device->index, pasid);
    if (error == 0) continue;
    const GroupDevice* end = rules_.undoes_only_set_pasids ? member : nullptr;
    for (GroupDevice* done = group->devices; done != end; done = done->next) {
      if (driver_.device_config(done->device->index).pasids) {
        driver_.RemovePasid(done->device->index, pasid);
      }
    }
    group->pasids[pasid] = PasidEntry::kEmpty;
    return error;
  }
  return 0;
}

// iommu_detach_device_pasid()
void Core::DetachPasid(Device& device, uint8_t pasid) {
  Group& group = *device.group;
  MutexLock lock(group.mutex);
  for (GroupDevice* member = group.devices; member != nullptr; member = member->next) {
    if (driver_.device_config(member->device->index).pasids) {
      driver_.RemovePasid(member->device->index, pasid);
    }
  }
  group.pasids[pasid] = PasidEntry::kEmpty;
}

}  // namespace groupfuzz::iommu
