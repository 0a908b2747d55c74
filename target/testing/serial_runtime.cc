#include "target/testing/serial_runtime.h"

#include <algorithm>
#include <utility>

namespace groupfuzz {
namespace {

using kernel::Lock;
using kernel::LockClass;
using kernel::LockMode;

Event LockEvent(EventKind kind, const Lock& lock) {
  const bool per_device =
      lock.lock_class == LockClass::kDevice || lock.lock_class == LockClass::kOps;
  return {.kind = kind,
          .device = per_device ? lock.instance : kNoDevice,
          .value = static_cast<uint8_t>(lock.lock_class)};
}

}  // namespace

void SerialRuntime::SetFaults(const FaultPlan& plan) {
  faults_ = plan;
  occurrences_.fill(0);
}

void SerialRuntime::Interrupt(const Point& point, std::function<void()> intruder) {
  point_ = point;
  to_go_ = point.nth;
  intruder_ = std::move(intruder);
}

void SerialRuntime::Reach(Point::Action action, LockClass lock_class) {
  if (to_go_ == 0 || action != point_.action) return;
  if (action == Point::Action::kLock && lock_class != point_.lock_class) return;
  if (--to_go_ == 0) RunIntruder();
}

// An intruder that cannot go on stays where it is for the rest of the execution.
void SerialRuntime::RunIntruder() {
  const uint8_t interrupted_thread = std::exchange(thread_, kIntruderThread);
  try {
    intruder_();
  } catch (const kernel::Abandoned&) {
  }
  thread_ = interrupted_thread;
}

void SerialRuntime::Acquire(Lock& lock, LockMode mode) {
  Reach(Point::Action::kLock, lock.lock_class);
  if (Holds(lock)) Abandon(Problem::kSelfDeadlock);
  if (!lock.Free(mode)) {
    // An intruder waits until the end.
    Abandon(thread_ == kIntruderThread ? Problem::kNone : Problem::kDeadlock);
  }
  if (mode == LockMode::kShared) {
    lock.readers |= static_cast<uint8_t>(1 << thread_);
  } else {
    lock.writer = thread_;
  }
  held_[thread_].push_back({&lock, mode});
  Record(LockEvent(EventKind::kLock, lock));
}

void SerialRuntime::Release(Lock& lock, LockMode mode) {
  std::vector<HeldLock>& held = held_[thread_];
  const auto found = std::find_if(held.begin(), held.end(), [&](const HeldLock& entry) {
    return entry.lock == &lock && entry.mode == mode;
  });
  if (found == held.end()) {
    kernel::WarnOn(true, kernel::WarnSite::kUnbalancedUp);
    return;
  }
  Record(LockEvent(EventKind::kUnlock, lock));
  held.erase(found);
  if (mode == LockMode::kShared) {
    lock.readers &= static_cast<uint8_t>(~(1 << thread_));
  } else {
    lock.writer = Lock::kNoHolder;
  }
}

bool SerialRuntime::Holds(const Lock& lock) const {
  return std::any_of(held_[thread_].begin(), held_[thread_].end(),
                     [&](const HeldLock& entry) { return entry.lock == &lock; });
}

int SerialRuntime::InjectedErrno(FaultKind kind) {
  const int occurrence = ++occurrences_[static_cast<int>(kind)];
  for (int i = 0; i < faults_.size; ++i) {
    const Fault& fault = faults_.faults[i];
    if (fault.kind != kind) continue;
    if (occurrence < fault.first || occurrence >= fault.first + fault.count) continue;
    Record({.kind = EventKind::kFault,
            .value = static_cast<uint8_t>(kind),
            .result = static_cast<int16_t>(-fault.error)});
    return fault.error;
  }
  return 0;
}

void SerialRuntime::Record(Event event) {
  event.thread = thread_;
  event.held = HeldClasses();
  events_.push_back(event);
}

uint8_t SerialRuntime::HeldClasses() const {
  uint8_t classes = 0;
  for (const HeldLock& entry : held_[thread_]) {
    classes |= static_cast<uint8_t>(1 << static_cast<int>(entry.lock->lock_class));
  }
  return classes;
}

void SerialRuntime::Misuse(const BadAccess& access) {
  Record(EventOf(access));
  Abandon(Problem::kUseAfterFree);
}

void SerialRuntime::Abandon(Problem problem) {
  if (problem_ == Problem::kNone) problem_ = problem;
  throw kernel::Abandoned{};
}

std::string_view NameOf(SerialRuntime::Problem problem) {
  switch (problem) {
    case SerialRuntime::Problem::kNone:
      return "none";
    case SerialRuntime::Problem::kSelfDeadlock:
      return "self-deadlock";
    case SerialRuntime::Problem::kDeadlock:
      return "deadlock";
    case SerialRuntime::Problem::kUseAfterFree:
      return "use after free";
  }
  return "unknown";
}

}  // namespace groupfuzz
