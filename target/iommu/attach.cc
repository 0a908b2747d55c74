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

// 0 or -ENOMEM.
int StoreEntry(Group& group, int index, PasidEntry entry)
    ABSL_EXCLUSIVE_LOCKS_REQUIRED(group.mutex) {
  const bool allocates = group.pasids->NeedsNode(index, entry);
  if (allocates && kernel::runtime().InjectedErrno(FaultKind::kAllocate) != 0) return -ENOMEM;
  group.pasids.Locked().Store(index, entry);
  return 0;
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

// What may be called for a device that leaves: probe_finalize and release_device do. Until 6.5 the
// core holds the group meanwhile; an error ends the body early, never the hold.
template <typename Body>
int Core::WithGroupOf(Device& device, Body body) {
  if (device.group == nullptr) return -ENODEV;
  if (rules_.trusts_caller_with_group) return body(*device.group);
  Group* group = GetGroup(device);
  const int error = body(*group);
  PutGroup(group);
  return error;
}

int Core::AttachDevice(Domain* domain, Device& device) {
  return WithGroupOf(device, [&](Group& group) {
    MutexLock lock(group.mutex);
    return group.CountDevices() == 1 ? AttachGroupLocked(group, domain) : -EINVAL;
  });
}

void Core::DetachDevice(Domain* domain, Device& device) {
  WithGroupOf(device, [&](Group& group) {
    MutexLock lock(group.mutex);
    const bool joined = !rules_.detaches_whatever_joined && group.CountDevices() != 1;
    const bool mismatch = domain != group.domain || joined;
    if (!WarnOn(mismatch, WarnSite::kDetachMismatch)) SetCoreDomain(group);
    return 0;
  });
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
  if (group.pasids->entry(kNoPasid) != PasidEntry::kEmpty) return -EBUSY;
  int error = StoreEntry(group, kNoPasid, EntryFor(null_handle));
  if (error != 0) return error;
  error = AttachGroupLocked(group, domain);
  if (error != 0) group.pasids.Locked().Erase(kNoPasid);
  return error;
}

// iommu_detach_group_handle()
void Core::DetachHandle(Group& group) {
  MutexLock lock(group.mutex);
  SetCoreDomain(group);
  group.pasids.Locked().Erase(kNoPasid);
}

// iommu_replace_group_handle()
int Core::ReplaceHandle(Domain* domain, Group& group, bool null_handle) {
  if (domain == nullptr) return -EINVAL;
  MutexLock lock(group.mutex);
  const PasidEntry before = group.pasids->entry(kNoPasid);
  if (!null_handle && before == PasidEntry::kEmpty) {
    const int error = StoreEntry(group, kNoPasid, PasidEntry::kReserved);
    if (error != 0) return error;
  }
  const int error = SetDomain(group, domain);
  if (error == 0 && !null_handle) {
    group.pasids.Locked().Store(kNoPasid, PasidEntry::kHandle);
  } else if (error == 0) {
    group.pasids.Locked().Erase(kNoPasid);
  } else if (group.pasids->entry(kNoPasid) == PasidEntry::kReserved) {
    const bool keeps = rules_.keeps_reserved_handle && before == PasidEntry::kReserved;
    if (!keeps) group.pasids.Locked().Erase(kNoPasid);
  }
  return error;
}

bool Core::AnyMember(const Group& group, bool DeviceConfig::* flag) const {
  for (const GroupDevice* member = group.devices; member != nullptr; member = member->next) {
    if (driver_.device_config(member->device->index).*flag) return true;
  }
  return false;
}

// Whether the driver of `device` is asked at all.
bool Core::TakesPasids(const Device& device) const {
  return !rules_.checks_pasids || driver_.device_config(device.index).pasids;
}

// iommu_attach_device_pasid()
int Core::AttachPasid(Domain* domain, Device& device, uint8_t pasid) {
  Group* group = device.group;
  if (group == nullptr) return -ENODEV;
  if (!device.iommu || pasid == kNoPasid) return -EINVAL;
  MutexLock lock(group->mutex);
  // Members that have no PASIDs do not limit them.
  const bool checks = rules_.checks_pasids && AnyMember(*group, &DeviceConfig::pasids);
  if (pasid >= kMaxPasids && checks) return -EINVAL;
  if (group->pasids->entry(pasid) != PasidEntry::kEmpty) return -EBUSY;
  // Before there were handles, the entry was the domain.
  const PasidEntry entry = EntryFor(rules_.has_handles);
  if (const int error = StoreEntry(*group, pasid, entry); error != 0) return error;
  for (GroupDevice* member = group->devices; member != nullptr; member = member->next) {
    if (!TakesPasids(*member->device)) continue;
    const int error = driver_.SetPasid(domain, member->device->index, pasid);
    if (error == 0) continue;
    const GroupDevice* end = rules_.undoes_only_set_pasids ? member : nullptr;
    for (GroupDevice* done = group->devices; done != end; done = done->next) {
      if (TakesPasids(*done->device)) driver_.RemovePasid(done->device->index, pasid);
    }
    group->pasids.Locked().Erase(pasid);
    return error;
  }
  return 0;
}

// iommu_detach_device_pasid()
void Core::DetachPasid(Device& device, uint8_t pasid) {
  Group& group = *device.group;
  MutexLock lock(group.mutex);
  for (GroupDevice* member = group.devices; member != nullptr; member = member->next) {
    if (TakesPasids(*member->device)) driver_.RemovePasid(member->device->index, pasid);
  }
  group.pasids.Locked().Erase(pasid);
}

}  // namespace groupfuzz::iommu
