#include "harness/verdict/counterexample.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "absl/strings/str_cat.h"
#include "harness/execution/strategies/cached_exhaustive_strategy.h"
#include "harness/execution/strategies/exhaustive_strategy.h"
#include "target/kernel/unsupported.h"

namespace groupfuzz {
namespace {

// Races that need more preemptions than this are searched for with the state cache instead.
constexpr int kMaxPreemptions = 4;

using Wanted = std::function<bool(const RunOutcome&)>;

// The best execution that is wanted.
class Search {
 public:
  Search(Runner& runner, const Program& program, const Wanted& wanted, const SearchLimits& limits)
      : runner_(runner),
        program_(program),
        wanted_(wanted),
        budget_(limits.max_executions),
        keep_going_(limits.keep_going) {}

  // Fewest preemptions first, up to `most`. Returns whether there is nothing left to look for.
  bool RunBounded(int most) {
    for (int bound = 0; bound <= most && budget_ > 0; ++bound) {
      ExhaustiveStrategy strategy(bound);
      const Exploration exploration = RunOne(strategy);
      if (best_ || exploration.stopped) return true;
      complete_ = budget_ > 0 && strategy.TriedAll();
      if (complete_) return true;
    }
    return false;
  }
  void RunCached() {
    CachedExhaustiveStrategy strategy;
    if (budget_ > 0) complete_ = RunOne(strategy).complete;
  }

  const std::optional<Counterexample>& best() const { return best_; }
  // Whether all interleavings were tried.
  bool complete() const { return complete_; }

 private:
  Exploration RunOne(Strategy& strategy) {
    const Exploration exploration = runner_.Explore(
        program_, strategy, [&](const RunOutcome& outcome) { return Look(outcome); }, keep_going_,
        {.max_executions = budget_});
    budget_ -= std::min(budget_, exploration.executions + exploration.pruned);
    return exploration;
  }

  Seen Look(const RunOutcome& outcome) {
    if (!wanted_(outcome)) return Seen::kClean;
    std::optional<Schedule> schedule = ExplicitSchedule(outcome.trace);
    if (!schedule) return Seen::kFinding;
    Counterexample found{*std::move(schedule), outcome.trace.preemptions,
                         outcome.trace.events.size()};
    if (!best_ || found.EasierThan(*best_)) best_ = std::move(found);
    return Seen::kFinding;
  }

