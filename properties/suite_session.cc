#include "properties/suite_session.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "harness/byte_codec.h"
#include "harness/counterexample_file.h"
#include "harness/explanation.h"
#include "harness/program_file.h"
#include "harness/text_codec.h"

namespace groupfuzz {
namespace {

using Judgement = LinearizabilityVerdict;

std::string Line(const Finding& finding) {
  return absl::StrCat(std::string(finding.property->id), ": ", finding.detail);
}

}  // namespace

SuiteSession::SuiteSession(std::string_view name, const Design& design, const SuiteOptions& options)
    : name_(name),
      design_(design),
      options_(options),
      runner_(design),
      last_words_(options.cases_folder, design, options.command) {}

std::optional<std::string> SuiteSession::Run(const Program& program) {
  last_words_.Watch(program, nullptr);
  const RunOutcome outcome = runner_.Run(program);
  last_words_.Unwatch();
  return Judge(program, outcome);
}

std::optional<std::string> SuiteSession::RunUnder(Strategy& strategy,
                                                  const std::vector<uint8_t>& choices,
                                                  const Program& program) {
  last_words_.Watch(program, &choices);
  const RunOutcome outcome = runner_.RunUnder(strategy, program);
  last_words_.Unwatch();
  return Judge(program, outcome);
}

bool SuiteSession::RunGiven() {
  return std::none_of(options_.programs.begin(), options_.programs.end(),
                      [this](const Program& program) { return Run(program).has_value(); });
}

std::optional<std::string> SuiteSession::Judge(const Program& program, const RunOutcome& outcome) {
  ++report_.cases;
  report_.ops += outcome.trace.ops.size();
  CountHistory();
  if (!options_.seeds_folder.empty() && !failed()) KeepAsSeed(program);
  for (const Finding& finding : outcome.findings) {
    if (key_ ? !key_->Matches(program, finding) : options_.known.contains(finding.property->id)) {
      if (!key_) StepOver(finding);
      continue;
    }
    if (!key_) key_.emplace(program, finding);
    detail_ = finding.detail;
    const std::string line = Line(finding);
    Keep(program, outcome);
    return line;
  }
  return std::nullopt;
}

void SuiteSession::StepOver(const Finding& finding) {
  ++report_.stepped_over[std::string(finding.property->id)];
  if (options_.on_known) options_.on_known(finding.property->id);
}

bool SuiteSession::Stops() {
  if (failed() || stopped_) return false;
  stopped_ = options_.keep_going && !options_.keep_going();
  return stopped_;
}

void SuiteSession::CountHistory() {
  const Judgement* verdict = runner_.checker().linearizability();
  if (verdict == nullptr) return;
  if (verdict->kind != Judgement::Kind::kUnknown) {
    ++report_.judged;
  } else if (verdict->unknown == Judgement::Unknown::kTooManyCalls ||
             verdict->unknown == Judgement::Unknown::kTooManyStates) {
    ++report_.out_of_budget;
  } else {
    ++report_.unjudged;
  }
}

// The program with the schedule that it ran with.
void SuiteSession::Keep(const Program& program, const RunOutcome& outcome) {
  failing_ = program;
  if (const std::optional<Schedule> schedule = ExplicitSchedule(outcome.trace)) {
    failing_.schedule = *schedule;
    Normalize(&failing_);
  }
  if (!report_.case_file.empty()) return;
  const absl::StatusOr<std::string> path =
      SaveCase(options_.cases_folder, failing_, design_, *key_);
  report_.case_file = path.ok() ? *path : std::string(path.status().message());
}

void SuiteSession::Fail(const Program& program, std::string_view property,
                        std::string_view detail) {
  if (!key_) key_.emplace(property);
  detail_ = std::string(detail);
  minimizable_ = false;
  Keep(program, runner_.Run(program));
}

void SuiteSession::KeepAsSeed(const Program& program) {
  const std::vector<uint8_t> bytes = EncodeBytes(program);
  const std::string path = absl::StrFormat("%s/%s-%s-%06d.bin", options_.seeds_folder,
                                           std::string(name_), design_.name, report_.cases);
  // A seed that cannot be written is no finding.
  WriteOutput(path, {bytes.begin(), bytes.end()}).IgnoreError();
}

void SuiteSession::DescribeFailure() {
  report_.property = key_->property;
  Minimized small{.program = failing_};
  if (minimizable_) {
    PropertyReproducer reproducer(runner_, *key_, kMinimizerExecutions);
    small = MinimizeFully(failing_, reproducer);
  }
  report_.minimized = small.program;
  absl::StrAppend(&report_.text, minimizable_ ? key_->Describe() : detail_, "\n\n",
                  FormatText(Annotated(small.program, design_, *key_)));
  if (minimizable_) absl::StrAppend(&report_.text, DescribeMinimized(failing_, small));
  absl::StrAppend(&report_.text, "\n", Explain(runner_, small.program, {}),
                  "\nsaved before this: ", report_.case_file, "\n");
  std::string path = report_.case_file;
  const std::string& folder =
      options_.save_folder.empty() ? options_.cases_folder : options_.save_folder;
  if (const auto saved = SaveCase(folder, small.program, design_, *key_); saved.ok()) {
    path = *saved;
    absl::StrAppend(&report_.text, "minimized: ", path, "\n");
  }
  absl::StrAppend(&report_.text, NextCommands(options_.command, design_, *key_, path));
}

void SuiteSession::DescribeReached() {
  for (const auto& [what, cases] : report_.reached) {
    absl::StrAppendFormat(&report_.text, "  %6.2f %%  %s\n",
                          100.0 * static_cast<double>(cases) / static_cast<double>(report_.cases),
                          what);
  }
}

SuiteVerdict VerdictOf(bool failed, uint64_t out_of_budget) {
  if (failed) return SuiteVerdict::kFails;
  return out_of_budget > 0 ? SuiteVerdict::kUnknown : SuiteVerdict::kHolds;
}

std::string_view VerdictName(SuiteVerdict verdict) {
  switch (verdict) {
    case SuiteVerdict::kHolds:
      return "holds";
    case SuiteVerdict::kFails:
      return "FAILS";
    case SuiteVerdict::kUnknown:
      return "unknown";
  }
  return "?";
}

SuiteReport SuiteSession::Finish(std::string_view effort) {
  report_.verdict = VerdictOf(failed(), report_.out_of_budget);
  report_.text = absl::StrCat(std::string(name_), " on ", design_.name, ": ",
                              std::string(VerdictName(report_.verdict)), "; ", std::string(effort),
                              ", ", report_.ops, " ops, seed ", report_.seed, "\n");
  if (report_.judged + report_.unjudged + report_.out_of_budget > 0) {
    absl::StrAppend(&report_.text, "  histories: ", report_.judged, " judged, ", report_.unjudged,
                    " with failures injected are outside the model, ", report_.out_of_budget,
                    " given up\n");
  }
  for (const auto& [property, cases] : report_.stepped_over) {
    absl::StrAppend(&report_.text, "  known: ", property, " in ", cases, " cases\n");
  }
  if (options_.verbose) DescribeReached();
  if (failed()) DescribeFailure();
  return std::move(report_);
}

}  // namespace groupfuzz
