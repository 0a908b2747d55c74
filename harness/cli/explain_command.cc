// `groupfuzz explain`: one execution: who ran when, what is wrong; or what a property is.
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "harness/cli/command.h"
#include "harness/cli/designs.h"
#include "harness/cli/flags.h"
#include "harness/cli/page.h"
#include "harness/cli/property_help.h"
#include "harness/program/program_file.h"
#include "harness/report/terminal.h"
#include "harness/verdict/execution_mail.h"
#include "harness/verdict/explanation.h"
#include "harness/verdict/known_programs.h"
#include "harness/verdict/runner.h"

namespace groupfuzz::cli {
namespace {

absl::StatusOr<bool> WantsMail() {
  const std::string to = absl::GetFlag(FLAGS_to);
  if (to != "mail" && to != "text" && !to.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("cannot explain to '", to, "'; expected --to=text or mail"));
  }
  if (to != "mail") return false;
  for (const char* flag : {"html", "svg", "trace"}) {
    if (Given(flag)) return absl::InvalidArgumentError(absl::StrCat("--to=mail takes no --", flag));
  }
  return true;
}

absl::StatusOr<ExitStatus> MailIt(const std::vector<const Design*>& designs,
                                  const ProgramFile& file) {
  if (designs.size() != 1) return absl::InvalidArgumentError("--to=mail works on one --design");
  const Design& design = *designs[0];
  const std::string mail =
      ExecutionMail(design, file.contents.program,
                    {.opening = MailOpening(design), .commands = MailCommands(design)},
                    ExpectedOf(file.contents, design.name));
  if (mail.empty()) {
    absl::FPrintF(stderr, "%s on %s: breaks no rule under its own schedule, no mail\n", file.path,
                  design.name);
    return ExitStatus::kClean;
  }
  absl::PrintF("%s", mail);
  return ExitStatus::kFinding;
}

}  // namespace

absl::StatusOr<ExitStatus> ExplainCommand(const Arguments& arguments) {
  const absl::StatusOr<bool> mail = WantsMail();
  if (!mail.ok()) return mail.status();
  const std::string& word = arguments[0];
  const std::string id = absl::AsciiStrToUpper(word);
  if (const std::string property = DescribeProperty(id); !property.empty()) {
    if (*mail) return absl::InvalidArgumentError("--to=mail is of a program, not of a property");
    absl::PrintF("%s", property);
    return ExitStatus::kClean;
  }
  if (LooksLikeId(word) && !std::filesystem::exists(word)) return UnknownProperty(word);
  const absl::StatusOr<std::vector<const Design*>> designs = ChosenDesigns({kDefaultDesign});
  if (!designs.ok()) return designs.status();
  const absl::StatusOr<ProgramFile> file = LoadArgument(word);
  if (!file.ok()) return file.status();
  if (*mail) return MailIt(*designs, *file);
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
