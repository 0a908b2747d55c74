// A system under test: one group on one machine under one design, driven by ops.
//
// System is what the executor sees. target/designs/port_system.h implements it over the port,
// target/linux/linux_system.h over the iommu.c of a kernel tree. Another one needs an IommuApi, a
// Snapshot, its locks, and a Fingerprint() that no state of it escapes.
//
// Lifetime of one execution:
//   Build(configuration, footprint)  boot: the devices present are probed, no op has run
//   Perform(op) ...                  from program threads
//   TearDown()                       everything users hold is given back, all devices are removed
//
// Thread-safety: one OS thread; Perform may be preempted at scheduling points.
#ifndef GROUPFUZZ_TARGET_SYSTEM_SYSTEM_H_
#define GROUPFUZZ_TARGET_SYSTEM_SYSTEM_H_

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "target/kernel/crash_trap.h"
#include "target/kernel/lock.h"
#include "target/types/configuration.h"
#include "target/types/event.h"
#include "target/types/iommu_api.h"
#include "target/types/op.h"
#include "target/types/snapshot.h"

namespace groupfuzz {

// What a program's threads will do, as far as it decides which locks they can share.
struct Footprint {
  struct Thread {
    uint32_t op_kinds = 0;                           // one bit per OpKind
    std::array<uint32_t, kMaxDevices> device_ops{};  // op kinds used on each device
  };
  std::array<Thread, kMaxThreads> threads{};
};

// What ran of a file of the source.
struct FileCoverage {
  std::string name;         // the same in every tree that has it: "drivers/iommu/iommu.c"
  std::string path;         // where it lies
  std::map<int, bool> ran;  // of each line that has code
};

// Sees every call of an IommuApi function and its result.
class CallObserver {
 public:
  virtual ~CallObserver() = default;
  virtual void OnCall(const Call& call) = 0;
  virtual void OnReturn(const Call& call, int64_t result) = 0;
};

class System {
 public:
  virtual ~System() = default;

  // What `configuration` comes to here: a kernel decides what drivers it can have.
  virtual Configuration MachineOf(const Configuration& configuration) const {
    return configuration;
  }
  virtual void Build(const Configuration& configuration, const Footprint& footprint,
                     CallObserver* observer) = 0;
  // Whether the kernel has what `op` calls, though it may have nothing to do; the others are
  // refused.
  virtual bool Provides(const Op&) const { return true; }
  // Returns what the user of the op sees: 0, a count, a negative errno, or kRefused.
  virtual int64_t Perform(const Op& op) = 0;
  virtual void TearDown() = 0;

  // The functions below the users, for who calls them without asking whether a user may; nullptr
  // where there are none. REQUIRES: Build was called.
  virtual IommuApi* api() { return nullptr; }

  // The first lock that `op` takes and that another thread can take too, or nullptr where the op
  // begins with something else. Lets the scheduler treat "start the op" and "take its first lock"
  // as one step.
  virtual const kernel::Lock* FirstLock(const Op& op) const = 0;

  // Fills *snapshot. May follow whatever pointers it finds. REQUIRES: Build was called.
  virtual void TakeSnapshot(Snapshot* snapshot) const = 0;
  // The same, and survives it.
  void Look(Snapshot* snapshot) const {
    if (kernel::CrashTrap::CanLook([&] { TakeSnapshot(snapshot); })) return;
    *snapshot = {};
    snapshot->exists = true;
    snapshot->corrupt = Corrupt::kSomething;
  }

  // Hash of all state that can influence the future of the execution, the threads' own stacks
  // excepted. Equal states give equal values; used by exploration with a state cache.
  virtual uint64_t Fingerprint() const = 0;

  // What ran of the source in this process, on any machine; empty where nobody counts.
  virtual std::vector<FileCoverage> Coverage() const { return {}; }

  // Objects (domains, group, devices, buffers) that are allocated now.
  virtual int live_objects() const = 0;
  // Where each of them was allocated, the oldest first: offsets for kernel::SourceLineAt(). Empty
  // where nobody knows.
  virtual std::vector<uint32_t> LiveAllocations() const { return {}; }
};

}  // namespace groupfuzz

#endif  // GROUPFUZZ_TARGET_SYSTEM_SYSTEM_H_
