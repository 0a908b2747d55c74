// The port of drivers/iommu/iommu.c below store_type: switching, ownership, default domains,
// hotplug.
//
// A Core is the group code of one kernel version (iommu::Rules) over one driver. Functions carry
// the names of the kernel functions they stand for and make the same checks in the same order, with
// the same errno, lock sections and callbacks. How store_type uses them is a protocol:
// target/designs.
//
// Conventions: functions return 0 or a negative errno. Those that need the group's mutex say so in
// their annotation; all others take what they need.
//
// Sources: behaviour of Linux 6.1, 6.4 and 6.12, drivers/iommu/iommu.c and dma-iommu.c.
//
// Thread-safety: any number of program threads; the locks are the kernel's.
#ifndef GROUPFUZZ_TARGET_IOMMU_CORE_H_
#define GROUPFUZZ_TARGET_IOMMU_CORE_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>

#include "absl/base/thread_annotations.h"
#include "target/driver/driver.h"
#include "target/iommu/group.h"
#include "target/iommu/rules.h"
#include "target/kernel/slab.h"

namespace groupfuzz::iommu {

// A default domain type asked for; nothing stands for "auto".
using RequestedType = std::optional<DomainType>;

// The domain type that a preference demands. REQUIRES: preference != Preference::kNone.
constexpr DomainType TypeOf(Preference preference) {
  return preference == Preference::kDma ? DomainType::kDma : DomainType::kIdentity;
}

class Core {
 public:
  Core(const Rules& rules, Driver& driver, kernel::Slab& slab);
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  // bus_iommu_probe() of the devices that are present.
  void BusProbe(const Configuration& configuration);

  // hotplug.cc
  int ProbeDevice(Device& device);
  void ReleaseDevice(Device& device);

  // ownership.cc
  int UseDefaultDomain(Device& device);
  void UnuseDefaultDomain(Device& device);
  int GroupClaimDmaOwner(Group& group, const void* owner);
  void GroupReleaseDmaOwner(Group& group);
  int DeviceClaimDmaOwner(Device& device, const void* owner);
  void DeviceReleaseDmaOwner(Device& device);
  bool GroupDmaOwnerClaimed(Group& group);
  int TakeDmaOwnership(Group& group, const void* owner) ABSL_EXCLUSIVE_LOCKS_REQUIRED(group.mutex);
  void ReleaseDmaOwnership(Group& group) ABSL_EXCLUSIVE_LOCKS_REQUIRED(group.mutex);

  // attach.cc
  int AttachDevice(Domain* domain, Device& device);
  void DetachDevice(Domain* domain, Device& device);
  int AttachGroup(Domain* domain, Group& group);
  int AttachGroupLocked(Group& group, Domain* domain) ABSL_EXCLUSIVE_LOCKS_REQUIRED(group.mutex);
  void DetachGroup(Group& group);
  int ReplaceGroup(Domain* domain, Group& group);
  int AttachHandle(Domain* domain, Group& group, bool null_handle);
  void DetachHandle(Group& group);
  int ReplaceHandle(Domain* domain, Group& group, bool null_handle);
  int AttachPasid(Domain* domain, Device& device, uint8_t pasid);
  void DetachPasid(Device& device, uint8_t pasid);
  // Whether a member is what `flag` says.
  bool TakesPasids(const Device& device) const;
  bool AnyMember(const Group& group, bool DeviceConfig::* flag) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(group.mutex);

  // switching.cc
  enum class SwitchFlags : uint8_t { kNone, kMustSucceed };
  // Attaches every member to `domain`. What a failure leaves behind is the version's business.
  int SetDomain(Group& group, Domain* domain, SwitchFlags flags = SwitchFlags::kNone)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(group.mutex);
  // Back to the domain the core wants: blocking while owned, default otherwise.
  void SetCoreDomain(Group& group) ABSL_EXCLUSIVE_LOCKS_REQUIRED(group.mutex);
  int AttachMembers(Group& group, Domain* domain) ABSL_EXCLUSIVE_LOCKS_REQUIRED(group.mutex);

