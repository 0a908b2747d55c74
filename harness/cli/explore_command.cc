// `groupfuzz explore`: the interleavings of one program.
#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "harness/cli/command.h"
#include "harness/cli/designs.h"
#include "harness/cli/exploring.h"
#include "harness/cli/flags.h"
#include "harness/cli/json_output.h"
#include "harness/cli/page.h"
#include "harness/program/output.h"
#include "harness/program/program_file.h"
#include "harness/program/text_codec.h"
#include "harness/report/execution_json.h"
#include "harness/report/report.h"
#include "harness/report/terminal.h"
#include "harness/verdict/known.h"
#include "properties/invariants/property.h"
#include "target/system/names.h"

namespace groupfuzz::cli {
namespace {

constexpr size_t kIndent = 4;

Program WithSchedule(const Program& program, const Counterexample& example) {
  Program scheduled = program;
  scheduled.schedule = example.schedule;
  Normalize(&scheduled);
  return scheduled;
}

absl::Status DoesNotShowAgain(const std::string& file) {
  return absl::InternalError(
      absl::StrCat(file, ": a counterexample does not show again: a defect of groupfuzz"));
}

// One design, as text: the counterexample comes first, what it is one of follows.
class TextReport {
 public:
  TextReport(const Design& design, const ProgramFile& file)
      : runner_(design), design_(design), file_(file) {}

  // An error where it does not show again.
  absl::Status PrintCounterexample(const Counterexample& example) {
    const Program program = WithSchedule(file_.contents.program, example);
    const ReportOptions options{.all_events = absl::GetFlag(FLAGS_trace), .colour = UseColour()};
    const RunOutcome outcome = runner_.RunRecorded(program);
    if (outcome.findings.empty()) return DoesNotShowAgain(file_.path);
    shown_ = FindingIds(outcome.findings);
    story_ = absl::GetFlag(FLAGS_property);
    if (story_.empty()) story_ = outcome.findings.front().property->id;
    absl::PrintF("%s: %s, shortest counterexample (%s):\n%s\n%s\n", file_.path, design_.name,
                 Counted(example.preemptions, "preemption"),
                 DescribeFindings(program, outcome.trace, outcome.findings, options),
                 Timeline(program, outcome.trace, outcome.findings, options));
    std::fflush(stdout);  // long before the rest
    return absl::OkStatus();
  }

  void PrintVerdict(const Explored& explored) const {
    const Exploration& exploration = explored.exploration;
    if (Interrupted()) absl::PrintF("interrupted; so far:\n");
    if (explored.violations.empty()) {
      const std::string verdict =
          explored.unsupported.empty() ? Describe(exploration) : "unknown: " + explored.unsupported;
      absl::PrintF("%s: %s: %s\n", file_.path, design_.name, verdict);
      PrintRefusals(explored);
      return;
    }
    absl::PrintF("%s: %s violates %s (in %d of %d executions%s)\n", file_.path, design_.name,
                 Ids(explored.violations), exploration.findings,
                 exploration.executions + exploration.pruned, exploration.complete ? "" : " tried");
    if (!explored.unsupported.empty()) {
      absl::PrintF("%s: %s is unknown beyond that: %s\n", file_.path, design_.name,
                   explored.unsupported);
    }
    PrintRefusals(explored);
    PrintOthers(explored.violations);
    PrintNext();
  }

 private:
  static std::string Ids(const std::vector<Violation>& violations) {
    return absl::StrJoin(violations, ", ", [](std::string* out, const Violation& violation) {
      out->append(violation.id.data(), violation.id.size());
    });
  }

  void PrintRefusals(const Explored& explored) const {
    const std::string refusals =
        DescribeRefusals(file_.contents.program, explored.refused, explored.exploration.complete);
    if (refusals.empty()) return;
    for (const std::string& line : Wrap(refusals, kReportColumns, kIndent)) {
      absl::PrintF("%s\n", line);
    }
  }

  // What the counterexample does not show, and what of it all is known.
  void PrintOthers(const std::vector<Violation>& violations) const {
    std::vector<Violation> known;
    std::string other;
    for (const Violation& violation : violations) {
      const std::string id(violation.id);
      if (!violation.news) known.push_back(violation);
      if (std::find(shown_.begin(), shown_.end(), id) != shown_.end()) continue;
      if (other.empty()) other = id;
      PrintOther(violation);
    }
    if (!known.empty()) {
      absl::PrintF("known of %s: %s\n", std::string(design_.baseline->name), Ids(known));
    }
    if (other.empty()) return;
    absl::PrintF("\nto see one: %s explore%s --property %s %s", ProgramName(),
                 DesignAndBaseFlags(design_), other, ShellWord(file_.path));
  }

  static void PrintOther(const Violation& violation) {
    const std::string needs =
        violation.preemptions ? Counted(*violation.preemptions, "preemption") : "no schedule";
    const std::string line =
        absl::StrFormat("%-4s %s (%s)", std::string(violation.id),
                        std::string(FindProperty(violation.id)->statement), needs);
    for (const std::string& part : Wrap(line, kReportColumns, kIndent + 1)) {
      absl::PrintF("%s\n", part);
    }
  }

