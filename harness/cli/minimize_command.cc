// `groupfuzz minimize`: the smallest program with the same finding.
#include <optional>
#include <string>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "harness/cli/command.h"
#include "harness/cli/designs.h"
#include "harness/cli/flags.h"
#include "harness/cli/property_help.h"
#include "harness/program/minimizer.h"
#include "harness/program/output.h"
#include "harness/program/program_file.h"
#include "harness/verdict/counterexample.h"
#include "harness/verdict/counterexample_file.h"
#include "harness/verdict/known.h"
#include "harness/verdict/runner.h"

namespace groupfuzz::cli {
namespace {

// What is to be kept.
struct Kept {
  FindingKey key;
  bool is_news = false;
};

// The first finding of `id` (of any property where that is empty) with the program's own schedule,
// else with the easiest one there is; news before what is known.
std::optional<Kept> KeptOf(Runner& runner, Known& known, const std::string& id, Program* program) {
  for (const bool searched : {false, true}) {
    if (searched) {
      if (id.empty()) break;
      auto easiest = FindEasiest(runner, *program, FindingKey(id), kMinimizerExecutions);
      if (!easiest) break;
      program->schedule = easiest->schedule;
    }
    const Known::Answer answer = known.Split(*program, runner.Run(*program));
    for (const auto* findings : {&answer.news, &answer.known}) {
      for (const Finding* finding : *findings) {
        if (!id.empty() && finding->property->id != id) continue;
        return Kept{FindingKey(*program, *finding), findings == &answer.news};
      }
    }
  }
  return std::nullopt;
}

absl::Status CheckProperty(const std::string& id) {
  if (id.empty() || FindProperty(id) != nullptr) return absl::OkStatus();
  return UnknownProperty(id);
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
  Known known(design);
  const std::optional<Kept> kept = KeptOf(runner, known, id, &program);
  if (!kept) {
    absl::PrintF("%s: %s does not violate %s\n", file->path, design.name,
                 id.empty() ? "any property" : id);
    return ExitStatus::kClean;
  }
  const uint64_t flag = absl::GetFlag(FLAGS_max_executions);
  // News stays news; what is known may become what is known as well.
  const FindingKey& key = kept->key;
  SteppedOver stepped_over;
  PropertyReproducer::Condition keeps;
  if (kept->is_news) keeps = known.Keeps(key.property, &stepped_over);
  PropertyReproducer reproducer(runner, key, flag > 0 ? flag : kMinimizerExecutions,
                                std::move(keeps));
  const Minimized small = MinimizeFully(program, reproducer);
  const std::string output = absl::GetFlag(FLAGS_output);
  const std::string text = FormatText(Annotated(small.program, design, key));
  if (absl::Status status = WriteOutput(output, text); !status.ok()) return status;
  if (!stepped_over.empty()) absl::FPrintF(stderr, "%s\n", stepped_over.Describe());
  absl::FPrintF(stderr, "%s: %snext: %s explain%s %s\n", key.Describe(),
                DescribeMinimized(program, small), ProgramName(), DesignFlag(design),
                output.empty() ? "FILE" : ShellWord(output));
  return ExitStatus::kFinding;
}

}  // namespace groupfuzz::cli
