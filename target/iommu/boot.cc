// The IOMMU is registered: the devices that are there already get their group and its domain.
#include <cerrno>

#include "target/iommu/core.h"

namespace groupfuzz::iommu {

using kernel::MutexLock;

// bus_iommu_probe(): at boot every device is probed before any group gets its domain.
void Core::BusProbe(const Configuration& configuration) {
  default_type_ = configuration.default_type;
  registered_ = true;
  AllocArmMapping();
  for (uint8_t index = 0; index < configuration.device_count; ++index) {
    if (!configuration.devices[index].present) continue;
    Device& device = devices_[index];
    device.plugged = true;
    // probe_iommu_group(): one that has no IOMMU does not join, any other error ends it all.
    const int error = InitDevice(device);
    if (error == -ENODEV) continue;
    if (error != 0) return Unregister();
    MutexLock lock(device.group->mutex);
    AddMember(*device.group, device);
  }
  Group* probed = group();
  if (probed == nullptr) return;
  int error;
  {
    MutexLock lock(probed->mutex);
    error = BusSetupGroup(*probed);
  }
  if (error != 0 && rules_.gives_up_at_boot) return Unregister();
  probed->ready.store(true, std::memory_order_relaxed);
  if (error == 0) ProbeFinalizeAllUnlocked(*probed);
}

// iommu_device_unregister()
void Core::Unregister() {
  registered_ = false;
  for (Device& device : devices_) ReleaseDevice(device);
}

int Core::BusSetupGroup(Group& group) {
  if (rules_.probes_in_one_section) {
    const int error = SetupDefaultDomain(group, std::nullopt);
    if (error == 0 || rules_.refreshes_dma_ops) SetupDmaOpsAll(group);
    return error;
  }
  const ResolvedType resolved = ResolveType(group, std::nullopt);
  group.default_domain = AllocDefaultDomain(group, resolved.type.value_or(default_type_));
  if (group.default_domain == nullptr) return -ENOMEM;
  group.domain = group.default_domain;
  CreateDirectMappingsAll(group, group.default_domain, OnError::kGoOn);
  for (GroupDevice* member = group.devices; member != nullptr; member = member->next) {
    if (driver_.IsAttachDeferred(member->device->index)) continue;
    if (const int error = AttachOne(group.default_domain, *member->device); error != 0) {
      return error;
    }
  }
  return 0;
}

}  // namespace groupfuzz::iommu