  // default_domain.cc
  // What `requested` means for this group: the type its devices insist on, else what was requested;
  // refused where these disagree.
  struct ResolvedType {
    bool refused = false;
    RequestedType type;
  };
  ResolvedType ResolveType(Group& group, RequestedType requested)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(group.mutex);
  // 6.1: allocates with the fallback to DMA. nullptr where both fail.
  Domain* AllocDefaultDomain(Group& group, DomainType type)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(group.mutex);
  // iommu_setup_default_domain() of 6.5 and later.
  int SetupDefaultDomain(Group& group, RequestedType requested)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(group.mutex);
  // Maps the 1:1 regions of `device` into `domain` where that is a DMA domain.
  int CreateDirectMappings(Domain* domain, Device& device);
  // ... for every member. Returns the first error.
  enum class OnError : uint8_t { kGoOn, kStop };
  int CreateDirectMappingsAll(Group& group, Domain* domain, OnError on_error)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(group.mutex);
  // Who allocated `domain`, or a device that held it, gives it up. It goes with the last of them.
  void FreeDomain(Domain* domain);
  // The strict -> lazy edit of the live default domain: allocate the queue, publish it, then the
  // type.
  int SwitchToFlushQueue(Group& group) ABSL_EXCLUSIVE_LOCKS_REQUIRED(group.mutex);

  // dma.cc
  // REQUIRES: the group's mutex is held.
  void SetupDmaOps(Device& device, Domain* current);
  void SetupDmaOpsAll(Group& group) ABSL_EXCLUSIVE_LOCKS_REQUIRED(group.mutex);
  // ops.probe_finalize(): sets DMA ops (6.1) and may re-enter the core. REQUIRES: mutex not held.
  void ProbeFinalize(Device& device);
  // ... of every member, walking the list without the mutex, as 6.1 to 6.9 do.
  void ProbeFinalizeAllUnlocked(Group& group);
  int DmaMap(Device& device);
  void DmaUnmap(Device& device);
  // Whether the hardware takes the live mapping of `device` to its buffer.
  bool MappingWorks(const Device& device) const;
  // The mapping that probe_finalize attaches is there from power-on to power-off.
  void AllocArmMapping();
  void FreeArmMapping();

  // The group whose type attribute is there, or nullptr. REQUIRES: `active()` is held.
  Group* AttributeGroup();
  Group* group() { return group_.load(std::memory_order_acquire); }
  const Group* group() const { return group_.load(std::memory_order_acquire); }
  Device& device(uint8_t index) { return devices_[index]; }
  const Device& device(uint8_t index) const { return devices_[index]; }
  Driver& driver() { return driver_; }
  kernel::Slab& slab() { return slab_; }
  const Rules& rules() const { return rules_; }
  // The kernfs active reference of the type attribute: a writer or reader holds it shared, removal
  // of the attribute takes it alone.
  kernel::RwSemaphore& active() ABSL_LOCK_RETURNED(active_) { return active_; }
  kernel::Mutex& group_mutex() ABSL_LOCK_RETURNED(group_mutex_) { return group_mutex_; }
  kernel::Mutex& probe_lock() ABSL_LOCK_RETURNED(probe_lock_) { return probe_lock_; }
  DomainType default_type() const { return default_type_; }
  bool registered() const { return registered_; }

  // Takes a reference to the group of `device`, or returns nullptr.
  Group* GetGroup(const Device& device);
  // Drops a reference; the last one removes the attribute, waiting for its users, and frees the
  // group. REQUIRES: mutex not held.
  void PutGroup(Group* group);

 private:
  void SetGroup(Device& device, Group* group);
  Group* GetOrCreateGroup();
  int InitDevice(Device& device);
  void DeinitDevice(Device& device);
  template <typename Body>
  int WithGroupOf(Device& device, Body body);
  GroupDevice* AddMember(Group& group, Device& device) ABSL_EXCLUSIVE_LOCKS_REQUIRED(group.mutex);
  void RemoveMember(Group& group, Device& device) ABSL_EXCLUSIVE_LOCKS_REQUIRED(group.mutex);
  int ProbeInOneSection(Device& device);
  int JoinWithoutDefault(Device& device);
  int FollowDefault(Device& device);
  int JoinGroup(Group& group, Device& device) ABSL_EXCLUSIVE_LOCKS_REQUIRED(group.mutex);
  int AddDeviceToGroup(Group& group, Device& device);
  int AttachToDefault(Group& group, Device& device) ABSL_EXCLUSIVE_LOCKS_REQUIRED(group.mutex);
  void WarnUnlessIdle(Group& group) ABSL_EXCLUSIVE_LOCKS_REQUIRED(group.mutex);
  void LeaveGroup(Group& group, Device& device);
  void ReleaseByDriver(Device& device);
  void ReleaseDriverState(Device& device);
  void ForgetIommu(Device& device);
  void WaitForAttributeUsers();
  void DestroyGroup(Group* group);
  void FreeGroupDomains(Group& group) ABSL_EXCLUSIVE_LOCKS_REQUIRED(group.mutex);
  int BusSetupGroup(Group& group) ABSL_EXCLUSIVE_LOCKS_REQUIRED(group.mutex);
  void Unregister();

