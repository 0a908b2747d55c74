// Devices come and go: probe, removal, and the life of the group.
#include "target/iommu/core.h"
#include "target/kernel/errno.h"
#include "target/kernel/runtime.h"

namespace groupfuzz::iommu {

using kernel::MutexLock;
using kernel::runtime;
using kernel::WarnOn;
using kernel::WarnSite;

Core::Core(const Rules& rules, Driver& driver, kernel::Slab& slab)
    : rules_(rules),
      driver_(driver),
      slab_(slab),
      devices_{Device(0, group_mutex_), Device(1, group_mutex_), Device(2, group_mutex_),
               Device(3, group_mutex_)} {
  static_assert(kMaxDevices == 4, "devices_ names every device");
}

namespace {

// What a device needs besides the group, when it is probed and when it joins.
constexpr int kDeviceAllocations = 1;
constexpr int kMemberAllocations = 4;
// What a group needs before its first attribute is there, and then.
constexpr int kGroupAllocations = 7;
constexpr int kAttributeAllocations = 1;

constexpr const char* kLastReference = "who drops the last reference has the group alone";
constexpr const char* kNoMember = "the device is in no group: its probe or removal has it alone";

bool AllocationFails(int count) {
  for (int i = 0; i < count; ++i) {
    if (runtime().InjectedErrno(FaultKind::kAllocate) != 0) return true;
  }
  return false;
}

}  // namespace

void Core::SetGroup(Device& device, Group* group) {
  if (device.group != nullptr) device.group->devices_in.fetch_sub(1, std::memory_order_relaxed);
  device.group = group;
  if (group != nullptr) group->devices_in.fetch_add(1, std::memory_order_relaxed);
}

// ops.device_group(): the group of the devices that are there, else a new one, also where somebody
// keeps the one that the last device left. The result carries a reference for the device; nullptr
// without memory.
Group* Core::GetOrCreateGroup() {
  Group* found = group();
  if (found != nullptr && found->devices_in.load(std::memory_order_relaxed) > 0) {
    found->references.fetch_add(1, std::memory_order_relaxed);
    return found;
  }
  if (AllocationFails(kGroupAllocations)) return nullptr;
  if (AllocationFails(kAttributeAllocations)) {
    WaitForAttributeUsers();
    return nullptr;
  }
  Group* created = slab_.New<Group>(group_mutex_);
  group_.store(created, std::memory_order_release);
  return created;
}

// iommu_group_alloc() creates the attribute before the first device has joined; a write in between
// finds a group without a default domain.
Group* Core::AttributeGroup() {
  Group* found = group();
  if (found == nullptr || !rules_.hides_unready_groups) return found;
  return found->ready.load(std::memory_order_relaxed) ? found : nullptr;
}

// iommu_group_get()
Group* Core::GetGroup(const Device& device) {
  Group* found = device.group;
  if (found != nullptr) found->references.fetch_add(1, std::memory_order_relaxed);
  return found;
}

void Core::PutGroup(Group* group) {
  if (group->references.fetch_sub(1, std::memory_order_acq_rel) > 1) return;
  Group* published = group;
  group_.compare_exchange_strong(published, nullptr, std::memory_order_relaxed);
  WaitForAttributeUsers();
  DestroyGroup(group);
}

// kernfs_drain()
void Core::WaitForAttributeUsers() {
  active_.Acquire();
  active_.Release();
}

// iommu_group_release()
void Core::DestroyGroup(Group* group) ABSL_NO_THREAD_SAFETY_ANALYSIS {
  if (rules_.frees_domains_with_last_device) {
    const bool left = group->default_domain.Unlocked(kLastReference) != nullptr ||
                      group->blocking_domain.Unlocked(kLastReference) != nullptr;
    WarnOn(left, WarnSite::kGroupReleaseDomains);
  } else {
    FreeGroupDomains(*group);
  }
  slab_.Delete(group);
}

void Core::FreeGroupDomains(Group& group) {
  // In this order: who looks without the mutex finds a domain that is being freed.
  FreeDomain(group.default_domain.Unlocked(kLastReference));
  group.default_domain.SetUnlocked(nullptr, kLastReference);
  FreeDomain(group.blocking_domain.Unlocked(kLastReference));
  group.blocking_domain.SetUnlocked(nullptr, kLastReference);
  group.domain.SetUnlocked(nullptr, kLastReference);
}

// iommu_init_device()
int Core::InitDevice(Device& device) {
  if (AllocationFails(kDeviceAllocations)) return -ENOMEM;
  if (const int error = driver_.ProbeDevice(device.index); error != 0) return error;
  device.iommu = true;
  device.attach_deferred.SetUnlocked(driver_.IsAttachDeferred(device.index), kNoMember);
  SetGroup(device, GetOrCreateGroup());
  if (device.group != nullptr) return 0;
  ReleaseDriverState(device);
  return -ENOMEM;
}

GroupDevice* Core::AddMember(Group& group, Device& device) {
  GroupDevice* added = slab_.New<GroupDevice>(device, group.mutex);
  GroupDevice** end = &group.devices.Locked();
  while (*end != nullptr) end = &(*end)->next.Locked();
  *end = added;
  return added;
}

void Core::RemoveMember(Group& group, Device& device) {
  for (GroupDevice** link = &group.devices.Locked(); *link != nullptr;
       link = &(*link)->next.Locked()) {
    if ((*link)->device != &device) continue;
    GroupDevice* removed = *link;
    *link = removed->next;
    slab_.Delete(removed);
    return;
  }
}

GroupDevice* Core::Alive(GroupDevice* member) const {
  if (member != nullptr && slab_.IsFreed(member)) runtime().UseAfterFree(kNoDomain);
  return member;
}

// iommu_probe_device()
int Core::ProbeDevice(Device& device) {
  // Who still works on a device of this name that was unplugged left its traces in that one.
  if (device.group == nullptr) ForgetIommu(device);
  int error;
  {
    MutexLock lock(probe_lock_);
    if (!registered_) return -ENODEV;
    if (device.group != nullptr) return 0;
    error = rules_.probes_in_one_section ? ProbeInOneSection(device) : JoinWithoutDefault(device);
  }
  if (error == 0 && !rules_.probes_in_one_section) error = FollowDefault(device);
  if (error == 0) ProbeFinalize(device);
  return error;
}

int Core::ProbeInOneSection(Device& device) {
  if (const int error = InitDevice(device); error != 0) return error;
  Group* group = device.group;
  const bool no_memory = AllocationFails(kMemberAllocations);
  int error = -ENOMEM;
  {
    MutexLock lock(group->mutex);
    if (!no_memory) error = JoinGroup(*group, device);
    if (error != 0) DeinitDevice(device);
  }
  if (error != 0) PutGroup(group);
  return error;
}

// What the group could never give this device.
bool Core::MayJoin(const Group& group, const Device& device) const {
  const bool owned = group.owner != nullptr;
  if (rules_.refuses_direct_in_owned && device.require_direct && owned) return false;
  const bool has_pasids = driver_.device_config(device.index).pasids;
  if (rules_.keeps_pasids_whole && has_pasids && group.pasids->has_pasids()) return false;
  if (!rules_.keeps_untrusted_strict || !driver_.device_config(device.index).untrusted) return true;
  return group.default_domain == nullptr || group.default_domain->type == DomainType::kDma;
}

// The device becomes a member and follows the domain the group is on.
int Core::JoinGroup(Group& group, Device& device) {
  const bool first_default = group.default_domain == nullptr;
  AddMember(group, device);
  WarnOn(group.default_domain != nullptr && group.domain == nullptr,
         WarnSite::kDefaultWithoutDomain);
  // A device whose regions cannot be mapped yet still joins.
  if (!first_default) CreateDirectMappings(group.default_domain, device);
  int error = 0;
  if (!MayJoin(group, device)) {
    error = -EINVAL;
  } else if (group.domain != nullptr) {
    error = DeviceSetDomain(group, device, group.domain, SwitchFlags::kNone);
  } else if (group.default_domain == nullptr) {
    error = SetupDefaultDomain(group, std::nullopt);
  }
  if (error != 0) {
    RemoveMember(group, device);
    WarnUnlessIdle(group);
  } else {
    group.ready.store(true, std::memory_order_relaxed);
  }
  if (group.default_domain == nullptr) return error;
  if (first_default && rules_.refreshes_dma_ops) {
    // Members that waited for a default domain have one now, even if who brought it cannot stay.
    SetupDmaOpsAll(group);
  } else if (error == 0) {
    SetupDmaOps(device, group.domain);
  }
  return error;
}

// iommu_deinit_device(): the driver forgets the device; domains go with the last one.
void Core::DeinitDevice(Device& device) {
  Group& group = *device.group;
  group.mutex.AssertHeld();
  driver_.ReleaseDevice(device.index);
  Hold(device, nullptr);
  if (group.devices == nullptr) {
    group.ready.store(false, std::memory_order_relaxed);
    FreeGroupDomains(group);
  }
  SetGroup(device, nullptr);
  ForgetIommu(device);
}

void Core::ReleaseDriverState(Device& device) {
  driver_.ReleaseDevice(device.index);
  ForgetIommu(device);
}

void Core::ForgetIommu(Device& device) {
  device.iommu = false;
  device.dma_iommu.SetUnlocked(false, kNoMember);
  device.arm_mapping = nullptr;
  device.require_direct.SetUnlocked(false, kNoMember);
  device.attach_deferred.SetUnlocked(false, kNoMember);
  device.attach_failed.SetUnlocked(false, kNoMember);
}

// 6.1: the device joins in one section of the mutex, under the probe lock, ...
int Core::JoinWithoutDefault(Device& device) {
  if (const int error = InitDevice(device); error != 0) return error;
  Group* group = device.group;
  const int error = AddDeviceToGroup(*group, device);
  if (error == 0) {
    // The core looks, in a section of its own, whether the group waits for a default domain.
    MutexLock lock(group->mutex);
    return 0;
  }
  SetGroup(device, nullptr);
  PutGroup(group);
  ReleaseDriverState(device);
  return error;
}

// ... and gets the default domain in another, without it.
int Core::FollowDefault(Device& device) {
  Group& group = *device.group;
  int error = 0;
  {
    MutexLock lock(group.mutex);
    error = AttachToDefault(group, device);
    if (error == 0) CreateDirectMappings(group.default_domain, device);
  }
  if (error != 0) ReleaseDevice(device);
  return error;
}

// iommu_group_add_device()
int Core::AddDeviceToGroup(Group& group, Device& device) {
  if (AllocationFails(kMemberAllocations)) return -ENOMEM;
  int error = 0;
  {
    MutexLock lock(group.mutex);
    AddMember(group, device);
    const bool attaches = group.domain != nullptr && !driver_.IsAttachDeferred(device.index);
    if (attaches) error = AttachOne(group.domain, device);
  }
  if (error != 0) {
    MutexLock lock(group.mutex);
    RemoveMember(group, device);
  }
  return error;
}

// A device is attached to the default domain whenever nobody owns the group, even where it is
// deferred or the group is on another domain.
int Core::AttachToDefault(Group& group, Device& device) {
  if (group.default_domain == nullptr) {
    const Preference preference = DevicePreference(device);
    const DomainType type = preference == Preference::kNone ? default_type_ : TypeOf(preference);
    group.default_domain = AllocDefaultDomain(group, type);
    if (group.domain == nullptr) group.domain = group.default_domain;
  }
  if (group.default_domain == nullptr || group.owner != nullptr) return 0;
  return AttachOne(group.default_domain, device);
}

void Core::WarnUnlessIdle(Group& group) {
  if (group.devices != nullptr) return;
  WarnOn(group.owner_cnt != 0 || group.domain != group.default_domain, WarnSite::kGroupNotIdle);
}

// iommu_release_device()
void Core::ReleaseDevice(Device& device) {
  Group* group = device.group;
  if (group == nullptr) return;
  LeaveGroup(*group, device);
  PutGroup(group);
}

// The device leaves its driver and its group, in the order and under the locks of the version.
void Core::LeaveGroup(Group& group, Device& device) {
  if (rules_.frees_domains_with_last_device) {
    MutexLock lock(group.mutex);
    const bool last = group.CountDevices() == 1;
    if (rules_.leaves_on_default && last && group.owner_cnt == 0) SetCoreDomain(group);
    RemoveMember(group, device);
    WarnUnlessIdle(group);
    DeinitDevice(device);
    return;
  }
  if (rules_.releases_under_mutex) {
    MutexLock lock(group.mutex);
    RemoveMember(group, device);
    WarnUnlessIdle(group);
    ReleaseDriverState(device);
    SetGroup(device, nullptr);
    return;
  }
  if (rules_.freezes_ops) {
    kernel::WriterLock lock(device.ops);
    ReleaseByDriver(device);
  } else {
    ReleaseByDriver(device);
  }
  MutexLock lock(group.mutex);
  RemoveMember(group, device);
  SetGroup(device, nullptr);
}

// ops.release_device() while drivers may still call back into the core from it.
void Core::ReleaseByDriver(Device& device) {
  if (device.arm_mapping != nullptr) DetachDevice(device.arm_mapping, device);
  ReleaseDriverState(device);
}

}  // namespace groupfuzz::iommu
