#include "harness/cli/page.h"

#include <cstdio>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "harness/cli/designs.h"
#include "harness/cli/flags.h"
#include "harness/program/output.h"
#include "harness/report/html_page.h"
#include "harness/verdict/runner.h"

namespace groupfuzz::cli {

absl::Status PreparePage(size_t executions) {
  const std::string path = absl::GetFlag(FLAGS_html);
  if (path.empty()) return absl::OkStatus();
  if (executions != 1) {
    return absl::InvalidArgumentError("--html works on one --design and one program");
  }
  return WriteOutput(path, "");
}

void ExplainEmptyPage() {
  const std::string path = absl::GetFlag(FLAGS_html);
  if (!path.empty()) absl::FPrintF(stderr, "%s: empty, there is nothing to show\n", path);
}

absl::Status WritePage(const Design& design, const Program& program, const std::string& source) {
  const std::string path = absl::GetFlag(FLAGS_html);
  if (path.empty()) return absl::OkStatus();
  Runner runner(design);
  const RunOutcome outcome = runner.RunRecorded(program);
  // Of the text that the page has, saved: the schedule may not be that of the source.
  const std::string flag = DesignFlag(design);
  const PageSubject subject{.design = std::string(design.name),
                            .source = source,
                            .commands = {absl::StrCat("groupfuzz run", flag, " program.txt"),
                                         absl::StrCat("groupfuzz explain", flag, " program.txt")}};
  return WriteOutput(path, HtmlPage(subject, program, outcome.trace, outcome.findings));
}

}  // namespace groupfuzz::cli
