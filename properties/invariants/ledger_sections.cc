// The ledger's account of one hold of the group's mutex, and of the warnings in it.
#include "properties/invariants/ledger.h"

namespace groupfuzz::invariants {

using kernel::WarnSite;

namespace {

constexpr uint16_t TypeBit(DomainType type) {
  return static_cast<uint16_t>(1u << static_cast<int>(type));
}

}  // namespace

Facts Ledger::BeginSection(uint8_t thread) {
  Section& section = threads[thread].section;
  section.Begin();
  if (open_sections != 0) {
    for (Thread& other : threads) other.section.doubtful |= other.section.open;
  }
  open_sections |= Bit(thread);
  return StateChanges(*latest, section.before, devices);
}

void Ledger::OpenSection(uint8_t thread, Facts facts) {
  latest = &threads[thread].section.before;
  Adopt(*latest, facts);
}

Facts Ledger::EndSection(uint8_t thread) {
  const Section& section = threads[thread].section;
  Thread& self = threads[thread];
  ActiveCall* call = self.calls.size() > 0 ? &self.calls.back() : nullptr;
  if (call != nullptr) CreditCall(*call, section.before, at_unlock);
  CountUsers(section, call);
  if (stranded != 0) RescueStranded();
  const Facts changes = StateChanges(section.before, at_unlock, devices);
  if (call != nullptr && !section.doubtful) {
    call->changes |= changes;
    call->pasids_changed |= PasidBits(section.before) ^ PasidBits(at_unlock);
    call->found_idle |= section.before.owner_cnt == 0;
    call->acting_sections += ((changes | section.facts) & fact::kActed) != 0;
  }
  return changes | section.facts | (call == nullptr ? 0 : call->facts);
}

void Ledger::MeetObstacle(ActiveCall& call, const Snapshot& then, const Snapshot& now) {
  if (!call.Is(FunctionBit(Function::kUseDefaultDomain))) return;
  if (then.owner_cnt < 1 || now.owner_cnt <= then.owner_cnt) return;
  if (then.owner != kNobody) {
    call.obstacle = Obstacle::kOwner;
  } else if (then.domain.id != then.default_domain.id) {
    call.obstacle = Obstacle::kDomain;
    call.bound_on = then.domain;
  } else if (then.pasids != 0) {
    call.obstacle = Obstacle::kPasids;
  }
}

bool Ledger::LeavesOpen(const ActiveCall& call, int64_t result) const {
  if (result < 0) return call.pasids_changed != 0;
  if (!call.Is(FunctionBit(Function::kStoreType)) || call.types == 0) return false;
  return !call.request.type.has_value() || !call.LeftType(*call.request.type);
}

void Ledger::Settle(uint8_t thread, const Snapshot& now) {
  auto& calls = threads[thread].calls;
  if (calls.size() == 0) return;
  ActiveCall& call = calls.back();
  // pasid_array has a lock of its own: what a call puts there before it takes the mutex, and takes
  // away again, it has not changed.
  call.pasids_changed &= call.pasids ^ PasidBits(now);
  if (call.pasids_changed == 0) call.changes &= ~fact::kPasids;
  // A type that is edited without the mutex is what the write leaves all the same.
  const DomainRef& then = at_unlock.default_domain;
  const bool edited = now.default_domain.id == then.id && now.default_domain.type != then.type;
  if (edited) call.types |= TypeBit(now.default_domain.type);
}

void Ledger::RescueStranded() {
  for (uint8_t i = 0; i < devices; ++i) {
    if (at_unlock.devices[i].hw.id == at_unlock.domain.id) stranded &= ~Bit(i);
  }
}

void Ledger::CreditCall(ActiveCall& call, const Snapshot& then, const Snapshot& now) {
  // The group that the snapshots show is not the one that the call works on.
  if (!then.exists || !now.exists) return;
  const bool first = !call.saw_section;
  call.saw_section = true;
  call.saw_writer_as_owner |= then.owner == kStoreTypeOwner;
  call.count_change += static_cast<int8_t>(now.owner_cnt - then.owner_cnt);
  MeetObstacle(call, then, now);
  if (!(call.facts & (fact::kStore | fact::kShow))) return;
  if (first) {
    call.first_default = then.default_domain;
    call.first_current = then.domain;
  }
  call.steady &= SameDomain(then.default_domain, call.first_default);
  call.members = 0;
  for (uint8_t i = 0; i < devices; ++i) call.members |= now.devices[i].member ? Bit(i) : 0;
  call.types |= TypeBit(now.default_domain.type);
  if (!SameDomain(then.default_domain, now.default_domain)) {
    call.changed_default = true;
    call.last_default = now.default_domain;
  }
  if (then.domain.id != now.domain.id) {
    call.changed_current = true;
    call.last_current = now.domain;
  }
}

void Ledger::CountUsers(const Section& section, const ActiveCall* call) {
  const int change = at_unlock.owner_cnt - section.before.owner_cnt;
  if (call != nullptr && call->call.function == Function::kUseDefaultDomain) counted += change > 0;
  if (call != nullptr && call->call.function == Function::kUnuseDefaultDomain) {
    counted -= !section.Warned(WarnSite::kUnuseUnderflow);
  }
  if (!at_unlock.exists) counted = 0;
}

void Ledger::CloseSection(uint8_t thread, Facts facts) {
  const uint8_t owner_before = threads[thread].section.before.owner;
  if (at_unlock.owner != kStoreTypeOwner) {
    writer = kNobody;
  } else if (owner_before != kStoreTypeOwner) {
    writer = thread;
  }
  threads[thread].section.open = false;
  open_sections &= ~Bit(thread);
  latest = &at_unlock;
  Adopt(at_unlock, facts);
}

void Ledger::EnterWarning(const Event& event) {
  Section& section = threads[event.thread].section;
  section.warnings |= 1u << event.value;
  const auto site = static_cast<WarnSite>(event.value);
  const bool failed = site == WarnSite::kMustSucceed || site == WarnSite::kRollback ||
                      site == WarnSite::kFirstAttach;
  if (!failed) return;
  section.facts |= fact::kMustSucceedFailed;
  stranded |= LeftBehind(section);
}

// Before 6.5 a switch stops at the device that fails. A device that may not be blocked is refused
// without an attach.
uint8_t Ledger::LeftBehind(const Section& section) const {
  constexpr uint8_t kEveryDevice = 0xff;
  if (version < Version::k6_12 || section.attaches.overflowed()) return kEveryDevice;
  uint8_t failed = 0;
  uint8_t attached = 0;
  for (const AttachSeen& seen : section.attaches) {
    (seen.failed ? failed : attached) |= Bit(seen.device);
  }
  return failed | (direct & ~attached & ~pending);
}

}  // namespace groupfuzz::invariants
