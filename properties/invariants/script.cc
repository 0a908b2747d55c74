#include "properties/invariants/script.h"

#include <algorithm>

namespace groupfuzz {

using kernel::LockClass;

namespace {

constexpr uint8_t Bit(LockClass lock_class) {
  return static_cast<uint8_t>(1u << static_cast<int>(lock_class));
}

}  // namespace

// Shows the state of its script.
class Script::System : public groupfuzz::System {
 public:
  explicit System(const Snapshot& state) : state_(state) {}

  void Build(const Configuration&, const Footprint&, CallObserver*) override {}
  int64_t Perform(const groupfuzz::Op&) override { return 0; }
  void TearDown() override {}
  const kernel::Lock* FirstLock(const groupfuzz::Op&) const override { return nullptr; }
  void TakeSnapshot(Snapshot* snapshot) const override { *snapshot = state_; }
  uint64_t Fingerprint() const override { return 0; }
  int live_objects() const override { return 0; }

 private:
  const Snapshot& state_;
};

Script::Script(DesignId design)
    : design_{.judged_as = design, .name = "scripted", .rules = "", .summary = "", .make = nullptr},
      system_(std::make_unique<System>(state_)),
      checker_(design_) {
  program_.thread_count = 2;
  program_.threads[0].resize(kMaxOps);
  program_.threads[1].resize(kMaxOps);
}

Script::~Script() = default;

void Script::Misuse(const BadAccess& access) {
  Record(EventOf(access));
  throw kernel::Abandoned{};
}

const Finding* Script::Find(std::string_view id) const {
  for (const Finding& finding : findings()) {
    if (finding.property->id == id) return &finding;
  }
  return nullptr;
}

void Script::Boot() {
  if (booted_) return;
  booted_ = true;
  if (!state_.exists) {
    state_.exists = true;
    state_.default_domain = kBootDomain;
    state_.domain = kBootDomain;
    for (int i = 0; i < config().device_count; ++i) {
      if (!config().devices[i].present) continue;
      device(i).member = true;
      device(i).deferred = config().devices[i].deferred;
      device(i).direct_mapped = config().devices[i].direct;
      if (!device(i).deferred) device(i).hw = kBootDomain;
      ++state_.members;
    }
  }
  checker_.Begin(program_, *system_);
}

void Script::In(uint8_t thread) {
  Boot();
  thread_ = thread;
}

void Script::Op(OpKind kind) {
  Boot();
  program_.threads[thread_][0].kind = kind;
  checker_.OnOpStart(thread_, 0);
}

void Script::EndOp() { checker_.OnOpEnd(thread_, 0, 0); }

void Script::Call(Function function, uint8_t device, uint8_t cookie) {
  Boot();
  groupfuzz::Call call{.function = function, .device = device, .cookie = cookie};
  if (function == Function::kStoreType) call.text = &text_;
  if (function == Function::kShowType) {
    call.shown = shown_.front() == '\0' ? nullptr : shown_.data();
  }
  calls_[thread_].push_back(call);
  checker_.OnCall(call);
}

void Script::Store(std::string_view text) {
  Boot();
  text_ = {};
  text_.size = static_cast<uint8_t>(text.size());
  std::copy(text.begin(), text.end(), text_.bytes.begin());
  Call(Function::kStoreType);
}

void Script::Show(std::string_view text) {
  Boot();
  std::copy(text.begin(), text.end(), shown_.begin());
  Section(Function::kShowType, [] {}, static_cast<int64_t>(text.size()));
}

void Script::Return(int64_t result) {
  checker_.OnReturn(calls_[thread_].back(), result);
  calls_[thread_].pop_back();
}

void Script::Record(Event event) {
  Boot();
  event.thread = thread_;
  event.held = held_[thread_];
  checker_.OnEvent(event);
}

void Script::TakeLock(LockClass lock_class, uint8_t device) {
  held_[thread_] |= Bit(lock_class);
  Record({.kind = EventKind::kLock, .device = device, .value = static_cast<uint8_t>(lock_class)});
}

void Script::Lock() { TakeLock(LockClass::kGroup, kNoDevice); }

void Script::Unlock() {
  Record({.kind = EventKind::kUnlock, .value = static_cast<uint8_t>(LockClass::kGroup)});
  held_[thread_] &= static_cast<uint8_t>(~Bit(LockClass::kGroup));
}

void Script::Warn(kernel::WarnSite site) {
  Record({.kind = EventKind::kWarn, .value = static_cast<uint8_t>(site)});
}

void Script::Fault(FaultKind kind) {
  Record({.kind = EventKind::kFault, .value = static_cast<uint8_t>(kind), .result = -ENOMEM});
}

void Script::Problem(ExecutionProblem problem, LockClass first, LockClass second) {
  Boot();
  checker_.OnProblem(problem, thread_, first, second);
}

void Script::ProgramEnd(bool abandoned) {
  Boot();
  checker_.OnProgramEnd(abandoned);
}

void Script::End(int leaked) {
  Boot();
  checker_.End(leaked);
}

void Script::Alloc(DomainRef domain) {
  Record({.kind = EventKind::kDomainAlloc,
          .value = static_cast<uint8_t>(domain.type),
          .domain = domain.id});
}

void Script::Free(DomainRef domain) {
  Record({.kind = EventKind::kDomainFree,
          .value = static_cast<uint8_t>(domain.type),
          .domain = domain.id});
  auto mark = [&](DomainRef& reference) { reference.freed |= reference.id == domain.id; };
  mark(state_.default_domain);
  mark(state_.blocking_domain);
  mark(state_.domain);
  for (DeviceSnapshot& device : state_.devices) mark(device.hw);
}

void Script::Attach(uint8_t index, DomainRef domain, int error) {
  Record({.kind = EventKind::kAttach,
          .device = index,
          .domain = domain.id,
          .result = static_cast<int16_t>(-error)});
  if (error == 0) {
    device(index).hw = domain;
    device(index).deferred = false;
  } else if (config().driver.failed_attach_detaches) {
    device(index).hw = {};
  }
}

void Script::MapDirect(uint8_t index, DomainRef domain, int error) {
  Record({.kind = EventKind::kMap,
          .device = index,
          .domain = domain.id,
          .result = static_cast<int16_t>(-error)});
}

void Script::SetPasid(uint8_t index, DomainRef domain, uint8_t pasid, int error) {
  Record({.kind = EventKind::kSetPasid,
          .device = index,
          .value = pasid,
          .domain = domain.id,
          .result = static_cast<int16_t>(-error)});
}

void Script::RemovePasid(uint8_t index, uint8_t pasid) {
  Record({.kind = EventKind::kRemovePasid, .device = index, .value = pasid});
}

void Script::MoveTo(DomainRef domain) {
  for (uint8_t i = 0; i < config().device_count; ++i) {
    if (!device(i).member) continue;
    if (device(i).deferred && domain.id == state_.default_domain.id) continue;
    Attach(i, domain);
  }
  state_.domain = domain;
}

void Script::ReplaceDefault(DomainRef domain) {
  const DomainRef old = state_.default_domain;
  Alloc(domain);
  for (uint8_t i = 0; i < config().device_count; ++i) {
    if (config().devices[i].direct && IsDmaDomain(domain.type)) MapDirect(i, domain);
  }
  state_.default_domain = domain;
  MoveTo(domain);
  Free(old);
}

void Script::Bind(uint8_t index) {
  Section(Function::kUseDefaultDomain, [&] { ++state_.owner_cnt; }, 0, index);
  device(index).occupant = Occupant::kKernelDriver;
  device(index).bound = true;
}

void Script::Unbind(uint8_t index) {
  device(index).occupant = Occupant::kNone;
  device(index).bound = false;
  Section(Function::kUnuseDefaultDomain, [&] { --state_.owner_cnt; }, 0, index);
}

void Script::Claim(uint8_t cookie, uint8_t index) {
  auto claim = [&] {
    if (state_.owner_cnt++ != 0) return;
    state_.owner = cookie;
    state_.blocking_domain = kBlockingDomain;
    MoveTo(kBlockingDomain);
  };
  Section(Function::kDeviceClaim, claim, 0, index, cookie);
}

void Script::Release(uint8_t index) {
  auto release = [&] {
    if (--state_.owner_cnt != 0) return;
    state_.owner = kNobody;
    MoveTo(state_.default_domain);
  };
  Section(Function::kDeviceRelease, release, 0, index);
}

}  // namespace groupfuzz
