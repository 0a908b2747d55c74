#include "properties/suites/suite_session.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "harness/program/byte_codec.h"
#include "harness/program/output.h"
#include "harness/program/program_file.h"
#include "harness/program/text_codec.h"
#include "harness/report/timeline_steps.h"
#include "harness/verdict/counterexample_file.h"
#include "harness/verdict/explanation.h"
#include "target/kernel/unsupported.h"

namespace groupfuzz {
namespace {

using Judgement = LinearizabilityVerdict;

std::string Line(const FindingKey& key, const std::string& detail) {
  return absl::StrCat(key.property, ": ", detail);
}

// `program` with the schedule that it ran with, as far as a program can say it.
Program AsItRan(const Program& program, const Trace& trace) {
  Program ran = program;
  if (std::optional<Schedule> schedule = ExplicitSchedule(trace)) {
    ran.schedule = *std::move(schedule);
    Normalize(&ran);
  }
  return ran;
}

// What makes a program easy to understand: few ops, few threads, few switches.
std::tuple<int, int, size_t> SizeOf(const Program& program) {
  return {OpCount(program), program.thread_count, program.schedule.choices.size()};
}

}  // namespace

SuiteSession::SuiteSession(std::string_view name, const Design& design, const SuiteOptions& options,
                           uint64_t more_cases)
    : name_(name),
      design_(design),
      options_(options),
      runner_(design),
      last_words_(design, options.command,
                  [this](const Program& program) {
                    return SaveCase(options_.cases_folder, program, design_, FindingKey("crash"));
                  }),
      more_cases_(more_cases),
      keeps_seeds_(!options.seeds_folder.empty()) {
  runner_.WatchedBy(&last_words_);
  if (StepsOver(design)) known_.emplace(design);
}

std::optional<std::string> SuiteSession::Run(const Program& program) {
  return Follow([&] { return Judge(program, runner_.Run(program)); });
}

std::optional<std::string> SuiteSession::RunUnder(Strategy& strategy, const Program& program) {
  return Follow([&] { return Judge(program, runner_.RunUnder(strategy, program)); });
}

// What cannot be followed ends the suite: who wrote the design has to know of it first.
std::optional<std::string> SuiteSession::Follow(
    const std::function<std::optional<std::string>()>& judge) {
  std::optional<std::string> found;
  if (kernel::Follows([&] { found = judge(); }, &report_.unsupported)) return found;
  stopped_ = true;
  return report_.unsupported;
}

bool SuiteSession::RunGiven() {
  for (const Program& program : options_.programs) {
    if (Stops() || Run(program)) break;
  }
  return !failed();
}

std::optional<std::string> SuiteSession::Judge(const Program& program, const RunOutcome& outcome) {
  ++report_.cases;
  report_.ops += outcome.trace.ops.size();
  CountHistory();
  if (keeps_seeds_ && !failed()) KeepAsSeed(AsItRan(program, outcome.trace));
  for (const Finding* finding : NewsOf(program, outcome)) Take(program, outcome, *finding);
  if (!failed() || report_.cases < first_failure_ + more_cases_) return std::nullopt;
  const Failure& first = failures_.front();
  // Shrinking goes on only where it shows the same.
  if (more_cases_ == 0 && !first.key.In(program, outcome.findings)) return std::nullopt;
  return Line(first.key, first.detail);
}

void SuiteSession::Take(const Program& program, const RunOutcome& outcome, const Finding& finding) {
  if (!failed()) first_failure_ = report_.cases;
  if (failed() && more_cases_ == 0) {
    Failure& first = failures_.front();
    if (first.key.Matches(program, finding)) first.program = AsItRan(program, outcome.trace);
    return;
  }
  if (!HasTaken(finding)) {
    Keep(FindingKey(program, finding), AsItRan(program, outcome.trace),
         NamedDetail(finding, DomainNames(program, outcome.trace)));
  }
}

bool SuiteSession::HasTaken(const Finding& finding) const {
  return std::any_of(failures_.begin(), failures_.end(), [&](const Failure& failure) {
    return failure.key.property == finding.property->id;
  });
}

std::vector<const Finding*> SuiteSession::NewsOf(const Program& program,
                                                 const RunOutcome& outcome) {
  std::vector<const Finding*> news;
  for (const Finding& finding : outcome.findings) {
    if (options_.known.contains(std::string_view(finding.property->id))) {
      StepOver(finding);
    } else if (more_cases_ == 0 || !HasTaken(finding)) {
      // Asking once more what is known of a race is dear, and one program of it is enough.
      news.push_back(&finding);
    }
  }
  if (!known_.has_value() || news.empty()) return news;
  Program ran = program;
  ran.schedule = {.choices = outcome.trace.choices};
  Known::Answer answer = known_->Split(ran, news);
  for (const Finding* finding : answer.known) StepOver(*finding);
  return std::move(answer.news);
}

void SuiteSession::StepOver(const Finding& finding) {
  if (failed()) return;
  report_.stepped_over.Add(finding.property->id);
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

void SuiteSession::Keep(FindingKey key, const Program& program, std::string detail) {
  std::string file = Save(options_.cases_folder, program, key);
  failures_.push_back({.key = std::move(key),
                       .program = program,
                       .detail = std::move(detail),
                       .file = std::move(file)});
  if (failures_.size() == 1 && options_.on_failure) {
    options_.on_failure(program, failures_.front().key);
  }
}

std::string SuiteSession::Save(const std::string& folder, const Program& program,
                               const FindingKey& key) {
  const absl::StatusOr<std::string> path = SaveCase(folder, program, design_, key);
  if (path.ok()) return *path;
  CouldNotWrite(path.status());
  return {};
}

// The same reason is said once.
void SuiteSession::CouldNotWrite(const absl::Status& status) {
  std::string error(status.message());
  std::vector<std::string>& errors = report_.unwritten;
  if (std::find(errors.begin(), errors.end(), error) == errors.end()) {
    errors.push_back(std::move(error));
  }
}

void SuiteSession::Fail(const Program& program, std::string_view property,
                        std::string_view detail) {
  if (!failed()) {
    first_failure_ = report_.cases;
    Keep(FindingKey(property), program, std::string(detail));
    failures_.front().minimizable = false;
  }
  failures_.front().program = program;
  failures_.front().detail = std::string(detail);
}

void SuiteSession::KeepAsSeed(const Program& program) {
  const std::vector<uint8_t> bytes = EncodeBytes(program);
  const std::string path = absl::StrFormat("%s/%s-%s-%06d.bin", options_.seeds_folder,
                                           std::string(name_), design_.name, report_.cases);
  const absl::Status status = WriteOutput(path, {bytes.begin(), bytes.end()});
  if (status.ok()) return;
  CouldNotWrite(status);
  keeps_seeds_ = false;
}

Minimized SuiteSession::Minimize(const Failure& failure) {
  if (!failure.minimizable) return {.program = failure.program};
  PropertyReproducer::Condition keeps;
  if (known_.has_value()) keeps = known_->Keeps(failure.key.property);
  PropertyReproducer reproducer(runner_, failure.key, {.max_executions = kMinimizerExecutions},
                                std::move(keeps));
  return MinimizeFully(failure.program, reproducer);
}

// Those with the fewest ops are tried; the smallest is described, the others are named.
void SuiteSession::DescribeFailures() {
  constexpr size_t kMostMinimized = 8;
  const auto rank = [](const Failure& failure) {
    return std::pair(OpCount(failure.program), std::string_view(failure.key.property));
  };
  std::sort(failures_.begin(), failures_.end(),
            [&](const Failure& a, const Failure& b) { return rank(a) < rank(b); });
  std::optional<Minimized> smallest;
  const Failure* chosen = nullptr;
  for (size_t i = 0; i < std::min(failures_.size(), kMostMinimized); ++i) {
    Minimized small = Minimize(failures_[i]);
    if (smallest && SizeOf(small.program) >= SizeOf(smallest->program)) continue;
    smallest = std::move(small);
    chosen = &failures_[i];
  }
  DescribeFailure(*chosen, *smallest);
  if (failures_.size() > 1) report_.text += "also violated:\n";
  for (const Failure& failure : failures_) {
    if (&failure == chosen) continue;
    report_.also_violated.emplace_back(failure.key.property, failure.file);
    absl::StrAppend(&report_.text, "  ", failure.key.property, "  ",
                    failure.file.empty() ? "(could not be saved)" : failure.file, "\n");
  }
}

void SuiteSession::DescribeFailure(const Failure& failure, const Minimized& small) {
  report_.property = failure.key.property;
  report_.case_file = failure.file;
  report_.minimized = small.program;
  report_.finding = failure.minimizable ? failure.key.Describe() : failure.detail;
  absl::StrAppend(&report_.text, report_.finding, "\n\n",
                  FormatText(Annotated(small.program, design_, failure.key)));
  if (failure.minimizable) {
    absl::StrAppend(&report_.text, DescribeMinimized(failure.program, small));
  }
  absl::StrAppend(&report_.text, "\n", Explain(runner_, small.program, {}), "\n");
  if (!failure.file.empty()) {
    absl::StrAppend(&report_.text, "saved before this: ", failure.file, "\n");
  }
  const std::string& folder =
      options_.save_folder.empty() ? options_.cases_folder : options_.save_folder;
  report_.minimized_file = Save(folder, small.program, failure.key);
  if (!report_.minimized_file.empty()) {
    absl::StrAppend(&report_.text, "minimized: ", report_.minimized_file, "\n");
  }
  const std::string& path = report_.minimized_file.empty() ? failure.file : report_.minimized_file;
  if (path.empty()) {
    absl::StrAppend(&report_.text, "could not be saved: the program above is all there is\n");
    return;
  }
  absl::StrAppend(&report_.text, NextCommands(options_.command, design_, failure.key, path));
}

void SuiteSession::DescribeReached() {
  for (const auto& [what, cases] : report_.reached) {
    absl::StrAppendFormat(&report_.text, "  %6.2f %%  %s\n",
                          100.0 * static_cast<double>(cases) / static_cast<double>(report_.cases),
                          what);
  }
}

VerdictWord WordFor(uint64_t cases, uint64_t out_of_budget, bool stopped) {
  const bool judged = cases > 0 && out_of_budget == 0 && !stopped;
  return judged ? VerdictWord::kSampled : VerdictWord::kUnknown;
}

SuiteReport SuiteSession::Finish(std::string_view effort) {
  report_.verdict = WordFor(report_.cases, report_.out_of_budget, stopped_);
  if (failed()) DescribeFailures();
  const std::string failures = std::exchange(report_.text, {});
  const std::string judgement = failed() ? absl::StrCat("violates ", report_.property)
                                         : std::string(Spelled(report_.verdict));
  report_.text =
      absl::StrCat(std::string(name_), " on ", design_.name, ": ", judgement, "; ",
                   std::string(effort), ", ", report_.ops, " ops, seed ", report_.seed, "\n");
  if (report_.judged + report_.unjudged + report_.out_of_budget > 0) {
    absl::StrAppend(&report_.text, "  histories: ", report_.judged, " judged, ", report_.unjudged,
                    " not specified, ", report_.out_of_budget, " given up\n");
  }
  if (!report_.stepped_over.empty()) {
    absl::StrAppend(&report_.text, "  ", report_.stepped_over.Describe(), "\n");
  }
  if (!report_.unsupported.empty()) {
    absl::StrAppend(&report_.text, "  ended where it cannot be followed: ", report_.unsupported,
                    "\n");
  }
  if (options_.verbose) DescribeReached();
  report_.text += failures;
  return std::move(report_);
}

}  // namespace groupfuzz
