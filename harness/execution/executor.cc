#include "harness/execution/executor.h"

#include <utility>

#include "harness/execution/executor_impl.h"
#include "harness/execution/tsan.h"

namespace groupfuzz {
namespace {

constexpr size_t kUsualEvents = 1024;
constexpr size_t kUsualChoices = 256;
constexpr size_t kMostOps = size_t{kMaxThreads} * kMaxOps;

}  // namespace

// Modelled code calls the observer directly; the harness behind it is not to be seen, nor taken for
// it.
class Executor::Impl::UnseenObserver final : public CallObserver {
 public:
  UnseenObserver(Impl& executor, CallObserver& observer)
      : executor_(executor), observer_(observer) {}

  void OnCall(const Call& call) override {
    tsan::Ignore ignore;
    const kernel::CrashTrap::Pause pause;
    executor_.NoteCall(call.function);
    observer_.OnCall(call);
  }
  void OnReturn(const Call& call, int64_t result) override {
    tsan::Ignore ignore;
    const kernel::CrashTrap::Pause pause;
    observer_.OnReturn(call, result);
  }

 private:
  Impl& executor_;
  CallObserver& observer_;
};

Executor::Executor(ExecutorOptions options) : impl_(std::make_unique<Impl>(options)) {}
Executor::~Executor() = default;

Executor::Result Executor::Run(const Program& program, System& system, Strategy& strategy,
                               Monitor& monitor) {
  return impl_->Run(program, system, strategy, monitor);
}

Executor::Impl::Impl(const ExecutorOptions& options) : options_(options) {
  boot_.id = kBootThread;
  for (uint8_t id = 0; id < kMaxThreads; ++id) {
    threads_[id].id = id;
    roles_[id] = {this, &threads_[id]};
  }
  trace_.events.reserve(kUsualEvents);
  trace_.choices.reserve(kUsualChoices);
  trace_.ops.reserve(kMostOps);
}

Executor::Result Executor::Impl::Run(const Program& program, System& system, Strategy& strategy,
                                     Monitor& monitor) {
  Reset(program, system, strategy, monitor);
  kernel::ScopedRuntime scoped(*this);
  UnseenObserver unseen(*this, monitor);
  Boot(unseen);
  if (!abandoned_) RunThreads();
  if (exception_) std::rethrow_exception(std::exchange(exception_, nullptr));
  monitor.OnProgramEnd(abandoned_);
  if (!abandoned_) TearDown();
  monitor.End(abandoned_ ? 0 : system.live_objects());
  return {&trace_, pruned_, abandoned_};
}

void Executor::Impl::Reset(const Program& program, System& system, Strategy& strategy,
                           Monitor& monitor) {
  program_ = &program;
  system_ = &system;
  strategy_ = &strategy;
  monitor_ = &monitor;
  GoOnWith(boot_);
  boot_.domains = 0;
  boot_.held.Clear();
  alive_ = 0;
  steps_ = 0;
  locks_held_ = 0;
  phase_ = Phase::kBoot;
  abandoned_ = false;
  pruned_ = false;
  overflow_domains_ = 0;
  faults_.Begin(program.faults);
  counts_allocations_ = faults_.Names(FaultKind::kAllocate);
  trace_.Clear();
  boot_problem_.reset();
  boot_events_.clear();
  exception_ = nullptr;
  strategy.Begin();
  fingerprints_ = strategy.WantsFingerprints();
}

void Executor::Impl::Boot(CallObserver& observer) {
  lock_order_.Clear();
  try {
    RunGuarded([&] { system_->Build(program_->configuration, FootprintOf(*program_), &observer); });
  } catch (const kernel::Abandoned&) {
  }
  if (!abandoned_) ForbidKeptLocks();
  ForgetHeldLocks(boot_);
  steps_ = 0;
  phase_ = Phase::kProgram;
  monitor_->Begin(*program_, *system_);
  DeliverBoot();
}

// What comes after it would be its doing.
void Executor::Impl::ForbidKeptLocks() {
  if (boot_.held.entries().empty()) return;
  const kernel::LockClass kept = boot_.held.entries().front().lock_class;
  boot_problem_ = {ExecutionProblem::kLockKept, kBootThread, kept, kept};
  abandoned_ = true;
}

// The monitor was not listening when it happened.
void Executor::Impl::DeliverBoot() {
  const bool abandoned = std::exchange(abandoned_, false);
  for (const Event& event : boot_events_) Record(event);
  abandoned_ = abandoned;
  trace_.boot_events = static_cast<uint32_t>(trace_.events.size());
  if (boot_problem_) Report(*boot_problem_);
}

void Executor::Impl::PrepareThreads() {
  for (ProgramThread& thread : threads_) thread.held.Clear();
  for (int id = 0; id < program_->thread_count; ++id) {
    ProgramThread& thread = threads_[id];
    thread.ops = program_->threads[id];
    if (thread.ops.empty()) continue;
    if (!thread.fiber) thread.fiber = std::make_unique<Fiber>(home_, &Impl::RunThread, &roles_[id]);
    thread.state = ProgramThread::State::kAtOp;
    thread.started = false;
    thread.op = 0;
    thread.history = 0;
    alive_ |= 1u << id;
  }
}

void Executor::Impl::RunThreads() {
  PrepareThreads();
  if (alive_ == 0) return;
  tsan::Release(&begin_token_);
  ProgramThread* first = Choose(kNobody);
  if (first == nullptr) {
    ReportDeadlock();
    Abandon();
    return;
  }
  GoOnWith(*first);
  home_.SwitchTo(*first->fiber);
  tsan::Acquire(&end_token_);
}

void Executor::Impl::TearDown() {
  phase_ = Phase::kTearDown;
  steps_ = 0;
  try {
    RunGuarded([&] { system_->TearDown(); });
  } catch (const kernel::Abandoned&) {
  }
  ForgetHeldLocks(boot_);
}

// Runs code under test; where it dies, that is an access to memory that is not there.
template <typename Body>
void Executor::Impl::RunGuarded(Body body) {
  kernel::Landing& landing = current_->landing;
  if (!kernel::CrashTrap::Survives(landing, body)) Misuse(landing.death);
}

// The job of a fiber.
Fiber* Executor::Impl::RunThread(void* role) {
  ProgramThread& thread = *static_cast<Role*>(role)->thread;
  Impl& self = *static_cast<Role*>(role)->executor;
  tsan::Acquire(&self.begin_token_);
  thread.started = true;
  try {
    self.RunOps(thread);
  } catch (const kernel::Abandoned&) {
  } catch (...) {
    self.exception_ = std::current_exception();
    self.Abandon();
  }
  return self.EndThread(thread);
}

void Executor::Impl::RunOps(ProgramThread& thread) {
  for (;;) {
    RunOp(thread);
    if (++thread.op == thread.ops.size()) return;
    WaitForNextOp();
  }
}

void Executor::Impl::NoteCall(Function function) {
  static_assert(kFunctions <= 32);
  if (current_->ops.empty()) return;  // boot, tear-down
  trace_.calls[static_cast<size_t>(current_->ops[current_->op].kind)] |=
      uint32_t{1} << static_cast<unsigned>(function);
}

void Executor::Impl::RunOp(ProgramThread& thread) {
  thread.state = ProgramThread::State::kInside;
  thread.wanted = nullptr;
  thread.promised = FirstLock(thread);
  thread.fresh = true;
  thread.in_callback = false;
  thread.domains = 0;
  const auto first_event = static_cast<uint32_t>(trace_.events.size());
  {
    tsan::Ignore ignore;
    monitor_->OnOpStart(thread.id, thread.op);
  }
  int64_t result = 0;
  RunGuarded([&] { result = system_->Perform(thread.ops[thread.op]); });
  {
    tsan::Ignore ignore;
    OpRecord& record = trace_.ops.emplace_back();
    record.thread = thread.id;
    record.op = thread.op;
    record.result = result;
    record.first_event = first_event;
    record.end_event = static_cast<uint32_t>(trace_.events.size());
    monitor_->OnOpEnd(thread.id, thread.op, result);
  }
}

// Returns the fiber that goes on.
Fiber* Executor::Impl::EndThread(ProgramThread& thread) {
  thread.state = ProgramThread::State::kEnded;
  alive_ &= ~(1u << thread.id);
  ProgramThread* next = nullptr;
  if (alive_ != 0 && !abandoned_) {
    next = Choose(thread.id);
    if (next == nullptr) {
      ReportDeadlock();
      Abandon();
    }
  }
  // An abandoned execution: everybody who waits unwinds.
  if (next == nullptr && alive_ != 0) next = &threads_[std::countr_zero(alive_)];
  ForgetHeldLocks(thread);
  tsan::Release(&end_token_);
  GoOnWith(next == nullptr ? boot_ : *next);
  return next == nullptr ? &home_ : next->fiber.get();
}

// A thread that ends with a lock held keeps it, as it would in the kernel; but ThreadSanitizer must
// not meet it locked in the next execution.
void Executor::Impl::ForgetHeldLocks(ProgramThread& thread) {
  for (const HeldLocks::Entry& entry : thread.held.entries()) tsan::Unlock(*entry.lock, entry.mode);
}

}  // namespace groupfuzz
