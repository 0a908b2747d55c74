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
#include "harness/report/terminal.h"
#include "harness/verdict/counterexample.h"
#include "harness/verdict/counterexample_file.h"
#include "harness/verdict/known.h"
#include "harness/verdict/runner.h"
#include "target/system/names.h"

namespace groupfuzz::cli {
namespace {

// What is to be kept.
struct Kept {
  FindingKey key;
  bool is_news = false;
};

// Shows how far a minimization is, and stops at what is smallest when Ctrl-C comes.
class Watched : public Reproducer {
 public:
  Watched(Reproducer& reproducer, Progress& progress)
      : reproducer_(reproducer), progress_(progress) {}

  bool Replay(Program* program) override { return GoesOn() && reproducer_.Replay(program); }
  bool Search(Program* program) override {
    if (!GoesOn() || !reproducer_.Search(program)) return false;
    smallest_ = OpCount(*program);
    return true;
  }

 private:
  bool GoesOn() {
    ++tried_;
    if (progress_.Due()) {
      progress_.Show(
          absl::StrCat(Counted(tried_, "program"), " tried, ", Counted(smallest_, "op")));
    }
    // Before the first one there is no program that shows it.
    return tried_ == 1 || !Interrupted();
  }

  Reproducer& reproducer_;
  Progress& progress_;
  uint64_t tried_ = 0;
  int smallest_ = 0;
};

// The first finding of `id` (of any property where that is empty) with the program's own schedule,
// else with the easiest one there is; news before what is known.
std::optional<Kept> KeptOf(Runner& runner, Known& known, const std::string& id,
                           const SearchLimits& limits, Program* program, bool* complete) {
  for (const bool searched : {false, true}) {
    if (searched) {
      if (id.empty()) break;
      auto easiest = FindEasiest(runner, *program, FindingKey(id), limits, complete);
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

// Why a program whose other schedules were not all searched is left as it is.
std::string NothingToKeep(const Design& design, const std::string& id, uint64_t max_executions) {
  if (id.empty()) {
    return absl::StrCat(design.name,
                        " violates no property with the program's own schedule; "
                        "--property ID searches for another one");
  }
  return absl::StrCat(design.name, ": no violation of ", id, " in ", max_executions,
                      " executions; --max-executions tries more");
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
  const uint64_t flag = absl::GetFlag(FLAGS_max_executions);
  const uint64_t max_executions = flag > 0 ? flag : kMinimizerExecutions;
  Progress progress;
  const auto keep_going = [&](const Exploration& so_far) {
    if (progress.Due()) progress.Show(Counted(so_far.executions, "execution") + " searched");
    return !Interrupted();
  };
  const SearchLimits limits{.max_executions = max_executions, .keep_going = keep_going};
  bool complete = false;
  const std::optional<Kept> kept = KeptOf(runner, known, id, limits, &program, &complete);
  if (!kept) {
    progress.Wipe();
    if (Interrupted()) return absl::CancelledError("interrupted; nothing was found so far");
    if (!complete) {
      return absl::FailedPreconditionError(
          absl::StrCat(file->path, ": ", NothingToKeep(design, id, max_executions)));
    }
    absl::PrintF("%s: %s does not violate %s\n", file->path, design.name, id);
    return ExitStatus::kClean;
  }
  // News stays news; what is known may become what is known as well.
  const FindingKey& key = kept->key;
  SteppedOver stepped_over;
  PropertyReproducer::Condition keeps;
  if (kept->is_news) keeps = known.Keeps(key.property, &stepped_over);
  PropertyReproducer reproducer(runner, key, limits, std::move(keeps));
  Watched watched(reproducer, progress);
  Minimized small = MinimizeFully(program, watched);
  small.cut = Interrupted();
  progress.Wipe();
  const std::string output = absl::GetFlag(FLAGS_output);
  const std::string text = FormatText(Annotated(small.program, design, key));
  if (absl::Status status = WriteOutput(output, text); !status.ok()) return status;
  if (!stepped_over.empty()) absl::FPrintF(stderr, "%s\n", stepped_over.Describe());
  absl::FPrintF(stderr, "%s: %snext: %s explain%s %s\n", key.Describe(),
                DescribeMinimized(program, small), ProgramName(), DesignFlag(design),
                output.empty() ? "FILE" : ShellWord(output));
  return small.cut ? ExitStatus::kInterrupted : ExitStatus::kFinding;
}

}  // namespace groupfuzz::cli
