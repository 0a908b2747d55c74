// `groupfuzz explain`: one execution: who ran when, what is wrong; or what a property is.
#include <filesystem>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "harness/cli/command.h"
#include "harness/cli/designs.h"
#include "harness/cli/flags.h"
#include "harness/cli/page.h"
#include "harness/cli/property_help.h"
#include "harness/program/program_file.h"
#include "harness/report/terminal.h"
#include "harness/verdict/explanation.h"
#include "harness/verdict/runner.h"

namespace groupfuzz::cli {

absl::StatusOr<ExitStatus> ExplainCommand(const Arguments& arguments) {
  const std::string& word = arguments[0];
  const std::string id = absl::AsciiStrToUpper(word);
  if (const std::string property = DescribeProperty(id); !property.empty()) {
    absl::PrintF("%s", property);
    return ExitStatus::kClean;
  }
  if (LooksLikeId(word) && !std::filesystem::exists(word)) return UnknownProperty(word);
  const absl::StatusOr<std::vector<const Design*>> designs = ChosenDesigns({kDefaultDesign});
  if (!designs.ok()) return designs.status();
  const absl::StatusOr<ProgramFile> file = LoadArgument(word);
  if (!file.ok()) return file.status();
  if (absl::Status page = PreparePage(designs->size()); !page.ok()) return page;
  ExitStatus status = ExitStatus::kClean;
  for (const Design* design : *designs) {
    absl::Status page = WritePage(*design, file->contents.program, file->path);
    if (!page.ok()) return page;
    Runner runner(*design);
    absl::PrintF("%s on %s\n\n%s\n", file->path, design->name,
                 Explain(runner, file->contents.program,
                         {.all_events = absl::GetFlag(FLAGS_trace), .colour = UseColour()}));
    if (!runner.checker().findings().empty()) status = ExitStatus::kFinding;
  }
  return status;
}

}  // namespace groupfuzz::cli
