#include "target/linux/linux_system.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "target/kernel/crash_trap.h"
#include "target/types/hash.h"

namespace groupfuzz {
namespace {

int AsInt(bool value) { return static_cast<int>(value); }

gf_machine AsPlainC(const Configuration& configuration) {
  gf_machine machine = {};
  machine.device_count = configuration.device_count;
  for (int i = 0; i < kMaxDevices; ++i) {
    const DeviceConfig& device = configuration.devices[i];
    machine.devices[i] = {.present = AsInt(device.present),
                          .preference = static_cast<int>(device.preference),
                          .untrusted = AsInt(device.untrusted),
                          .direct = AsInt(device.direct),
                          .pasids = AsInt(device.pasids),
                          .no_deferred_flush = AsInt(device.no_deferred_flush)};
  }
  machine.identity_support = static_cast<int>(configuration.driver.identity);
  machine.blocked_support = static_cast<int>(configuration.driver.blocked);
  machine.forces_identity = AsInt(configuration.driver.forces_identity);
  machine.finalize_attaches = AsInt(configuration.driver.finalize_attaches);
  machine.default_type = configuration.default_type == DomainType::kIdentity ? GF_DEFAULT_IDENTITY
                         : configuration.default_type == DomainType::kDmaFq  ? GF_DEFAULT_DMA_FQ
                                                                             : GF_DEFAULT_DMA;
  return machine;
}
static_assert(GF_DEVICES == kMaxDevices && GF_USER_DOMAINS == kUserDomains &&
              GF_COOKIES == kCookies && GF_PASID_ENTRIES == kMaxPasids);

// What a change of iommu.c may take where its kernel does not.
Locking LockingOf(const linux_tree& tree) {
  Locking locking = {.store_takes_device_lock = false,
                     .store_begins_under_mutex = false,
                     .any_op_takes_device_lock = false,
                     .any_op_takes_probe_lock = false};
  for (const gf_lock_site* site = tree.lock_sites; site != tree.lock_sites_end; ++site) {
    const std::string_view lock = site->lock;
    const std::string_view function = site->function;
    if (lock == "guard(device)") {
      locking.any_op_takes_device_lock = true;
    } else if (lock == "device_lock") {
      (function == "iommu_group_store_type" ? locking.store_takes_device_lock
                                            : locking.any_op_takes_device_lock) = true;
    } else if (lock == "&iommu_probe_device_lock" && function != "iommu_probe_device" &&
               function != "probe_iommu_group") {
      locking.any_op_takes_probe_lock = true;
    }
  }
  return locking;
}

// Who tries a lock sees whether it is free, which is no beginning of an op to be waited for.
bool TriesLocks(const linux_tree& tree) {
  return std::any_of(tree.lock_sites, tree.lock_sites_end,
                     [](const gf_lock_site& site) { return std::string_view(site.lock) == "try"; });
}

uint8_t OwnerOf(int owner) {
  if (owner == GF_NULL_COOKIE) return kNobody;
  return owner < 0 ? kStoreTypeOwner : static_cast<uint8_t>(owner);
}

}  // namespace

LinuxSystem::LinuxSystem(Connect connect, std::string_view root, int mutant)
    : tree_(*connect(&LinuxHost::Functions())),
      root_(root),
      mutant_(mutant),
      locking_(LockingOf(tree_)),
      tries_locks_(TriesLocks(tree_)),
      image_(TreeImage::Of(tree_)),
      api_(tree_, host_),
      users_(api_, static_cast<DriverCore&>(*this)) {
  // What runs here nobody judges: it does not count as having run.
  const std::vector<unsigned> ran(tree_.guards, tree_.guards_end);
  begin_otherwise_ = OpsThatBeginOtherwise(*this);
  std::copy(ran.begin(), ran.end(), tree_.guards);
}

// The driver keeps the contract of its kernel. What the tree has no callback for is static; where
// the blocked domain takes PASIDs away, a driver that has them has it.
Configuration LinuxSystem::MachineOf(const Configuration& configuration) const {
  Configuration machine = configuration;
  DriverConfig& driver = machine.driver;
  const auto has = [&](unsigned what) { return (tree_.provides & what) != 0; };
  if (!has(GF_HAS_IDENTITY_ALLOC) && driver.identity == Support::kAllocatable) {
    driver.identity = Support::kStatic;
  }
  const bool any_pasids = std::any_of(machine.devices.begin(), machine.devices.end(),
                                      [](const DeviceConfig& device) { return device.pasids; });
  if ((!has(GF_HAS_DOMAIN_ALLOC) && driver.blocked == Support::kAllocatable) ||
      (has(GF_BLOCKS_PASIDS) && any_pasids)) {
    driver.blocked = Support::kStatic;
  }
  if (has(GF_FAILED_ATTACH_KEEPS)) driver.failed_attach_detaches = false;
  return machine;
}

void LinuxSystem::Build(const Configuration& configuration, const Footprint& footprint,
                        CallObserver* observer) {
  const Configuration supported = MachineOf(configuration);
  device_count_ = configuration.device_count;
  host_.TakeCharge();
  host_.Reset(supported);
  image_.Restore();
  users_.Reset(supported, observer);
  ShareLocks(locks_, locking_, footprint);
  gf_machine machine = AsPlainC(supported);
  machine.mutant = mutant_;
  if (tree_.power_on(&machine) != 0) users_.LoseDevices();
}

// With iommu_group_replace_domain() went the callers that have no handle.
bool LinuxSystem::Provides(const Op& op) const {
  const bool handle = op.kind == OpKind::kAttachHandle || op.kind == OpKind::kReplaceHandle;
  const bool asks = op.kind == OpKind::kReplaceGroup || (handle && op.flag);
  return !asks || (tree_.provides & GF_HAS_REPLACE_GROUP) != 0;
}

void LinuxSystem::TearDown() {
  users_.TearDown();
  tree_.power_off();
}

const kernel::Lock* LinuxSystem::FirstLock(const Op& op) const {
  if (tries_locks_ || users_.AllocatesFirst(op)) return nullptr;
  return UnlessOtherwise(begin_otherwise_, op, groupfuzz::FirstLock(locks_, locking_, op));
}

bool LinuxSystem::Fill(gf_group_view* view) const {
  const LinuxHost::Looking looking(host_);
  return kernel::CrashTrap::CanLook([&] { tree_.view(view); });
}

bool LinuxSystem::LeadsToMemory(const void* domain) const {
  const auto* byte = static_cast<const char*>(domain);
  if (domain == nullptr || host_.slab().Contains(domain)) return true;
  return std::any_of(std::begin(tree_.data), std::end(tree_.data), [byte](const gf_memory& data) {
    return byte >= data.begin && byte < data.end;
  });
}

Corrupt LinuxSystem::CorruptionOf(const gf_group_view& view) const {
  if (!LeadsToMemory(view.default_domain)) return Corrupt::kDefaultDomain;
  if (!LeadsToMemory(view.blocking_domain)) return Corrupt::kBlockingDomain;
  if (!LeadsToMemory(view.domain)) return Corrupt::kDomain;
  return view.endless != 0 ? Corrupt::kMembers : Corrupt::kNo;
}

DomainRef LinuxSystem::RefOf(const void* domain) const {
  if (domain == nullptr) return {};
  unsigned type = 0;
  const auto* model = static_cast<const Domain*>(tree_.domain_of(domain, &type));
  return {.id = Driver::IdOf(model),
          .type = static_cast<DomainType>(type),
          .freed = host_.slab().IsOutside(domain)};
}

void LinuxSystem::FillDevice(const gf_group_view& view, uint8_t device,
                             const DomainRef& default_domain, DeviceSnapshot* out) const {
  const auto& from = view.devices[device];
  const Driver& driver = host_.driver();
  const Page direct = DirectPage(device);
  const Domain* hw = driver.hw(device);
  out->member = (view.member_set >> device & 1) != 0;
  out->deferred = tree_.keeps_deferral != 0 ? from.deferred != 0 : driver.IsAttachDeferred(device);
  if (default_domain && !default_domain.freed) {
    unsigned type = 0;
    const auto* model = static_cast<const Domain*>(tree_.domain_of(view.default_domain, &type));
    out->direct_mapped = model->Translate(direct) == direct;
  }
  out->has_mapping = from.has_mapping != 0;
  out->mapping_works =
      out->has_mapping &&
      driver.Translate(device, static_cast<Page>(from.mapping)) == DmaBuffer(device);
  out->uses_dma_api = from.dma_iommu != 0;
  users_.Look(device, out);
  if (hw != nullptr) {
    out->hw = {.id = Driver::IdOf(hw),
               .type = kernel::ReadUnseen(hw->type),
               .freed = host_.slab().IsFreed(hw)};
  }
}

void LinuxSystem::TakeSnapshot(Snapshot* snapshot) const {
  *snapshot = {};
  gf_group_view view;
  const bool readable = Fill(&view);
  if (readable && view.exists == 0) return;
  snapshot->exists = true;
  snapshot->corrupt = readable ? CorruptionOf(view) : Corrupt::kSomething;
  if (snapshot->corrupt != Corrupt::kNo) return;
  snapshot->owner_cnt = static_cast<int32_t>(view.owner_cnt);
  snapshot->owner = OwnerOf(view.owner);
  snapshot->default_domain = RefOf(view.default_domain);
  snapshot->blocking_domain = RefOf(view.blocking_domain);
  snapshot->domain = RefOf(view.domain);
  snapshot->pasids = static_cast<uint8_t>(view.pasids);
  snapshot->reserved = static_cast<uint8_t>(view.reserved);
  snapshot->members = static_cast<uint8_t>(view.members);
  for (int i = 0; i < kUserDomains; ++i) {
    snapshot->user_domains[i] = RefOf(view.user_domains[i]);
  }
  for (uint8_t device = 0; device < device_count_; ++device) {
    FillDevice(view, device, snapshot->default_domain, &snapshot->devices[device]);
  }
}

// The state of a tree is its memory, whatever a patch makes of it: every object that is not freed,
// and all writable data. What lies elsewhere is the hardware and the users.
uint64_t LinuxSystem::Fingerprint() const {
  const uint64_t around = Fold(host_.driver().Fingerprint(), users_.Fingerprint());
  return Fold(Fold(around, host_.slab().Fingerprint()), image_.Fingerprint());
}

}  // namespace groupfuzz
