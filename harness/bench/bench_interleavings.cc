// How many interleavings of 3 threads x 4 ops a second the whole of groupfuzz runs: the port under
// owner-check, every property on.
//
// The threads bind, unbind, claim and release, each through a device of its own, so every op is one
// section of the group's mutex and the number of interleavings is the multinomial 12!/(4!)^3.
#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include "absl/strings/str_cat.h"
#include "harness/execution/strategies/exhaustive_strategy.h"
#include "harness/execution/strategies/random_walk_strategy.h"
#include "harness/verdict/runner.h"

namespace groupfuzz {
namespace {

constexpr int kThreads = 3;
constexpr uint64_t kInterleavings = 34650;
constexpr double kKibibytesPerMebibyte = 1024;

Program ThreeByFour() {
  Program program;
  program.configuration.device_count = kThreads;
  program.thread_count = kThreads;
  for (uint8_t t = 0; t < kThreads; ++t) {
    for (OpKind kind :
         {OpKind::kBind, OpKind::kUnbind, OpKind::kGroupClaim, OpKind::kGroupRelease}) {
      Op op;
      op.kind = kind;
      op.device = t;
      op.cookie = t;
      program.threads[t].push_back(op);
    }
  }
  Normalize(&program);
  return program;
}

void CountPeakMemory(benchmark::State& state) {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  state.counters["peak_MiB"] = static_cast<double>(usage.ru_maxrss) / kKibibytesPerMebibyte;
}

// An iteration is a batch of random interleavings.
void Random3x4(benchmark::State& state) {
  constexpr uint64_t kBatch = 4096;
  Runner runner(*FindDesign("owner-check"));
  const Program program = ThreeByFour();
  uint64_t seed = 0;
  for (auto _ : state) {
    RandomWalkStrategy strategy(++seed, kBatch);
    runner.Explore(program, strategy,
                   [](const RunOutcome& outcome) {
                     return outcome.findings.empty() ? Seen::kClean : Seen::kFinding;
                   },
                   nullptr, {});
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * kBatch));
  CountPeakMemory(state);
}
BENCHMARK(Random3x4)->Unit(benchmark::kMillisecond);

// An iteration tries all of them.
void Exhaustive3x4(benchmark::State& state) {
  Runner runner(*FindDesign("owner-check"));
  const Program program = ThreeByFour();
  for (auto _ : state) {
    ExhaustiveStrategy strategy;
    const Exploration exploration =
        runner.Explore(program, strategy,
                       [](const RunOutcome& outcome) {
                         return outcome.findings.empty() ? Seen::kClean : Seen::kFinding;
                       },
                       nullptr, {});
    if (!exploration.exhausted() || exploration.executions != kInterleavings) {
      state.SkipWithError(
          absl::StrCat("expected to exhaust ", kInterleavings, ", got ", Describe(exploration))
              .c_str());
      break;
    }
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * kInterleavings));
  CountPeakMemory(state);
}
BENCHMARK(Exhaustive3x4)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace groupfuzz

BENCHMARK_MAIN();
