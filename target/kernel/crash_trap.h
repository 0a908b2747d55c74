// Survives the death of code under test: a signal that it raises ends the call and not the process.
//
//   Landing landing;
//   CrashTrap::Arm(&landing);
//   if (!CrashTrap::Survives(landing, [&] { result = system.Perform(op); })) {
//     runtime().Misuse(landing.death);
//   }
//
// A call that died left as by longjmp: no destructor of what it called has run. Who arms a landing
// answers for what they would have given back.
//
// While the harness itself runs inside such a call (a monitor that is told of an event) a Pause is
// alive, and a signal is what it always was: a defect of the harness, which ends the process. What
// a pointer was is told by the address that it led to; AddressSanitizer hides that of an error
// pointer, which then leads to no memory like any other.
//
// Signals: SIGSEGV, SIGBUS, SIGILL, SIGFPE, where the processor raises them. What was done with
// them before is done with all others. Under the sanitizers, too, unless these see it first.
//
// Thread-safety: one OS thread. Fibers: a landing lies on the stack whose calls it guards.
#ifndef GROUPFUZZ_TARGET_KERNEL_CRASH_TRAP_H_
#define GROUPFUZZ_TARGET_KERNEL_CRASH_TRAP_H_

#include <setjmp.h>

#include <utility>

#include "target/types/bad_access.h"

namespace groupfuzz::kernel {

// What an access to `address`, where no memory lies, is of; kNothing: no more is known.
BadAccess AccessTo(const void* address);

struct Landing {
  sigjmp_buf place;
  const void* stack = nullptr;  // of who waits for the end of the call
  bool armed = false;
  BadAccess death;
};

class CrashTrap {
 public:
  // From now on a death lands at `landing`; nullptr: nowhere. Returns what was there.
  static Landing* Arm(Landing* landing) { return std::exchange(landing_, landing); }

  // False where `body` died; landing.death says of what. Lets exceptions out.
  template <typename Body>
  static bool Survives(Landing& landing, Body body) {
    const Guard guard(landing);
    if (sigsetjmp(landing.place, /*savemask=*/0) != 0) return false;  // NOLINT(cert-err52-cpp)
    landing.stack = __builtin_frame_address(0);
    landing.armed = true;
    body();
    return true;
  }

  // As Survives(), for who looks at the state of code under test from within a Pause.
  template <typename Body>
  static bool CanLook(Body body) {
    Landing landing;
    const Aside aside(&landing);
    return Survives(landing, body);
  }

  // For code under test that finds out itself that it cannot go on, and whose frames are not to be
  // unwound: lands as a signal does. Returns where nobody waits for that.
  static void Die(const BadAccess& death);

  // What a signal that is no death of code under test calls where nobody else wants it, before the
  // process dies of it.
  static void BeforeDeath(void (*callback)(int signal)) {
    Install();
    before_death_ = callback;
  }

  class Pause {
   public:
    Pause() { ++paused_; }
    ~Pause() { --paused_; }
    Pause(const Pause&) = delete;
    Pause& operator=(const Pause&) = delete;
  };

 private:
  friend struct CrashTrapSignals;
  class Guard {
   public:
    explicit Guard(Landing& landing) : landing_(landing) { Install(); }
    ~Guard() { landing_.armed = false; }
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;

   private:
    Landing& landing_;
  };

  class Aside {
   public:
    explicit Aside(Landing* landing)
        : landing_before_(Arm(landing)), paused_before_(std::exchange(paused_, 0)) {}
    ~Aside() {
      paused_ = paused_before_;
      Arm(landing_before_);
    }
    Aside(const Aside&) = delete;
    Aside& operator=(const Aside&) = delete;

   private:
    Landing* const landing_before_;
    const int paused_before_;
  };

  static void Install() {
    if (!installed_) [[unlikely]] {
      InstallOnce();
    }
  }
  static void InstallOnce();

  static inline Landing* landing_ = nullptr;
  static inline void (*before_death_)(int) = nullptr;
  static inline int paused_ = 0;
  static inline bool installed_ = false;
};

}  // namespace groupfuzz::kernel

#endif  // GROUPFUZZ_TARGET_KERNEL_CRASH_TRAP_H_
