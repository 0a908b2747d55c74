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
  ShareLocks(locks_, TheLocking(), footprint);
  if (!port_->Boot(configuration)) users_->LoseDevices();
}

void PortSystem::TearDown() {
  users_->TearDown();
  port_->PowerOff();
}

Locking PortSystem::TheLocking() const {
  return {.store_takes_device_lock = protocol_.takes_device_lock(),
          .store_begins_under_mutex = protocol_.begins_under_mutex(),
          .any_op_takes_device_lock = false,
          .any_op_takes_probe_lock = false};
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
  if (users_->AllocatesFirst(op)) return nullptr;
  return groupfuzz::FirstLock(locks_, TheLocking(), op);
}

DomainRef PortSystem::RefOf(const Domain* domain) const {
  if (domain == nullptr) return {};
  if (!slab_.IsFreed(domain)) return {.id = domain->id, .type = domain->type};
  return {.id = Driver::IdOf(domain), .type = kernel::ReadUnseen(domain->type), .freed = true};
}

void PortSystem::FillDevice(const iommu::Device& device, const Domain* default_domain,
                            DeviceSnapshot* view) const {
  const Page direct = DirectPage(device.index);
  view->deferred = rules_.keeps_deferral ? device.attach_deferred.Unseen()
                                         : driver_->IsAttachDeferred(device.index);
  view->attach_failed = device.attach_failed.Unseen();
  view->direct_mapped = default_domain != nullptr && default_domain->Translate(direct) == direct;
  view->has_mapping = device.has_mapping;
  view->mapping_works = device.has_mapping && port_->core().MappingWorks(device);
  view->uses_dma_api = device.dma_iommu.Unseen() && device.plugged;
  users_->Look(device.index, view);
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
  snapshot->owner_cnt = group->owner_cnt.Unseen();
  snapshot->owner = port_->CookieOf(group->owner.Unseen());
  snapshot->default_domain = RefOf(group->default_domain.Unseen());
  snapshot->blocking_domain = RefOf(group->blocking_domain.Unseen());
  snapshot->domain = RefOf(group->domain.Unseen());
  const iommu::PasidArray& pasids = group->pasids.Unseen();
  for (int i = 0; i < iommu::kPasidEntries; ++i) {
    if (pasids.entry(i) == iommu::PasidEntry::kEmpty) continue;
    snapshot->pasids |= 1u << i;
    if (pasids.entry(i) == iommu::PasidEntry::kReserved) snapshot->reserved |= 1u << i;
  }
  for (const GroupDevice* member = group->devices.Unseen(); member != nullptr;
       member = member->next.Unseen()) {
    snapshot->devices[member->device->index].member = true;
    ++snapshot->members;
  }
  const bool dangles = snapshot->default_domain.freed;
  for (uint8_t device = 0; device < device_count_; ++device) {
    FillDevice(port_->core().device(device), dangles ? nullptr : group->default_domain.Unseen(),
               &snapshot->devices[device]);
  }
}

uint64_t PortSystem::HashOf(const iommu::Device& device) {
  const auto& [index, lock, ops, group, bound, plugged, iommu, attach_deferred, require_direct,
               dma_iommu, held, attach_failed, arm_mapping, mapped_in, has_mapping, mapping] =
      device;
  LeftOut(index, lock, ops);  // a device is hashed in its place; the executor knows the locks
  return FoldFields(group != nullptr, bound.Unseen(), plugged, iommu, attach_deferred.Unseen(),
                    require_direct.Unseen(), dma_iommu.Unseen(), Driver::IdOf(held.Unseen()),
                    attach_failed.Unseen(),
                    Driver::IdOf(arm_mapping.load(std::memory_order_relaxed)),
                    Driver::IdOf(mapped_in), has_mapping, mapping);
}

uint64_t PortSystem::HashOf(const Group& group) const ABSL_NO_THREAD_SAFETY_ANALYSIS {
  const auto& [mutex, references, devices_in, ready, devices, default_domain, blocking_domain,
               domain, owner_cnt, owner, pasids] = group;
  LeftOut(mutex);  // the executor knows the locks
  uint64_t hash = FoldFields(
      pasids.Unseen().Fingerprint(), references.load(std::memory_order_relaxed),
      devices_in.load(std::memory_order_relaxed), ready.load(std::memory_order_relaxed),
      Driver::IdOf(default_domain.Unseen()), Driver::IdOf(blocking_domain.Unseen()),
      Driver::IdOf(domain.Unseen()), owner_cnt.Unseen(), port_->CookieOf(owner.Unseen()));
  for (const GroupDevice* member = devices.Unseen(); member != nullptr;
       member = member->next.Unseen()) {
    hash = FoldFields(hash, member->device->index);
  }
  return hash;
}

uint64_t PortSystem::Fingerprint() const {
  const iommu::Core& core = port_->core();
  uint64_t hash = Fold(driver_->Fingerprint(), users_->Fingerprint());
  for (uint8_t index = 0; index < kMaxDevices; ++index) {
    hash = Fold(hash, HashOf(core.device(index)));
  }
  for (uint8_t domain = 0; domain < kUserDomains; ++domain) {
    hash = FoldFields(hash, Driver::IdOf(port_->user_domain(domain)));
  }
  return core.group() == nullptr ? hash : Fold(hash, HashOf(*core.group()));
}

}  // namespace groupfuzz
