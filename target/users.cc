#include "target/users.h"

#include "target/hash.h"
#include "target/kernel/errno.h"

#ifdef GROUPFUZZ_TSAN
#include <sanitizer/tsan_interface.h>
#endif

namespace groupfuzz {
namespace {

// What a probe function that fails returns.
constexpr int kProbeError = -EIO;

// PASID 0 stands for the device itself.
constexpr uint8_t kFirstPasid = 1;

}  // namespace

#ifdef GROUPFUZZ_TSAN
// The bus and the driver core order what one user does with a device after another.
#define ORDERED_AFTER(flag) __tsan_acquire(&(flag))
#define ORDERED_BEFORE(flag) __tsan_release(&(flag))
#else
#define ORDERED_AFTER(flag) ((void)0)
#define ORDERED_BEFORE(flag) ((void)0)
#endif

class Users::Busy {
 public:
  explicit Busy(bool& flag) : flag_(flag) {
    ORDERED_AFTER(flag_);
    flag_ = true;
  }
  ~Busy() {
    flag_ = false;
    ORDERED_BEFORE(flag_);
  }
  Busy(const Busy&) = delete;
  Busy& operator=(const Busy&) = delete;

 private:
  bool& flag_;
};

template <typename Callable>
int64_t Users::Observed(const Call& call, Callable callable) {
  if (observer_ != nullptr) observer_->OnCall(call);
  const int64_t result = callable();
  if (observer_ != nullptr) observer_->OnReturn(call, result);
  return result;
}

void Users::Reset(const Configuration& configuration, CallObserver* observer) {
  configuration_ = configuration;
  observer_ = observer;
  slots_.fill({});
  allocated_.fill(false);
  domain_busy_.fill(false);
  for (int device = 0; device < configuration.device_count; ++device) {
    slots_[device].present = configuration.devices[device].present;
  }
}

int64_t Users::Perform(const Op& op) {
  switch (op.kind) {
    case OpKind::kStoreType:
      return StoreType(op);
    case OpKind::kShowType:
      return ShowType();
    case OpKind::kClaimedQuery:
      return ClaimedQuery();
    case OpKind::kFreeDomain:
      return FreeDomain(op);
    default:
      break;
  }
  if (op.device >= configuration_.device_count) return kRefused;
  Slot& slot = slots_[op.device];
  if (slot.busy) return kRefused;
  if (op.kind == OpKind::kAddDevice) return AddDevice(op, slot);
  return slot.present ? PerformOnDevice(op, slot) : kRefused;
}

int64_t Users::PerformOnDevice(const Op& op, Slot& slot) {
  switch (op.kind) {
    case OpKind::kBind:
      return Bind(op, slot);
    case OpKind::kUnbind:
      return Unbind(op, slot);
    case OpKind::kGroupClaim:
      return Claim(op, slot, Occupant::kGroupClaim);
    case OpKind::kGroupRelease:
      return Release(op, slot, Occupant::kGroupClaim);
    case OpKind::kDeviceClaim:
      return Claim(op, slot, Occupant::kDeviceClaim);
    case OpKind::kDeviceRelease:
      return Release(op, slot, Occupant::kDeviceClaim);
    case OpKind::kAttachDevice:
      return Attach(op, slot, Method::kDevice);
    case OpKind::kDetachDevice:
      return Detach(op, slot, Method::kDevice);
    case OpKind::kAttachGroup:
      return Attach(op, slot, Method::kGroup);
    case OpKind::kDetachGroup:
      return Detach(op, slot, Method::kGroup);
    case OpKind::kReplaceGroup:
      return Replace(op, slot, Method::kGroup);
    case OpKind::kAttachHandle:
      return Attach(op, slot, Method::kHandle);
    case OpKind::kDetachHandle:
      return Detach(op, slot, Method::kHandle);
    case OpKind::kReplaceHandle:
      return Replace(op, slot, Method::kHandle);
    case OpKind::kAttachPasid:
      return AttachPasid(op, slot);
    case OpKind::kDetachPasid:
      return DetachPasid(op, slot);
    case OpKind::kRemoveDevice:
      return RemoveDevice(op, slot);
    case OpKind::kDmaMap:
      return DmaMap(op, slot);
    case OpKind::kDmaUnmap:
      return DmaUnmap(op, slot);
    default:
      return kRefused;
  }
}

int64_t Users::StoreType(const Op& op) {
  const Call call = {
      .function = Function::kStoreType, .capabilities = op.capabilities, .text = &op.text};
  return Observed(call, [&] { return api_.StoreType(op.text, op.capabilities); });
}

int64_t Users::ShowType() {
  char text[kShowTypeBytes];
  return Observed({.function = Function::kShowType}, [&] { return api_.ShowType(text); });
}

// Asked by VFIO of a group that one of its devices keeps alive.
int64_t Users::ClaimedQuery() {
  for (Slot& slot : slots_) {
    if (!slot.present || slot.busy) continue;
    const Busy busy(slot.busy);
    return Observed({.function = Function::kGroupClaimed},
                    [&] { return api_.GroupClaimed() ? 1 : 0; });
  }
  return kRefused;
}

int64_t Users::Bind(const Op& op, Slot& slot) {
  if (slot.occupant != Occupant::kNone) return kRefused;
  for (const Slot& other : slots_) {
    // Its driver is just making sure that it has the group to itself.
    if (other.busy && (Attached(other) || HasPasids(other))) return kRefused;
  }
  const Busy busy(slot.busy);
  kernel::MutexLock lock(driver_core_.device_lock(op.device));
  return BindLocked(op, slot);
}

// really_probe(): dma_configure, probe, and dma_cleanup where that fails.
int64_t Users::BindLocked(const Op& op, Slot& slot) {
  const uint8_t device = op.device;
  const bool managed = configuration_.devices[device].managed;
  if (!managed) {
    const int64_t error = Observed({.function = Function::kUseDefaultDomain, .device = device},
                                   [&] { return api_.UseDefaultDomain(device); });
    if (error != 0) return error;
  }
  slot.occupant = managed ? Occupant::kManagedDriver : Occupant::kKernelDriver;
  if (op.probe_fails) {
    UnbindLocked(device, slot);
    return kProbeError;
  }
  driver_core_.SetBound(device, true);
  return 0;
}

int64_t Users::Unbind(const Op& op, Slot& slot) {
  const bool bound =
      slot.occupant == Occupant::kKernelDriver || slot.occupant == Occupant::kManagedDriver;
  if (!bound || Attached(slot) || HasPasids(slot)) return kRefused;
  const Busy busy(slot.busy);
  kernel::MutexLock lock(driver_core_.device_lock(op.device));
  UnbindLocked(op.device, slot);
  return 0;
}

// The driver's remove function gives its buffer back before dma_cleanup.
void Users::UnbindLocked(uint8_t device, Slot& slot) {
  if (slot.mapping) Unmap(device, slot);
  if (slot.occupant == Occupant::kKernelDriver) {
    Observed({.function = Function::kUnuseDefaultDomain, .device = device}, [&] {
      api_.UnuseDefaultDomain(device);
      return 0;
    });
  }
  slot.occupant = Occupant::kNone;
  driver_core_.SetBound(device, false);
}

int64_t Users::Claim(const Op& op, Slot& slot, Occupant occupant) {
  const Function function =
      occupant == Occupant::kGroupClaim ? Function::kGroupClaim : Function::kDeviceClaim;
  if (slot.occupant != Occupant::kNone || !api_.Provides(function)) return kRefused;
  if (CookieIsTaken(op.cookie, occupant)) return kRefused;
  const Busy busy(slot.busy);
  slot.claim = occupant;
  slot.cookie = op.cookie;
  const Call call = {.function = function, .device = op.device, .cookie = op.cookie};
  const int64_t error = Observed(call, [&] {
    return occupant == Occupant::kGroupClaim ? api_.GroupClaim(op.cookie)
                                             : api_.DeviceClaim(op.device, op.cookie);
  });
  if (error == 0) {
    slot.occupant = occupant;
  } else {
    slot.claim = Occupant::kNone;
  }
  return error;
}

bool Users::CookieIsTaken(uint8_t cookie, Occupant claim) const {
  for (const Slot& slot : slots_) {
    const bool taken = slot.claim != Occupant::kNone && slot.cookie == cookie;
    if (taken && slot.claim != claim) return true;
  }
  return false;
}

// Releasing the ownership of a group takes whatever is attached with it; releasing that of one
// device does not, so its user detaches first.
int64_t Users::Release(const Op& op, Slot& slot, Occupant occupant) {
  if (slot.occupant != occupant || HasPasids(slot)) return kRefused;
  const bool whole_group = occupant == Occupant::kGroupClaim && slot.method != Method::kHandle;
  if (Attached(slot) && !whole_group) return kRefused;
  const Busy busy(slot.busy);
  ReleaseClaim(op.device, slot);
  return 0;
}

void Users::ReleaseClaim(uint8_t device, Slot& slot) {
  const bool group = slot.occupant == Occupant::kGroupClaim;
  const Call call = {.function = group ? Function::kGroupRelease : Function::kDeviceRelease,
                     .device = device};
  Observed(call, [&] {
    if (group) {
      api_.GroupRelease();
    } else {
      api_.DeviceRelease(device);
    }
    return 0;
  });
  slot.occupant = Occupant::kNone;
  slot.claim = Occupant::kNone;
  slot.method = Method::kNone;
  slot.domain = kNoUserDomain;
}

// A DMA owner translates for its group; so may a kernel driver that has the group to itself and no
// mapping of the DMA API.
bool Users::MayTranslate(const Slot& slot) const {
  if (slot.claimed()) return true;
  if (slot.occupant != Occupant::kKernelDriver || slot.mapping) return false;
  for (const Slot& other : slots_) {
    if (&other != &slot && other.occupant == Occupant::kKernelDriver) return false;
  }
  return !OtherIsBusy(slot);
}

bool Users::OtherIsBusy(const Slot& slot) const {
  for (const Slot& other : slots_) {
    if (&other != &slot && other.busy) return true;
  }
  return false;
}

template <typename Callable>
int64_t Users::WithDomain(const Op& op, Callable attach) {
  if (domain_busy_[op.domain]) return kRefused;
  const Busy busy(domain_busy_[op.domain]);
  if (!allocated_[op.domain]) {
    const Call call = {
        .function = Function::kAllocDomain, .device = op.device, .domain = op.domain};
    const int64_t error = Observed(call, [&] { return api_.AllocDomain(op.device, op.domain); });
    if (error != 0) return error;
    allocated_[op.domain] = true;
  }
  return attach();
}

int64_t Users::Attach(const Op& op, Slot& slot, Method method) {
  const Function function = method == Method::kDevice  ? Function::kAttachDevice
                            : method == Method::kGroup ? Function::kAttachGroup
                                                       : Function::kAttachHandle;
  if (!MayTranslate(slot) || Attached(slot) || !api_.Provides(function)) return kRefused;
  if (method == Method::kDevice && OtherIsBusy(slot)) return kRefused;
  const Busy busy(slot.busy);
  return WithDomain(op, [&] {
    // From now on, so that nobody joins a group whose driver relies on being alone.
    slot.method = method;
    slot.domain = op.domain;
    const Call call = {.function = function,
                       .device = op.device,
                       .domain = op.domain,
                       .null_handle = op.null_handle};
    const int64_t error = Observed(call, [&] {
      switch (method) {
        case Method::kDevice:
          return api_.AttachDevice(op.device, op.domain);
        case Method::kGroup:
          return api_.AttachGroup(op.domain);
        default:
          return api_.AttachHandle(op.domain, op.null_handle);
      }
    });
    if (error != 0) {
      slot.method = Method::kNone;
      slot.domain = kNoUserDomain;
    }
    return error;
  });
}

int64_t Users::Detach(const Op& op, Slot& slot, Method method) {
  if (slot.method != method) return kRefused;
  const Busy busy(slot.busy);
  DetachAttached(op.device, slot);
  return 0;
}

void Users::DetachAttached(uint8_t device, Slot& slot) {
  const Function function = slot.method == Method::kDevice  ? Function::kDetachDevice
                            : slot.method == Method::kGroup ? Function::kDetachGroup
                                                            : Function::kDetachHandle;
  const uint8_t domain = slot.domain;
  Observed({.function = function, .device = device, .domain = domain}, [&] {
    switch (slot.method) {
      case Method::kDevice:
        api_.DetachDevice(device, domain);
        break;
      case Method::kGroup:
        api_.DetachGroup(domain);
        break;
      default:
        api_.DetachHandle(domain);
        break;
    }
    return 0;
  });
  slot.method = Method::kNone;
  slot.domain = kNoUserDomain;
}

int64_t Users::Replace(const Op& op, Slot& slot, Method method) {
  const Function function =
      method == Method::kGroup ? Function::kReplaceGroup : Function::kReplaceHandle;
  if (!slot.claimed() || slot.method != method || !api_.Provides(function)) return kRefused;
  const Busy busy(slot.busy);
  return WithDomain(op, [&] {
    const Call call = {.function = function,
                       .device = op.device,
                       .domain = op.domain,
                       .null_handle = op.null_handle};
    const int64_t error = Observed(call, [&] {
      return method == Method::kGroup ? api_.ReplaceGroup(op.domain)
                                      : api_.ReplaceHandle(op.domain, op.null_handle);
    });
    if (error == 0) slot.domain = op.domain;
    return error;
  });
}

bool Users::HasPasids(const Slot& slot) {
  for (uint8_t domain : slot.pasids) {
    if (domain != kNoUserDomain) return true;
  }
  return false;
}

int64_t Users::AttachPasid(const Op& op, Slot& slot) {
  const bool capable = configuration_.devices[op.device].pasids;
  if (!capable || !MayTranslate(slot) || !api_.Provides(Function::kAttachPasid)) return kRefused;
  const bool valid = op.pasid < kMaxPasids;
  if (valid && slot.pasids[op.pasid] != kNoUserDomain) return kRefused;
  const Busy busy(slot.busy);
  return WithDomain(op, [&] {
    if (valid) slot.pasids[op.pasid] = op.domain;
    const Call call = {.function = Function::kAttachPasid,
                       .device = op.device,
                       .domain = op.domain,
                       .pasid = op.pasid};
    const int64_t error =
        Observed(call, [&] { return api_.AttachPasid(op.device, op.domain, op.pasid); });
    if (error != 0 && valid) slot.pasids[op.pasid] = kNoUserDomain;
    return error;
  });
}

int64_t Users::DetachPasid(const Op& op, Slot& slot) {
  if (op.pasid >= kMaxPasids || slot.pasids[op.pasid] == kNoUserDomain) return kRefused;
  const Busy busy(slot.busy);
  DetachPasidOf(op.device, slot, op.pasid);
  return 0;
}

void Users::DetachPasidOf(uint8_t device, Slot& slot, uint8_t pasid) {
  const uint8_t domain = slot.pasids[pasid];
  const Call call = {
      .function = Function::kDetachPasid, .device = device, .domain = domain, .pasid = pasid};
  Observed(call, [&] {
    api_.DetachPasid(device, domain, pasid);
    return 0;
  });
  slot.pasids[pasid] = kNoUserDomain;
}

int64_t Users::AddDevice(const Op& op, Slot& slot) {
  if (slot.present) return kRefused;
  for (const Slot& other : slots_) {
    if (other.method == Method::kDevice) return kRefused;
  }
  const Busy busy(slot.busy);
  const int64_t error = Observed({.function = Function::kProbeDevice, .device = op.device},
                                 [&] { return api_.ProbeDevice(op.device); });
  slot.present = error == 0;
  return error;
}

// device_del(): the driver is unbound under the device lock, the bus tells the IOMMU core without
// it.
int64_t Users::RemoveDevice(const Op& op, Slot& slot) {
  if (slot.claimed() || Attached(slot) || HasPasids(slot)) return kRefused;
  const Busy busy(slot.busy);
  Remove(op.device, slot);
  return 0;
}

void Users::Remove(uint8_t device, Slot& slot) {
  {
    kernel::MutexLock lock(driver_core_.device_lock(device));
    UnbindLocked(device, slot);
  }
  Observed({.function = Function::kReleaseDevice, .device = device}, [&] {
    api_.ReleaseDevice(device);
    return 0;
  });
  slot.present = false;
}

int64_t Users::DmaMap(const Op& op, Slot& slot) {
  const bool may = slot.occupant == Occupant::kKernelDriver && !Attached(slot) && !slot.mapping;
  if (!may) return kRefused;
  const Busy busy(slot.busy);
  const int64_t error = Observed({.function = Function::kDmaMap, .device = op.device},
                                 [&] { return api_.DmaMap(op.device); });
  slot.mapping = error == 0;
  return error;
}

int64_t Users::DmaUnmap(const Op& op, Slot& slot) {
  if (!slot.mapping) return kRefused;
  const Busy busy(slot.busy);
  Unmap(op.device, slot);
  return 0;
}

void Users::Unmap(uint8_t device, Slot& slot) {
  slot.mapping = false;
  Observed({.function = Function::kDmaUnmap, .device = device}, [&] {
    api_.DmaUnmap(device);
    return 0;
  });
}

bool Users::DomainInUse(uint8_t domain) const {
  for (const Slot& slot : slots_) {
    if (slot.domain == domain) return true;
    for (uint8_t attached : slot.pasids) {
      if (attached == domain) return true;
    }
  }
  return false;
}

int64_t Users::FreeDomain(const Op& op) {
  const uint8_t domain = op.domain;
  if (!allocated_[domain] || domain_busy_[domain] || DomainInUse(domain)) return kRefused;
  const Busy busy(domain_busy_[domain]);
  Free(domain);
  return 0;
}

void Users::Free(uint8_t domain) {
  allocated_[domain] = false;
  Observed({.function = Function::kFreeDomain, .domain = domain}, [&] {
    api_.FreeDomain(domain);
    return 0;
  });
}

void Users::TearDown() {
  for (uint8_t device = 0; device < kMaxDevices; ++device) {
    Slot& slot = slots_[device];
    for (uint8_t pasid = kFirstPasid; pasid < kMaxPasids; ++pasid) {
      if (slot.pasids[pasid] != kNoUserDomain) DetachPasidOf(device, slot, pasid);
    }
    if (Attached(slot)) DetachAttached(device, slot);
    if (slot.claimed()) ReleaseClaim(device, slot);
  }
  for (uint8_t device = 0; device < kMaxDevices; ++device) {
    if (slots_[device].present) Remove(device, slots_[device]);
  }
  for (uint8_t domain = 0; domain < kUserDomains; ++domain) {
    if (allocated_[domain]) Free(domain);
  }
}

uint64_t Users::Fingerprint() const {
  uint64_t hash = 0;
  for (const Slot& slot : slots_) {
    uint64_t pasids = 0;
    for (uint8_t domain : slot.pasids) pasids = pasids << 8 | domain;
    hash = Fold(hash, slot.present | slot.busy << 1 | slot.mapping << 2 |
                          static_cast<uint64_t>(slot.occupant) << 8 |
                          static_cast<uint64_t>(slot.method) << 16 |
                          static_cast<uint64_t>(slot.claim) << 20 | uint64_t{slot.cookie} << 22 |
                          uint64_t{slot.domain} << 24 | pasids << 32);
  }
  for (int domain = 0; domain < kUserDomains; ++domain) {
    hash = Fold(hash, allocated_[domain] | domain_busy_[domain] << 1);
  }
  return hash;
}

}  // namespace groupfuzz
