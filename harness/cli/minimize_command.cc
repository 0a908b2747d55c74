#include <optional>
#include <string>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "harness/cli/command.h"
#include "harness/cli/designs.h"
#include "harness/cli/flags.h"
#include "harness/program/minimizer.h"
#include "harness/program/program_file.h"
#include "harness/verdict/counterexample.h"
#include "harness/verdict/counterexample_file.h"
#include "harness/verdict/known_findings.h"
#include "harness/verdict/runner.h"

namespace groupfuzz::cli {
namespace {

// What is to be kept: the first finding of `id` (of any property where that is empty) with the
// program's own schedule, else with the easiest one there is.
std::optional<FindingKey> KeyOf(Runner& runner, const std::string& id, Program* program) {
  for (const bool searched : {false, true}) {
    if (searched) {
      if (id.empty()) break;
      auto easiest = FindEasiest(runner, *program, FindingKey(id), kMinimizerExecutions);
      if (!easiest) break;
      program->schedule = easiest->schedule;
    }
    for (const Finding& finding : runner.Run(*program).findings) {
      if (id.empty() || finding.property->id == id) return FindingKey(*program, finding);
    }
  }
  return std::nullopt;
}

absl::Status CheckProperty(const std::string& id) {
  if (id.empty() || FindProperty(id) != nullptr) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("unknown property '", id, "'; see `groupfuzz list properties`"));
}

}  // namespace

absl::StatusOr<ExitStatus> MinimizeCommand(const Arguments& arguments) {
  const absl::StatusOr<std::vector<const Design*>> designs = ChosenDesigns({kDefaultDesign});
  if (!designs.ok()) return designs.status();
  if (designs->size() > 1) return absl::InvalidArgumentError("minimize works on one --design");
  const std::string id = absl::GetFlag(FLAGS_property);
  if (absl::Status status = CheckProperty(id); !status.ok()) return status;
  absl::StatusOr<ProgramFile> file = LoadArgument(arguments[0]);
  if (!file.ok()) return file.status();

  const Design& design = *designs->front();
  Runner runner(design);
  Program& program = file->contents.program;
  const std::optional<FindingKey> key = KeyOf(runner, id, &program);
  if (!key) {
    absl::PrintF("%s: %s does not violate %s\n", file->path, design.name,
                 id.empty() ? "any property" : id);
    return ExitStatus::kClean;
  }
  const uint64_t flag = absl::GetFlag(FLAGS_max_executions);
  // News of a kernel stays news; what is known of it may become what is known as well.
  KnownFindings known(design);
  PropertyReproducer::Condition keeps;
  if (design.baseline != nullptr && !known.Contains(program, key->property)) {
    keeps = known.KeepsNews(key->property);
  }
  PropertyReproducer reproducer(runner, *key, flag > 0 ? flag : kMinimizerExecutions,
                                std::move(keeps));
  const Minimized small = MinimizeFully(program, reproducer);
  const std::string output = absl::GetFlag(FLAGS_output);
  const std::string text = FormatText(Annotated(small.program, design, *key));
  if (absl::Status status = WriteOutput(output, text); !status.ok()) return status;
  absl::FPrintF(stderr, "%s: %snext: %s explain%s %s\n", key->Describe(),
                DescribeMinimized(program, small), ProgramName(), DesignFlag(design),
                output.empty() ? "FILE" : output);
  return ExitStatus::kFinding;
}

}  // namespace groupfuzz::cli