  Runner& runner_;
  const Program& program_;
  const Wanted& wanted_;
  uint64_t budget_;
  const Runner::KeepGoing keep_going_;
  bool complete_ = false;
  std::optional<Counterexample> best_;
};

}  // namespace

std::optional<Schedule> ExplicitSchedule(const Trace& trace) {
  Schedule schedule;
  schedule.choices = trace.choices;
  while (!schedule.choices.empty() && schedule.choices.back() == 0) schedule.choices.pop_back();
  if (schedule.choices.size() > kMaxChoices) return std::nullopt;
  return schedule;
}

bool Violates(const std::vector<Finding>& findings, std::string_view property) {
  return std::any_of(findings.begin(), findings.end(),
                     [&](const Finding& finding) { return finding.property->id == property; });
}

namespace {

uint32_t ShownBy(const Program& program, const Finding& finding) {
  if (finding.thread >= program.thread_count) return 0;
  const std::vector<Op>& ops = program.threads[finding.thread];
  if (finding.op >= ops.size()) return 0;
  return OpBit(ops[finding.op].kind);
}

// What a whole history shows is not shown by the op that happens to be the last.
uint32_t ShowingRole(const Program& program, const Finding& finding) {
  const uint32_t shown = ShownBy(program, finding);
  return (finding.roles & shown) != 0 ? shown : finding.roles;
}

std::string KindNames(uint32_t kinds) {
  std::string names;
  for (; kinds != 0; kinds &= kinds - 1) {
    const auto kind = static_cast<OpKind>(std::countr_zero(kinds));
    absl::StrAppend(&names, names.empty() ? "" : ", ", TraitsOf(kind).name);
  }
  return names;
}

}  // namespace

FindingKey::FindingKey(const Program& program, const Finding& finding)
    : property(finding.property->id),
      roles(finding.roles),
      shown_by(ShowingRole(program, finding)) {}

bool FindingKey::Matches(const Program& program, const Finding& finding) const {
  if (finding.property->id != property) return false;
  const bool same = shown_by == kAnyRoles || ShowingRole(program, finding) == shown_by;
  return same && (finding.roles & ~roles) == 0;
}

bool FindingKey::In(const Program& program, const std::vector<Finding>& findings) const {
  return std::any_of(findings.begin(), findings.end(),
                     [&](const Finding& finding) { return Matches(program, finding); });
}

std::string FindingKey::Describe() const {
  if (roles == kAnyRoles || shown_by == 0) return property;
  const std::string others = KindNames(roles & ~shown_by);
  return absl::StrCat(property, " in ", KindNames(shown_by), others.empty() ? "" : " with ",
                      others);
}

void Counterexamples::Add(const Program& program, const RunOutcome& outcome) {
  if (outcome.findings.empty()) return;
  const std::optional<Schedule> schedule = ExplicitSchedule(outcome.trace);
  for (const Finding& finding : outcome.findings) {
    std::optional<Counterexample>& best =
        best_[finding.property->id][ShowingRole(program, finding)];
    if (!schedule) continue;
    Counterexample found{*schedule, outcome.trace.preemptions, outcome.trace.events.size()};
    if (!best || found.EasierThan(*best)) best = std::move(found);
  }
}

std::vector<std::string_view> Counterexamples::Ids() const {
  std::vector<std::string_view> ids;
  for (const Property& property : Properties()) {
    if (best_.contains(property.id)) ids.push_back(property.id);
  }
  return ids;
}

const Counterexample* Counterexamples::Find(std::string_view property) const {
  const auto found = best_.find(property);
  if (found == best_.end()) return nullptr;
  const Counterexample* easiest = nullptr;
  for (const auto& [op, example] : found->second) {
    if (!example) continue;
    if (easiest == nullptr || example->EasierThan(*easiest)) easiest = &*example;
  }
  return easiest;
}

std::optional<Counterexample> FindFirst(Runner& runner, const Program& program,
                                        const Wanted& wanted, int most_preemptions,
                                        const SearchLimits& limits) {
  Search search(runner, program, wanted, limits);
  search.RunBounded(most_preemptions);
  return search.best();
}

std::optional<Counterexample> FindEasiest(Runner& runner, const Program& program,
                                          const FindingKey& key, const SearchLimits& limits,
                                          bool* complete) {
  const Wanted wanted = [&](const RunOutcome& outcome) {
    return key.In(program, outcome.findings);
  };
  Search search(runner, program, wanted, limits);
  if (!search.RunBounded(kMaxPreemptions)) search.RunCached();
  if (complete != nullptr) *complete = search.complete();
  return search.best();
}

bool PropertyReproducer::Replay(Program* program) {
  bool shown = false;
  kernel::Follows([&] { shown = Reruns(program); });
  return shown;
}

bool PropertyReproducer::Search(Program* program) {
  bool shown = false;
  kernel::Follows([&] { shown = Finds(program); });
  return shown;
}

bool PropertyReproducer::Reruns(Program* program) {
  const RunOutcome outcome = runner_.Run(*program);
  if (!key_.In(*program, outcome.findings) || !Keeps(*program, outcome)) return false;
  if (std::optional<Schedule> schedule = ExplicitSchedule(outcome.trace)) {
    program->schedule = *std::move(schedule);
    Normalize(program);
  }
  return true;
}

bool PropertyReproducer::Finds(Program* program) {
  std::optional<Counterexample> found = FindEasiest(runner_, *program, key_, limits_);
  if (!found) return false;
  Program candidate = *program;
  candidate.schedule = std::move(found->schedule);
  Normalize(&candidate);
  if (keeps_ && !Keeps(candidate, runner_.Run(candidate))) return false;
  *program = std::move(candidate);
  return true;
}

}  // namespace groupfuzz
