// How fast the engine alone is: the toy system, a monitor that does nothing.
//
// An iteration is one execution.
#include <benchmark/benchmark.h>

#include "harness/execution/execution_testing.h"
#include "harness/execution/executor.h"
#include "harness/execution/strategies/cached_exhaustive_strategy.h"
#include "harness/execution/strategies/exhaustive_strategy.h"
#include "harness/execution/strategies/random_walk_strategy.h"
#include "harness/execution/strategies/replay_strategy.h"
#include "harness/execution/toy_system.h"

namespace groupfuzz {
namespace {

constexpr OpKinds kFourOps = {OpKind::kBind, OpKind::kUnbind, OpKind::kGroupClaim,
                              OpKind::kGroupRelease};
constexpr OpKinds kTwelveOps = {
    OpKind::kBind, OpKind::kUnbind, OpKind::kGroupClaim, OpKind::kGroupRelease,
    OpKind::kBind, OpKind::kUnbind, OpKind::kGroupClaim, OpKind::kGroupRelease,
    OpKind::kBind, OpKind::kUnbind, OpKind::kGroupClaim, OpKind::kGroupRelease};

// Runs `program` once an iteration under a fresh MakeStrategy() whenever the last one is done.
template <typename MakeStrategy>
void Run(benchmark::State& state, const Program& program, MakeStrategy make_strategy) {
  ToySystem system;
  NullMonitor monitor;
  Executor executor;
  auto strategy = make_strategy();
  for (auto _ : state) {
    benchmark::DoNotOptimize(executor.Run(program, system, *strategy, monitor));
    if (!strategy->End()) strategy = make_strategy();
  }
  state.SetItemsProcessed(state.iterations());
}

void ThreeByFourExhaustive(benchmark::State& state) {
  Run(state, MakeProgram({kFourOps, kFourOps, kFourOps}),
      [] { return std::make_unique<ExhaustiveStrategy>(); });
}
BENCHMARK(ThreeByFourExhaustive);

void ThreeByFourCached(benchmark::State& state) {
  Run(state, MakeProgram({kFourOps, kFourOps, kFourOps}),
      [] { return std::make_unique<CachedExhaustiveStrategy>(); });
}
BENCHMARK(ThreeByFourCached);

void ThreeByFourRandom(benchmark::State& state) {
  Run(state, MakeProgram({kFourOps, kFourOps, kFourOps}),
      [] { return std::make_unique<RandomWalkStrategy>(1, ~uint64_t{0}); });
}
BENCHMARK(ThreeByFourRandom);

void OneByTwelve(benchmark::State& state) {
  static const Schedule kNoSchedule;
  Run(state, MakeProgram({kTwelveOps}),
      [] { return std::make_unique<ReplayStrategy>(kNoSchedule); });
}
BENCHMARK(OneByTwelve);

}  // namespace
}  // namespace groupfuzz

BENCHMARK_MAIN();
