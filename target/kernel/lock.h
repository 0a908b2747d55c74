// The locks of the modelled kernel.
//
// A Lock is only state: who waits and who goes next is decided by the Runtime, which is why a lock
// can be explored, replayed, and declared to ThreadSanitizer. Use Mutex and RwSemaphore, and their
// scoped forms; all carry Clang's thread-safety annotations.
//
// Locking rules checked by the Runtime at every acquisition:
//   - a thread never takes a lock that it holds (self-deadlock);
//   - the order of lock classes has no cycle (lockdep);
//   - some thread can always run (deadlock).
//
// Classes, outermost first (Linux 6.12, drivers/iommu/iommu.c and its callers):
//   kKernfs      active reference on a sysfs attribute; removal waits for it
//   kDevice      device_lock(dev)
//   kProbe       iommu_probe_device_lock
//   kOps         per-device ops_rwsem of the 2023 series "Extend changing default domain"
//   kGroup       group->mutex
//
// Thread-safety: every member function runs on the one OS thread of the execution.
#ifndef GROUPFUZZ_TARGET_KERNEL_LOCK_H_
#define GROUPFUZZ_TARGET_KERNEL_LOCK_H_

#include <cstdint>

#include "absl/base/thread_annotations.h"

namespace groupfuzz::kernel {

enum class LockClass : uint8_t { kKernfs, kDevice, kProbe, kOps, kGroup };
inline constexpr int kLockClasses = 5;

// Whether each device has a lock of that class.
constexpr bool IsPerDevice(LockClass lock_class) {
  return lock_class == LockClass::kDevice || lock_class == LockClass::kOps;
}

enum class LockMode : uint8_t { kExclusive, kShared };

// State of one lock. `writer` is a program thread or kNoHolder; `readers` has one bit a thread.
struct Lock {
  static constexpr uint8_t kNoHolder = 0xff;

  LockClass lock_class;
  uint8_t instance = 0;  // the device of a per-device lock
  // A lock that only one thread of the program can take, or that all take shared, orders nothing:
  // taking it is no scheduling point. Set by the system under test when it knows the program.
  bool shared_by_threads = true;
  // What became of that: the program threads that took a lock which is said not to be shared, one
  // bit each, and whether one of them took it for itself. The Runtime throws Unsupported where two
  // threads could have met: interleavings would be missing, and nothing would say so.
  uint8_t taken_by = 0;
  bool taken_exclusively = false;
  uint8_t writer = kNoHolder;
  uint8_t readers = 0;

  bool Free(LockMode mode) const {
    return writer == kNoHolder && (mode == LockMode::kShared || readers == 0);
  }
};

class ABSL_LOCKABLE Mutex {
 public:
  explicit Mutex(LockClass lock_class, uint8_t instance = 0) : lock_{lock_class, instance} {}
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  void Acquire() ABSL_EXCLUSIVE_LOCK_FUNCTION();
  void Release() ABSL_UNLOCK_FUNCTION();
  // lockdep_assert_held(): a violation is a finding.
  void AssertHeld() const ABSL_ASSERT_EXCLUSIVE_LOCK();

  Lock& state() { return lock_; }
  const Lock& state() const { return lock_; }

 private:
  Lock lock_;
};

class ABSL_SCOPED_LOCKABLE MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) ABSL_EXCLUSIVE_LOCK_FUNCTION(mutex) : mutex_(mutex) {
    mutex_.Acquire();
  }
  ~MutexLock() ABSL_UNLOCK_FUNCTION() { mutex_.Release(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

class ABSL_LOCKABLE RwSemaphore {
 public:
  explicit RwSemaphore(LockClass lock_class, uint8_t instance = 0) : lock_{lock_class, instance} {}
  RwSemaphore(const RwSemaphore&) = delete;
  RwSemaphore& operator=(const RwSemaphore&) = delete;

  void AcquireShared() ABSL_SHARED_LOCK_FUNCTION();
  void ReleaseShared() ABSL_UNLOCK_FUNCTION();
  void Acquire() ABSL_EXCLUSIVE_LOCK_FUNCTION();
  void Release() ABSL_UNLOCK_FUNCTION();

  Lock& state() { return lock_; }
  const Lock& state() const { return lock_; }

 private:
  Lock lock_;
};

class ABSL_SCOPED_LOCKABLE ReaderLock {
 public:
  explicit ReaderLock(RwSemaphore& semaphore) ABSL_SHARED_LOCK_FUNCTION(semaphore)
      : semaphore_(semaphore) {
    semaphore_.AcquireShared();
  }
  ~ReaderLock() ABSL_UNLOCK_FUNCTION() { semaphore_.ReleaseShared(); }
  ReaderLock(const ReaderLock&) = delete;
  ReaderLock& operator=(const ReaderLock&) = delete;

 private:
  RwSemaphore& semaphore_;
};

class ABSL_SCOPED_LOCKABLE WriterLock {
 public:
  explicit WriterLock(RwSemaphore& semaphore) ABSL_EXCLUSIVE_LOCK_FUNCTION(semaphore)
      : semaphore_(semaphore) {
    semaphore_.Acquire();
  }
  ~WriterLock() ABSL_UNLOCK_FUNCTION() { semaphore_.Release(); }
  WriterLock(const WriterLock&) = delete;
  WriterLock& operator=(const WriterLock&) = delete;

 private:
  RwSemaphore& semaphore_;
};

}  // namespace groupfuzz::kernel

#endif  // GROUPFUZZ_TARGET_KERNEL_LOCK_H_
