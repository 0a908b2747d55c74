#include "target/system/lock_sharing.h"

namespace groupfuzz {
namespace {

using kernel::Lock;

constexpr uint32_t kAllOps = ~uint32_t{0};
constexpr uint32_t kDeviceLockOps =
    OpBit(OpKind::kBind) | OpBit(OpKind::kUnbind) | OpBit(OpKind::kRemoveDevice);
constexpr uint32_t kHotplugOps = OpBit(OpKind::kAddDevice) | OpBit(OpKind::kRemoveDevice);
constexpr uint32_t kAttributeOps = OpBit(OpKind::kStoreType) | OpBit(OpKind::kShowType);
// What begins with something else than a lock: freeing a domain, and the first DMA of a device.
constexpr uint32_t kLocklessOps =
    OpBit(OpKind::kFreeDomain) | OpBit(OpKind::kDmaMap) | OpBit(OpKind::kDmaUnmap);

// Whether threads beyond `self` run any of `kinds`.
bool OthersRun(const Footprint& footprint, int self, uint32_t kinds) {
  for (int thread = 0; thread < kMaxThreads; ++thread) {
    if (thread != self && (footprint.threads[thread].op_kinds & kinds) != 0) return true;
  }
  return false;
}

// Whether two threads can meet at a lock that ops of `takers` take, where one of them runs
// `kinds` of ops.
bool TwoThreadsRun(const Footprint& footprint, uint32_t kinds, uint32_t takers) {
  for (int thread = 0; thread < kMaxThreads; ++thread) {
    if ((footprint.threads[thread].op_kinds & kinds) == 0) continue;
    if (OthersRun(footprint, thread, takers)) return true;
  }
  return false;
}

void Share(Lock& lock, bool shared) {
  lock.shared_by_threads = shared;
  lock.taken_by = 0;
  lock.taken_exclusively = false;
}

const Lock* IfShared(const Lock* lock) { return lock->shared_by_threads ? lock : nullptr; }

}  // namespace

void ShareLocks(const MachineLocks& locks, const Locking& locking, const Footprint& footprint) {
  const uint32_t everywhere = locking.any_op_takes_device_lock  ? kAllOps
                              : locking.store_takes_device_lock ? OpBit(OpKind::kStoreType)
                                                                : 0;
  const uint32_t probing = locking.any_op_takes_probe_lock ? kAllOps : OpBit(OpKind::kAddDevice);
  for (uint8_t device = 0; device < kMaxDevices; ++device) {
    int takers = 0;
    for (const Footprint::Thread& thread : footprint.threads) {
      const bool takes =
          (thread.device_ops[device] & kDeviceLockOps) != 0 || (thread.op_kinds & everywhere) != 0;
      takers += takes;
    }
    Share(*locks.device[device], takers > 1);
    if (locks.ops[device] == nullptr) continue;
    // Written by who releases a device: one that is removed, or that could not be added.
    Share(*locks.ops[device],
          TwoThreadsRun(footprint, kHotplugOps, kHotplugOps | OpBit(OpKind::kStoreType)));
  }
  Share(*locks.probe, TwoThreadsRun(footprint, probing, probing));
  // Whoever drops the last reference to a group waits for those who use its attribute.
  Share(*locks.active, TwoThreadsRun(footprint, kAttributeOps | kHotplugOps, kHotplugOps));
}

const Lock* FirstLock(const MachineLocks& locks, const Locking& locking, const Op& op) {
  const uint32_t kind = OpBit(op.kind);
  if ((kind & kLocklessOps) != 0) return nullptr;
  const Lock* first = nullptr;
  if ((kind & kAttributeOps) != 0) {
    first = IfShared(locks.active);
    const bool looks_first = op.kind == OpKind::kStoreType && !locking.store_begins_under_mutex;
    if (first == nullptr && looks_first) return nullptr;
  } else if ((kind & kDeviceLockOps) != 0) {
    first = IfShared(locks.device[op.device]);
    // Before 6.4 the driver releases a device that leaves before the mutex is taken.
    if (first == nullptr && op.kind == OpKind::kRemoveDevice) return nullptr;
  } else if (op.kind == OpKind::kAddDevice) {
    // Probing calls the driver before it takes the group's mutex.
    return IfShared(locks.probe);
  }
  return first != nullptr ? first : locks.group;
}

}  // namespace groupfuzz
