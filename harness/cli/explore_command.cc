// `groupfuzz explore`: the interleavings of one program.
#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "harness/cli/command.h"
#include "harness/cli/designs.h"
#include "harness/cli/flags.h"
#include "harness/cli/json_output.h"
#include "harness/execution/strategies/cached_exhaustive_strategy.h"
#include "harness/execution/strategies/exhaustive_strategy.h"
#include "harness/execution/strategies/random_walk_strategy.h"
#include "harness/program/output.h"
#include "harness/program/program_file.h"
#include "harness/program/text_codec.h"
#include "harness/report/execution_json.h"
#include "harness/report/report.h"
#include "harness/report/terminal.h"
#include "harness/verdict/counterexample.h"
#include "harness/verdict/refusals.h"
#include "harness/verdict/runner.h"
#include "target/kernel/unsupported.h"
#include "target/system/names.h"

namespace groupfuzz::cli {
namespace {

constexpr uint64_t kDefaultMaxExecutions = 10'000'000;
constexpr uint64_t kDefaultRandomExecutions = 100'000;
constexpr int kDefaultPreemptions = 2;
// Spent on making a counterexample easier once there is one.
constexpr uint64_t kEasierExecutions = 200'000;

enum class StrategyKind { kExhaustive, kCached, kRandom, kPreemption };

struct Plan {
  StrategyKind kind = StrategyKind::kCached;
  std::optional<int> bound;
  uint64_t max_executions = 0;
  uint32_t seed = 0;
};

constexpr int32_t kNoBound = -1;
constexpr size_t kRefusalIndent = 4;

struct StrategyName {
  const char* name;
  StrategyKind kind;
  bool takes_bound;
};
constexpr StrategyName kStrategies[] = {{"exhaustive", StrategyKind::kExhaustive, true},
                                        {"cached", StrategyKind::kCached, false},
                                        {"random", StrategyKind::kRandom, false},
                                        {"preemption", StrategyKind::kPreemption, true}};

absl::StatusOr<Plan> PlanFromFlags() {
  const std::string name = absl::GetFlag(FLAGS_strategy);
  const int32_t bound = absl::GetFlag(FLAGS_bound);
  for (const StrategyName& strategy : kStrategies) {
    if (strategy.name != name) continue;
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
    Plan plan{.kind = strategy.kind,
              .bound = {},
              .max_executions = absl::GetFlag(FLAGS_max_executions),
              .seed = absl::GetFlag(FLAGS_seed)};
    if (bound >= 0) plan.bound = bound;
    return plan;
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "unknown strategy '", name, "'; expected exhaustive, cached, random or preemption"));
}

// Explores one program on one design as planned, with a progress line, until done or interrupted.
class Explorer {
 public:
  Explorer(Runner& runner, const Program& program, const Plan& plan)
      : runner_(runner), program_(program), plan_(plan) {}

  // Where it meets what cannot be followed, *why says so, and what came before counts.
  Exploration Run(std::string* why) {
    kernel::Follows([&] { so_far_ = RunPlan(); }, why);
    progress_.Wipe();
    return so_far_;
  }

  const Counterexamples& counterexamples() const { return counterexamples_; }
  const Refusals& refusals() const { return refusals_; }

 private:
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
    return runner_.Explore(
        program_, strategy,
        [&](const RunOutcome& outcome) {
          counterexamples_.Add(program_, outcome);
          refusals_.Add(outcome.trace);
          ++so_far_.executions;
          so_far_.findings += outcome.findings.empty() ? 0 : 1;
          return outcome.findings.empty() ? Seen::kClean : Seen::kFinding;
        },
        [&](const Exploration& exploration) { return KeepGoing(exploration); },
        {.max_executions = max_executions});
  }

  bool KeepGoing(const Exploration& exploration) {
    if (progress_.Due()) {
      const double seconds =
          std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
      const uint64_t tried = exploration.executions + exploration.pruned;
      progress_.Show(absl::StrFormat("%d executions, %d/s, %d with findings", tried,
                                     static_cast<int64_t>(tried / seconds), exploration.findings));
    }
    return !Interrupted();
  }

