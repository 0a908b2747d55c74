#include "target/system/users.h"

#include <utility>

#include "target/kernel/errno.h"
#include "target/kernel/runtime.h"
#include "target/system/users_observed.h"
#include "target/types/hash.h"

namespace groupfuzz {
namespace {

// What a probe function that fails returns.
constexpr int kProbeError = -EIO;

// What gives back a `claim`.
constexpr Function ReleaseOf(Occupant claim) {
  return claim == Occupant::kGroupClaim ? Function::kGroupRelease : Function::kDeviceRelease;
}

}  // namespace

void Users::Reset(const Configuration& configuration, CallObserver* observer) {
  configuration_ = configuration;
  observer_ = observer;
  slots_.fill({});
  allocated_.fill(false);
  domain_busy_.fill(false);
  writes_ = 0;
  replacing_ = disowning_ = false;
  for (int device = 0; device < configuration.device_count; ++device) {
    slots_[device].present = configuration.devices[device].present;
  }
}

void Users::LoseDevices() {
  for (Slot& slot : slots_) slot.present = false;
}

void Users::Look(uint8_t device, DeviceSnapshot* view) const {
  view->occupant = slots_[device].occupant;
  view->bound = slots_[device].bound;
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
    case OpKind::kStoreType:
    case OpKind::kShowType:
    case OpKind::kClaimedQuery:
    case OpKind::kFreeDomain:
    case OpKind::kAddDevice:
      break;  // not on a device that is present: Perform()
  }
  return kRefused;
}

int64_t Users::Make(const Call& call) {
  if (observer_ != nullptr) observer_->OnCall(call);
  const int64_t result = api_.Perform(call);
  if (observer_ != nullptr) observer_->OnReturn(call, result);
  return result;
}

int64_t Users::StoreType(const Op& op) {
  if (disowning_) return kRefused;
  const Writing writing(&writes_);
  return Make(
      {.function = Function::kStoreType, .capabilities = op.capabilities, .text = &op.text});
}

int64_t Users::ShowType() {
  char text[kShowTypeBytes] = {};
  return Make({.function = Function::kShowType, .shown = text});
}

// Asked by VFIO of a group that one of its devices keeps alive.
int64_t Users::ClaimedQuery() {
  for (Slot& slot : slots_) {
    if (!slot.present || slot.busy) continue;
    const Busy busy(slot.busy);
    return Make({.function = Function::kGroupClaimed});
  }
  return kRefused;
}

int64_t Users::Bind(const Op& op, Slot& slot) {
  if (slot.occupant != Occupant::kNone) return kRefused;
  for (const Slot& other : slots_) {
    // Its driver is just making sure that it has the group to itself.
    const bool translates = other.attaches || Attached(other) || HasPasids(other);
    if (other.busy && translates && other.occupant == Occupant::kKernelDriver) return kRefused;
  }
  const Busy busy(slot.busy);
  const Busy binds(slot.binds);
  kernel::MutexLock lock(driver_core_.device_lock(op.device));
  return BindLocked(op, slot);
}

// really_probe(): dma_configure, probe, and dma_cleanup where that fails.
int64_t Users::BindLocked(const Op& op, Slot& slot) {
  const uint8_t device = op.device;
  const bool managed = configuration_.devices[device].managed;
  if (!managed) {
    const int64_t error = Make({.function = Function::kUseDefaultDomain, .device = device});
    if (error != 0) return error;
  }
  slot.occupant = managed ? Occupant::kManagedDriver : Occupant::kKernelDriver;
  if (op.flag) {
    UnbindLocked(device, slot);
    return kProbeError;
  }
  SetBound(device, slot, true);
  return 0;
}

int64_t Users::Unbind(const Op& op, Slot& slot) {
  if (!slot.bound) return kRefused;
  const Busy busy(slot.busy);
  kernel::MutexLock lock(driver_core_.device_lock(op.device));
  UnbindLocked(op.device, slot);
  return 0;
}

// The driver's remove function, then dma_cleanup.
void Users::UnbindLocked(uint8_t device, Slot& slot) {
  GiveBack(device, slot);
  if (slot.occupant == Occupant::kKernelDriver) {
    Make({.function = Function::kUnuseDefaultDomain, .device = device});
  }
  slot.occupant = Occupant::kNone;
  SetBound(device, slot, false);
}

void Users::SetBound(uint8_t device, Slot& slot, bool bound) {
  slot.bound = bound;
  driver_core_.SetBound(device, bound);
}

// A driver of an owner waits in its remove function until the owner is done; what the owner does
// then is done here.
void Users::GiveBack(uint8_t device, Slot& slot) {
  const bool gives_more = HasPasids(slot) || Attached(slot) || slot.claimed();
  DetachPasids(device, slot);
  if (slot.method == Method::kDevice) DetachAttached(device, slot);
  if (slot.claimed() && HandOn(slot)) return;
  if (Attached(slot)) DetachAttached(device, slot);
  if (slot.claimed()) ReleaseClaim(device, slot);
  if (!slot.mapping) return;
  // Others may come between two of its calls, of which this one takes no lock.
  if (gives_more) kernel::runtime().RacyReadPoint();
  Unmap(device, slot);
}

