// What the effects of the decision tables do.
#include "properties/model/model_effects.h"

#include <algorithm>
#include <string_view>

namespace groupfuzz::model {
namespace {

void Clear(uint8_t& set, uint8_t device) { set &= static_cast<uint8_t>(~Bit(device)); }

void AttachAll(GroupState& state, Place place) {
  for (int i = 0; i < state.members; ++i) state.hw[state.order[i]] = place;
  state.pending = 0;
  state.cur = place;
}

void DetachAll(GroupState& state) {
  state.cur = Place::kNowhere;
  for (int i = 0; i < state.members; ++i) state.hw[state.order[i]] = Place::kNowhere;
}

// Without a default domain, going back to it is a detach.
void Set61(GroupState& state, Place place) {
  if (place == Place::kDefault && !state.has_default) {
    DetachAll(state);
  } else if (state.cur != place) {
    AttachAll(state, place);
  }
}

// Attaches `device`, unless it may not be blocked and this is the blocking domain, or it still
// waits for its first DMA map and this is the default domain.
void Switch612(GroupState& state, uint8_t device, Place place) {
  if (place == Place::kBlocking && Has(state.require_direct, device)) return;
  if (place == Place::kDefault && Has(state.pending, device)) return;
  Clear(state.pending, device);
  state.hw[device] = place;
}

void SwitchAll612(GroupState& state, Place place) {
  for (int i = 0; i < state.members; ++i) Switch612(state, state.order[i], place);
  state.cur = place;
}

void Set612(GroupState& state, Place place) {
  if (place == Place::kDefault && !state.has_default) return;
  if (state.cur != place) SwitchAll612(state, place);
}

void AllocateBlocking(Step& step) {
  if (step.state.has_blocking) return;
  step.state.has_blocking = true;
  step.state.blocking_type =
      step.machine.blocked_absent ? DomainType::kUnmanaged : DomainType::kBlocked;
}

Place CorePlace(const GroupState& state) {
  return state.owner == kNobody ? Place::kDefault : Place::kBlocking;
}

void Disown(GroupState& state) {
  state.owner_cnt = 0;
  state.owner = kNobody;
}

void NewDefault(Step& step, DomainType type) {
  step.state.has_default = true;
  step.state.default_type = type;
}

// Nothing of a group is left but what exists without it.
void ForgetGroup(GroupState& state) {
  const GroupState gone = state;
  state = GroupState{};
  state.users = gone.users;
  state.bound = gone.bound;
}

void Add(Step& step, uint8_t device) {
  GroupState& state = step.state;
  if (!state.exists) ForgetGroup(state);
  state.exists = true;
  state.order[state.members++] = device;
  const uint8_t bit = Bit(device);
  state.member_set |= bit;
  state.pending |= step.machine.deferred & bit;
  if (state.has_default) state.require_direct |= step.machine.direct & bit;
}

void Remove(GroupState& state, uint8_t device) {
  auto* end = state.order.begin() + state.members;
  std::fill(std::remove(state.order.begin(), end, device), end, uint8_t{0});
  --state.members;
  Clear(state.member_set, device);
  state.hw[device] = Place::kNowhere;
  Clear(state.pending, device);
  Clear(state.require_direct, device);
}

// --- which type a request means: behaviour 5.2 ---

std::optional<DomainType> Requested(Request request) {
  switch (request) {
    case Request::kIdentity:
      return DomainType::kIdentity;
    case Request::kDma:
      return DomainType::kDma;
    case Request::kDmaFq:
      return DomainType::kDmaFq;
    case Request::kAuto:
    case Request::kUnknown:
      return std::nullopt;
  }
  return std::nullopt;
}

// What is asked for must not differ from what is preferred; if nobody cares, `otherwise`.
std::optional<DomainType> Reconcile(Request request, std::optional<DomainType> preferred,
                                    DomainType otherwise) {
  const std::optional<DomainType> requested = Requested(request);
  if (!requested) return preferred.value_or(otherwise);
  if (preferred && preferred != requested) return std::nullopt;
  return requested;
}

// 6.1: untrusted devices want DMA; members that disagree have no preference.
std::optional<DomainType> Preferred61(const MachineFacts& machine, uint8_t devices) {
  const bool dma = (devices & (machine.untrusted | machine.prefers_dma)) != 0;
  const bool identity = (devices & machine.prefers_identity & ~machine.untrusted) != 0;
  if (dma == identity) return std::nullopt;
  return dma ? DomainType::kDma : DomainType::kIdentity;
}

void Resolve61(Step& step, uint8_t devices) {
  const std::optional<DomainType> preferred = Preferred61(step.machine, devices);
  step.target = Reconcile(step.request, preferred, step.machine.default_type);
}

// 6.12: IDENTITY wins among drivers.
std::optional<DomainType> DriverPreference612(const MachineFacts& machine, uint8_t devices) {
  if (machine.forces_identity || (devices & machine.prefers_identity) != 0) {
    return DomainType::kIdentity;
  }
  if ((devices & machine.prefers_dma) != 0) return DomainType::kDma;
  return std::nullopt;
}

}  // namespace

Request ParseRequest(const WriteBuffer& text) {
  const std::string_view literal = text.literal();
  std::string_view word = literal.substr(0, literal.find('\0'));
  if (word.ends_with('\n')) word.remove_suffix(1);
  if (word == "DMA") return Request::kDma;
  if (word == "identity") return Request::kIdentity;
  if (word == "DMA-FQ") return Request::kDmaFq;
  if (word == "auto") return Request::kAuto;
  return Request::kUnknown;
}

namespace act {

// --- membership ---

void JoinAtBoot(Step& step) {
  for (uint8_t device = 0; device < kMaxDevices; ++device) {
    if (Has(step.machine.present, device)) Add(step, device);
  }
}

void Join(Step& step) { Add(step, step.call.device); }

void Leave(Step& step) {
  Remove(step.state, step.call.device);
  if (step.state.members == 0) ForgetGroup(step.state);
}

void Leave61(Step& step) {
  const bool has_default = step.state.has_default;
  const DomainType type = step.state.default_type;
  Leave(step);
  if (step.state.exists) return;
  step.state.has_default = has_default;
  step.state.default_type = type;
}

// --- domains under 6.1 rules ---

void FirstDefault61(Step& step) {
  NewDefault(step, Allocated61(step));
  if (step.state.cur == Place::kNowhere) step.state.cur = Place::kDefault;
}

void AttachAtBoot61(Step& step) {
  GroupState& state = step.state;
  for (int i = 0; i < state.members; ++i) {
    if (!Has(state.pending, state.order[i])) state.hw[state.order[i]] = Place::kDefault;
  }
}

void Follow61(Step& step) {
  const uint8_t device = step.call.device;
  if (!Has(step.state.pending, device)) step.state.hw[device] = step.state.cur;
}

void AttachDefault61(Step& step) {
  Clear(step.state.pending, step.call.device);
  step.state.hw[step.call.device] = Place::kDefault;
}

void Replace61(Step& step) {
  NewDefault(step, Allocated61(step));
  AttachAll(step.state, Place::kDefault);
}

void Block61(Step& step) {
  AllocateBlocking(step);
  Set61(step.state, Place::kBlocking);
  step.claimed = true;
}

void Disown61(Step& step) {
  Disown(step.state);
  Set61(step.state, Place::kDefault);
}

void Unblock61(Step& step) {
  if (step.claimed) Set61(step.state, Place::kDefault);
}

void EditAndUnblock61(Step& step) {
  EditInPlace(step);
  Unblock61(step);
}

void StrandOnBlocking(Step& step) { step.state.cur = Place::kDefault; }

void AttachUser61(Step& step) { Set61(step.state, UserPlace(step.call.domain)); }

void ToCore61(Step& step) { Set61(step.state, CorePlace(step.state)); }

// --- domains under 6.12 rules ---

void Setup612(Step& step) {
  GroupState& state = step.state;
  const bool no_queue = Has(step.machine.no_flush_queue, state.order[0]);
  const bool downgrade = *step.target == DomainType::kDmaFq && no_queue;
  NewDefault(step, downgrade ? DomainType::kDma : *step.target);
  state.require_direct |= step.machine.direct & state.member_set;
  SwitchAll612(state, Place::kDefault);
}

void SetupAndLeave612(Step& step) {
  Setup612(step);
  Leave(step);
  // When members get the queue of a domain that they waited for differs between versions.
  const bool queue = *step.target == DomainType::kDmaFq && step.machine.no_flush_queue != 0;
  step.state.lost = step.state.exists && queue;
}

void RestoreDefault612(Step& step) { AttachAll(step.state, Place::kDefault); }

void Follow612(Step& step) { Switch612(step.state, step.call.device, step.state.cur); }

void Block612(Step& step) {
  AllocateBlocking(step);
  Set612(step.state, Place::kBlocking);
}

void BounceOffBlocking(Step& step) {
  AllocateBlocking(step);
  GroupState& state = step.state;
  const Place back = state.cur == Place::kNowhere ? Place::kBlocking : state.cur;
  for (int i = 0; i < state.members; ++i) {
    const uint8_t device = state.order[i];
    if (Has(state.require_direct, device)) return;
    Switch612(state, device, Place::kBlocking);
    Switch612(state, device, back);
  }
}

void Disown612(Step& step) {
  Disown(step.state);
  Set612(step.state, Place::kDefault);
}

void AttachUser612(Step& step) { Set612(step.state, UserPlace(step.call.domain)); }

void ToCore612(Step& step) { Set612(step.state, CorePlace(step.state)); }

// --- common ---

void GiveUp(Step& step) { step.state = GroupState{}; }

void LoseTrack(Step& step) { step.state.lost = true; }

void KeepOrder(Step& step) {
  GroupState& state = step.state;
  const uint8_t device = step.call.device;
  const bool comes = step.call.function == Function::kProbeDevice;
  if (!comes && step.call.function != Function::kReleaseDevice) return;
  if (comes == Has(state.member_set, device)) return;
  if (!comes) {
    Remove(state, device);
    return;
  }
  state.order[state.members++] = device;
  state.member_set |= Bit(device);
}

void EditInPlace(Step& step) { step.state.default_type = DomainType::kDmaFq; }

void ResolveDevice61(Step& step) { Resolve61(step, Bit(step.state.order[0])); }

void ResolveGroup61(Step& step) { Resolve61(step, step.state.member_set); }

void ResolveGroup612(Step& step) {
  const uint8_t devices = step.state.member_set;
  const MachineFacts& machine = step.machine;
  const bool untrusted = (devices & machine.untrusted) != 0;
  std::optional<DomainType> preferred = DriverPreference612(machine, devices);
  if (untrusted && preferred == DomainType::kIdentity) {
    step.target = std::nullopt;
    return;
  }
  if (untrusted) preferred = DomainType::kDma;
  const bool no_identity = machine.default_type == DomainType::kIdentity && machine.identity_absent;
  const DomainType otherwise = no_identity ? DomainType::kDma : machine.default_type;
  step.target = Reconcile(step.request, preferred, otherwise);
}

void Finalize(Step& step) {
  const bool free = step.state.cur == Place::kDefault || step.state.cur == Place::kNowhere;
  const bool attaches = step.machine.finalize_attaches && step.state.members == 1 && free;
  if (attaches) AttachAll(step.state, Place::kMapping);
}

void AttachDeferred(Step& step) {
  Clear(step.state.pending, step.call.device);
  step.state.hw[step.call.device] = Place::kDefault;
}

void Own(Step& step) {
  step.state.owner = step.call.cookie == kNullCookie ? kNobody : step.call.cookie;
  CountUp(step);
}

void CountUp(Step& step) { ++step.state.owner_cnt; }

void CountDown(Step& step) { --step.state.owner_cnt; }

void Bind(Step& step) { step.state.bound |= Bit(step.call.device); }

void Unbind(Step& step) { Clear(step.state.bound, step.call.device); }

void BindAndCountUp(Step& step) {
  Bind(step);
  CountUp(step);
}

void UnbindAndCountDown(Step& step) {
  Unbind(step);
  CountDown(step);
}

void AllocUser(Step& step) { step.state.users |= Bit(step.call.domain); }

void FreeUser(Step& step) { Clear(step.state.users, step.call.domain); }

void StorePasid(Step& step) { step.state.pasids |= Bit(step.call.pasid); }

void ErasePasid(Step& step) { Clear(step.state.pasids, step.call.pasid); }

void StoreHandle(Step& step) { step.state.pasids |= Bit(0); }

void EraseHandle(Step& step) { Clear(step.state.pasids, 0); }

}  // namespace act
}  // namespace groupfuzz::model
