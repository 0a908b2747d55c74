// What ThreadSanitizer is told about fibers and modelled locks.
//
// The harness itself is not instrumented: ThreadSanitizer sees modelled code only, ordered by
// modelled locks and by nothing else. Outside of its builds, everything here is empty.
//
// Thread-safety: one OS thread.
#ifndef GROUPFUZZ_HARNESS_EXECUTION_TSAN_H_
#define GROUPFUZZ_HARNESS_EXECUTION_TSAN_H_

#include "target/kernel/lock.h"
#include "target/types/sanitizers.h"

#ifdef GROUPFUZZ_TSAN
#include <sanitizer/tsan_interface.h>

// Part of the runtime's interface, but not of its header.
extern "C" {
void __tsan_ignore_thread_begin();
void __tsan_ignore_thread_end();
}
#endif

namespace groupfuzz::tsan {

#ifdef GROUPFUZZ_TSAN
inline constexpr bool kEnabled = true;

// Everything before Release(token) happens before everything after Acquire(token).
inline void Release(void* token) { __tsan_release(token); }
inline void Acquire(void* token) { __tsan_acquire(token); }

// For its lifetime, accesses of the running fiber are not looked at: the harness reads modelled
// state, copies and allocates where no modelled lock orders it.
class Ignore {
 public:
  Ignore() { __tsan_ignore_thread_begin(); }
  ~Ignore() { __tsan_ignore_thread_end(); }
  Ignore(const Ignore&) = delete;
  Ignore& operator=(const Ignore&) = delete;
};

// A try-lock to ThreadSanitizer: lock order is the business of LockOrder, which reports it as a
// finding instead of ending the process.
inline unsigned FlagsOf(kernel::LockMode mode) {
  return __tsan_mutex_not_static | __tsan_mutex_try_lock |
         (mode == kernel::LockMode::kShared ? __tsan_mutex_read_lock : 0);
}
inline void Lock(kernel::Lock& lock, kernel::LockMode mode) {
  __tsan_mutex_pre_lock(&lock, FlagsOf(mode));
  __tsan_mutex_post_lock(&lock, FlagsOf(mode), 0);
}
inline void Unlock(kernel::Lock& lock, kernel::LockMode mode) {
  const unsigned flags = mode == kernel::LockMode::kShared ? __tsan_mutex_read_lock : 0;
  __tsan_mutex_pre_unlock(&lock, flags);
  __tsan_mutex_post_unlock(&lock, flags);
}
#else
inline constexpr bool kEnabled = false;

inline void Release(void*) {}
inline void Acquire(void*) {}
class Ignore {
 public:
  Ignore() {}
};
inline void Lock(kernel::Lock&, kernel::LockMode) {}
inline void Unlock(kernel::Lock&, kernel::LockMode) {}
#endif

}  // namespace groupfuzz::tsan

#endif  // GROUPFUZZ_HARNESS_EXECUTION_TSAN_H_
