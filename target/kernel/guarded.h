// A field that a lock guards, and that says so where it is looked at without the lock.
//
// Guarded<T> is used like the T it holds. An access by a thread that does not hold the lock is
// recorded as an event with its place in the source, and is a scheduling point, because others may
// come between: code needs no marking to be tested as the race that it is, in every build. A
// reference is handed out only by Locked(), whose user keeps it no longer than the lock.
//
// What the kernel does without the lock, on purpose or by a mistake that is known, is marked:
// RacyRead() is a scheduling point and no finding, Unlocked() and SetUnlocked() are neither. Each
// takes the reason.
//
// Thread-safety: of program threads, with or without the lock: to see which is what it is for.
// Errors: none; without the runtime of an execution (ScopedRuntime) only Unseen() may be called.
// Source: KCSAN and lockdep of the kernel, and Savage et al., 1997: Eraser, a dynamic data race
// detector.
#ifndef GROUPFUZZ_TARGET_KERNEL_GUARDED_H_
#define GROUPFUZZ_TARGET_KERNEL_GUARDED_H_

#include <cstdint>
#include <type_traits>
#include <utility>

#include "target/kernel/lock.h"
#include "target/kernel/racy_read.h"
#include "target/kernel/runtime.h"
#include "target/types/guarded_field.h"

namespace groupfuzz::kernel {

enum class Access : uint8_t { kRead, kWrite };

// The instruction after the call of this.
[[gnu::noinline]] const void* CodeHere();

// An access, perhaps without the lock, by the code that `code` points into.
void AccessUnlocked(const Lock& lock, GuardedField field, Access access, const void* code);

// An access has the line of whoever uses the field: Clang inlines a function without debug
// information into that line, and elsewhere it is called from there.
#if __has_attribute(nodebug)
#define GROUPFUZZ_AT_ITS_LINE [[gnu::always_inline, gnu::nodebug]]
#define GROUPFUZZ_CODE ::groupfuzz::kernel::CodeHere()
#else
#define GROUPFUZZ_AT_ITS_LINE [[gnu::noinline]]
#define GROUPFUZZ_CODE __builtin_return_address(0)
#endif

template <typename T, GuardedField kField>
class Guarded {
 public:
  // The lock outlives the field.
  explicit Guarded(const Lock& lock, T value = T()) : lock_(lock), value_(std::move(value)) {}
  Guarded(const Guarded&) = delete;

  GROUPFUZZ_AT_ITS_LINE operator T() const {  // NOLINT(google-explicit-constructor)
    if (!Held()) AccessUnlocked(lock_, kField, Access::kRead, GROUPFUZZ_CODE);
    return value_;
  }
  GROUPFUZZ_AT_ITS_LINE T operator->() const
    requires std::is_pointer_v<T>
  {
    if (!Held()) AccessUnlocked(lock_, kField, Access::kRead, GROUPFUZZ_CODE);
    return value_;
  }
  GROUPFUZZ_AT_ITS_LINE const T* operator->() const
    requires std::is_class_v<T>
  {
    if (!Held()) AccessUnlocked(lock_, kField, Access::kRead, GROUPFUZZ_CODE);
    return &value_;
  }
  GROUPFUZZ_AT_ITS_LINE Guarded& operator=(T value) {
    if (!Held()) AccessUnlocked(lock_, kField, Access::kWrite, GROUPFUZZ_CODE);
    value_ = std::move(value);
    return *this;
  }
  GROUPFUZZ_AT_ITS_LINE Guarded& operator=(const Guarded& other) { return *this = T(other); }
  GROUPFUZZ_AT_ITS_LINE Guarded& operator|=(T value) { return *this = T(*this) | value; }
  GROUPFUZZ_AT_ITS_LINE Guarded& operator++() { return *this = T(*this) + 1; }
  GROUPFUZZ_AT_ITS_LINE Guarded& operator--() { return *this = T(*this) - 1; }

  // To change it in place, for as long as the lock is held.
  GROUPFUZZ_AT_ITS_LINE T& Locked() {
    if (!Held()) AccessUnlocked(lock_, kField, Access::kWrite, GROUPFUZZ_CODE);
    return value_;
  }

  // Without the lock, on purpose: `why` says what the kernel relies on. Inlined, so that
  // ThreadSanitizer sees what modelled code does and nothing else.
  [[gnu::always_inline]] T RacyRead(const char* why) const {
    return kernel::RacyRead(value_, kField, why);
  }
  [[gnu::always_inline]] T Unlocked([[maybe_unused]] const char* why) const { return value_; }
  [[gnu::always_inline]] void SetUnlocked(T value, [[maybe_unused]] const char* why) {
    value_ = std::move(value);
  }

  // For who looks at the machine from outside.
  const T& Unseen() const { return value_; }

 private:
  // Not where it is held shared: AccessUnlocked() looks closer.
  bool Held() const { return lock_.writer == runtime().thread(); }

  const Lock& lock_;
  T value_;
};

}  // namespace groupfuzz::kernel

#endif  // GROUPFUZZ_TARGET_KERNEL_GUARDED_H_
