#include "harness/record/garbling.h"

#include <algorithm>
#include <array>

#include "harness/program/byte_codec.h"
#include "target/kernel/errno.h"
#include "target/kernel/fault.h"
#include "target/kernel/runtime.h"
#include "target/types/guarded_field.h"

namespace groupfuzz::record {
namespace {

using kernel::LockClass;

constexpr std::array<DomainType, 5> kTypes = {DomainType::kBlocked, DomainType::kUnmanaged,
                                              DomainType::kDma, DomainType::kIdentity,
                                              DomainType::kDmaFq};

// By kind, what Event::value may be: kinds that have no bound have no value.
size_t ValuesOf(EventKind kind) {
  switch (kind) {
    case EventKind::kSetPasid:
    case EventKind::kRemovePasid:
      return kMaxPasids + 1;
    case EventKind::kFault:
      return kFaultKinds;
    case EventKind::kWarn:
      return kernel::kWarnSites;
    case EventKind::kUnguarded:
      return kGuardedFields;
    default:
      return 1;
  }
}

bool HasType(EventKind kind) {
  return kind == EventKind::kDomainAlloc || kind == EventKind::kDomainFree ||
         kind == EventKind::kFlushQueue;
}

bool HasDevice(EventKind kind) {
  switch (kind) {
    case EventKind::kAttach:
    case EventKind::kDetach:
    case EventKind::kMap:
    case EventKind::kSetPasid:
    case EventKind::kRemovePasid:
    case EventKind::kProbeDevice:
    case EventKind::kReleaseDevice:
    case EventKind::kProbeFinalize:
    case EventKind::kDma:
      return true;
    default:
      return false;
  }
}

bool IsLock(EventKind kind) { return kind == EventKind::kLock || kind == EventKind::kUnlock; }

// What anything may return.
int DrawError(Random& random) {
  constexpr std::array<int, 6> kErrors = {0, 0, EBUSY, EINVAL, ENOMEM, EPERM};
  return -random.Of(kErrors);
}

uint64_t SeedOf(const Program& program) {
  uint64_t seed = 0;
  for (const uint8_t byte : EncodeBytes(program)) seed = Random(seed ^ byte).Next();
  return seed;
}

void GarbleDevice(Random& random, const DomainRef& domain, DeviceSnapshot* device) {
  constexpr std::array<bool DeviceSnapshot::*, 6> kFlags = {
      &DeviceSnapshot::member,      &DeviceSnapshot::deferred,      &DeviceSnapshot::direct_mapped,
      &DeviceSnapshot::has_mapping, &DeviceSnapshot::mapping_works, &DeviceSnapshot::uses_dma_api};
  if (random.OneIn(2)) {
    device->hw = domain;
  } else {
    bool& flag = device->*random.Of(kFlags);
    flag = !flag;
  }
}

void GarbleGroup(Random& random, const DomainRef& domain, Snapshot* state) {
  constexpr std::array<uint8_t, 5> kOwners = {kNobody, kStoreTypeOwner, 0, 1, 2};
  constexpr std::array<DomainRef Snapshot::*, 3> kDomains = {
      &Snapshot::default_domain, &Snapshot::blocking_domain, &Snapshot::domain};
  DomainRef& place = state->*random.Of(kDomains);
  switch (random.Below(9)) {
    case 0:
      state->owner_cnt += random.OneIn(2) ? 1 : -1;
      break;
    case 1:
      state->owner_cnt = static_cast<int32_t>(random.Below(3));
      break;
    case 2:
      state->owner = random.Of(kOwners);
      break;
    case 3:
      place.type = random.Of(kTypes);
      break;
    case 4:
      place.freed = !place.freed;
      break;
    case 5:
      state->pasids ^= static_cast<uint8_t>(1 << random.Below(kMaxPasids));
      break;
    case 6:
      state->reserved ^= static_cast<uint8_t>(1 << random.Below(kMaxPasids));
      break;
    case 7:
      *state = {};
      break;
    default:
      place = domain;
  }
}

}  // namespace

void GarblingMonitor::Begin(const Program& program, const System& system) {
  constexpr std::array<size_t, 3> kRates = {5, 15, 50};
  system_ = &system;
  seed_ = SeedOf(program);
  steps_ = 0;
  Random random(seed_);
  rate_ = random.Of(kRates);
  devices_ = system.MachineOf(program.configuration).device_count;
  over_ = false;
  domains_.assign(1, kNoDomain);
  next_.Begin(program, view_);
}

Random GarblingMonitor::Step() { return Random(seed_ + Random(++steps_).Next()); }

DomainId GarblingMonitor::DrawDomain(Random& random) const { return random.Of(domains_); }

void GarblingMonitor::TakeSnapshot(Snapshot* snapshot) const {
  constexpr uint64_t kStream = 0x5eed;
  system_->TakeSnapshot(snapshot);
  Random random(seed_ + Random(steps_ ^ kStream).Next());
  if (!random.OneIn(rate_) || !snapshot->exists) return;
  const std::array<DomainRef, 6> domains = {snapshot->default_domain,
                                            snapshot->blocking_domain,
                                            snapshot->domain,
                                            snapshot->user_domains[0],
                                            {DrawDomain(random), DomainType::kUnmanaged},
                                            {}};
  const DomainRef& domain = random.Of(domains);
  if (random.OneIn(3)) {
    GarbleDevice(random, domain, &snapshot->devices[random.Below(devices_)]);
  } else {
    GarbleGroup(random, domain, snapshot);
  }
}

int64_t GarblingMonitor::Garbled(Random& random, int64_t result) const {
  constexpr int64_t kWritten = 9;  // a write returns its length
  if (!random.OneIn(rate_)) return result;
  if (result >= 0) return DrawError(random);
  return random.OneIn(2) ? kWritten : 0;
}

void GarblingMonitor::Change(Random& random, Event* event) const {
  switch (random.Below(5)) {
    case 0:
      if (HasDevice(event->kind)) event->device = static_cast<uint8_t>(random.Below(devices_));
      break;
    case 1:
      if (event->domain != kNoDomain) event->domain = DrawDomain(random);
      break;
    case 2:
      event->result = static_cast<int16_t>(DrawError(random));
      break;
    case 3:
      event->held ^= static_cast<uint8_t>(1 << static_cast<int>(LockClass::kGroup));
      break;
    default:
      if (HasType(event->kind)) event->value = static_cast<uint8_t>(random.Of(kTypes));
  }
}

Event GarblingMonitor::Invented(Random& random, const Event& model) const {
  constexpr std::array<EventKind, 15> kKinds = {
      EventKind::kRacyRead,    EventKind::kDomainAlloc,   EventKind::kDomainFree,
      EventKind::kAttach,      EventKind::kDetach,        EventKind::kMap,
      EventKind::kFlushQueue,  EventKind::kSetPasid,      EventKind::kRemovePasid,
      EventKind::kProbeDevice, EventKind::kReleaseDevice, EventKind::kProbeFinalize,
      EventKind::kWarn,        EventKind::kDma,           EventKind::kUnguarded};
  Event event = {.kind = random.Of(kKinds), .thread = model.thread, .op = model.op};
  event.held = model.held;
  event.value = static_cast<uint8_t>(random.Below(ValuesOf(event.kind)));
  if (HasType(event.kind)) event.value = static_cast<uint8_t>(random.Of(kTypes));
  if (HasDevice(event.kind)) event.device = static_cast<uint8_t>(random.Below(devices_));
  event.domain = DrawDomain(random);
  if (random.OneIn(3)) event.result = static_cast<int16_t>(DrawError(random));
  return event;
}

void GarblingMonitor::TellPairOfLocks(Random& random, const Event& model) {
  Event event = {.kind = EventKind::kLock, .thread = model.thread, .op = model.op};
  event.device = static_cast<uint8_t>(random.Below(devices_));
  event.value = static_cast<uint8_t>(random.OneIn(2) ? LockClass::kDevice : LockClass::kOps);
  event.held = static_cast<uint8_t>(model.held | 1 << event.value);
  next_.OnEvent(event);
  event.kind = EventKind::kUnlock;
  next_.OnEvent(event);
}

void GarblingMonitor::GiveUp(Random& random, const Event& model) {
  constexpr std::array<ExecutionProblem, 3> kProblems = {
      ExecutionProblem::kDeadlock, ExecutionProblem::kSelfDeadlock, ExecutionProblem::kTooLong};
  if (random.OneIn(2)) {
    const auto reached = static_cast<Reached>(random.Below(kReachedKinds));
    next_.OnEvent({.kind = EventKind::kUseAfterFree,
                   .thread = model.thread,
                   .value = static_cast<uint8_t>(reached),
                   .domain = reached == Reached::kFreedObject ? DrawDomain(random) : kNoDomain,
                   .op = model.op});
  } else {
    const auto lock_class = static_cast<LockClass>(random.Below(kernel::kLockClasses));
    next_.OnProblem(random.Of(kProblems), model.thread, lock_class, lock_class);
  }
  over_ = true;
  next_.OnProgramEnd(/*abandoned=*/true);
}

void GarblingMonitor::OnEvent(const Event& event) {
  constexpr size_t kSeldom = 20;
  Random random = Step();
  if (over_) return;
  if (event.domain != kNoDomain &&
      std::find(domains_.begin(), domains_.end(), event.domain) == domains_.end()) {
    domains_.push_back(event.domain);
  }
  if (!random.OneIn(rate_)) return next_.OnEvent(event);
  if (event.thread < kMaxThreads && random.OneIn(kSeldom)) return GiveUp(random, event);
  if (random.OneIn(4)) TellPairOfLocks(random, event);
  if (random.OneIn(2)) next_.OnEvent(Invented(random, event));
  if (IsLock(event.kind)) return next_.OnEvent(event);
  if (random.OneIn(4)) return;  // not told
  Event changed = event;
  Change(random, &changed);
  next_.OnEvent(changed);
}

void GarblingMonitor::OnCall(const Call& call) {
  Step();
  if (!over_) next_.OnCall(call);
}

void GarblingMonitor::OnReturn(const Call& call, int64_t result) {
  Random random = Step();
  if (over_) return;
  // What show_type wrote is there only if it succeeded.
  const bool shows = call.function == Function::kShowType;
  next_.OnReturn(call, shows ? result : Garbled(random, result));
}

void GarblingMonitor::OnOpStart(uint8_t thread, uint8_t op) {
  Step();
  if (!over_) next_.OnOpStart(thread, op);
}

void GarblingMonitor::OnOpEnd(uint8_t thread, uint8_t op, int64_t result) {
  Random random = Step();
  if (!over_) next_.OnOpEnd(thread, op, Garbled(random, result));
}

void GarblingMonitor::OnProblem(ExecutionProblem problem, uint8_t thread, LockClass first,
                                LockClass second) {
  Step();
  if (!over_) next_.OnProblem(problem, thread, first, second);
}

void GarblingMonitor::OnProgramEnd(bool abandoned) {
  Step();
  if (!over_) next_.OnProgramEnd(abandoned);
}

void GarblingMonitor::End(int leaked) {
  Random random = Step();
  next_.End(!over_ && random.OneIn(rate_) ? leaked + 1 : leaked);
}

}  // namespace groupfuzz::record
