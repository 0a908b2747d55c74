// What `groupfuzz explore` does, without what it prints: the search for a first counterexample, and
// then for whatever else there is.
//
// Guarantees: what is found depends on the program, the design and the plan alone, but for a limit
// of time.
//
// Thread-safety: main thread only.
#ifndef GROUPFUZZ_HARNESS_CLI_EXPLORING_H_
#define GROUPFUZZ_HARNESS_CLI_EXPLORING_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/execution/explorer.h"
#include "harness/program/program.h"
#include "harness/verdict/counterexample.h"
#include "harness/verdict/refusals.h"
#include "harness/verdict/runner.h"

namespace groupfuzz::cli {

enum class StrategyKind { kExhaustive, kCached, kRandom, kPreemption };

struct ExplorationPlan {
  StrategyKind kind = StrategyKind::kCached;
  std::optional<int> bound;     // preemptions
  uint64_t max_executions = 0;  // 0: that of the strategy
  double max_seconds = 0;       // 0: no limit
  uint32_t seed = 0;
  std::string property;  // show how this one is violated; empty: any
};

// What --strategy, --bound, --max-executions, --max-seconds, --seed and --property say.
absl::StatusOr<ExplorationPlan> PlanFromFlags();

// A property that was violated.
struct Violation {
  std::string_view id;
  std::optional<int> preemptions;  // of the easiest execution seen; nullopt: no schedule says how
  bool news = true;                // false: known of the design, which has a baseline
};

// What one design showed.
struct Explored {
  Exploration exploration;  // the search for everything; its limits ended it, where it is no pass
  std::optional<Counterexample> first;   // what to show
  std::vector<Violation> violations;     // in the order of the property table
  std::vector<Refusals::Place> refused;  // in every execution
  std::string unsupported;               // what ended it, where it cannot be followed
};

// Explores `program` as planned, with a progress line, until done or interrupted. `on_first` is
// called as soon as there is something to show, long before the rest is known: of a design with a
// baseline, news.
Explored ExploreOn(Runner& runner, const Program& program, const ExplorationPlan& plan,
                   const std::function<void(const Counterexample&)>& on_first);

}  // namespace groupfuzz::cli

#endif  // GROUPFUZZ_HARNESS_CLI_EXPLORING_H_
