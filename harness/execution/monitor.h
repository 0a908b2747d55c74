// Who watches an execution: the interface between the executor and the properties.
//
// The executor tells a Monitor everything in the order in which it happens.
// properties/invariants/checker.h implements it with every property of the project; tests implement
// it to look at one thing.
//
// Thread-safety: one OS thread; called from whatever fiber the event happens on.
#ifndef GROUPFUZZ_HARNESS_EXECUTION_MONITOR_H_
#define GROUPFUZZ_HARNESS_EXECUTION_MONITOR_H_

#include <cstdint>

#include "harness/program/program.h"
#include "target/kernel/lock.h"
#include "target/system/system.h"
#include "target/types/iommu_api.h"

namespace groupfuzz {

// Things the executor itself finds; the monitor turns them into findings with a property id.
enum class ExecutionProblem : uint8_t {
  kDeadlock,      // no thread can run, some have not ended
  kSelfDeadlock,  // a thread takes a lock it holds
  kLockOrder,     // the order in which lock classes are taken has a cycle
  kLockKept,  // boot is over, and its thread holds a lock: an execution does not begin with that
  kTooLong,   // more than kMaxSteps scheduling points, or a loop without one: a livelock
};

class Monitor : public CallObserver {
 public:
  // An execution begins: `system` has been built and `program` is about to run.
  virtual void Begin(const Program& program, const System& system) = 0;
  virtual void OnEvent(const Event& event) = 0;
  virtual void OnOpStart(uint8_t thread, uint8_t op) = 0;
  virtual void OnOpEnd(uint8_t thread, uint8_t op, int64_t result) = 0;
  // `first` and `second` are the lock classes involved, equal where only one is.
  virtual void OnProblem(ExecutionProblem problem, uint8_t thread, kernel::LockClass first,
                         kernel::LockClass second) = 0;
  // All ops have run (or the execution was abandoned); tear-down follows, its events come too.
  virtual void OnProgramEnd(bool abandoned) = 0;
  // Tear-down is done (it is skipped for an abandoned execution); `leaked` objects are still alive.
  virtual void End(int leaked) = 0;
  // Hash of what the monitor remembers of the execution so far and future verdicts depend on.
  virtual uint64_t Fingerprint() const = 0;
};

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_EXECUTION_MONITOR_H_