// The group of VFIO stays open as long as a device of it is left.
bool Users::HandOn(Slot& slot) {
  if (slot.occupant != Occupant::kGroupClaim) return false;
  for (Slot& heir : slots_) {
    if (!heir.managed() || heir.busy) continue;
    heir.occupant = heir.claim = Occupant::kGroupClaim;
    heir.cookie = slot.cookie;
    heir.method = std::exchange(slot.method, Method::kNone);
    heir.domain = std::exchange(slot.domain, kNoUserDomain);
    slot.claim = Occupant::kNone;
    return true;
  }
  return false;
}

int64_t Users::Claim(const Op& op, Slot& slot, Occupant occupant) {
  const Function function =
      occupant == Occupant::kGroupClaim ? Function::kGroupClaim : Function::kDeviceClaim;
  const bool free = slot.occupant == Occupant::kNone || slot.managed();
  if (!free || disowning_ || !api_.Provides(function)) return kRefused;
  if (CookieIsTaken(op.cookie, occupant)) return kRefused;
  const Busy busy(slot.busy);
  slot.claim = occupant;
  slot.cookie = op.cookie;
  const int64_t error = Make({.function = function, .device = op.device, .cookie = op.cookie});
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
  if (op.flag) return ReleaseUnowned(op, slot, occupant);
  if (slot.occupant != occupant || HasPasids(slot)) return kRefused;
  const bool whole_group = occupant == Occupant::kGroupClaim && slot.method != Method::kHandle;
  if (Attached(slot) && !whole_group) return kRefused;
  const Busy busy(slot.busy);
  ReleaseClaim(op.device, slot);
  return 0;
}

// What the kernel warns of. Where somebody has claimed the group, or is about to, it would be taken
// from under them, and a release by device takes the count of a driver: those are not asked for.
int64_t Users::ReleaseUnowned(const Op& op, Slot& slot, Occupant occupant) {
  const Function function = ReleaseOf(occupant);
  const bool group = function == Function::kGroupRelease;
  if (writes_ != 0 || disowning_ || !api_.Provides(function)) return kRefused;
  for (const Slot& other : slots_) {
    if (other.claim != Occupant::kNone) return kRefused;
    if (!group && (other.busy || other.occupant == Occupant::kKernelDriver)) return kRefused;
  }
  const Busy busy(slot.busy);
  const Busy disowning(disowning_);
  return Make({.function = function, .device = op.device, .unowned = true});
}

void Users::ReleaseClaim(uint8_t device, Slot& slot) {
  Make({.function = ReleaseOf(slot.occupant), .device = device});
  slot.occupant = slot.bound ? Occupant::kManagedDriver : Occupant::kNone;
  slot.claim = Occupant::kNone;
  slot.method = Method::kNone;
  slot.domain = kNoUserDomain;
}

int64_t Users::AddDevice(const Op& op, Slot& slot) {
  if (slot.present) return kRefused;
  const Busy busy(slot.busy);
  const int64_t error = Make({.function = Function::kProbeDevice, .device = op.device});
  slot.present = error == 0;
  return error;
}

// device_del(): the driver is unbound under the device lock, the bus tells the IOMMU core without
// it.
int64_t Users::RemoveDevice(const Op& op, Slot& slot) {
  const Busy busy(slot.busy);
  Remove(op.device, slot);
  return 0;
}

void Users::Remove(uint8_t device, Slot& slot) {
  {
    kernel::MutexLock lock(driver_core_.device_lock(device));
    UnbindLocked(device, slot);
  }
  Make({.function = Function::kReleaseDevice, .device = device});
  slot.present = false;
}

int64_t Users::DmaMap(const Op& op, Slot& slot) {
  const bool may = slot.occupant == Occupant::kKernelDriver && !Attached(slot) && !slot.mapping;
  if (!may) return kRefused;
  const Busy busy(slot.busy);
  const int64_t error = Make({.function = Function::kDmaMap, .device = op.device});
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
  Make({.function = Function::kDmaUnmap, .device = device});
}

void Users::TearDown() {
  for (uint8_t device = 0; device < kMaxDevices; ++device) {
    Slot& slot = slots_[device];
    DetachPasids(device, slot);
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
  const auto& [api, driver_core, observer, configuration, slots, allocated, domain_busy, writes,
               replacing, disowning] = *this;
  LeftOut(writes, replacing, disowning);               // the positions of the threads say so
  LeftOut(api, driver_core, observer, configuration);  // the same for a whole execution
  uint64_t hash = 0;
  for (const Slot& slot : slots) {
    const auto& [present, busy, binds, attaches, mapping, bound, occupant, claim, cookie, method,
                 domain, pasids] = slot;
    hash = FoldFields(hash, present, busy, binds, attaches, mapping, bound, occupant, claim, cookie,
                      method, domain);
    for (uint8_t at : pasids) hash = FoldFields(hash, at);
  }
  for (int domain = 0; domain < kUserDomains; ++domain) {
    hash = FoldFields(hash, allocated[domain], domain_busy[domain]);
  }
  return hash;
}

}  // namespace groupfuzz
