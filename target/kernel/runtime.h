// The environment that modelled kernel code runs in: scheduling, locks, failures, observation.
//
// The port never touches a thread, a clock or an allocator of the host; all it needs is here, and
// whoever implements Runtime (the executor, a plain serial runtime for unit tests) decides what
// happens next. That makes an execution a function of the program.
//
// A scheduling point comes before a visible action: the start of an op, taking a lock that another
// thread can take, touching a field without its lock, a driver callback, a failure that the fault
// plan may inject. Any function of this header may throw Abandoned to unwind
// a thread whose execution is over; modelled code holds its resources in scoped objects and lets it
// pass.
//
// Thread-safety: all on the one OS thread of the execution.
#ifndef GROUPFUZZ_TARGET_KERNEL_RUNTIME_H_
#define GROUPFUZZ_TARGET_KERNEL_RUNTIME_H_

#include <cstdint>

#include "target/kernel/fault.h"
#include "target/kernel/lock.h"
#include "target/types/bad_access.h"
#include "target/types/event.h"

namespace groupfuzz::kernel {

// Thrown through a program thread when its execution cannot go on: after a deadlock, or after an
// access to memory that is not there.
struct Abandoned {};

// WARN_ON() sites, so that a warning has a name that survives refactoring. Append only.
enum class WarnSite : uint8_t {
  kUnuseUnderflow,        // iommu_device_unuse_default_domain: owner_cnt is 0, or PASIDs are left
  kReleaseUnowned,        // release of ownership that nobody holds, or PASIDs are left
  kNullOwner,             // claim with a NULL cookie
  kSetDomainNull,         // set_domain(NULL) where the driver cannot detach
  kMustSucceed,           // a switch that must not fail failed
  kRollback,              // re-attaching the old domain failed
  kDetachMismatch,        // iommu_detach_device: not this domain, or not a single device
  kDefaultWithoutDomain,  // a device is added: default_domain is set, domain is not
  kGroupNotIdle,          // the last device left an owned group, or one off its default domain
  kGroupReleaseDomains,   // the group is released with domains left
  kNoDevice,              // an entry of an empty device list is taken
  kUntrustedConflict,     // an untrusted device on a driver that cannot translate
  kFirstAttach,           // the first attach of a group failed
  kLockNotHeld,           // lockdep_assert_held()
  kUnbalancedUp,          // a lock is released by a thread that does not hold it
  kElsewhere,             // of real code, without a name here: the event's line says where
  kListCorrupted,         // CONFIG_DEBUG_LIST
  kBug,                   // BUG()
  kRefcount,              // refcount_t: taken from 0, or dropped below
  kPanic,                 // panic()
};
inline constexpr int kWarnSites = 20;
// The kernel goes on after none of these.
constexpr bool IsDeath(WarnSite site) { return site == WarnSite::kBug || site == WarnSite::kPanic; }

class Runtime {
 public:
  virtual ~Runtime() = default;

  // Scheduling points. The calling thread may stop here and go on later.
  virtual void CallbackPoint() = 0;
  virtual void RacyReadPoint() = 0;

  virtual void Acquire(Lock& lock, LockMode mode) = 0;
  // Whether nobody is in the way of who takes `lock` so. Whoever asks must ask here: what a thread
  // learns of the locks of others is part of its state.
  virtual bool FindFree(const Lock& lock, LockMode mode) { return lock.Free(mode); }
  virtual void Release(Lock& lock, LockMode mode) = 0;
  virtual bool Holds(const Lock& lock) const = 0;

  // 0, or the positive errno with which this occurrence of `kind` must fail.
  virtual int InjectedErrno(FaultKind kind) = 0;

  // Records `event`; the runtime fills in thread, op and held locks.
  virtual void Record(Event event) = 0;

  virtual DomainId NewDomainId() = 0;
  // The thread that runs. Asked at each access to a field: no virtual function.
  uint8_t thread() const { return thread_; }

  // True where reads that race by design are to be shown to ThreadSanitizer.
  virtual bool strict_races() const { return false; }

  // Memory is used that is not there. Records the event and throws Abandoned.
  [[noreturn]] virtual void Misuse(const BadAccess& access) = 0;
  // ... a freed domain; kNoDomain: a member, or a device that its driver released.
  [[noreturn]] void UseAfterFree(DomainId domain) { Misuse({.domain = domain}); }
  // ... or what a NULL pointer leads to.
  [[noreturn]] void FollowNull() { Misuse({.reached = Reached::kNull}); }

  // What runs comes to no end. Says so and throws Abandoned.
  [[noreturn]] virtual void RunsOn() { throw Abandoned{}; }

 protected:
  uint8_t thread_ = 0;
};

namespace internal {
inline Runtime* current_runtime = nullptr;
}  // namespace internal

// The runtime of the execution in progress.
// REQUIRES: a ScopedRuntime is alive.
inline Runtime& runtime() { return *internal::current_runtime; }

// Makes `runtime` the current one for its lifetime; restores the previous one.
class ScopedRuntime {
 public:
  explicit ScopedRuntime(Runtime& runtime);
  ~ScopedRuntime();
  ScopedRuntime(const ScopedRuntime&) = delete;
  ScopedRuntime& operator=(const ScopedRuntime&) = delete;

 private:
  Runtime* previous_;
};

// WARN_ON(condition): records a warning where `condition` holds, and returns it.
bool WarnOn(bool condition, WarnSite site);

}  // namespace groupfuzz::kernel

#endif  // GROUPFUZZ_TARGET_KERNEL_RUNTIME_H_
