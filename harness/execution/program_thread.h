// What the executor knows of one thread of a program, and of the boot thread.
//
//   state     where the thread is                            goes on when
//   kAtOp     before ops[op]                                 the first lock of the op is free
//   kInside   in ops[op], at a point or waiting for `wanted` `wanted` is nullptr or free
//   kEnded    all ops are done, or the thread was abandoned  -
//
// Thread-safety: plain value.
#ifndef GROUPFUZZ_HARNESS_EXECUTION_PROGRAM_THREAD_H_
#define GROUPFUZZ_HARNESS_EXECUTION_PROGRAM_THREAD_H_

#include <array>
#include <cstdint>
#include <memory>
#include <span>

#include "harness/execution/fiber.h"
#include "harness/execution/lock_order.h"
#include "target/kernel/crash_trap.h"
#include "target/kernel/lock.h"
#include "target/types/op.h"

namespace groupfuzz {

// The locks a thread holds, in the order in which it took them.
class HeldLocks {
 public:
  struct Entry {
    kernel::Lock* lock;
    kernel::LockMode mode;
    kernel::LockClass lock_class;
    uint8_t instance;
    LockClasses before;  // classes of the locks taken before it
  };
  // More than every lock of a machine with kMaxDevices devices.
  static constexpr int kMaxLocks = 32;
  static constexpr int kNotHeld = -1;

  void Clear() {
    size_ = 0;
    classes_ = 0;
  }
  LockClasses classes() const { return classes_; }
  std::span<const Entry> entries() const { return {entries_.data(), size_}; }
  bool full() const { return size_ == kMaxLocks; }

  // REQUIRES: !full().
  void Add(kernel::Lock& lock, kernel::LockMode mode) {
    entries_[size_++] = {&lock, mode, lock.lock_class, lock.instance, classes_};
    classes_ |= LockClassBit(lock.lock_class);
  }

  // The place of `lock`, or kNotHeld.
  int Find(const kernel::Lock& lock, kernel::LockMode mode) const {
    int index = static_cast<int>(size_) - 1;
    while (index >= 0 && (entries_[index].lock != &lock || entries_[index].mode != mode)) --index;
    return index;
  }

  // REQUIRES: Find() said so.
  void RemoveAt(int index) {
    classes_ = entries_[index].before;
    for (--size_; static_cast<size_t>(index) < size_; ++index) {
      entries_[index] = entries_[index + 1];
      entries_[index].before = classes_;
      classes_ |= LockClassBit(entries_[index].lock_class);
    }
  }

 private:
  std::array<Entry, kMaxLocks> entries_;
  size_t size_ = 0;
  LockClasses classes_ = 0;
};

struct ProgramThread {
  enum class State : uint8_t { kAtOp, kInside, kEnded };

  uint8_t id = 0;
  State state = State::kEnded;
  bool started = false;  // its fiber runs a job of this execution
  // Directly after a scheduling point: nothing visible was done since.
  bool fresh = true;
  // Directly after the point of a callback: what happens next belongs to it.
  bool in_callback = false;
  uint8_t op = 0;
  kernel::LockMode mode = kernel::LockMode::kExclusive;
  uint16_t domains = 0;  // allocated by the current op
  const kernel::Lock* wanted = nullptr;
  // The lock that the system said the op takes before anything else that others can see; nullptr
  // once it has.
  const kernel::Lock* promised = nullptr;
  std::span<const Op> ops;
  HeldLocks held;
  // Determines the thread's stack: the shared states at the start of every segment of its current
  // op. Kept only for strategies that want fingerprints.
  uint64_t history = 0;
  std::unique_ptr<Fiber> fiber;
  // Where its code goes on after it died.
  kernel::Landing landing;
};

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_EXECUTION_PROGRAM_THREAD_H_
