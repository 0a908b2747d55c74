#include "target/driver/driver.h"

#include <string>

#include "target/kernel/errno.h"
#include "target/kernel/racy_read.h"
#include "target/kernel/runtime.h"
#include "target/kernel/unsupported.h"
#include "target/types/hash.h"

namespace groupfuzz {
namespace {

// Ids of the static domains: from the top, where no allocation reaches.
constexpr DomainId kIdentityId = 0xffff;
constexpr DomainId kBlockedId = 0xfffe;

// Waits for its turn, then says how this occurrence of the callback ends: 0 or a negative errno.
int CallbackResult(FaultKind kind) {
  kernel::runtime().CallbackPoint();
  return -kernel::runtime().InjectedErrno(kind);
}

Event DeviceEvent(EventKind kind, uint8_t device, const Domain* domain, int result = 0) {
  return {.kind = kind,
          .device = device,
          .domain = Driver::IdOf(domain),
          .result = static_cast<int16_t>(result)};
}

}  // namespace

void Driver::Reset(const Configuration& configuration) {
  configuration_ = configuration;
  devices_.fill({});
  identity_ = {.id = kIdentityId, .type = DomainType::kIdentity, .is_static = true};
  blocked_ = {.id = kBlockedId, .type = DomainType::kBlocked, .is_static = true};
  domain_count_ = 0;
}

Domain* Driver::identity_domain() {
  const bool is_static =
      config().identity == Support::kStatic || configuration_.driver.forces_identity;
  return is_static ? &identity_ : nullptr;
}

Domain* Driver::blocked_domain() {
  return config().blocked == Support::kStatic ? &blocked_ : nullptr;
}

Domain* Driver::default_domain() { return config().forces_identity ? &identity_ : nullptr; }

Domain* Driver::NewDomain(DomainType type, const void* code) {
  if (domain_count_ == kMaxDomains) {
    throw kernel::Unsupported{"an execution allocates more than " + std::to_string(kMaxDomains) +
                              " domains"};
  }
  Domain* domain = slab_.NewFor<Domain>(code);
  domain->id = kernel::runtime().NewDomainId();
  domain->type = type;
  domains_[domain_count_++] = domain;
  return domain;
}

Domain* Driver::AllocDomain(DomainType type, int* error, const void* code) {
  *error = CallbackResult(FaultKind::kDomainAlloc);
  Domain* domain = nullptr;
  if (*error == 0) {
    const Support support = type == DomainType::kIdentity  ? config().identity
                            : type == DomainType::kBlocked ? config().blocked
                                                           : Support::kAllocatable;
    if (support == Support::kAbsent) {
      *error = -EOPNOTSUPP;
    } else if (support == Support::kStatic) {
      return type == DomainType::kIdentity ? &identity_ : &blocked_;
    } else {
      domain = NewDomain(type, code != nullptr ? code : __builtin_return_address(0));
    }
  }
  kernel::runtime().Record({.kind = EventKind::kDomainAlloc,
                            .value = static_cast<uint8_t>(type),
                            .domain = IdOf(domain),
                            .result = static_cast<int16_t>(*error)});
  return domain;
}

void Driver::FreeDomain(Domain* domain) {
  if (Alive(domain)->is_static) return;
  kernel::runtime().CallbackPoint();
  Alive(domain);
  kernel::runtime().Record({.kind = EventKind::kDomainFree,
                            .value = static_cast<uint8_t>(domain->type),
                            .domain = domain->id});
  slab_.Delete(domain);
}

int Driver::Attach(Domain* domain, uint8_t device) {
  const int error = CallbackResult(FaultKind::kAttach);
  CheckProbed(device);
  DeviceState& state = devices_[device];
  if (error == 0) {
    state.hw = Alive(domain);
    state.attached_once = true;
  } else if (config().failed_attach_detaches) {
    state.hw = nullptr;
  }
  kernel::runtime().Record(DeviceEvent(EventKind::kAttach, device, domain, error));
  return error;
}

void Driver::Detach(Domain* domain, uint8_t device) {
  kernel::runtime().CallbackPoint();
  CheckProbed(device);
  devices_[device].hw = nullptr;
  kernel::runtime().Record(DeviceEvent(EventKind::kDetach, device, domain));
}

int Driver::Map(Domain* domain, uint8_t device, Page iova, Page physical) {
  int error = CallbackResult(FaultKind::kMap);
  if (error == 0 && config().maps_only_attached && !AnyDeviceOn(domain)) error = -ENODEV;
  if (error == 0 && Alive(domain)->Translate(iova) == kNoPage) {
    domain->page_table[domain->pages++] = {iova, physical};
  }
  kernel::runtime().Record(DeviceEvent(EventKind::kMap, device, domain, error));
  return error;
}

void Driver::Unmap(Domain* domain, Page iova) {
  Alive(domain);
  for (int i = 0; i < domain->pages; ++i) {
    if (domain->page_table[i].iova != iova) continue;
    domain->page_table[i] = domain->page_table[--domain->pages];
    return;
  }
}

int Driver::InitFlushQueue(Domain* domain, DomainType type) {
  if (Alive(domain)->flush_queue) return 0;
  const int error = CallbackResult(FaultKind::kFlushQueue) == 0 ? 0 : -ENOMEM;
  // Who calls it without the mutex may find the domain freed meanwhile.
  if (error == 0) Alive(domain)->flush_queue = true;
  Event event = DeviceEvent(EventKind::kFlushQueue, kNoDevice, domain, error);
  event.value = static_cast<uint8_t>(type);
  kernel::runtime().Record(event);
  return error;
}

int Driver::SetPasid(Domain* domain, uint8_t device, uint8_t pasid) {
  int error = CallbackResult(FaultKind::kSetPasid);
  CheckProbed(device);
  Alive(domain);
  const bool has = device_config(device).pasids && pasid < kMaxPasids;
  if (error == 0 && !has) error = -EINVAL;
  if (error == 0) devices_[device].pasids |= 1u << pasid;
  Event event = DeviceEvent(EventKind::kSetPasid, device, domain, error);
  event.value = pasid;
  kernel::runtime().Record(event);
  return error;
}

void Driver::RemovePasid(uint8_t device, uint8_t pasid) {
  kernel::runtime().CallbackPoint();
  CheckProbed(device);
  devices_[device].pasids &= ~(1u << pasid);
  kernel::runtime().Record({.kind = EventKind::kRemovePasid, .device = device, .value = pasid});
}

int Driver::ProbeDevice(uint8_t device) {
  const int error = CallbackResult(FaultKind::kProbeDevice);
  if (error == 0) devices_[device] = {.probed = true};
  kernel::runtime().Record(DeviceEvent(EventKind::kProbeDevice, device, nullptr, error));
  return error;
}

void Driver::ReleaseDevice(uint8_t device) {
  kernel::runtime().CallbackPoint();
  CheckProbed(device);
  devices_[device] = {};
  kernel::runtime().Record(DeviceEvent(EventKind::kReleaseDevice, device, nullptr));
}

void Driver::ProbeFinalize(uint8_t device) {
  kernel::runtime().CallbackPoint();
  CheckProbed(device);
  kernel::runtime().Record(DeviceEvent(EventKind::kProbeFinalize, device, nullptr));
}

bool Driver::IsAttachDeferred(uint8_t device) const {
  return configuration_.devices[device].deferred && !devices_[device].attached_once;
}

Page Driver::Translate(uint8_t device, Page iova) const {
  const Domain* hw = devices_[device].hw;
  if (hw == nullptr || slab_.IsFreed(hw)) return kNoPage;
  return hw->Translate(iova);
}

Domain* Driver::Alive(Domain* domain) const {
  if (domain == nullptr) kernel::runtime().FollowNull();
  if (slab_.IsFreed(domain)) kernel::runtime().UseAfterFree(IdOf(domain));
  return domain;
}

DomainId Driver::IdOf(const Domain* domain) {
  return domain == nullptr ? kNoDomain : kernel::ReadUnseen(domain->id);
}

void Driver::CheckProbed(uint8_t device) const {
  if (!devices_[device].probed) kernel::runtime().Misuse({.device = device});
}

bool Driver::AnyDeviceOn(const Domain* domain) const {
  for (const DeviceState& state : devices_) {
    if (state.hw == domain) return true;
  }
  return false;
}

uint64_t Driver::Fingerprint() const {
  uint64_t hash = 0;
  for (const DeviceState& state : devices_) {
    const auto& [probed, attached_once, pasids, hw] = state;
    hash = FoldFields(hash, probed, attached_once, pasids, IdOf(hw));
  }
  // Domains are summed, so that the order in which they were allocated leaves no mark.
  uint64_t sum = 0;
  for (int i = 0; i < domain_count_; ++i) {
    if (slab_.IsFreed(domains_[i])) continue;
    const auto& [id, type, is_static, dma_ready, dying, flush_queue, pages, holders, page_table] =
        *domains_[i];
    uint64_t mappings = 0;
    for (int page = 0; page < pages; ++page) {
      const auto& [iova, physical] = page_table[page];
      mappings += FoldFields(0, iova, physical);
    }
    sum += FoldFields(mappings, id, type, is_static, dma_ready, dying, flush_queue, holders);
  }
  return Fold(hash, sum);
}

}  // namespace groupfuzz
