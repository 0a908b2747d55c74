// Executions that violate a property, and the search for the one that is easiest to understand.
//
// Easiest: fewest preemptions, then fewest steps. That order is total up to executions of the same
// length, of which the first one found stays, so results do not depend on anything but the program.
//
// Thread-safety: one OS thread.
#ifndef GROUPFUZZ_HARNESS_VERDICT_COUNTEREXAMPLE_H_
#define GROUPFUZZ_HARNESS_VERDICT_COUNTEREXAMPLE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/program/minimizer.h"
#include "harness/program/program.h"
#include "harness/verdict/runner.h"

namespace groupfuzz {

struct Counterexample {
  Schedule schedule;  // explicit choices, tail "continue"
  int preemptions = 0;
  size_t steps = 0;

  bool EasierThan(const Counterexample& other) const {
    return preemptions != other.preemptions ? preemptions < other.preemptions : steps < other.steps;
  }
};

// The schedule that replays `trace`; nullopt where it needs more choices than a program can hold.
std::optional<Schedule> ExplicitSchedule(const Trace& trace);

bool Violates(const std::vector<Finding>& findings, std::string_view property);

// What makes a finding the same one in another program: its property, the kind of the op that
// showed it, and no other kinds of ops at work than those that were at work then. Bystanders may
// go; another kind of op that does the same is another bug.
struct FindingKey {
  static constexpr uint32_t kAnyRoles = ~uint32_t{0};

  std::string property;
  uint32_t roles = kAnyRoles;     // Finding::roles
  uint32_t shown_by = kAnyRoles;  // a set of kinds; 0: no op

  // Any finding of `property`.
  explicit FindingKey(std::string_view property) : property(property) {}
  // ... that such an op shows, whatever else is at work.
  FindingKey(std::string_view property, uint32_t shown_by)
      : property(property), shown_by(shown_by) {}
  // REQUIRES: `finding` is of an execution of `program`.
  FindingKey(const Program& program, const Finding& finding);

  bool Matches(const Program& program, const Finding& finding) const;
  bool In(const Program& program, const std::vector<Finding>& findings) const;
  // "I2 in store_type with bind"
  std::string Describe() const;
};

// The easiest execution seen, one for each property and kind of op that shows it.
class Counterexamples {
 public:
  // By FindingKey::shown_by. nullopt: no schedule can say how.
  using ByOp = std::map<uint32_t, std::optional<Counterexample>>;

  // REQUIRES: `outcome` is of an execution of `program`.
  void Add(const Program& program, const RunOutcome& outcome);

  // By property id, in the order of the property table.
  std::vector<std::string_view> Ids() const;
  bool empty() const { return best_.empty(); }
  // Of any op. nullptr where nothing violated it, or no schedule can say how.
  const Counterexample* Find(std::string_view property) const;
  // Of each kind of op that showed it. REQUIRES: `property` is one of Ids().
  const ByOp& Of(std::string_view property) const { return best_.at(property); }

 private:
  std::map<std::string_view, ByOp> best_;  // by property id
};

struct SearchLimits {
  uint64_t max_executions = 0;
  Runner::KeepGoing keep_going = nullptr;  // as of Runner::Explore()
};

// The easiest execution that `wanted` says yes to: of those without a preemption, else of those
// with one, and so on up to `most_preemptions`, within `limits` in all. `wanted` is asked of each
// that comes to its end.
std::optional<Counterexample> FindFirst(Runner& runner, const Program& program,
                                        const std::function<bool(const RunOutcome&)>& wanted,
                                        int most_preemptions, const SearchLimits& limits);

// Searches the schedules of `program` for the easiest execution that shows `key`: all of
// those without a preemption, then all of those with one, and so on, within `limits` in all. Where
// there is none: *complete says whether all interleavings were tried.
std::optional<Counterexample> FindEasiest(Runner& runner, const Program& program,
                                          const FindingKey& key, const SearchLimits& limits,
                                          bool* complete = nullptr);

// Keeps one finding on one design.
class PropertyReproducer : public Reproducer {
 public:
  // What else must be true of what an execution of a program shows.
  using Condition = std::function<bool(const Program&, const std::vector<Finding>&)>;

  // `limits` a search. Where there is a `keeps`, it is true of the first program, and stays so.
  PropertyReproducer(Runner& runner, FindingKey key, SearchLimits limits, Condition keeps = {})
      : runner_(runner),
        key_(std::move(key)),
        limits_(std::move(limits)),
        keeps_(std::move(keeps)) {}

  // A program that cannot be judged shows nothing.
  bool Replay(Program* program) override;
  bool Search(Program* program) override;

 private:
  bool Reruns(Program* program);
  bool Finds(Program* program);
  bool Keeps(const Program& program, const RunOutcome& outcome) const {
    return !keeps_ || keeps_(program, outcome.findings);
  }

  Runner& runner_;
  const FindingKey key_;
  const SearchLimits limits_;
  const Condition keeps_;
};

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_VERDICT_COUNTEREXAMPLE_H_
