#include <string>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "harness/cli/command.h"
#include "harness/cli/designs.h"
#include "harness/cli/flags.h"
#include "harness/counterexample.h"
#include "harness/minimizer.h"
#include "harness/names.h"
#include "harness/program_file.h"
#include "harness/runner.h"

namespace groupfuzz::cli {
namespace {

// For one candidate; the minimizer tries hundreds.
constexpr uint64_t kSearchExecutions = 20'000;

// The comment that leads the result: what it shows, and how to see it.
std::string Title(const Design& design, const Property& property) {
  return absl::StrCat(std::string(property.id), " on ", std::string(design.name), ":\n",
                      std::string(property.statement));
}

}  // namespace

absl::StatusOr<ExitStatus> MinimizeCommand(const Arguments& arguments) {
  const absl::StatusOr<std::vector<const Design*>> designs = ChosenDesigns({kDefaultDesign});
  if (!designs.ok()) return designs.status();
  if (designs->size() > 1) return absl::InvalidArgumentError("minimize works on one --design");
  const std::string id = absl::GetFlag(FLAGS_property);
  if (id.empty()) return absl::InvalidArgumentError("minimize needs --property ID");
  const Property* property = FindProperty(id);
  if (property == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("unknown property '", id, "'; see `groupfuzz list properties`"));
  }
  const absl::StatusOr<ProgramFile> file = LoadArgument(arguments[0]);
  if (!file.ok()) return file.status();

  const uint64_t flag = absl::GetFlag(FLAGS_max_executions);
  const Design& design = *designs->front();
  Runner runner(design);
  PropertyReproducer reproducer(runner, id, flag > 0 ? flag : kSearchExecutions);
  TextProgram small;
  small.program = Minimize(file->contents.program, reproducer);
  if (!Violates(runner.Run(small.program).findings, id)) {
    absl::PrintF("%s: %s does not violate %s\n", file->path, std::string(design.name), id);
    return ExitStatus::kClean;
  }
  small.title = Title(design, *property);
  small.expectations.push_back({std::string(design.name), id});
  const std::string output = absl::GetFlag(FLAGS_output);
  if (absl::Status status = WriteOutput(output, FormatText(small)); !status.ok()) return status;
  const auto size = [](const Program& program) {
    return absl::StrCat(Counted(OpCount(program), "op"), ", ",
                        Counted(program.thread_count, "thread"));
  };
  absl::FPrintF(stderr, "%s (was: %s)\nnext: groupfuzz run%s %s\n", size(small.program),
                size(file->contents.program), DesignFlag(design), output.empty() ? "FILE" : output);
  return ExitStatus::kFinding;
}

}  // namespace groupfuzz::cli
