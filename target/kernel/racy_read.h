// How modelled code reads, on purpose, a field without the lock that guards it. What does so
// without a word is guarded.h's to find.
//
// Linux does so in a few places, by mistake or because something else pins the field; data_race()
// is its word for it. A RacyRead is a scheduling point, because other threads may change the field
// just before, and it is recorded. ThreadSanitizer is told about it only where the user asks for
// strict races, since a faithful port would otherwise be reported for the kernel's choice.
//
// Every call site says, in its `why`, what the kernel relies on.
//
// Thread-safety: of program threads, without the lock: that is what it is for.
#ifndef GROUPFUZZ_TARGET_KERNEL_RACY_READ_H_
#define GROUPFUZZ_TARGET_KERNEL_RACY_READ_H_

#include "target/kernel/runtime.h"
#include "target/types/guarded_field.h"
#include "target/types/sanitizers.h"

namespace groupfuzz::kernel {

// Reads memory without any sanitizer looking, also where it is poisoned.
#if defined(GROUPFUZZ_ASAN) || defined(GROUPFUZZ_TSAN)
#define GROUPFUZZ_UNSEEN __attribute__((noinline, disable_sanitizer_instrumentation))
#else
#define GROUPFUZZ_UNSEEN
#endif

template <typename T>
GROUPFUZZ_UNSEEN T ReadUnseen(const T& field) {
  return field;
}

// Other threads may change what is read next, without a lock: `field`, or kNoGuardedField, by the
// code that `code` points into, which is noted for a reader of the trace.
inline void RacyReadPoint(uint8_t field, uint32_t code = 0) {
  runtime().RacyReadPoint();
  runtime().Record({.kind = EventKind::kRacyRead, .value = field, .code = code});
}

template <typename T>
T RacyRead(const T& field, GuardedField name, [[maybe_unused]] const char* why) {
  RacyReadPoint(static_cast<uint8_t>(name));
  return runtime().strict_races() ? field : ReadUnseen(field);
}

// A pointer that was loaded without a lock. The load of the pointer and the load through it are two
// steps: other threads may come between.
template <typename T>
class RacyPointer {
 public:
  explicit RacyPointer(T* loaded) : loaded_(loaded) {}

  explicit operator bool() const { return loaded_ != nullptr; }
  // To look through it, now.
  T* Follow() {
    if (!followed_) runtime().RacyReadPoint();
    followed_ = true;
    return loaded_;
  }

 private:
  T* loaded_;
  bool followed_ = false;
};

}  // namespace groupfuzz::kernel

#endif  // GROUPFUZZ_TARGET_KERNEL_RACY_READ_H_
