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

std::string Picture(const Design& design, const Program& program, const std::string& source) {
  Runner runner(design);
  const RunOutcome outcome = runner.RunRecorded(program);
  return SvgPicture(SubjectOn(design, source), program, outcome.trace, outcome.findings);
}

void ExplainEmpty(const std::string& path) {
  if (!path.empty()) absl::FPrintF(stderr, "%s: empty, there is nothing to show\n", path);
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
  ExplainEmpty(absl::GetFlag(FLAGS_html));
  ExplainEmptyPicture();
}

void ExplainEmptyPicture() { ExplainEmpty(absl::GetFlag(FLAGS_svg)); }

// The commands are of the text that the page has, saved: the schedule may not be that of the
// source.
PageSubject SubjectOn(const Design& design, const std::string& source) {
  const std::string flag = DesignFlag(design);
  return {.design = std::string(design.name),
          .source = source,
          .commands = {absl::StrCat("groupfuzz run", flag, " program.txt"),
                       absl::StrCat("groupfuzz explain", flag, " program.txt")}};
}

bool WantsPage() { return !absl::GetFlag(FLAGS_html).empty(); }

absl::Status WritePageText(const std::string& html) {
  return WriteOutput(absl::GetFlag(FLAGS_html), html);
}

absl::Status WritePicture(const Design& design, const Program& program, const std::string& source) {
  const std::string path = absl::GetFlag(FLAGS_svg);
  return path.empty() ? absl::OkStatus() : WriteOutput(path, Picture(design, program, source));
}

absl::Status WritePage(const Design& design, const Program& program, const std::string& source) {
  absl::Status picture = WritePicture(design, program, source);
  if (!picture.ok() || !WantsPage()) return picture;
  Runner runner(design);
  const RunOutcome outcome = runner.RunRecorded(program);
  return WritePageText(
      HtmlPage(SubjectOn(design, source), program, outcome.trace, outcome.findings));
}

}  // namespace groupfuzz::cli
