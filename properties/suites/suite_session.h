// What the suites share: running programs, keeping those with findings, the report. Internal to
// properties/.
//
// Where RapidCheck shrinks, the first finding that is not known decides which one the suite is
// about: other ones do not count from then on, so that shrinking does not drift. Where it does not,
// the suite goes on for a while, and is about the property whose minimized program is smallest: the
// one that is easiest to understand.
//
// Thread-safety: one OS thread.
#ifndef GROUPFUZZ_PROPERTIES_SUITES_SUITE_SESSION_H_
#define GROUPFUZZ_PROPERTIES_SUITES_SUITE_SESSION_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "harness/execution/last_words.h"
#include "harness/execution/strategy.h"
#include "harness/program/program.h"
#include "harness/verdict/counterexample.h"
#include "harness/verdict/known.h"
#include "harness/verdict/runner.h"
#include "properties/suites/suite.h"
#include "target/designs/design.h"

namespace groupfuzz {

class SuiteSession {
 public:
  // After the first case that fails the suite is to go on for `more_cases`.
  SuiteSession(std::string_view name, const Design& design, const SuiteOptions& options,
               uint64_t more_cases = 0);

  // Runs `program` with its own schedule, or with one that `strategy` chooses. Returns what was
  // found, in one line, once the suite is to end; else nothing.
  std::optional<std::string> Run(const Program& program);
  std::optional<std::string> RunUnder(Strategy& strategy, const Program& program);
  // Runs options.programs; returns whether all is well.
  bool RunGiven();

  Runner& runner() { return runner_; }
  const SuiteOptions& options() const { return options_; }
  std::string name() const { return std::string(name_); }
  SuiteReport& report() { return report_; }
  bool failed() const { return !failures_.empty(); }
  // Whether the user wants no more; true once. RapidCheck ends by a case that fails.
  bool Stops();
  // No case counts any more.
  bool stopped() const { return stopped_; }
  // A program failed outside the properties of the checker: `property` is a word for it.
  void Fail(const Program& program, std::string_view property, std::string_view detail);

  // Minimizes what was found, and completes the report. `effort` says what was tried.
  SuiteReport Finish(std::string_view effort);

 private:
  // What was found, by which program, and where that is.
  struct Failure {
    FindingKey key;
    Program program;
    std::string detail;
    std::string file;
    bool minimizable = true;
  };

  std::optional<std::string> Follow(const std::function<std::optional<std::string>()>& judge);
  std::optional<std::string> Judge(const Program& program, const RunOutcome& outcome);
  bool HasTaken(const Finding& finding) const;
  // What of it is not stepped over.
  std::vector<const Finding*> NewsOf(const Program& program, const RunOutcome& outcome);
  void StepOver(const Finding& finding);
  void CountHistory();
  void Take(const Program& program, const RunOutcome& outcome, const Finding& finding);
  void Keep(FindingKey key, const Program& program, std::string detail);
  void KeepAsSeed(const Program& program);
  // The path, or empty: then the report says why.
  std::string Save(const std::string& folder, const Program& program, const FindingKey& key);
  void CouldNotWrite(const absl::Status& status);
  Minimized Minimize(const Failure& failure);
  void DescribeFailures();
  void DescribeFailure(const Failure& failure, const Minimized& small);
  void DescribeReached();

  const std::string_view name_;
  const Design& design_;
  const SuiteOptions& options_;
  Runner runner_;
  std::optional<Known> known_;  // of designs that have a baseline
  LastWords last_words_;        // of what runner_ runs
  SuiteReport report_;
  std::vector<Failure> failures_;  // one a property
  uint64_t more_cases_;
  uint64_t first_failure_ = 0;  // the case
  bool stopped_ = false;
  bool keeps_seeds_;
};

// What cases without a finding are worth. What could not be judged is no pass.
VerdictWord WordFor(uint64_t cases, uint64_t out_of_budget, bool stopped);

// The parameters of RapidCheck, from the options and RC_PARAMS.
struct SuiteSize {
  uint64_t seed;
  uint64_t cases;
  int max_size;
};
SuiteSize SizeOf(const SuiteOptions& options, uint64_t default_cases, int max_size);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_PROPERTIES_SUITES_SUITE_SESSION_H_
