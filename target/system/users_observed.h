// What Users marks while an op lasts. Internal to target/.
//
// Thread-safety: as Users.
#ifndef GROUPFUZZ_TARGET_SYSTEM_USERS_OBSERVED_H_
#define GROUPFUZZ_TARGET_SYSTEM_USERS_OBSERVED_H_

#include "target/system/users.h"
#include "target/types/sanitizers.h"

#ifdef GROUPFUZZ_TSAN
#include <sanitizer/tsan_interface.h>
#endif

namespace groupfuzz {

#ifdef GROUPFUZZ_TSAN
// The bus and the driver core order what one user does with a device after another.
#define ORDERED_AFTER(flag) __tsan_acquire(&(flag))
#define ORDERED_BEFORE(flag) __tsan_release(&(flag))
#else
#define ORDERED_AFTER(flag) ((void)0)
#define ORDERED_BEFORE(flag) ((void)0)
#endif

// Marks a flag for the length of an op, also when the op is abandoned.
class Users::Busy {
 public:
  explicit Busy(bool& flag) : flag_(flag) {
    ORDERED_AFTER(flag_);
    flag_ = true;
  }
  ~Busy() {
    flag_ = false;
    ORDERED_BEFORE(flag_);
  }
  Busy(const Busy&) = delete;
  Busy& operator=(const Busy&) = delete;

 private:
  bool& flag_;
};

// Counts a write while it lasts, also one that is abandoned.
class Users::Writing {
 public:
  explicit Writing(int* writes) : writes_(writes) { ++*writes_; }
  ~Writing() { --*writes_; }
  Writing(const Writing&) = delete;
  Writing& operator=(const Writing&) = delete;

 private:
  int* writes_;
};

}  // namespace groupfuzz

#endif  // GROUPFUZZ_TARGET_SYSTEM_USERS_OBSERVED_H_
