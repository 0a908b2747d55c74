// Everything it takes to run programs on one design: a system, the checker of its properties, and
// executors.
//
// Thread-safety: a Runner belongs to one OS thread.
#ifndef GROUPFUZZ_HARNESS_VERDICT_RUNNER_H_
#define GROUPFUZZ_HARNESS_VERDICT_RUNNER_H_

#include <functional>
#include <memory>
#include <vector>

#include "harness/execution/executor.h"
#include "harness/execution/explorer.h"
#include "harness/execution/last_words.h"
#include "harness/execution/trace.h"
#include "harness/program/program.h"
#include "properties/invariants/checker.h"
#include "properties/invariants/property.h"
#include "target/designs/design.h"
#include "target/system/system.h"

namespace groupfuzz {

// One execution: valid until the Runner runs something else.
struct RunOutcome {
  const Trace& trace;
  const std::vector<Finding>& findings;
};

class Runner {
 public:
  explicit Runner(const Design& design);

  const Design& design() const { return design_; }
  // What `configuration` comes to: a kernel decides what drivers it can have.
  Configuration MachineOf(const Configuration& configuration) const {
    return system_->MachineOf(configuration);
  }
  // Whether the kernel has what every op of `program` calls.
  bool Provides(const Program& program) const;
  // The last execution, and what watched it.
  const Trace& trace() const { return *trace_; }
  const Checker& checker() const { return checker_; }

  Checker& checker() { return checker_; }

  // From now on whatever runs is watched by `words`, which outlives what runs.
  void WatchedBy(LastWords* words) { words_ = words; }
  // ... and is told to `monitor`, which outlives it too and hands everything on to checker().
  void WatchThrough(Monitor& monitor) { monitor_ = &monitor; }

  // Runs `program` with its own schedule.
  RunOutcome Run(const Program& program);
  // The same with the schedule that `strategy` chooses.
  RunOutcome RunUnder(Strategy& strategy, const Program& program);
  // As Run, and the trace has the snapshots that a timeline needs.
  RunOutcome RunRecorded(const Program& program);

  // Called after each execution, pruned ones included.
  using OnOutcome = std::function<Seen(const RunOutcome&)>;
  using KeepGoing = std::function<bool(const Exploration&)>;
  Exploration Explore(const Program& program, Strategy& strategy, const OnOutcome& on_outcome,
                      const KeepGoing& keep_going, const ExploreLimits& limits);

 private:
  RunOutcome RunWith(Executor& executor, Strategy& strategy, const Program& program);

  const Design& design_;
  const Trace* trace_ = nullptr;
  LastWords* words_ = nullptr;
  std::unique_ptr<System> system_;
  Checker checker_;
  Monitor* monitor_ = &checker_;
  Executor executor_;
  Executor recorder_;
};

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_VERDICT_RUNNER_H_
