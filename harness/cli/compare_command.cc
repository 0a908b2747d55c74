// `groupfuzz compare`: every design on every program, as a table.
#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "harness/cli/command.h"
#include "harness/cli/designs.h"
#include "harness/cli/flags.h"
#include "harness/cli/json_output.h"
#include "harness/cli/page.h"
#include "harness/compare/compare.h"
#include "harness/compare/compare_json.h"
#include "harness/compare/compare_page.h"
#include "harness/compare/known_defects.h"
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

// What is compared with a design is shown below it; *base: that one, where nobody asked for it.
std::vector<const Design*> WithBase(std::vector<const Design*> designs, const Design** base) {
  const Design* chosen = ChosenBase();
  if (chosen == nullptr || std::find(designs.begin(), designs.end(), chosen) != designs.end()) {
    return designs;
  }
  *base = chosen;
  designs.insert(designs.begin(), chosen);
  return designs;
}

// Long before the rest; the page is of all.
absl::Status Show(const std::optional<Showcase>& showcase, bool json) {
  if (!showcase) return absl::OkStatus();
  if (!json) absl::PrintF("%s\n", FormatShowcase(*showcase, {.colour = UseColour()}));
  std::fflush(stdout);
  return WritePicture(*showcase->design, showcase->program, showcase->source);
}

// What a comparison came to.
struct Comparison {
  std::vector<ProgramFile> corpus;
  std::vector<DesignComparison> rows;
  const Design* base = nullptr;  // whose own findings are no matter here
  // The first is the easiest; of a design that has a baseline, each of its news has one.
  std::vector<Showcase> showcases;

  // What was found before anybody compared counts, also where the comparison did not come to it.
  void Show(const Showcase& showcase) {
    showcases.push_back(showcase);
    for (DesignComparison& row : rows) {
      if (row.design == showcase.design) AddViolation(showcase, corpus, &row);
    }
  }

  // Of the designs that are in question.
  std::vector<DesignComparison> judged() const {
    std::vector<DesignComparison> others = rows;
    std::erase_if(others, [&](const DesignComparison& row) { return row.design == base; });
    return others;
  }
  bool AnyFinding() const {
    return std::any_of(rows.begin(), rows.end(), [&](const DesignComparison& row) {
      return row.design != base && !row.findings().empty();
    });
  }
  // Why nothing can be said of one of them; empty: of all, something can.
  std::string WhyUnknown() const {
    for (const DesignComparison& row : rows) {
      const std::string why = row.WhyUnknown();
      if (!why.empty()) return absl::StrCat(row.design->name, ": ", why);
    }
    return {};
  }
};

// The other news: whole of the first of a design, brief of the rest.
void ShowOthers(bool json, Comparison* comparison) {
  Progress progress;
  for (const DesignComparison& row : comparison->judged()) {
    const auto keep_going = [&] {
      const std::string what = "minimizing what is new of " + row.design->name;
      if (progress.Due()) progress.Show(what);
      return !Interrupted();
    };
    const auto is_shown = [&](const Showcase& shown) { return shown.design == row.design; };
    bool first = std::none_of(comparison->showcases.begin(), comparison->showcases.end(), is_shown);
    const std::vector<Showcase> others =
        OtherNews(row, comparison->corpus, comparison->showcases, keep_going);
    progress.Wipe();
    for (const Showcase& other : others) {
      if (json) continue;
      absl::PrintF("%s\n",
                   first ? FormatShowcase(other, {.colour = UseColour()}) : FormatBriefly(other));
      first = false;
    }
    comparison->showcases.insert(comparison->showcases.end(), others.begin(), others.end());
  }
}

// A counterexample of each id of the table, with those that were shown.
absl::Status WriteTable(const Comparison& comparison) {
  if (!WantsPage()) return absl::OkStatus();
  std::vector<Showcase> examples = comparison.showcases;
  Progress progress;
  for (const DesignComparison& row : comparison.rows) {
    const std::vector<Showcase> others =
        OneOfEach(row, comparison.corpus, comparison.showcases, [&] {
          const std::string what = "minimizing for the page, of " + row.design->name;
          if (progress.Due()) progress.Show(what);
          return !Interrupted();
        });
    examples.insert(examples.end(), others.begin(), others.end());
  }
  progress.Wipe();
  return WritePageText(ComparePage(comparison.rows, comparison.corpus.size(), examples, SubjectOn));
}

void PrintVerdict(const Comparison& comparison) {
  if (Interrupted()) absl::PrintF("interrupted; so far:\n");
  absl::PrintF("%s\n%s%s%s", FormatTable(comparison.rows), DescribeNews(comparison.rows),
               DescribeKnownDefects(comparison.rows, comparison.corpus),
               DescribeEffort(comparison.rows, comparison.corpus.size()));
  if (comparison.showcases.empty()) return;
  const Showcase& showcase = comparison.showcases.front();
  absl::PrintF("\nnext: %s explore%s %s\n", ProgramName(), DesignAndBaseFlags(*showcase.design),
               ShellWord(showcase.source));
}

std::string JsonText(const Comparison& comparison) {
  Json document = DocumentOf("compare");
  document["interrupted"] = Interrupted();
  document["programs"] = comparison.corpus.size();
  Json designs = Json::array();
  for (const DesignComparison& row : comparison.rows) {
    designs.push_back(DesignJson(row, comparison.corpus, BaseOf(row, comparison.rows)));
  }
  Json showcases = Json::array();
  for (const Showcase& showcase : comparison.showcases) {
    showcases.push_back(ShowcaseJson(showcase));
  }
  document["designs"] = designs;
  document["showcase"] = showcases.empty() ? Json() : showcases.front();
  document["others"] = Json::array();
  for (size_t i = 1; i < showcases.size(); ++i) document["others"].push_back(showcases[i]);
  return Serialized(document);
}

}  // namespace

absl::StatusOr<ExitStatus> CompareCommand(const Arguments&) {
  const absl::StatusOr<bool> json = WantsJson();
  if (!json.ok()) return json.status();
  const absl::StatusOr<std::vector<const Design*>> designs = ChosenDesigns(AllDesignNames());
  if (!designs.ok()) return designs.status();
  absl::StatusOr<std::vector<ProgramFile>> corpus = LoadCorpus(absl::GetFlag(FLAGS_corpus));
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
  Comparison comparison{.corpus = *std::move(corpus), .rows = {}, .showcases = {}};
  comparison.rows = CompareAll(WithBase(*designs, &comparison.base), comparison.corpus);
  if (!showcase && !Interrupted()) {
    showcase = ChooseShowcase(comparison.judged(), comparison.corpus, kShownDesign);
    if (absl::Status page = Show(showcase, *json); !page.ok()) return page;
  }
  if (showcase) comparison.Show(*showcase);
  if (!showcase) ExplainEmptyPicture();
  ShowOthers(*json, &comparison);
  if (*json) {
    absl::PrintF("%s", JsonText(comparison));
  } else {
    PrintVerdict(comparison);
  }
  if (absl::Status page = WriteTable(comparison); !page.ok()) return page;
  if (!file.empty()) {
    absl::Status status = WriteOutput(file, JsonText(comparison));
    if (!status.ok()) return status;
  }
  if (comparison.AnyFinding()) return ExitStatus::kFinding;
  const std::string unknown = comparison.WhyUnknown();
  if (!unknown.empty()) return absl::UnimplementedError("unknown: " + unknown);
  return StatusOf(/*found=*/false);
}

}  // namespace groupfuzz::cli
