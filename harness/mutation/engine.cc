#include "harness/mutation/engine.h"

#include <algorithm>

#include "harness/compare/compare.h"
#include "harness/execution/strategies/cached_exhaustive_strategy.h"
#include "harness/execution/strategies/exhaustive_strategy.h"
#include "harness/execution/strategies/random_walk_strategy.h"
#include "harness/verdict/known.h"
#include "harness/verdict/runner.h"
#include "properties/suites/suite.h"
#include "target/kernel/unsupported.h"

namespace groupfuzz::mutation {
namespace {

// Executions of one program before the plain search goes on to the next.
constexpr uint64_t kPlainExecutions = 2'000;

// Runs programs, and tells of the first thing that is found and not known. A program that cannot be
// followed shows nothing.
class Hunter {
 public:
  explicit Hunter(const Hunt& hunt) : hunt_(hunt), runner_(hunt.design), known_(hunt.design) {}

  bool done() const { return found_ || out_of_time_; }

  // One walk through `program`.
  void Walk(const Program& program, Strategy& strategy) {
    kernel::Follows([&] {
      if (MayGoOn()) Look(program, runner_.RunUnder(strategy, program));
    });
  }

  void Explore(const Program& program, Strategy& strategy, uint64_t max_executions) {
    const auto look = [&](const RunOutcome& outcome) {
      Look(program, outcome);
      if (found_ || !MayGoOn()) return Seen::kFindingStop;
      return outcome.findings.empty() ? Seen::kClean : Seen::kFinding;
    };
    kernel::Follows([&] {
      runner_.Explore(program, strategy, look, nullptr, {.max_executions = max_executions});
    });
  }

 private:
  bool MayGoOn() {
    out_of_time_ = out_of_time_ || !hunt_.keep_going();
    return !out_of_time_;
  }

  void Look(const Program& program, const RunOutcome& outcome) {
    const Known::Answer answer = known_.Split(program, outcome);
    hunt_.stepped_over.Add(answer.known);
    if (answer.news.empty()) return;
    found_ = true;
    Program ran = program;
    ran.schedule = {.choices = outcome.trace.choices};
    Normalize(&ran);
    hunt_.on_discovery({ran, FindingKey(ran, *answer.news.front())});
  }

  const Hunt& hunt_;
  Runner runner_;
  Known known_;
  bool found_ = false;
  bool out_of_time_ = false;
};

// Every interleaving of each program, up to `kExecutions` of them.
template <typename AnyStrategy, uint64_t kExecutions>
void ExploreCorpus(const Hunt& hunt) {
  Hunter hunter(hunt);
  for (const Program& program : hunt.corpus) {
    AnyStrategy strategy;
    hunter.Explore(program, strategy, std::min(kExecutions, hunt.max_executions));
    if (hunter.done()) return;
  }
}

// Walks through the programs in turn, without end.
void RandomWalk(const Hunt& hunt) {
  Hunter hunter(hunt);
  for (uint64_t round = 0; round < hunt.max_executions && !hunter.done(); ++round) {
    for (const Program& program : hunt.corpus) {
      if (program.thread_count == 1 && round > 0) continue;
      RandomWalkStrategy walk(hunt.seed + (round << 32), 1);
      hunter.Walk(program, walk);
      if (hunter.done()) return;
    }
  }
}

template <SuiteReport (*check)(const Design&, const SuiteOptions&)>
void CheckSuite(const Hunt& hunt) {
  constexpr uint64_t kUntilTimeIsOver = 1'000'000'000;
  SuiteOptions options;
  options.seed = hunt.seed;
  options.cases = std::min(kUntilTimeIsOver, hunt.max_executions);
  options.cases_folder = hunt.folder;
  options.keep_going = hunt.keep_going;
  options.on_known = [&](std::string_view property) { hunt.stepped_over.Add(property); };
  options.on_failure = [&](const Program& program, const FindingKey& key) {
    hunt.on_discovery({program, key});
  };
  check(hunt.design, options);
}

constexpr Engine kEngines[] = {
    {"compare", "", "the programs of the corpus, each state once", true,
     ExploreCorpus<CachedExhaustiveStrategy, kCompareExecutions>},
    {"sequential", "check", "the sequential suite of `groupfuzz check`", false,
     CheckSuite<CheckSequential>},
    {"parallel", "check", "its parallel suite", false, CheckSuite<CheckParallel>},
    {"failures", "check", "its suite of failures", true, CheckSuite<CheckFailures>},
    {"random", "", "random walks through the programs of the corpus", false, RandomWalk},
    {"exhaustive", "", "every interleaving of the programs of the corpus", true,
     ExploreCorpus<ExhaustiveStrategy, kPlainExecutions>},
    {"store_type_fuzzer", "fuzz", "the fuzz target, from its seeds", false, nullptr},
    {"interleaving_fuzzer", "fuzz", "the fuzz target, from its seeds", false, nullptr},
};

}  // namespace

std::span<const Engine> Engines() { return kEngines; }

}  // namespace groupfuzz::mutation