  Runner& runner_;
  const Program& program_;
  const Plan& plan_;
  Counterexamples counterexamples_;
  Refusals refusals_;
  Exploration so_far_;
  Progress progress_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// What one design showed.
struct Explored {
  Exploration exploration;
  std::vector<Refusals::Place> refused;  // in every execution
  std::string unsupported;               // what ended it, where it cannot be followed
  std::vector<std::string_view> ids;     // violated
  std::optional<Counterexample> easiest;
};

Explored ExploreOn(Runner& runner, const Program& program, const Plan& plan) {
  Explorer explorer(runner, program, plan);
  Explored result;
  result.exploration = explorer.Run(&result.unsupported);
  const Counterexamples& seen = explorer.counterexamples();
  result.refused = explorer.refusals().Always(program);
  result.ids = seen.Ids();
  if (result.ids.empty()) return result;
  const std::string_view first = result.ids.front();
  if (!Interrupted()) {
    kernel::Follows([&] {
      result.easiest =
          FindEasiest(runner, program, FindingKey(first), {.max_executions = kEasierExecutions});
    });
  }
  if (!result.easiest && seen.Find(first) != nullptr) result.easiest = *seen.Find(first);
  return result;
}

Program WithSchedule(const Program& program, const Counterexample& example) {
  Program scheduled = program;
  scheduled.schedule = example.schedule;
  Normalize(&scheduled);
  return scheduled;
}

void PrintCounterexample(Runner& runner, const ProgramFile& file, std::string_view property,
                         const Counterexample& example) {
  const Program program = WithSchedule(file.contents.program, example);
  const ReportOptions options{.all_events = absl::GetFlag(FLAGS_trace), .colour = UseColour()};
  const RunOutcome outcome = runner.RunRecorded(program);
  absl::PrintF("\nshortest counterexample (%s):\n%s\n%s",
               Counted(example.preemptions, "preemption"),
               DescribeFindings(program, outcome.trace, outcome.findings, options),
               Timeline(program, outcome.trace, outcome.findings, options));
  absl::PrintF("\nnext: %s minimize%s --property %s -o small.txt %s\n", ProgramName(),
               DesignFlag(runner.design()), std::string(property), ShellWord(file.path));
}

void PrintRefusals(const Program& program, const Explored& explored) {
  const std::string refusals = DescribeRefusals(program, explored.refused);
  if (refusals.empty()) return;
  for (const std::string& line : Wrap(refusals, kReportColumns, kRefusalIndent)) {
    absl::PrintF("%s\n", line);
  }
}

void PrintText(Runner& runner, const ProgramFile& file, const Explored& explored) {
  const std::string design(runner.design().name);
  const Exploration& exploration = explored.exploration;
  if (Interrupted()) absl::PrintF("interrupted; so far:\n");
  if (explored.ids.empty()) {
    const std::string verdict =
        explored.unsupported.empty() ? Describe(exploration) : "unknown: " + explored.unsupported;
    absl::PrintF("%s: %s: %s\n", file.path, design, verdict);
    PrintRefusals(file.contents.program, explored);
    return;
  }
  absl::PrintF("%s: %s violates %s (in %d of %d executions)\n", file.path, design,
               absl::StrJoin(explored.ids, ", ",
                             [](std::string* out, std::string_view id) {
                               out->append(id.data(), id.size());
                             }),
               exploration.findings, exploration.executions + exploration.pruned);
  if (!explored.unsupported.empty()) {
    absl::PrintF("%s: %s is unknown beyond that: %s\n", file.path, design, explored.unsupported);
  }
  PrintRefusals(file.contents.program, explored);
  if (explored.easiest) {
    PrintCounterexample(runner, file, explored.ids.front(), *explored.easiest);
  }
}

Json RefusedJson(const Program& program, const std::vector<Refusals::Place>& refused) {
  Json list = Json::array();
  for (const auto& [thread, op] : refused) {
    list.push_back(
        {{"thread", thread}, {"op", op}, {"what", FormatOp(program.threads[thread][op])}});
  }
  return list;
}

Json ExploredJson(Runner& runner, const ProgramFile& file, const Explored& explored) {
  const Exploration& exploration = explored.exploration;
  const bool unknown = !explored.unsupported.empty();
  const VerdictWord word = unknown ? VerdictWord::kUnknown : exploration.word();
  const Json verdict = explored.ids.empty() ? Json(Spelled(word)) : Json();
  Json counterexample;
  if (explored.easiest) {
    const Program program = WithSchedule(file.contents.program, *explored.easiest);
    const RunOutcome outcome = runner.RunRecorded(program);
    counterexample =
        ExecutionJson(program, outcome.trace, outcome.findings, absl::GetFlag(FLAGS_trace));
  }
  return {{"design", runner.design().name},
          {"verdict", verdict},
          {"violates", explored.ids},
          {"executions", exploration.executions},
          {"pruned", exploration.pruned},
          {"with_findings", exploration.findings},
          {"states", exploration.states > 0 ? Json(exploration.states) : Json()},
          {"complete", exploration.complete},
          {"refused", RefusedJson(file.contents.program, explored.refused)},
          {"unsupported", TextOrNull(explored.unsupported)},
          {"counterexample", counterexample}};
}

}  // namespace

absl::StatusOr<ExitStatus> ExploreCommand(const Arguments& arguments) {
  const absl::StatusOr<bool> json = WantsJson();
  if (!json.ok()) return json.status();
  const absl::StatusOr<std::vector<const Design*>> designs = ChosenDesigns({kDefaultDesign});
  if (!designs.ok()) return designs.status();
  const absl::StatusOr<Plan> plan = PlanFromFlags();
  if (!plan.ok()) return plan.status();
  const absl::StatusOr<ProgramFile> file = LoadArgument(arguments[0]);
  if (!file.ok()) return file.status();
  bool found = false;
  std::string unsupported;
  Json results = Json::array();
  for (const Design* design : *designs) {
    Runner runner(*design);
    const Explored explored = ExploreOn(runner, file->contents.program, *plan);
    found |= !explored.ids.empty();
    if (!explored.unsupported.empty() && unsupported.empty()) {
      unsupported = absl::StrCat(design->name, ": ", explored.unsupported);
    }
    if (*json) {
      results.push_back(ExploredJson(runner, *file, explored));
    } else {
      PrintText(runner, *file, explored);
    }
  }
  if (*json) {
    Json document = DocumentOf("explore");
    document["interrupted"] = Interrupted();
    document["file"] = file->path;
    document["strategy"] = absl::GetFlag(FLAGS_strategy);
    document["bound"] = plan->bound ? Json(*plan->bound) : Json();
    document["designs"] = results;
    absl::PrintF("%s", Serialized(document));
  }
  if (!found && !unsupported.empty()) {
    return absl::UnimplementedError(absl::StrCat("unknown: ", unsupported));
  }
  return StatusOf(found);
}

}  // namespace groupfuzz::cli
