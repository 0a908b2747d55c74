#include "harness/cli/exploring.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "harness/cli/flags.h"
#include "harness/cli/property_help.h"
#include "harness/execution/strategies/cached_exhaustive_strategy.h"
#include "harness/execution/strategies/exhaustive_strategy.h"
#include "harness/execution/strategies/random_walk_strategy.h"
#include "harness/report/terminal.h"
#include "harness/verdict/known.h"
#include "target/kernel/unsupported.h"

namespace groupfuzz::cli {
namespace {

constexpr uint64_t kDefaultMaxExecutions = 10'000'000;
constexpr uint64_t kDefaultRandomExecutions = 100'000;
constexpr int kDefaultPreemptions = 2;
constexpr int32_t kNoBound = -1;
// Spent on a first counterexample, before the search for everything begins: less than 0.1 s.
constexpr uint64_t kFirstExecutions = 5'000;
// ... and on an easy one of what only that search found.
constexpr uint64_t kEasierExecutions = 200'000;

struct StrategyName {
  const char* name;
  StrategyKind kind;
  bool takes_bound;
};
constexpr StrategyName kStrategies[] = {{"exhaustive", StrategyKind::kExhaustive, true},
                                        {"cached", StrategyKind::kCached, false},
                                        {"random", StrategyKind::kRandom, false},
                                        {"preemption", StrategyKind::kPreemption, true}};

absl::StatusOr<ExplorationPlan> PlanOf(const StrategyName& strategy) {
  const std::string name = strategy.name;
  const int32_t bound = absl::GetFlag(FLAGS_bound);
  const double seconds = absl::GetFlag(FLAGS_max_seconds);
  if (bound >= 0 && !strategy.takes_bound) {
    return absl::InvalidArgumentError(absl::StrCat(
        "strategy ", name, " takes no --bound; use --strategy exhaustive or preemption"));
  }
  if (bound < kNoBound) {
    return absl::InvalidArgumentError(
        absl::StrCat("--bound ", bound, ": expected a number of preemptions"));
  }
  if (Given("seed") && strategy.kind != StrategyKind::kRandom) {
    return absl::InvalidArgumentError(
        absl::StrCat("strategy ", name, " takes no --seed; use --strategy random"));
  }
  if (!(seconds >= 0)) {
    return absl::InvalidArgumentError(
        absl::StrCat("--max-seconds ", seconds, ": expected a number of seconds"));
  }
  const std::string property = absl::GetFlag(FLAGS_property);
  if (absl::Status status = CheckProperty(property); !status.ok()) return status;
  ExplorationPlan plan{.kind = strategy.kind,
                       .bound = {},
                       .max_executions = absl::GetFlag(FLAGS_max_executions),
                       .max_seconds = seconds,
                       .seed = absl::GetFlag(FLAGS_seed),
                       .property = property};
  if (bound >= 0) plan.bound = bound;
  return plan;
}

// What a depth-first search can say of the rest of its tree, which is less than it looks like where
// states come again.
std::string TimeLeft(double seconds, double done) {
  if (done <= 0) return "";
  return absl::StrFormat(", %.1f %% done, about %.0f s left", 100 * done,
                         seconds * (1 - done) / done);
}

// Explores one program on one design.
class Explorer {
 public:
  Explorer(Runner& runner, const Program& program, const ExplorationPlan& plan)
      : runner_(runner), program_(program), plan_(plan), known_(runner.design()) {}

  // A counterexample that takes few preemptions; of a design with a baseline, one with news.
  std::optional<Counterexample> FindFirst() {
    // Who samples wants nothing else.
    if (plan_.kind == StrategyKind::kRandom) return std::nullopt;
    const auto wanted = [&](const RunOutcome& outcome) {
      Count(outcome, &looked_);
      if (!plan_.property.empty()) return Violates(outcome.findings, plan_.property);
      return !outcome.findings.empty() && HasNews(outcome);
    };
    const int most = std::min(plan_.bound.value_or(kDefaultPreemptions), kDefaultPreemptions);
    const uint64_t executions = std::min(Limit(kDefaultMaxExecutions), kFirstExecutions);
    std::optional<Counterexample> first;
    kernel::Follows([&] {
      first = groupfuzz::FindFirst(runner_, program_, wanted, most, LimitsOf(executions));
    });
    return first;
  }

  // Where it meets what cannot be followed, *why says so, and what came before counts.
  Exploration FindAll(std::string* why) {
    kernel::Follows([&] { so_far_ = RunPlan(); }, why);
    if (out_of_time_ && !Interrupted()) so_far_.stopped = false;
    // What was seen first was seen again, unless this ended early: then it counts as well.
    if (!so_far_.complete) {
      so_far_.executions += looked_.executions;
      so_far_.findings += looked_.findings;
    }
    return so_far_;
  }

  // The easiest execution of what was found; of news, where there is any.
  std::optional<Counterexample> Easiest(const std::vector<Violation>& violations) {
    const auto shown =
        std::find_if(violations.begin(), violations.end(), [&](const Violation& violation) {
          return plan_.property.empty() ? violation.news : violation.id == plan_.property;
        });
    if (shown == violations.end() && !plan_.property.empty()) return std::nullopt;
    const Violation& violation = shown != violations.end() ? *shown : violations.front();
    std::optional<Counterexample> easiest;
    if (!Interrupted()) {
      kernel::Follows([&] {
        easiest = FindEasiest(runner_, program_, FindingKey(violation.id),
                              {.max_executions = kEasierExecutions});
      });
    }
    const Counterexample* seen = counterexamples_.Find(violation.id);
    if (!easiest && seen != nullptr) easiest = *seen;
    return easiest;
  }

