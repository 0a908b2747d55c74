// Which locks of a machine two threads of a program can meet at, and which one an op takes first:
// what the scheduler is told so that it offers no choice that changes nothing.
//
// The same for every system with the locks of one group; what differs is how store_type begins.
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

struct StoreTypeLocking {
  bool takes_device_lock = false;
  bool begins_under_mutex = false;  // nothing visible happens before the mutex is taken
};

// A lock that one thread alone can take orders nothing: sets shared_by_threads of each.
void ShareLocks(const MachineLocks& locks, const StoreTypeLocking& store,
                const Footprint& footprint);

// System::FirstLock().
const kernel::Lock* FirstLock(const MachineLocks& locks, const StoreTypeLocking& store,
                              const Op& op);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_TARGET_SYSTEM_LOCK_SHARING_H_
