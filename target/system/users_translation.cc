// Users that translate for their group: attaching, replacing and detaching domains of their own.
#include <algorithm>

#include "target/system/users.h"
#include "target/system/users_observed.h"

namespace groupfuzz {
namespace {

// PASID 0 stands for the device itself.
constexpr uint8_t kFirstPasid = 1;

// `function` of the user of the op's device, with the op's domain.
Call Translates(Function function, const Op& op) {
  return {.function = function, .device = op.device, .domain = op.domain, .null_handle = op.flag};
}

}  // namespace

// A DMA owner translates for its group; so may a kernel driver that has the group to itself and no
// mapping of the DMA API.
bool Users::MayTranslate(const Slot& slot) const {
  if (slot.claimed()) return true;
  if (slot.occupant != Occupant::kKernelDriver || slot.mapping) return false;
  for (const Slot& other : slots_) {
    if (&other == &slot) continue;
    if (other.binds || other.occupant == Occupant::kKernelDriver) return false;
  }
  return true;
}

template <typename Callable>
int64_t Users::WithDomain(const Op& op, Callable attach) {
  if (domain_busy_[op.domain]) return kRefused;
  const Busy busy(domain_busy_[op.domain]);
  if (!allocated_[op.domain]) {
    const int64_t error =
        Make({.function = Function::kAllocDomain, .device = op.device, .domain = op.domain});
    if (error != 0) return error;
    allocated_[op.domain] = true;
  }
  return attach();
}

bool Users::AllocatesFirst(const Op& op) const {
  switch (op.kind) {
    case OpKind::kAttachDevice:
    case OpKind::kAttachGroup:
    case OpKind::kReplaceGroup:
    case OpKind::kAttachHandle:
    case OpKind::kReplaceHandle:
    case OpKind::kAttachPasid:
      return !allocated_[op.domain];
    default:
      return false;
  }
}

int64_t Users::Attach(const Op& op, Slot& slot, Method method) {
  const Function function = method == Method::kDevice  ? Function::kAttachDevice
                            : method == Method::kGroup ? Function::kAttachGroup
                                                       : Function::kAttachHandle;
  if (!MayTranslate(slot) || replacing_ || !api_.Provides(function)) return kRefused;
  const Busy busy(slot.busy);
  // From now on, so that no driver is bound beside one that is making sure to be alone.
  const Busy attaches(slot.attaches);
  return WithDomain(op, [&] { return Put(op, slot, method, function); });
}

// Attached is what a user attaches from the start of the call, so that nobody frees it; where the
// call fails, as of a second domain, what was attached before.
int64_t Users::Put(const Op& op, Slot& slot, Method method, Function function) {
  const Method old_method = slot.method;
  const uint8_t old_domain = slot.domain;
  if (old_method == Method::kNone) {
    slot.method = method;
    slot.domain = op.domain;
  }
  const int64_t error = Make(Translates(function, op));
  slot.method = error == 0 ? method : old_method;
  slot.domain = error == 0 ? op.domain : old_domain;
  return error;
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
  Make({.function = function, .device = device, .domain = slot.domain});
  slot.method = Method::kNone;
  slot.domain = kNoUserDomain;
}

bool Users::NobodyIsAttached() const {
  return std::none_of(slots_.begin(), slots_.end(),
                      [&](const Slot& slot) { return slot.attaches || Attached(slot); });
}

// Where the group is on a domain of the core, a replace is an attach.
int64_t Users::Replace(const Op& op, Slot& slot, Method method) {
  const Function function =
      method == Method::kGroup ? Function::kReplaceGroup : Function::kReplaceHandle;
  const bool fits = slot.method == method || NobodyIsAttached();
  if (!slot.claimed() || !fits || replacing_ || !api_.Provides(function)) return kRefused;
  const Busy busy(slot.busy);
  const Busy replacing(replacing_);
  return WithDomain(op, [&] { return Put(op, slot, method, function); });
}

bool Users::HasPasids(const Slot& slot) {
  for (uint8_t domain : slot.pasids) {
    if (domain != kNoUserDomain) return true;
  }
  return false;
}

int64_t Users::AttachPasid(const Op& op, Slot& slot) {
  if (!MayTranslate(slot) || !api_.Provides(Function::kAttachPasid)) return kRefused;
  // The kernel refuses one that is in use.
  const bool taken = slot.pasids[op.pasid] != kNoUserDomain;
  const Busy busy(slot.busy);
  const Busy attaches(slot.attaches);
  return WithDomain(op, [&] {
    if (!taken) slot.pasids[op.pasid] = op.domain;
    const int64_t error = Make({.function = Function::kAttachPasid,
                                .device = op.device,
                                .domain = op.domain,
                                .pasid = op.pasid});
    if (error != 0 && !taken) slot.pasids[op.pasid] = kNoUserDomain;
    return error;
  });
}

int64_t Users::DetachPasid(const Op& op, Slot& slot) {
  if (slot.pasids[op.pasid] == kNoUserDomain) return kRefused;
  const Busy busy(slot.busy);
  DetachPasidOf(op.device, slot, op.pasid);
  return 0;
}

void Users::DetachPasids(uint8_t device, Slot& slot) {
  for (uint8_t pasid = kFirstPasid; pasid <= kMaxPasids; ++pasid) {
    if (slot.pasids[pasid] != kNoUserDomain) DetachPasidOf(device, slot, pasid);
  }
}

void Users::DetachPasidOf(uint8_t device, Slot& slot, uint8_t pasid) {
  Make({.function = Function::kDetachPasid,
        .device = device,
        .domain = slot.pasids[pasid],
        .pasid = pasid});
  slot.pasids[pasid] = kNoUserDomain;
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
  Make({.function = Function::kFreeDomain, .domain = domain});
}

}  // namespace groupfuzz
