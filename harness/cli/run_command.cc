// `groupfuzz run`: one execution and its timeline.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "harness/cli/command.h"
#include "harness/cli/designs.h"
#include "harness/cli/flags.h"
#include "harness/cli/page.h"
#include "harness/execution/verdict_word.h"
#include "harness/program/output.h"
#include "harness/program/program_file.h"
#include "harness/report/report.h"
#include "harness/report/terminal.h"
#include "harness/verdict/runner.h"

namespace groupfuzz::cli {
namespace {

void PrintOutcome(const ProgramFile& file, const Design& design, const RunOutcome& outcome) {
  const ReportOptions options{.all_events = absl::GetFlag(FLAGS_trace), .colour = UseColour()};
  const std::string name(design.name);
  const Program& program = file.contents.program;
  if (outcome.findings.empty()) {
    absl::PrintF("%s: %s: %s: this schedule only\n", file.path, name,
                 std::string(Spelled(VerdictWord::kSampled)));
  } else {
    absl::PrintF("%s: %s violates %s\n%s", file.path, name,
                 absl::StrJoin(FindingIds(outcome.findings), ", "),
                 DescribeFindings(program, outcome.trace, outcome.findings, options));
  }
  absl::PrintF("\n%s\n", Timeline(program, outcome.trace, outcome.findings, options));
}

void PrintNext(const ProgramFile& file, const Design& design,
               const std::vector<Finding>& findings) {
  const std::string flag = DesignFlag(design);
  if (findings.empty()) {
    absl::PrintF("next: %s explore%s %s\n", ProgramName(), flag, ShellWord(file.path));
  } else {
    absl::PrintF("next: %s minimize%s --property %s -o small.txt %s\n", ProgramName(), flag,
                 FindingIds(findings).front(), ShellWord(file.path));
  }
}

}  // namespace

absl::StatusOr<ExitStatus> RunCommand(const Arguments& arguments) {
  const absl::StatusOr<std::vector<const Design*>> designs = ChosenDesigns({kDefaultDesign});
  if (!designs.ok()) return designs.status();
  std::vector<ProgramFile> files;
  for (const std::string& path : arguments) {
    absl::StatusOr<ProgramFile> file = LoadArgument(path);
    if (!file.ok()) return file.status();
    files.push_back(*std::move(file));
  }
  if (absl::Status page = PreparePage(designs->size() * files.size()); !page.ok()) return page;
  ExitStatus status = ExitStatus::kClean;
  for (const Design* design : *designs) {
    Runner runner(*design);
    for (const ProgramFile& file : files) {
      const RunOutcome outcome = runner.RunRecorded(file.contents.program);
      absl::Status page = WritePage(*design, file.contents.program, file.path);
      if (!page.ok()) return page;
      PrintOutcome(file, *design, outcome);
      PrintNext(file, *design, outcome.findings);
      if (!outcome.findings.empty()) status = ExitStatus::kFinding;
    }
  }
  return status;
}

}  // namespace groupfuzz::cli