  void PrintNext() const {
    const std::string arguments =
        absl::StrCat(DesignFlag(design_), " --property ", story_.empty() ? "ID" : story_);
    absl::PrintF("\nnext: %s minimize%s -o small.txt %s\n", ProgramName(), arguments,
                 ShellWord(file_.path));
  }

  Runner runner_;
  const Design& design_;
  const ProgramFile& file_;
  std::vector<std::string> shown_;  // ids of the counterexample
  std::string story_;               // that which it is of
};

Json RefusedJson(const Program& program, const std::vector<Refusals::Place>& refused) {
  Json list = Json::array();
  for (const auto& [thread, op] : refused) {
    list.push_back(
        {{"thread", thread}, {"op", op}, {"what", FormatOp(program.threads[thread][op])}});
  }
  return list;
}

Json ViolationsJson(const Design& design, const std::vector<Violation>& violations) {
  Json list = Json::array();
  for (const Violation& violation : violations) {
    list.push_back({{"property", violation.id},
                    {"preemptions", violation.preemptions ? Json(*violation.preemptions) : Json()},
                    {"news", StepsOver(design) ? Json(violation.news) : Json()}});
  }
  return list;
}

Json ExploredJson(Runner& runner, const ProgramFile& file, const Explored& explored) {
  const Exploration& exploration = explored.exploration;
  const bool unknown = !explored.unsupported.empty();
  const VerdictWord word = unknown ? VerdictWord::kUnknown : exploration.word();
  const Json verdict = explored.violations.empty() ? Json(Spelled(word)) : Json();
  Json ids = Json::array();
  for (const Violation& violation : explored.violations) ids.push_back(violation.id);
  Json counterexample;
  if (explored.first) {
    const Program program = WithSchedule(file.contents.program, *explored.first);
    const RunOutcome outcome = runner.RunRecorded(program);
    counterexample =
        ExecutionJson(program, outcome.trace, outcome.findings, absl::GetFlag(FLAGS_trace));
  }
  return {{"design", runner.design().name},
          {"verdict", verdict},
          {"violates", ids},
          {"violations", ViolationsJson(runner.design(), explored.violations)},
          {"executions", exploration.executions},
          {"pruned", exploration.pruned},
          {"with_findings", exploration.findings},
          {"states", exploration.states > 0 ? Json(exploration.states) : Json()},
          {"complete", exploration.complete},
          {"refused", RefusedJson(file.contents.program, explored.refused)},
          {"unsupported", TextOrNull(explored.unsupported)},
          {"counterexample", counterexample}};
}

Json ExplorationJson(const ExplorationPlan& plan, const ProgramFile& file, const Json& designs) {
  Json document = DocumentOf("explore");
  document["interrupted"] = Interrupted();
  document["file"] = file.path;
  document["strategy"] = absl::GetFlag(FLAGS_strategy);
  document["bound"] = plan.bound ? Json(*plan.bound) : Json();
  document["designs"] = designs;
  return document;
}

}  // namespace

absl::StatusOr<ExitStatus> ExploreCommand(const Arguments& arguments) {
  const absl::StatusOr<bool> json = WantsJson();
  if (!json.ok()) return json.status();
  const absl::StatusOr<std::vector<const Design*>> designs = ChosenDesigns({kDefaultDesign});
  if (!designs.ok()) return designs.status();
  const absl::StatusOr<ExplorationPlan> plan = PlanFromFlags();
  if (!plan.ok()) return plan.status();
  const absl::StatusOr<ProgramFile> file = LoadArgument(arguments[0]);
  if (!file.ok()) return file.status();
  absl::Status page = PreparePage(designs->size());
  if (!page.ok()) return page;
  bool found = false;
  std::string unsupported;
  Json results = Json::array();
  for (const Design* design : *designs) {
    Runner runner(*design);
    TextReport report(*design, *file);
    const Explored explored =
        ExploreOn(runner, file->contents.program, *plan, [&](const Counterexample& first) {
          if (!*json) page = report.PrintCounterexample(first);
          if (!page.ok()) return;
          page = WritePage(*design, WithSchedule(file->contents.program, first), file->path);
        });
    if (!page.ok()) return page;
    if (!explored.first) ExplainEmptyPage();
    found |= !explored.violations.empty();
    if (!explored.unsupported.empty() && unsupported.empty()) {
      unsupported = absl::StrCat(design->name, ": ", explored.unsupported);
    }
    if (*json) {
      results.push_back(ExploredJson(runner, *file, explored));
    } else {
      report.PrintVerdict(explored);
    }
  }
  if (*json) absl::PrintF("%s", Serialized(ExplorationJson(*plan, *file, results)));
  if (!found && !unsupported.empty()) {
    return absl::UnimplementedError(absl::StrCat("unknown: ", unsupported));
  }
  return StatusOf(found);
}

}  // namespace groupfuzz::cli
