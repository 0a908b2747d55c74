#include "harness/cli/page.h"

#include <cstdio>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "harness/cli/designs.h"
#include "harness/cli/flags.h"
#include "harness/program/output.h"
#include "harness/report/html_page.h"
#include "harness/report/svg_picture.h"
#include "harness/verdict/runner.h"

namespace groupfuzz::cli {
namespace {

// The flags that are given, and their files.
std::vector<std::pair<std::string, std::string>> Wanted() {
  std::vector<std::pair<std::string, std::string>> wanted;
  const std::string page = absl::GetFlag(FLAGS_html);
  const std::string picture = absl::GetFlag(FLAGS_svg);
  if (!page.empty()) wanted.emplace_back("--html", page);
  if (!picture.empty()) wanted.emplace_back("--svg", picture);
  return wanted;
}

// The commands are of the text that the page has, saved: the schedule may not be that of the
// source.
PageSubject SubjectOf(const Design& design, const std::string& source) {
  const std::string flag = DesignFlag(design);
  return {.design = std::string(design.name),
          .source = source,
          .commands = {absl::StrCat("groupfuzz run", flag, " program.txt"),
                       absl::StrCat("groupfuzz explain", flag, " program.txt")}};
}

}  // namespace

absl::Status PreparePage(size_t executions) {
  for (const auto& [flag, path] : Wanted()) {
    if (executions != 1) {
      return absl::InvalidArgumentError(flag + " works on one --design and one program");
    }
    if (absl::Status status = WriteOutput(path, ""); !status.ok()) return status;
  }
  return absl::OkStatus();
}

void ExplainEmptyPage() {
  for (const auto& [flag, path] : Wanted()) {
    absl::FPrintF(stderr, "%s: empty, there is nothing to show\n", path);
  }
}

absl::Status WritePage(const Design& design, const Program& program, const std::string& source) {
  const std::string page = absl::GetFlag(FLAGS_html);
  const std::string picture = absl::GetFlag(FLAGS_svg);
  if (page.empty() && picture.empty()) return absl::OkStatus();
  Runner runner(design);
  const RunOutcome outcome = runner.RunRecorded(program);
  const PageSubject subject = SubjectOf(design, source);
  if (!picture.empty()) {
    absl::Status status =
        WriteOutput(picture, SvgPicture(subject, program, outcome.trace, outcome.findings));
    if (!status.ok() || page.empty()) return status;
  }
  return WriteOutput(page, HtmlPage(subject, program, outcome.trace, outcome.findings));
}

}  // namespace groupfuzz::cli
