// `groupfuzz compare`: every design on every program, as a table.
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/strings/str_format.h"
#include "harness/cli/command.h"
#include "harness/cli/designs.h"
#include "harness/cli/flags.h"
#include "harness/cli/json_output.h"
#include "harness/cli/page.h"
#include "harness/compare/compare.h"
#include "harness/compare/compare_json.h"
#include "harness/compare/showcase.h"
#include "harness/program/output.h"
#include "harness/program/program_file.h"
#include "harness/report/report.h"
#include "harness/report/terminal.h"
#include "harness/verdict/runner.h"

namespace groupfuzz::cli {
namespace {

// The design whose race the project was made to show.
constexpr char kShownDesign[] = "claim-v1";

// One row a design. Where Ctrl-C came first, the row says so too: a design that is missing would
// look like one that nobody asked for.
std::vector<DesignComparison> CompareAll(const std::vector<const Design*>& designs,
                                         const std::vector<ProgramFile>& corpus) {
  const uint64_t flag = absl::GetFlag(FLAGS_max_executions);
  Progress progress;
  std::vector<DesignComparison> rows;
  for (const Design* design : designs) {
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

// Long before the rest.
absl::Status Show(const std::optional<Showcase>& showcase, bool json) {
  if (!showcase) return absl::OkStatus();
  if (!json) absl::PrintF("%s\n", FormatShowcase(*showcase, {.colour = UseColour()}));
  std::fflush(stdout);
  return WritePage(*showcase->design, showcase->program, showcase->source);
}

void PrintVerdict(const std::vector<DesignComparison>& rows, const std::vector<ProgramFile>& corpus,
                  const std::optional<Showcase>& showcase) {
  if (Interrupted()) absl::PrintF("interrupted; so far:\n");
  absl::PrintF("%s\n%s%s", FormatTable(rows), DescribeNews(rows),
               DescribeEffort(rows, corpus.size()));
  if (!showcase) return;
  absl::PrintF("\nnext: %s explore%s %s\n", ProgramName(), DesignFlag(*showcase->design),
               ShellWord(showcase->source));
}

std::string JsonText(const std::vector<DesignComparison>& rows,
                     const std::vector<ProgramFile>& corpus,
                     const std::optional<Showcase>& showcase) {
  Json document = DocumentOf("compare");
  document["interrupted"] = Interrupted();
  document["programs"] = corpus.size();
  Json designs = Json::array();
  for (const DesignComparison& row : rows) designs.push_back(DesignJson(row, corpus));
  document["designs"] = designs;
  document["showcase"] = showcase ? ShowcaseJson(*showcase) : Json();
  return Serialized(document);
}

}  // namespace

absl::StatusOr<ExitStatus> CompareCommand(const Arguments&) {
  const absl::StatusOr<bool> json = WantsJson();
  if (!json.ok()) return json.status();
  const absl::StatusOr<std::vector<const Design*>> designs = ChosenDesigns(AllDesignNames());
  if (!designs.ok()) return designs.status();
  const absl::StatusOr<std::vector<ProgramFile>> corpus = LoadCorpus(absl::GetFlag(FLAGS_corpus));
  if (!corpus.ok()) return corpus.status();
  const std::string file = absl::GetFlag(FLAGS_json_to);
  // Before minutes are spent; and nobody takes an older one for this.
  if (absl::Status status = file.empty() ? absl::OkStatus() : WriteOutput(file, ""); !status.ok()) {
    return status;
  }
  if (absl::Status page = PreparePage(/*executions=*/1); !page.ok()) return page;
  std::optional<Showcase> showcase =
      FirstShowcase(*designs, *corpus, kShownDesign, [] { return !Interrupted(); });
  if (absl::Status page = Show(showcase, *json); !page.ok()) return page;
  const std::vector<DesignComparison> rows = CompareAll(*designs, *corpus);
  if (!showcase && !Interrupted()) {
    showcase = ChooseShowcase(rows, *corpus, kShownDesign);
    if (absl::Status page = Show(showcase, *json); !page.ok()) return page;
  }
  if (!showcase) ExplainEmptyPage();
  if (*json) {
    absl::PrintF("%s", JsonText(rows, *corpus, showcase));
  } else {
    PrintVerdict(rows, *corpus, showcase);
  }
  if (!file.empty()) {
    absl::Status status = WriteOutput(file, JsonText(rows, *corpus, showcase));
    if (!status.ok()) return status;
  }
  if (AnyFinding(rows)) return ExitStatus::kFinding;
  for (const DesignComparison& row : rows) {
    if (row.unsupported.empty()) continue;
    return absl::UnimplementedError(
        absl::StrCat("unknown: ", row.design->name, ": ", row.unsupported));
  }
  return StatusOf(/*found=*/false);
}

}  // namespace groupfuzz::cli