  std::vector<Violation> Violations() {
    std::vector<Violation> violations;
    for (std::string_view id : counterexamples_.Ids()) {
      const Counterexample* easiest = counterexamples_.Find(id);
      Violation& violation = violations.emplace_back(Violation{.id = id, .preemptions = {}});
      if (easiest != nullptr) violation.preemptions = easiest->preemptions;
      violation.news =
          !StepsOver(runner_.design()) || known_.HasNews(program_, counterexamples_, id);
    }
    return violations;
  }

  const Refusals& refusals() const { return refusals_; }
  void WipeProgress() { progress_.Wipe(); }

 private:
  bool HasNews(const RunOutcome& outcome) {
    return !StepsOver(runner_.design()) || !known_.Split(program_, outcome).news.empty();
  }

  void Count(const RunOutcome& outcome, Exploration* exploration) {
    counterexamples_.Add(program_, outcome);
    refusals_.Add(outcome.trace);
    ++exploration->executions;
    exploration->findings += outcome.findings.empty() ? 0 : 1;
  }

  Exploration RunPlan() {
    switch (plan_.kind) {
      case StrategyKind::kExhaustive: {
        ExhaustiveStrategy strategy(plan_.bound);
        return RunOne(strategy);
      }
      case StrategyKind::kCached: {
        CachedExhaustiveStrategy strategy;
        return RunOne(strategy);
      }
      case StrategyKind::kRandom: {
        RandomWalkStrategy strategy(plan_.seed, Limit(kDefaultRandomExecutions));
        return RunOne(strategy);
      }
      case StrategyKind::kPreemption:
        return FewestPreemptionsFirst();
    }
    return {};
  }

  uint64_t Limit(uint64_t otherwise) const {
    return plan_.max_executions > 0 ? plan_.max_executions : otherwise;
  }

  // Until something is found, or a bound left nothing out.
  Exploration FewestPreemptionsFirst() {
    const int last_bound = plan_.bound.value_or(kDefaultPreemptions);
    uint64_t left = Limit(kDefaultMaxExecutions);
    for (int bound = 0;; ++bound) {
      ExhaustiveStrategy strategy(bound);
      const Exploration seen = RunOne(strategy, left);
      left -= std::min(left, seen.executions + seen.pruned);
      const bool more = seen.findings == 0 && !seen.stopped && left > 0 && strategy.left_out();
      if (!more || bound == last_bound) return seen;
    }
  }

  Exploration RunOne(Strategy& strategy) { return RunOne(strategy, Limit(kDefaultMaxExecutions)); }

  Exploration RunOne(Strategy& strategy, uint64_t max_executions) {
    const SearchLimits limits = LimitsOf(max_executions);
    return runner_.Explore(program_, strategy,
                           [&](const RunOutcome& outcome) {
                             Count(outcome, &so_far_);
                             return outcome.findings.empty() ? Seen::kClean : Seen::kFinding;
                           },
                           limits.keep_going, {.max_executions = limits.max_executions});
  }

  SearchLimits LimitsOf(uint64_t max_executions) {
    return {.max_executions = max_executions,
            .keep_going = [&](const Exploration& exploration) { return KeepGoing(exploration); }};
  }

  bool KeepGoing(const Exploration& exploration) {
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    if (progress_.Due()) {
      const uint64_t tried = exploration.executions + exploration.pruned;
      progress_.Show(absl::StrFormat("%d executions, %d/s, %d with findings%s", tried,
                                     static_cast<int64_t>(tried / seconds), exploration.findings,
                                     TimeLeft(seconds, exploration.done)));
    }
    out_of_time_ = plan_.max_seconds > 0 && seconds >= plan_.max_seconds;
    return !Interrupted() && !out_of_time_;
  }

  Runner& runner_;
  const Program& program_;
  const ExplorationPlan& plan_;
  Known known_;
  Counterexamples counterexamples_;
  Refusals refusals_;
  Exploration so_far_;
  Exploration looked_;  // by the search for a first counterexample
  Progress progress_;
  bool out_of_time_ = false;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace

absl::StatusOr<ExplorationPlan> PlanFromFlags() {
  const std::string name = absl::GetFlag(FLAGS_strategy);
  for (const StrategyName& strategy : kStrategies) {
    if (strategy.name == name) return PlanOf(strategy);
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "unknown strategy '", name, "'; expected exhaustive, cached, random or preemption"));
}

Explored ExploreOn(Runner& runner, const Program& program, const ExplorationPlan& plan,
                   const std::function<void(const Counterexample&)>& on_first) {
  Explorer explorer(runner, program, plan);
  Explored result;
  result.first = explorer.FindFirst();
  if (result.first) on_first(*result.first);
  result.exploration = explorer.FindAll(&result.unsupported);
  explorer.WipeProgress();
  result.refused = explorer.refusals().Always(program);
  result.violations = explorer.Violations();
  if (!result.first && !result.violations.empty()) {
    result.first = explorer.Easiest(result.violations);
    if (result.first) on_first(*result.first);
  }
  return result;
}

}  // namespace groupfuzz::cli
