// The DMA API's side of a group: which way the DMA of a device goes, and its mappings.
//
// Source: Linux 6.1 and 6.12, drivers/iommu/dma-iommu.c, and arch/arm/mm/dma-mapping.c for drivers
// whose probe_finalize attaches a mapping of its own.
#include "target/iommu/core.h"
#include "target/kernel/errno.h"
#include "target/kernel/runtime.h"

namespace groupfuzz::iommu {

using kernel::MutexLock;
using kernel::runtime;

// iommu_setup_dma_ops()
void Core::SetupDmaOps(Device& device, Domain* current) {
  device.arm_mapping = nullptr;
  device.dma_iommu = GoesThroughDmaIommu(current);
  if (device.dma_iommu) InitDmaDomain(device, current);
}

void Core::SetupDmaOpsUnlocked(Device& device, Domain* current) {
  constexpr const char* kWhy = "probe_finalize of 6.1 to 6.9 sets the DMA ops and takes no lock";
  device.arm_mapping = nullptr;
  device.dma_iommu.SetUnlocked(GoesThroughDmaIommu(current), kWhy);
  if (device.dma_iommu.Unlocked(kWhy)) InitDmaDomain(device, current);
}

bool Core::GoesThroughDmaIommu(Domain* current) {
  return current != nullptr && IsDmaDomain(driver_.Alive(current)->type);
}

// iommu_dma_init_domain(): a flush queue that cannot be had makes the domain a strict one.
void Core::InitDmaDomain(Device& device, Domain* current) {
  if (current->dying) runtime().FollowNull();
  if (current->dma_ready) return;
  current->dma_ready = true;
  if (current->type != DomainType::kDmaFq) return;
  const bool capable =
      !rules_.tests_deferred_flush || !driver_.device_config(device.index).no_deferred_flush;
  if (!capable || driver_.InitFlushQueue(current, current->type) != 0) {
    current->type = DomainType::kDma;
  }
}

void Core::SetupDmaOpsAll(Group& group) {
  for (GroupDevice* member = group.devices; member != nullptr; member = member->next) {
    SetupDmaOps(*member->device, group.domain);
  }
}

void Core::ProbeFinalize(Device& device) {
  driver_.ProbeFinalize(device.index);
  if (driver_.config().finalize_attaches) {
    AttachArmMapping(device);
  } else if (!rules_.core_sets_dma_ops) {
    Group* group = GetGroup(device);
    if (group == nullptr) runtime().FollowNull();
    auto current = group->RacyDomain("iommu_get_domain_for_dev() takes no lock");
    PutGroup(group);
    SetupDmaOpsUnlocked(device, current ? current.Follow() : nullptr);
  }
}

void Core::ProbeFinalizeAllUnlocked(Group& group) {
  for (GroupDevice* member = Alive(group.RacyDevices()); member != nullptr;
       member = Alive(member->next.Unlocked("finalizing takes the mutex"))) {
    ProbeFinalize(*member->device);
    Alive(member);
  }
}

// arm_iommu_attach_device(): re-enters the core, which takes the mutex.
void Core::AttachArmMapping(Device& device) {
  if (AttachDevice(arm_mapping_, device) == 0) device.arm_mapping = arm_mapping_;
}

void Core::AllocArmMapping() {
  if (!driver_.config().finalize_attaches) return;
  int error = 0;
  arm_mapping_ = driver_.AllocDomain(DomainType::kUnmanaged, &error, nullptr);
}

void Core::FreeArmMapping() {
  FreeDomain(arm_mapping_);
  arm_mapping_ = nullptr;
}

// iommu_deferred_attach()
int Core::DeferredAttach(Device& device, Group::RacyDomainPointer& domain) {
  if (rules_.locks_deferred_attach) {
    MutexLock lock(device.group->mutex);
    if (IsLeftBehind(*device.group, device)) return -EIO;
    return device.attach_deferred ? AttachOne(domain.Follow(), device) : 0;
  }
  constexpr const char* kWhy = "iommu_deferred_attach() takes no lock";
  const bool deferred = rules_.keeps_deferral ? device.attach_deferred.Unlocked(kWhy)
                                              : driver_.IsAttachDeferred(device.index);
  if (!deferred) return 0;
  const int error = driver_.Attach(driver_.Alive(domain.Follow()), device.index);
  if (error == 0) device.attach_deferred.SetUnlocked(false, kWhy);
  return error;
}

int Core::DmaMap(Device& device) {
  if (device.arm_mapping != nullptr) return MapBuffer(device, device.arm_mapping);
  Group& group = *device.group;
  // The device's driver is bound, which pins the default domain.
  Group::RacyDomainPointer domain = group.PinnedDefaultDomain();
  if (const int error = DeferredAttach(device, domain); error != 0) return error;
  const bool maps = device.dma_iommu.Unlocked("the driver that maps is bound, which pins it");
  if (maps) return MapBuffer(device, domain.Follow());
  UseMapping(device, DmaBuffer(device.index));
  return 0;
}

int Core::MapBuffer(Device& device, Domain* domain) {
  const Page iova = DmaIova(device.index);
  const int error = driver_.Map(domain, device.index, iova, DmaBuffer(device.index));
  if (error != 0) return error;
  device.mapped_in = domain;
  UseMapping(device, iova);
  return 0;
}

void Core::UseMapping(Device& device, Page iova) {
  device.has_mapping = true;
  device.mapping = iova;
  runtime().Record({.kind = EventKind::kDma,
                    .device = device.index,
                    .result = static_cast<int16_t>(MappingWorks(device) ? 0 : -EFAULT)});
}

bool Core::MappingWorks(const Device& device) const {
  return driver_.Translate(device.index, device.mapping) == DmaBuffer(device.index);
}

void Core::DmaUnmap(Device& device) {
  if (device.mapped_in != nullptr) driver_.Unmap(device.mapped_in, device.mapping);
  device.mapped_in = nullptr;
  device.has_mapping = false;
}

}  // namespace groupfuzz::iommu
