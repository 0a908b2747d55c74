// A kernel::Runtime for unit tests: one thread runs to its end, everything it does is recorded.
//
// Use it where an interleaving is not the question. Where one is, Interrupt() lets another thread
// run to its end at one point of the first: enough for every "between these two sections" of the
// kernel's tables, without fibers.
//
// Promises:
//   - Every event is kept, lock and unlock included, with the locks held at that time.
//   - Faults of a plan are counted from the SetFaults() that gave it.
//   - A thread that takes a lock it holds, waits for one that nobody will release, or uses a freed
//     object is stopped: problem() says why, and kernel::Abandoned unwinds it.
//   - An intruder that must wait for the first thread stops there for good; that is no problem.
//
// Thread-safety: one OS thread.
#ifndef GROUPFUZZ_TARGET_TESTING_SERIAL_RUNTIME_H_
#define GROUPFUZZ_TARGET_TESTING_SERIAL_RUNTIME_H_

#include <array>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "target/kernel/fault.h"
#include "target/kernel/lock.h"
#include "target/kernel/runtime.h"
#include "target/types/event.h"

namespace groupfuzz {

// A place in an execution: the nth action of a kind, counted from when the place was named.
struct Point {
  enum class Action : uint8_t { kLock, kRacyRead, kCallback };
  Action action = Action::kLock;
  kernel::LockClass lock_class = kernel::LockClass::kGroup;  // kLock only
  int nth = 1;
};

class SerialRuntime : public kernel::Runtime {
 public:
  enum class Problem : uint8_t { kNone, kSelfDeadlock, kDeadlock, kUseAfterFree };
  static constexpr uint8_t kMainThread = 0;
  static constexpr uint8_t kIntruderThread = 1;

  void SetFaults(const FaultPlan& plan);
  // Runs `intruder` as another thread just before `point`. One interruption at a time; it is not
  // interrupted itself.
  void Interrupt(const Point& point, std::function<void()> intruder);
  // An intruder is still to come.
  bool intruder_waits() const { return to_go_ > 0; }

  const std::vector<Event>& events() const { return events_; }
  // The first problem of the execution.
  Problem problem() const { return problem_; }
  bool HoldsNothing() const { return held_[kMainThread].empty(); }
  void ForgetEvents() { events_.clear(); }

  void CallbackPoint() override { Reach(Point::Action::kCallback, {}); }
  void RacyReadPoint() override { Reach(Point::Action::kRacyRead, {}); }
  void Acquire(kernel::Lock& lock, kernel::LockMode mode) override;
  void Release(kernel::Lock& lock, kernel::LockMode mode) override;
  bool Holds(const kernel::Lock& lock) const override;
  int InjectedErrno(FaultKind kind) override;
  void Record(Event event) override;
  DomainId NewDomainId() override { return ++last_domain_; }
  [[noreturn]] void Misuse(const BadAccess& access) override;

 private:
  struct HeldLock {
    const kernel::Lock* lock;
    kernel::LockMode mode;
  };

  void Reach(Point::Action action, kernel::LockClass lock_class);
  void RunIntruder();
  [[noreturn]] void Abandon(Problem problem);
  uint8_t HeldClasses() const;

  std::vector<Event> events_;
  std::array<std::vector<HeldLock>, 2> held_;  // by thread
  FaultPlan faults_;
  std::array<int, kFaultKinds> occurrences_{};
  Point point_;
  int to_go_ = 0;
  std::function<void()> intruder_;
  Problem problem_ = Problem::kNone;
  DomainId last_domain_ = kNoDomain;
};

std::string_view NameOf(SerialRuntime::Problem problem);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_TARGET_TESTING_SERIAL_RUNTIME_H_
