// What a kernel tree finds where the kernel would be: the functions of struct linux_host, over the
// Runtime of the execution, a mock driver and a Slab.
//
// A LinuxHost is the state of one running machine. The kernel's calls carry no context, so one host
// is in charge at a time: the one that last called TakeCharge().
//
// Thread-safety: one OS thread for all trees together.
#ifndef GROUPFUZZ_TARGET_LINUX_LINUX_HOST_H_
#define GROUPFUZZ_TARGET_LINUX_LINUX_HOST_H_

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "target/driver/driver.h"
#include "target/kernel/lock.h"
#include "target/kernel/slab.h"
#include "target/linux/boundary.h"
#include "target/system/lock_sharing.h"
#include "target/types/configuration.h"
#include "target/types/event.h"
#include "target/types/op.h"

namespace groupfuzz {

class LinuxHost {
 public:
  // `tree` outlives the host.
  explicit LinuxHost(const linux_tree& tree) : tree_(tree), driver_(slab_) {}
  LinuxHost(const LinuxHost&) = delete;
  LinuxHost& operator=(const LinuxHost&) = delete;

  // The table to connect a tree with.
  static const linux_host& Functions();
  void TakeCharge() { in_charge_ = this; }

  // Forgets everything: memory, locks, what is attached.
  void Reset(const Configuration& configuration);

  // The running thread keeps nothing of what it did before: what a caller gives is its own.
  void BeginCall();

  // What the running thread's user may do.
  void SetCapabilities(Capabilities capabilities);

  // While one is alive, code under test runs to be looked at: nothing is checked or scheduled.
  class Looking {
   public:
    explicit Looking(LinuxHost& host) : host_(host) { ++host_.looking_; }
    ~Looking() { --host_.looking_; }
    Looking(const Looking&) = delete;
    Looking& operator=(const Looking&) = delete;

   private:
    LinuxHost& host_;
  };

  kernel::Slab& slab() { return slab_; }
  const kernel::Slab& slab() const { return slab_; }
  Driver& driver() { return driver_; }
  const Driver& driver() const { return driver_; }
  kernel::Mutex& device_lock(uint8_t device) { return device_locks_[device]; }
  kernel::RwSemaphore& active() { return active_; }
  MachineLocks Locks();

 private:
  friend struct HostFunctions;

  // A lock that is none of the known ones, by its address.
  struct OtherLock {
    const void* address;
    kernel::Lock lock;
  };
  struct FreedDomain {
    const std::byte* begin;
    size_t size;
    DomainId id;
  };
  enum class LockName : uint8_t { kGroup, kProbe, kOther };

  static LinuxHost& InCharge() { return *in_charge_; }
  kernel::Lock& LockAt(const void* address, const char* name, int device);
  LockName Classify(const char* name);
  kernel::WarnSite SiteOf(const gf_warning& warning) const;
  static Event LastWords(const gf_warning& warning);
  static uint16_t LineOf(const gf_warning& warning);
  void CheckAccess(const void* address, const void* code);
  void AccessUnlocked(const void* address, gf_field field, bool writes, const void* code);
  void Dereference(const void* address);
  void TouchAfterUnlock(const void* address);
  void CountAccess();
  BadAccess Outside(const void* address) const;
  [[noreturn]] void Misuse(const void* address, const void* code);

  static LinuxHost* in_charge_;

  const linux_tree& tree_;
  kernel::Slab slab_;
  Driver driver_;
  std::array<kernel::Mutex, kMaxDevices> device_locks_ = {
      kernel::Mutex(kernel::LockClass::kDevice, 0), kernel::Mutex(kernel::LockClass::kDevice, 1),
      kernel::Mutex(kernel::LockClass::kDevice, 2), kernel::Mutex(kernel::LockClass::kDevice, 3)};
  kernel::Mutex group_lock_{kernel::LockClass::kGroup};
  kernel::Mutex probe_lock_{kernel::LockClass::kProbe};
  kernel::RwSemaphore active_{kernel::LockClass::kKernfs};
  std::deque<OtherLock> other_locks_;
  std::vector<FreedDomain> freed_domains_;
  std::array<Capabilities, kMaxThreads + 1> capabilities_{};
  // An attach_dev failed since the thread last took a lock: tells two WARNs of one function apart.
  std::array<bool, kMaxThreads + 1> attach_failed_{};
  // Where the pointer leads that each thread found in a racy read, and has not looked through,
  // since its call began and it last took a lock.
  std::array<std::optional<uintptr_t>, kMaxThreads + 1> found_{};
  // It has given up the group's mutex, and has not touched since what others can free.
  std::array<bool, kMaxThreads + 1> after_unlock_{};
  // How many READ_ONCE() and data_race() each thread is in.
  std::array<uint8_t, kMaxThreads + 1> marked_{};
  int looking_ = 0;
  int accesses_ = 0;  // since the last lock was taken or call begun
  // Names of locks are literals of the tree, so that a pointer stands for a name.
  const char* group_name_ = nullptr;
  const char* probe_name_ = nullptr;
};

}  // namespace groupfuzz

#endif  // GROUPFUZZ_TARGET_LINUX_LINUX_HOST_H_
