// The executor as the Runtime of the code under test: what it calls while an op runs.
#include <string>

#include "harness/execution/executor_impl.h"
#include "harness/execution/tsan.h"
#include "target/kernel/unsupported.h"
#include "target/system/names.h"

namespace groupfuzz {
namespace {

using kernel::Lock;
using kernel::LockClass;
using kernel::LockMode;

// Domain ids: a block for boot and tear-down, one for every op of every thread, and the rest for
// whoever allocates more than a block holds. The highest ids are left to domains that are never
// allocated.
constexpr int kIdsPerBlock = 512;
constexpr int kBlocks = 1 + kMaxThreads * kMaxOps;
constexpr int kFirstOverflowId = 1 + kBlocks * kIdsPerBlock;
constexpr int kLastId = 0xffef;
static_assert(kFirstOverflowId <= kLastId);

int BlockOf(const ProgramThread& thread) {
  return thread.id == kBootThread ? 0 : 1 + thread.id * kMaxOps + thread.op;
}

uint8_t DeviceOf(const Lock& lock) {
  return kernel::IsPerDevice(lock.lock_class) ? lock.instance : kNoDevice;
}

// What is wrong whenever it happens, so also before anybody listens.
bool IsWrong(EventKind kind) {
  return kind == EventKind::kWarn || kind == EventKind::kUseAfterFree;
}

std::string NameOf(const Lock& lock) { return LockName(lock.lock_class, DeviceOf(lock)); }

}  // namespace

void Executor::Impl::VisibleAction() {
  if (!Proceed()) return;
  CountStep();
  KeepPromise(nullptr);
  if (phase_ == Phase::kProgram && !current_->fresh) WaitFor(nullptr, LockMode::kExclusive);
  current_->fresh = false;
  current_->in_callback = false;
}

void Executor::Impl::Acquire(Lock& lock, LockMode mode) {
  if (!Proceed()) return;
  CountStep();
  ProgramThread& self = *current_;
  if (lock.shared_by_threads) KeepPromise(&lock);
  const bool idle = lock.Free(LockMode::kExclusive);
  if (!idle && Holds(lock)) Fail(ExecutionProblem::kSelfDeadlock, lock.lock_class);
  const bool free = idle || lock.Free(mode);
  if (phase_ != Phase::kProgram) {
    if (!free) Fail(ExecutionProblem::kDeadlock, lock.lock_class);
  } else if (!free || (lock.shared_by_threads && !self.fresh)) {
    // Were it free, it would be a point all the same where it is shared and not fresh.
    if (self.fresh || !lock.shared_by_threads) FindLocked(self);
    WaitFor(&lock, mode);
    if (!Proceed()) return;
  }
  if (!free || lock.shared_by_threads) self.fresh = false;
  Take(self, lock, mode);
}

bool Executor::Impl::FindFree(const Lock& lock, LockMode mode) {
  const bool free = lock.Free(mode);
  if (!free) FindLocked(*current_);
  return free;
}

void Executor::Impl::Take(ProgramThread& thread, Lock& lock, LockMode mode) {
  if (thread.held.full()) {
    throw kernel::Unsupported{"a thread takes more than " + std::to_string(HeldLocks::kMaxLocks) +
                              " locks"};
  }
  if (!lock.shared_by_threads) SeeTaker(lock, mode);
  const LockClasses held = thread.held.classes();
  if (mode == LockMode::kShared) {
    lock.readers |= static_cast<uint8_t>(1 << thread.id);
  } else {
    lock.writer = thread.id;
  }
  thread.held.Add(lock, mode);
  thread.in_callback = false;
  ++locks_held_;
  tsan::Lock(lock, mode);
  RecordLock(EventKind::kLock, lock);
  if (held != 0) LearnOrder(held, lock.lock_class);
}

void Executor::Impl::SeeTaker(Lock& lock, LockMode mode) {
  if (phase_ != Phase::kProgram) return;
  lock.taken_by |= static_cast<uint8_t>(1 << current_->id);
  lock.taken_exclusively = lock.taken_exclusively || mode == LockMode::kExclusive;
  if (!lock.taken_exclusively || std::has_single_bit(lock.taken_by)) return;
  const int first = std::countr_zero(lock.taken_by);
  const int last = std::bit_width(lock.taken_by) - 1;
  throw kernel::Unsupported{"threads " + std::to_string(first) + " and " + std::to_string(last) +
                            " take " + NameOf(lock) +
                            ", which the system says orders nothing "
                            "(target/system/lock_sharing.h): interleavings would be missing"};
}

void Executor::Impl::BreakPromise(const Lock& promised, const Lock* taken) const {
  const std::string begin = taken != nullptr ? NameOf(*taken) : "something else than a lock";
  throw kernel::Unsupported{"op " + std::to_string(current_->op) + " of thread " +
                            std::to_string(current_->id) + " begins with " + begin +
                            ", where the system says that it begins with " + NameOf(promised) +
                            " (System::FirstLock()): interleavings would be missing"};
}

void Executor::Impl::LearnOrder(LockClasses held, LockClass taken) {
  LockClasses cycles = lock_order_.Take(held, taken);
  for (; cycles != 0; cycles &= cycles - 1) {
    const auto before = static_cast<LockClass>(std::countr_zero(cycles));
    Report({ExecutionProblem::kLockOrder, current_->id, before, taken});
  }
}

// Runs in destructors of threads that unwind, too: never throws.
void Executor::Impl::Release(Lock& lock, LockMode mode) {
  ProgramThread& self = *current_;
  const int index = self.held.Find(lock, mode);
  if (index == HeldLocks::kNotHeld) {
    // A thread that unwinds releases what it was never given.
    if (!abandoned_) kernel::WarnOn(true, kernel::WarnSite::kUnbalancedUp);
    return;
  }
  RecordLock(EventKind::kUnlock, lock);
  tsan::Unlock(lock, mode);
  self.held.RemoveAt(index);
  self.in_callback = false;
  --locks_held_;
  if (mode == LockMode::kShared) {
    lock.readers &= static_cast<uint8_t>(~(1 << self.id));
  } else {
    lock.writer = Lock::kNoHolder;
  }
}

bool Executor::Impl::Holds(const Lock& lock) const {
  return lock.writer == current_->id || (lock.readers >> current_->id & 1) != 0;
}

int Executor::Impl::InjectedErrno(FaultKind kind) {
  if (phase_ != Phase::kProgram || abandoned_ || !faults_.Names(kind)) return 0;
  return CountOccurrence(kind);
}

// Which thread gets the occurrence that fails is for the schedule to say, so the count is shared
// state like any other.
int Executor::Impl::CountOccurrence(FaultKind kind) {
  if (!current_->in_callback) VisibleAction();
  current_->in_callback = false;
  const int error = faults_.Next(kind);
  if (error != 0) {
    Record({.kind = EventKind::kFault,
            .value = static_cast<uint8_t>(kind),
            .result = static_cast<int16_t>(-error)});
  }
  return error;
}

void Executor::Impl::Record(Event event) {
  if (abandoned_) return;
  tsan::Ignore ignore;
  if (phase_ == Phase::kBoot) {
    if (IsWrong(event.kind)) boot_events_.push_back(event);
    return;
  }
  Event& recorded = trace_.events.emplace_back(event);
  Publish(recorded);
}

void Executor::Impl::RecordLock(EventKind kind, const Lock& lock) {
  if (phase_ == Phase::kBoot || abandoned_) return;
  tsan::Ignore ignore;
  Event& recorded = trace_.events.emplace_back();
  recorded.kind = kind;
  recorded.value = static_cast<uint8_t>(lock.lock_class);
  recorded.device = DeviceOf(lock);
  Publish(recorded);
}

// Completes `event` where it lies (copying what was just written byte by byte would stall the
// processor) and tells the monitor.
void Executor::Impl::Publish(Event& event) {
  event.thread = current_->id;
  event.op = current_->op;
  event.held = current_->held.classes();
  if (options_.snapshots) [[unlikely]] {
    AddSnapshot();
  }
  const kernel::CrashTrap::Pause pause;
  monitor_->OnEvent(event);
}

__attribute__((noinline)) void Executor::Impl::AddSnapshot() {
  system_->Look(&trace_.snapshots.emplace_back());
}

DomainId Executor::Impl::NewDomainId() {
  ProgramThread& self = *current_;
  if (self.domains == kIdsPerBlock) return OverflowDomainId();
  return static_cast<DomainId>(1 + BlockOf(self) * kIdsPerBlock + self.domains++);
}

DomainId Executor::Impl::OverflowDomainId() {
  const int id = kFirstOverflowId + overflow_domains_;
  if (id > kLastId) Fail(ExecutionProblem::kTooLong, LockClass::kGroup);
  ++overflow_domains_;
  return static_cast<DomainId>(id);
}

void Executor::Impl::Misuse(const BadAccess& access) {
  const Event event = EventOf(access);
  Record(event);
  Abandon();
  throw kernel::Abandoned{};
}

}  // namespace groupfuzz
