// Which locks of a machine two threads of a program can meet at, and which one an op takes first:
// what the scheduler is told so that it offers no choice that changes nothing.
//
// The same for every system with the locks of one group; what differs is Locking.
//
// Thread-safety: plain functions.
#ifndef GROUPFUZZ_TARGET_SYSTEM_LOCK_SHARING_H_
#define GROUPFUZZ_TARGET_SYSTEM_LOCK_SHARING_H_

#include <array>

#include "target/kernel/lock.h"
#include "target/system/system.h"
#include "target/types/configuration.h"
#include "target/types/op.h"

namespace groupfuzz {

struct MachineLocks {
  std::array<kernel::Lock*, kMaxDevices> device{};
  std::array<kernel::Lock*, kMaxDevices> ops{};  // nullptr where the kernel has no such lock
  kernel::Lock* probe = nullptr;
  kernel::Lock* active = nullptr;
  kernel::Lock* group = nullptr;
};

// The defaults claim nothing, so they are safe. What is claimed and not true ends the run (the
// executor sees which locks are taken, and throws Unsupported).
struct Locking {
  bool store_takes_device_lock = true;
  bool store_begins_under_mutex = false;  // nothing visible happens before the mutex is taken
  // What every op may do, not the kernel's own: bind, unbind and removal take the lock of a device,
  // a device that is added the lock of probing.
  bool any_op_takes_device_lock = true;
  bool any_op_takes_probe_lock = true;
};

// A lock that one thread alone can take orders nothing: sets shared_by_threads of each. This and
// FirstLock() are a partial-order reduction: they leave out interleavings that differ in nothing.
void ShareLocks(const MachineLocks& locks, const Locking& locking, const Footprint& footprint);

// System::FirstLock().
const kernel::Lock* FirstLock(const MachineLocks& locks, const Locking& locking, const Op& op);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_TARGET_SYSTEM_LOCK_SHARING_H_
