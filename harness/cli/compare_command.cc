#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/strings/str_format.h"
#include "harness/cli/command.h"
#include "harness/cli/designs.h"
#include "harness/cli/flags.h"
#include "harness/compare/compare.h"
#include "harness/program/program_file.h"
#include "harness/report/report.h"
#include "harness/report/terminal.h"
#include "harness/verdict/runner.h"

namespace groupfuzz::cli {
namespace {

// The design whose race the project was made to show.
constexpr char kShownDesign[] = "claim-v1";

std::vector<DesignComparison> CompareAll(const std::vector<const Design*>& designs,
                                         const std::vector<ProgramFile>& corpus) {
  const uint64_t flag = absl::GetFlag(FLAGS_max_executions);
  Progress progress;
  std::vector<DesignComparison> rows;
  for (const Design* design : designs) {
    if (Interrupted()) break;
    Runner runner(*design);
    rows.push_back(CompareDesign(
        runner, corpus, flag > 0 ? flag : kCompareExecutions, [&](const DesignComparison& row) {
          if (progress.Due()) {
            progress.Show(absl::StrFormat("%s: %d of %d programs", std::string(design->name),
                                          row.programs, corpus.size()));
          }
          return !Interrupted();
        }));
  }
  return rows;
}

bool AnyFinding(const std::vector<DesignComparison>& rows) {
  for (const DesignComparison& row : rows) {
    if (!row.findings().empty()) return true;
  }
  return false;
}

void PrintShowcase(const std::vector<DesignComparison>& rows,
                   const std::vector<ProgramFile>& corpus) {
  const std::optional<Showcase> showcase = ChooseShowcase(rows, corpus, kShownDesign);
  if (!showcase) return;
  absl::PrintF("\n%s\nnext: groupfuzz explore%s %s\n",
               FormatShowcase(*showcase, {.colour = UseColour()}), DesignFlag(*showcase->design),
               showcase->source);
}

}  // namespace

absl::StatusOr<ExitStatus> CompareCommand(const Arguments&) {
  const absl::StatusOr<std::vector<const Design*>> designs = ChosenDesigns(AllDesignNames());
  if (!designs.ok()) return designs.status();
  const absl::StatusOr<std::vector<ProgramFile>> corpus = LoadCorpus(absl::GetFlag(FLAGS_corpus));
  if (!corpus.ok()) return corpus.status();
  const std::vector<DesignComparison> rows = CompareAll(*designs, *corpus);
  if (Interrupted()) absl::PrintF("interrupted; so far:\n");
  absl::PrintF("%s\n%s%s", FormatTable(rows), DescribeNews(rows),
               DescribeEffort(rows, corpus->size()));
  if (!Interrupted()) PrintShowcase(rows, *corpus);
  return AnyFinding(rows) ? ExitStatus::kFinding : ExitStatus::kClean;
}

}  // namespace groupfuzz::cli
