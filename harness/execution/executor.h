// Runs one program on one system under one strategy.
//
// The executor is the kernel::Runtime of the execution: program threads are fibers on one OS
// thread, it decides at scheduling points which of them goes on (by asking the Strategy), keeps the
// modelled locks, injects the failures of the fault plan, and tells the Monitor everything. A
// program with a single thread takes the same way.
//
// Guarantees:
//   - Determinism: same program, same choices, same trace.
//   - No thread is lost: a deadlock or a use of a freed object unwinds every fiber before Run
//     returns. The monitor hears nothing of the unwinding. An exception of another kind does the
//     same and then leaves Run.
//   - Memory: Run returns with as many live objects as it began with, or reports a leak. After an
//     abandoned execution, which is not torn down, it reports none.
//
// Scheduling points: start of an op, acquisition of a lock that another thread can take, fields
// touched without their lock, driver callbacks, occurrences of what the fault plan makes fail. A
// point directly after another one with nothing visible between them is no point of its own. With
// every op one section of the group mutex, the number of interleavings is the multinomial of the
// ops.
//
// Thread-safety: an Executor belongs to one OS thread.
#ifndef GROUPFUZZ_HARNESS_EXECUTION_EXECUTOR_H_
#define GROUPFUZZ_HARNESS_EXECUTION_EXECUTOR_H_

#include <cstdint>
#include <memory>

#include "harness/execution/monitor.h"
#include "harness/execution/strategy.h"
#include "harness/execution/trace.h"
#include "harness/program/program.h"
#include "target/system/system.h"

namespace groupfuzz {

inline constexpr int kMaxSteps = 4096;

struct ExecutorOptions {
  bool snapshots = false;     // fill Trace::snapshots
  bool strict_races = false;  // show reads that race by design to ThreadSanitizer
};

class Executor {
 public:
  explicit Executor(ExecutorOptions options = {});
  ~Executor();
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  // Runs `program` once: calls strategy.Begin(), but not End(). The trace is valid until the next
  // call; it begins after boot and includes tear-down. `pruned` executions were completed only
  // because the strategy said kPrune. REQUIRES: `program` is normalized.
  struct Result {
    const Trace* trace;
    bool pruned;
    bool abandoned;
  };
  Result Run(const Program& program, System& system, Strategy& strategy, Monitor& monitor);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_EXECUTION_EXECUTOR_H_
