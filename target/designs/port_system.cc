#include "target/designs/port_system.h"

#include "target/types/hash.h"

namespace groupfuzz {
namespace {

using iommu::Group;
using iommu::GroupDevice;

std::unique_ptr<Driver> MakeDriver(kernel::Slab& slab) { return std::make_unique<Driver>(slab); }

}  // namespace

PortSystem::PortSystem(const iommu::Rules& rules, const designs::Protocol& protocol)
    : PortSystem(rules, protocol, MakeDriver) {}

PortSystem::PortSystem(const iommu::Rules& rules, const designs::Protocol& protocol,
                       DriverFactory factory)
    : rules_(rules), protocol_(protocol), driver_(factory(slab_)) {}

void PortSystem::Build(const Configuration& configuration, const Footprint& footprint,
                       CallObserver* observer) {
  slab_.Reset();
  device_count_ = configuration.device_count;
  driver_->Reset(configuration);
  port_.emplace(rules_, protocol_, *driver_, slab_);
  users_.emplace(*port_, static_cast<DriverCore&>(*this));
  users_->Reset(configuration, observer);
  locks_ = Locks();
  ShareLocks(locks_, StoreLocking(), footprint);
  if (!port_->Boot(configuration)) users_->LoseDevices();
}

void PortSystem::TearDown() {
  users_->TearDown();
  port_->PowerOff();
}

StoreTypeLocking PortSystem::StoreLocking() const {
  return {.takes_device_lock = protocol_.takes_device_lock(),
          .begins_under_mutex = protocol_.begins_under_mutex()};
}

MachineLocks PortSystem::Locks() {
  iommu::Core& core = port_->core();
  MachineLocks locks = {.probe = &core.probe_lock().state(),
                        .active = &core.active().state(),
                        .group = &core.group_mutex().state()};
  for (uint8_t index = 0; index < kMaxDevices; ++index) {
    iommu::Device& device = core.device(index);
    locks.device[index] = &device.lock.state();
    if (rules_.freezes_ops) locks.ops[index] = &device.ops.state();
  }
  return locks;
}

const kernel::Lock* PortSystem::FirstLock(const Op& op) const {
  return groupfuzz::FirstLock(locks_, StoreLocking(), op);
}

DomainRef PortSystem::RefOf(const Domain* domain) const {
  if (domain == nullptr) return {};
  if (!slab_.IsFreed(domain)) return {.id = domain->id, .type = domain->type};
  return {.id = Driver::IdOf(domain), .type = kernel::ReadUnseen(domain->type), .freed = true};
}

void PortSystem::FillDevice(const iommu::Device& device, const Domain* default_domain,
                            DeviceSnapshot* view) const {
  const Page direct = DirectPage(device.index);
  view->deferred =
      rules_.keeps_deferral ? device.attach_deferred : driver_->IsAttachDeferred(device.index);
  view->direct_mapped = default_domain != nullptr && default_domain->Translate(direct) == direct;
  view->has_mapping = device.has_mapping;
  view->mapping_works = device.has_mapping && port_->core().MappingWorks(device);
  view->uses_dma_api = device.dma_iommu && device.plugged;
  view->occupant = users_->occupant(device.index);
  view->hw = RefOf(driver_->hw(device.index));
}

void PortSystem::TakeSnapshot(Snapshot* snapshot) const ABSL_NO_THREAD_SAFETY_ANALYSIS {
  *snapshot = {};
  const Group* group = port_->core().group();
  if (group == nullptr) return;
  snapshot->exists = true;
  for (uint8_t i = 0; i < kUserDomains; ++i) {
    snapshot->user_domains[i] = RefOf(port_->user_domain(i));
  }
  snapshot->owner_cnt = group->owner_cnt;
  snapshot->owner = port_->CookieOf(group->owner);
  snapshot->default_domain = RefOf(group->default_domain);
  snapshot->blocking_domain = RefOf(group->blocking_domain);
  snapshot->domain = RefOf(group->domain);
  for (int i = 0; i < iommu::kPasidEntries; ++i) {
    if (group->pasids[i] == iommu::PasidEntry::kEmpty) continue;
    snapshot->pasids |= 1u << i;
    if (group->pasids[i] == iommu::PasidEntry::kReserved) snapshot->reserved |= 1u << i;
  }
  for (const GroupDevice* member = group->devices; member != nullptr; member = member->next) {
    snapshot->devices[member->device->index].member = true;
    ++snapshot->members;
  }
  const bool dangles = snapshot->default_domain.freed;
  for (uint8_t device = 0; device < device_count_; ++device) {
    FillDevice(port_->core().device(device), dangles ? nullptr : group->default_domain,
               &snapshot->devices[device]);
  }
}

uint64_t PortSystem::Fingerprint() const ABSL_NO_THREAD_SAFETY_ANALYSIS {
  const iommu::Core& core = port_->core();
  const Group* group = core.group();
  uint64_t hash = Fold(driver_->Fingerprint(), users_->Fingerprint());
  for (uint8_t index = 0; index < kMaxDevices; ++index) {
    const iommu::Device& device = core.device(index);
    hash = Fold(hash, device.bound | device.iommu << 1 | device.attach_deferred << 2 |
                          device.require_direct << 3 | device.dma_iommu << 4 |
                          (device.arm_mapping != nullptr) << 5 | device.has_mapping << 6 |
                          (device.group != nullptr) << 7 | uint64_t{device.mapping} << 8 |
                          uint64_t{Driver::IdOf(device.mapped_in)} << 24);
  }
  if (group == nullptr) return hash;
  hash = Fold(hash, uint64_t{Driver::IdOf(group->default_domain)} |
                        uint64_t{Driver::IdOf(group->blocking_domain)} << 16 |
                        uint64_t{Driver::IdOf(group->domain)} << 32);
  hash = Fold(hash, static_cast<uint64_t>(group->owner_cnt) << 16 |
                        port_->CookieOf(group->owner) << 8 |
                        group->references.load(std::memory_order_relaxed));
  hash = Fold(hash, group->pasids.has_node());
  for (int i = 0; i < iommu::kPasidEntries; ++i) {
    hash = Fold(hash, static_cast<uint64_t>(group->pasids[i]));
  }
  for (const GroupDevice* member = group->devices; member != nullptr; member = member->next) {
    hash = Fold(hash, member->device->index);
  }
  return hash;
}

}  // namespace groupfuzz
