// The inside of Executor: the runtime of one execution.
//
// Split over three files: executor.cc (the run, from boot to tear-down), executor_runtime.cc (what
// modelled code calls), executor_schedule.cc (who goes on, and the end of an execution that
// cannot).
//
// The scheduling decision is taken on the fiber that stops: a thread that goes on does not switch
// at all, and another one is switched to directly.
//
// Thread-safety: one OS thread.
#ifndef GROUPFUZZ_HARNESS_EXECUTION_EXECUTOR_IMPL_H_
#define GROUPFUZZ_HARNESS_EXECUTION_EXECUTOR_IMPL_H_

#include <array>
#include <cstdint>
#include <exception>
#include <optional>
#include <utility>

#include "harness/execution/executor.h"
#include "harness/execution/fault_injector.h"
#include "harness/execution/fiber.h"
#include "harness/execution/lock_order.h"
#include "harness/execution/program_thread.h"
#include "target/kernel/crash_trap.h"
#include "target/kernel/runtime.h"

namespace groupfuzz {

class Executor::Impl final : public kernel::Runtime, public StateSource {
 public:
  explicit Impl(const ExecutorOptions& options);
  ~Impl() override { kernel::CrashTrap::Arm(nullptr); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Result Run(const Program& program, System& system, Strategy& strategy, Monitor& monitor);

  // kernel::Runtime
  void CallbackPoint() override {
    VisibleAction();
    current_->in_callback = true;
  }
  void RacyReadPoint() override { VisibleAction(); }
  void Acquire(kernel::Lock& lock, kernel::LockMode mode) override;
  bool FindFree(const kernel::Lock& lock, kernel::LockMode mode) override;
  void Release(kernel::Lock& lock, kernel::LockMode mode) override;
  bool Holds(const kernel::Lock& lock) const override;
  int InjectedErrno(FaultKind kind) override;
  void Record(Event event) override;
  DomainId NewDomainId() override;
  bool strict_races() const override { return options_.strict_races; }
  [[noreturn]] void Misuse(const BadAccess& access) override;
  [[noreturn]] void RunsOn() override {
    Fail(ExecutionProblem::kTooLong, kernel::LockClass::kGroup);
  }

  // StateSource. REQUIRES: the strategy wants fingerprints and is being asked for a choice.
  uint64_t Fingerprint() override;

 private:
  class UnseenObserver;

  // The running op calls `function`.
  void NoteCall(Function function);

  enum class Phase : uint8_t { kBoot, kProgram, kTearDown };
  static constexpr int kNobody = -1;
  struct Problem {
    ExecutionProblem kind;
    uint8_t thread;
    kernel::LockClass first;
    kernel::LockClass second;
  };

  // What a fiber is told about the thread that it is.
  struct Role {
    Impl* executor;
    ProgramThread* thread;
  };

  // executor.cc
  void Reset(const Program& program, System& system, Strategy& strategy, Monitor& monitor);
  void Boot(CallObserver& observer);
  void ForbidKeptLocks();
  void DeliverBoot();
  void PrepareThreads();
  void RunThreads();
  void TearDown();
  static Fiber* RunThread(void* role);
  void RunOps(ProgramThread& thread);
  void RunOp(ProgramThread& thread);
  Fiber* EndThread(ProgramThread& thread);
  void ForgetHeldLocks(ProgramThread& thread);
  template <typename Body>
  void RunGuarded(Body body);

  // executor_runtime.cc
  void VisibleAction();
  int CountOccurrence(FaultKind kind);
  void Publish(Event& event);
  void AddSnapshot();
  void RecordLock(EventKind kind, const kernel::Lock& lock);
  void Take(ProgramThread& thread, kernel::Lock& lock, kernel::LockMode mode);
  void KeepPromise(const kernel::Lock* taken);
  void SeeTaker(kernel::Lock& lock, kernel::LockMode mode);
  void LearnOrder(LockClasses held, kernel::LockClass taken);
  DomainId OverflowDomainId();

  // executor_schedule.cc
  void GoOnWith(ProgramThread& thread) {
    current_ = &thread;
    thread_ = thread.id;
    kernel::CrashTrap::Arm(&thread.landing);
  }
  bool Proceed() const;
  void CountStep();
  void WaitFor(const kernel::Lock* lock, kernel::LockMode mode);
  void WaitForNextOp();
  void Yield();
  ProgramThread* Choose(int running);
  uint8_t Ask(const ChoicePoint& point);
  uint32_t Runnable() const;
  bool CanRun(const ProgramThread& thread) const;
  void BeginSegment(ProgramThread& thread) const;
  const kernel::Lock* FirstLock(const ProgramThread& thread) const;
  const kernel::Lock* WantedLock(const ProgramThread& thread, kernel::LockMode* mode) const;
  uint64_t SharedState() const;
  uint64_t LocksHeld() const;
  // `thread` finds a lock that it wants held by another, and does something else because of that.
  static void FindLocked(ProgramThread& thread);
  void Report(const Problem& problem);
  void ReportDeadlock();
  void Abandon();
  [[noreturn]] void BreakPromise(const kernel::Lock& promised, const kernel::Lock* taken) const;
  [[noreturn]] void Fail(ExecutionProblem problem, kernel::LockClass lock_class);

  // Of the execution in progress.
  const Program* program_ = nullptr;
  System* system_ = nullptr;
  Strategy* strategy_ = nullptr;
  Monitor* monitor_ = nullptr;
  ProgramThread* current_ = &boot_;
  uint32_t alive_ = 0;  // threads that have not ended, one bit each
  int steps_ = 0;
  int locks_held_ = 0;  // by anybody
  Phase phase_ = Phase::kBoot;
  bool abandoned_ = false;
  bool pruned_ = false;
  bool fingerprints_ = false;
  // The plan fails an allocation: which one it is can be seen, and allocating takes no lock.
  bool counts_allocations_ = false;
  uint64_t shared_state_ = 0;  // at the last scheduling point; only with fingerprints_
  uint16_t overflow_domains_ = 0;
  LockOrder lock_order_;
  FaultInjector faults_;
  Trace trace_;

  const ExecutorOptions options_;
  Fiber home_;
  std::array<Role, kMaxThreads> roles_;
  std::array<ProgramThread, kMaxThreads> threads_;
  ProgramThread boot_;

  // What has to wait: what was wrong with the boot until the monitor listens, an exception of the
  // system or the monitor until every fiber has unwound.
  std::optional<Problem> boot_problem_;
  std::vector<Event> boot_events_;
  std::exception_ptr exception_;

  // What ThreadSanitizer may take for the order of an execution: begin before threads before end.
  char begin_token_ = 0;
  char end_token_ = 0;
};

// Whether the running thread may do what it asks for. Once the execution is abandoned it may not:
// it unwinds, and what its destructors ask for on the way has no effect.
inline bool Executor::Impl::Proceed() const {
  if (!abandoned_) [[likely]] {
    return true;
  }
  if (std::uncaught_exceptions() > 0) return false;
  throw kernel::Abandoned{};
}

// The first thing of an op that others can see; `taken` is nullptr where it is no lock.
inline void Executor::Impl::KeepPromise(const kernel::Lock* taken) {
  const kernel::Lock* promised = std::exchange(current_->promised, nullptr);
  if (promised != nullptr && promised != taken) [[unlikely]] {
    BreakPromise(*promised, taken);
  }
}

inline void Executor::Impl::CountStep() {
  if (++steps_ > kMaxSteps) [[unlikely]] {
    Fail(ExecutionProblem::kTooLong, kernel::LockClass::kGroup);
  }
}

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_EXECUTION_EXECUTOR_IMPL_H_