  int AttachOne(Domain* domain, Device& device);
  // From now on `device` keeps `domain` alive, or none, and no more what it kept before.
  void Hold(Device& device, Domain* domain);
  // A switch that had to succeed did not reach it: nobody may be given it.
  bool IsLeftBehind(const Group& group, const Device& device) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(group.mutex);
  int DeviceSetDomain(Group& group, Device& device, Domain* domain, SwitchFlags flags)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(group.mutex);
  int SetDomainWithRollback(Group& group, Domain* domain, SwitchFlags flags)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(group.mutex);
  int SetDomainWithoutRollback(Group& group, Domain* domain)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(group.mutex);
  void RollBack(Group& group, const GroupDevice* failed) ABSL_EXCLUSIVE_LOCKS_REQUIRED(group.mutex);
  int PutBack(Group& group, Device& device) ABSL_EXCLUSIVE_LOCKS_REQUIRED(group.mutex);
  void DetachMembers(Group& group) ABSL_EXCLUSIVE_LOCKS_REQUIRED(group.mutex);

  int AllocBlockingDomain(Group& group) ABSL_EXCLUSIVE_LOCKS_REQUIRED(group.mutex);
  bool MayJoin(const Group& group, const Device& device) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(group.mutex);
  bool OnDefaultDomain(const Group& group) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(group.mutex);
  int ClaimPrecondition(const void* owner) const;

  // Allocates as the version does: static domains first where it knows them.
  Domain* AllocDomain(DomainType type, int* error);
  Domain* AllocOrReuse(Group& group, DomainType type, int* error)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(group.mutex);
  Domain* ChooseDefaultDomain(Group& group, RequestedType requested, int* error)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(group.mutex);
  Preference DevicePreference(const Device& device) const;
  Preference FirstPreference(Group& group) ABSL_EXCLUSIVE_LOCKS_REQUIRED(group.mutex);
  struct GroupPreference {
    Preference type;
    bool refused;
  };
  GroupPreference CombinedPreference(Group& group) ABSL_EXCLUSIVE_LOCKS_REQUIRED(group.mutex);
  void RestoreDefaultDomain(Group& group, Domain* old, Domain* failed)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(group.mutex);

  void AttachArmMapping(Device& device);
  void SetupDmaOpsUnlocked(Device& device, Domain* current);
  bool GoesThroughDmaIommu(Domain* current);
  void InitDmaDomain(Device& device, Domain* current);
  int DeferredAttach(Device& device, Group::RacyDomainPointer& domain);
  int MapBuffer(Device& device, Domain* domain);
  void UseMapping(Device& device, Page iova);
  GroupDevice* Alive(GroupDevice* member) const;

  const Rules rules_;
  Driver& driver_;
  kernel::Slab& slab_;
  kernel::Mutex group_mutex_{kernel::LockClass::kGroup};
  kernel::Mutex probe_lock_{kernel::LockClass::kProbe};
  kernel::RwSemaphore active_{kernel::LockClass::kKernfs};
  std::array<Device, kMaxDevices> devices_;
  DomainType default_type_ = DomainType::kDma;
  bool registered_ = true;  // iommu_device_register() has not been taken back
  // Creating the attribute publishes the group; what is in it later has its own locks.
  std::atomic<Group*> group_{nullptr};
  Domain* arm_mapping_ = nullptr;
};

}  // namespace groupfuzz::iommu

#endif  // GROUPFUZZ_TARGET_IOMMU_CORE_H_
