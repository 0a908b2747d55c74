// The executor as the scheduler: which thread runs next, and when none can.
#include <algorithm>
#include <bit>

#include "harness/execution/executor_impl.h"
#include "harness/execution/tsan.h"
#include "target/types/hash.h"

namespace groupfuzz {
namespace {

using kernel::Lock;
using kernel::LockClass;
using kernel::LockMode;

// A thread may wait for a lock whose owner was freed. Whoever takes it then uses freed memory and
// is reported there; the scheduler only looks.
__attribute__((no_sanitize("address"))) bool IsFree(const Lock& lock, LockMode mode) {
  return lock.writer == Lock::kNoHolder && (mode == LockMode::kShared || lock.readers == 0);
}

// The mode in which an op takes its first lock.
LockMode FirstLockMode(const Lock& lock) {
  return lock.lock_class == LockClass::kKernfs ? LockMode::kShared : LockMode::kExclusive;
}

// `runnable` in the order that choices count by. Filled in place, for speed.
inline void ListThreads(uint32_t runnable, int running, ChoicePoint* point) {
  uint8_t size = 0;
  const int start = std::max(running, 0);
  for (int i = 0; i < kMaxThreads; ++i) {
    const int id = (start + i) & (kMaxThreads - 1);
    if ((runnable >> id & 1) != 0) point->threads[size++] = static_cast<uint8_t>(id);
  }
  point->size = size;
  point->running_enabled = point->threads[0] == running;
}
static_assert(std::has_single_bit(static_cast<unsigned>(kMaxThreads)));

}  // namespace

// A scheduling point; the running thread needs `lock`, unless that is nullptr, to go on.
void Executor::Impl::WaitFor(const Lock* lock, LockMode mode) {
  current_->wanted = lock;
  current_->mode = mode;
  Yield();
}

void Executor::Impl::WaitForNextOp() {
  CountStep();
  current_->state = ProgramThread::State::kAtOp;
  Yield();
}

// Lets the strategy say who goes on; returns when the running thread does.
void Executor::Impl::Yield() {
  ProgramThread& self = *current_;
  ProgramThread* next = Choose(self.id);
  if (next == nullptr) {
    ReportDeadlock();
    Abandon();
  } else if (next != &self) {
    GoOnWith(*next);
    self.fiber->SwitchTo(*next->fiber);
  }
  Proceed();
  self.fresh = true;
}

// The thread that goes on, or nullptr where nobody can. `running` has stopped or ended, or is
// kNobody.
ProgramThread* Executor::Impl::Choose(int running) {
  tsan::Ignore ignore;
  const kernel::CrashTrap::Pause pause;
  const uint32_t runnable = Runnable();
  if (runnable == 0) return nullptr;
  if (fingerprints_) shared_state_ = SharedState();
  int id = std::countr_zero(runnable);
  if (!std::has_single_bit(runnable)) {
    ChoicePoint point;
    point.state = this;
    point.op = running == kNobody ? uint8_t{0} : threads_[running].op;
    ListThreads(runnable, running, &point);
    id = point.threads[Ask(point)];
  }
  if (fingerprints_) BeginSegment(threads_[id]);
  return &threads_[id];
}

// The threads that can go on, one bit each.
uint32_t Executor::Impl::Runnable() const {
  if (locks_held_ == 0) return alive_;
  uint32_t runnable = 0;
  for (uint32_t rest = alive_; rest != 0; rest &= rest - 1) {
    const int id = std::countr_zero(rest);
    runnable |= static_cast<uint32_t>(CanRun(threads_[id])) << id;
  }
  return runnable;
}

// What a thread does until its next scheduling point depends on its stack, on the shared state now,
// and on the locks of others where it comes to one that is not free; so the states at the starts of
// all segments of an op, and where it was so, stand for the stack.
void Executor::Impl::BeginSegment(ProgramThread& thread) const {
  const bool first = thread.state == ProgramThread::State::kAtOp;
  thread.history = Fold(first ? 0 : thread.history, shared_state_);
}

void Executor::Impl::FindLocked(ProgramThread& thread) {
  constexpr uint64_t kLocked = 0x6c6f636b6564;
  thread.history = Fold(thread.history, kLocked);
}

// The strategy's choice, as an index into point.threads.
uint8_t Executor::Impl::Ask(const ChoicePoint& point) {
  int choice = pruned_ ? 0 : strategy_->Choose(point);
  if (choice == kPrune) {
    pruned_ = true;
    choice = 0;
  }
  if (point.running_enabled && choice != 0) ++trace_.preemptions;
  trace_.choices.push_back(static_cast<uint8_t>(choice));
  return static_cast<uint8_t>(choice);
}

bool Executor::Impl::CanRun(const ProgramThread& thread) const {
  LockMode mode;
  const Lock* lock = WantedLock(thread, &mode);
  return lock == nullptr || IsFree(*lock, mode);
}

// The lock that the next op of `thread` takes before anything that others can see, or nullptr.
const Lock* Executor::Impl::FirstLock(const ProgramThread& thread) const {
  return counts_allocations_ ? nullptr : system_->FirstLock(thread.ops[thread.op]);
}

// The lock that `thread` needs to go on, or nullptr. An op that has not begun is asked about anew
// each time: the lock that it would take first may have gone with the group.
const Lock* Executor::Impl::WantedLock(const ProgramThread& thread, LockMode* mode) const {
  if (thread.state == ProgramThread::State::kInside) {
    *mode = thread.mode;
    return thread.wanted;
  }
  const Lock* lock = FirstLock(thread);
  if (lock != nullptr) *mode = FirstLockMode(*lock);
  return lock;
}

// Everything that the next segment of a thread can see, its own stack and locks excepted.
uint64_t Executor::Impl::SharedState() const {
  return Fold(system_->Fingerprint(), faults_.Fingerprint());
}

uint64_t Executor::Impl::LocksHeld() const {
  uint64_t hash = 0;
  if (locks_held_ == 0) return hash;
  for (const ProgramThread& thread : threads_) {
    for (const auto& [lock, mode, lock_class, instance, before] : thread.held.entries()) {
      LeftOut(lock, before);  // an address; the entries before it
      hash = FoldFields(hash, thread.id, lock_class, instance, mode);
    }
  }
  return hash;
}

uint64_t Executor::Impl::Fingerprint() {
  uint64_t hash = Fold(shared_state_, monitor_->Fingerprint());
  hash = FoldFields(hash, LocksHeld(), lock_order_.Fingerprint());
  for (const ProgramThread& thread : threads_) {
    const auto& [id, state, started, fresh, in_callback, op, mode, domains, wanted, promised, ops,
                 held, history, fiber, landing] = thread;
    LeftOut(fresh, in_callback, domains, promised);  // where it is in its op says them
    LeftOut(started, ops, fiber, landing);           // of the program
    LeftOut(held);                                   // in LocksHeld()
    if ((alive_ >> id & 1) == 0) continue;
    const bool inside = state == ProgramThread::State::kInside;
    hash = FoldFields(hash, id, op, inside);
    if (!inside) continue;
    hash = Fold(hash, history);
    if (wanted == nullptr) continue;
    hash = FoldFields(hash, wanted->lock_class, wanted->instance, mode);
  }
  return hash;
}

void Executor::Impl::Report(const Problem& problem) {
  if (phase_ == Phase::kBoot) {
    boot_problem_ = problem;
    return;
  }
  tsan::Ignore ignore;
  const kernel::CrashTrap::Pause pause;
  monitor_->OnProblem(problem.kind, problem.thread, problem.first, problem.second);
}

// Names the first thread that waits, the lock it waits for, and what the holder of that waits for.
void Executor::Impl::ReportDeadlock() {
  tsan::Ignore ignore;
  const ProgramThread& victim = threads_[std::countr_zero(alive_)];
  LockMode mode;
  const Lock* wanted = WantedLock(victim, &mode);
  LockClass second = wanted->lock_class;
  for (const ProgramThread& holder : threads_) {
    if ((alive_ >> holder.id & 1) == 0) continue;
    if (wanted->writer != holder.id && (wanted->readers >> holder.id & 1) == 0) continue;
    second = WantedLock(holder, &mode)->lock_class;
  }
  Report({ExecutionProblem::kDeadlock, victim.id, wanted->lock_class, second});
}

// From here on every thread that is resumed unwinds; those that never began have nothing to unwind.
void Executor::Impl::Abandon() {
  abandoned_ = true;
  for (ProgramThread& thread : threads_) {
    if ((alive_ >> thread.id & 1) != 0 && !thread.started) alive_ &= ~(1u << thread.id);
  }
}

void Executor::Impl::Fail(ExecutionProblem problem, LockClass lock_class) {
  Report({problem, current_->id, lock_class, lock_class});
  Abandon();
  throw kernel::Abandoned{};
}

}  // namespace groupfuzz
