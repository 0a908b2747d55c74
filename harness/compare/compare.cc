#include "harness/compare/compare.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "harness/execution/strategies/cached_exhaustive_strategy.h"
#include "harness/execution/strategies/random_walk_strategy.h"
#include "harness/verdict/counterexample.h"
#include "harness/verdict/known.h"
#include "target/kernel/unsupported.h"
#include "target/system/names.h"

namespace groupfuzz {
namespace {

constexpr int kDesignColumns = 12;
constexpr int kRulesColumns = 5;
constexpr int kCellColumns = 13;
constexpr uint32_t kSampleSeed = 1;

void AddViolations(const Counterexamples& found, const Program& program, size_t index, Known& known,
                   DesignComparison* result) {
  for (std::string_view id : found.Ids()) {
    result->violations[id].push_back(index);
    if (!StepsOver(*result->design)) continue;
    if (known.HasNews(program, found, id)) {
      result->news[id].push_back(index);
    } else {
      result->stepped_over.Add(id);
    }
  }
}

// Explores one program, and counts it.
void ExploreProgram(Runner& runner, const Program& program, size_t index, uint64_t max_executions,
                    Counterexamples* found, DesignComparison* result) {
  ++result->programs;
  const auto look = [&](const RunOutcome& outcome) {
    found->Add(program, outcome);
    return outcome.findings.empty() ? Seen::kClean : Seen::kFinding;
  };
  CachedExhaustiveStrategy cached;
  const auto worth_it = [](const Exploration& so_far) {
    return so_far.findings == 0 || so_far.executions + so_far.pruned < kCompareFailing;
  };
  Exploration exploration =
      runner.Explore(program, cached, look, worth_it, {.max_executions = max_executions});
  result->executions += exploration.executions + exploration.pruned;
  if (exploration.complete) return;
  result->sampled.push_back(index);
  RandomWalkStrategy random(kSampleSeed, std::min(kCompareSamples, max_executions));
  exploration = runner.Explore(program, random, look, nullptr, {});
  result->executions += exploration.executions;
}

bool Contains(const std::vector<size_t>& programs, size_t program) {
  return std::find(programs.begin(), programs.end(), program) != programs.end();
}

std::string Join(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) absl::StrAppend(&text, text.empty() ? "" : ", ", word);
  return text;
}

// The words of a cell, broken into lines that fit it.
std::vector<std::string> CellLines(const DesignComparison& row, PropertyGroup group) {
  std::vector<std::string> lines;
  std::vector<std::string> line;
  for (const Property& property : Properties()) {
    if (property.group != group || !row.violations.contains(property.id)) continue;
    line.emplace_back(property.id);
    if (Join(line).size() < kCellColumns - 1) continue;
    line.pop_back();
    lines.push_back(Join(line) + ",");
    line = {std::string(property.id)};
  }
  if (!line.empty()) lines.push_back(Join(line));
  if (!lines.empty()) return lines;
  return {std::string(Spelled(row.word()))};
}

std::string FormatTableRow(const DesignComparison& row) {
  std::array<std::vector<std::string>, kPropertyGroups> cells;
  size_t height = 1;
  for (int g = 0; g < kPropertyGroups; ++g) {
    cells[g] = CellLines(row, static_cast<PropertyGroup>(g));
    height = std::max(height, cells[g].size());
  }
  // A name that is wider than its column has a line of its own.
  const bool wide = row.design->name.size() > size_t{kDesignColumns};
  std::string text = wide ? row.design->name + "\n" : "";
  for (size_t i = 0; i < height; ++i) {
    std::string line =
        absl::StrFormat("%-*s %-*s", kDesignColumns, i > 0 || wide ? "" : row.design->name,
                        kRulesColumns, i == 0 ? row.design->rules : "");
    for (const auto& cell : cells) {
      absl::StrAppendFormat(&line, " %-*s", kCellColumns - 1, i < cell.size() ? cell[i] : "");
    }
    line.erase(line.find_last_not_of(' ') + 1);
    absl::StrAppend(&text, line, "\n");
  }
  return text;
}

// What `row` shows beside its baseline. That it shows nothing is said where it ran to its end.
std::string News(const DesignComparison& row) {
  std::vector<std::string> ids;
  for (const Property& property : Properties()) {
    if (row.news.contains(property.id)) ids.emplace_back(property.id);
  }
  const std::string& baseline = row.design->baseline->name;
  if (!ids.empty()) {
    std::string news = absl::StrCat("shows ", Join(ids), ", where ", baseline, " does not");
    if (row.unsupported.empty()) return news;
    return absl::StrCat(news, "; is unknown beyond that: ", row.unsupported);
  }
  if (row.unsupported.empty() && !row.complete) return "did not run to its end: unknown";
  if (const std::string why = row.WhyUnknown(); !why.empty()) return "is unknown: " + why;
  return absl::StrCat("shows nothing that ", baseline, " does not");
}

void AddWrapped(const std::string& sentence, std::string* text) {
  constexpr size_t kIndent = 2;
  for (const std::string& line : Wrap(sentence, kReportColumns, kIndent)) {
    absl::StrAppend(text, line, "\n");
  }
}

// "I21, I34 (12 of 19 programs)"
std::string DescribeGone(const std::vector<Gone>& all, bool sampled) {
  std::vector<std::string> items;
  for (const Gone& gone : all) {
    if (gone.sampled != sampled) continue;
    const bool wholly = gone.programs == gone.of;
    items.push_back(wholly ? std::string(gone.id)
                           : absl::StrCat(std::string(gone.id), " (", gone.programs, " of ",
                                          Counted(gone.of, "program"), ")"));
  }
  return Join(items);
}

// Where what it is compared with was looked at, too.
void AddGone(const DesignComparison& row, const std::vector<DesignComparison>& rows,
             std::string* text) {
  const DesignComparison* base = BaseOf(row, rows);
  if (base == nullptr) return;
  const std::vector<Gone> gone = GoneFrom(*base, row);
  const std::string ids = DescribeGone(gone, /*sampled=*/false);
  const std::string unsure = DescribeGone(gone, /*sampled=*/true);
  if (!ids.empty()) AddWrapped(absl::StrCat(row.design->name, " no longer shows ", ids, "."), text);
  if (unsure.empty()) return;
  AddWrapped(absl::StrCat(row.design->name, " did not show ", unsure,
                          ", where not every interleaving was tried."),
             text);
}

// "7 on device-lock, 31 on claim-v1"
void AddCount(const DesignComparison& row, size_t programs, std::string* list) {
  if (programs == 0) return;
  absl::StrAppend(list, list->empty() ? "" : ", ", programs, " on ", row.design->name);
}

}  // namespace

DesignComparison CompareDesign(Runner& runner, const std::vector<ProgramFile>& corpus,
                               uint64_t max_executions, const CompareProgress& progress) {
  DesignComparison result{.design = &runner.design(), .violations = {}, .news = {}};
  Known known(runner.design());
  for (size_t i = 0; i < corpus.size() && (!progress || progress(result)); ++i) {
    Counterexamples found;
    const auto explore = [&] {
      ExploreProgram(runner, corpus[i].contents.program, i, max_executions, &found, &result);
    };
    std::string why;
    if (!kernel::Follows(explore, &why) && result.unjudged++ == 0) result.unsupported = why;
    AddViolations(found, corpus[i].contents.program, i, known, &result);
  }
  result.complete = result.programs == corpus.size() && result.unjudged == 0;
  result.changed = LinesThatChanged(runner.design());
  return result;
}

VerdictWord DesignComparison::word() const {
  if (!complete || (changed && changed->untouched())) return VerdictWord::kUnknown;
  return sampled.empty() ? VerdictWord::kExhausted : VerdictWord::kSampled;
}

std::string DesignComparison::WhyUnknown() const {
  if (!unsupported.empty()) return unsupported;
  return changed && changed->untouched() ? "nothing ran of what is changed" : "";
}

const DesignComparison* BaseOf(const DesignComparison& row,
                               const std::vector<DesignComparison>& rows) {
  if (!StepsOver(*row.design)) return nullptr;
  const auto base = std::find_if(rows.begin(), rows.end(), [&](const DesignComparison& other) {
    return other.design->name == row.design->baseline->name;
  });
  return base == rows.end() ? nullptr : &*base;
}

std::vector<Gone> GoneFrom(const DesignComparison& base, const DesignComparison& row) {
  std::vector<Gone> all;
  if (!base.complete || !row.complete) return all;
  for (const Property& property : Properties()) {
    const auto shown = base.violations.find(property.id);
    if (shown == base.violations.end()) continue;
    const auto still = row.violations.find(property.id);
    Gone gone{.id = property.id, .of = shown->second.size()};
    for (const size_t program : shown->second) {
      if (still != row.violations.end() && Contains(still->second, program)) continue;
      ++gone.programs;
      gone.sampled |= Contains(row.sampled, program);
    }
    if (gone.programs > 0) all.push_back(gone);
  }
  return all;
}

std::string FormatTable(const std::vector<DesignComparison>& rows) {
  std::string text = absl::StrFormat("%-*s %-*s", kDesignColumns, "design", kRulesColumns, "rules");
  for (int g = 0; g < kPropertyGroups; ++g) {
    absl::StrAppendFormat(&text, " %-*s", kCellColumns - 1,
                          std::string(GroupName(static_cast<PropertyGroup>(g))));
  }
  text.erase(text.find_last_not_of(' ') + 1);
  text += "\n";
  for (const DesignComparison& row : rows) text += FormatTableRow(row);
  return text;
}

std::string DescribeNews(const std::vector<DesignComparison>& rows) {
  std::string text;
  for (const DesignComparison& row : rows) {
    if (!StepsOver(*row.design)) continue;
    AddWrapped(absl::StrCat(row.design->name, " ", News(row), "."), &text);
    AddGone(row, rows, &text);
    if (row.changed) AddWrapped(Describe(*row.changed) + ".", &text);
    if (!row.stepped_over.empty()) AddWrapped(row.stepped_over.Describe() + ".", &text);
  }
  return text.empty() ? text : text + "\n";
}

std::string DescribeEffort(const std::vector<DesignComparison>& rows, size_t corpus_size) {
  uint64_t executions = 0;
  std::string too_large;
  std::string unjudged;
  for (const DesignComparison& row : rows) {
    executions += row.executions;
    AddCount(row, row.unjudged, &unjudged);
    AddCount(row, row.sampled.size(), &too_large);
  }
  std::string text =
      absl::StrCat(Counted(corpus_size, "program"), ", ", Counted(rows.size(), "design"), ", ",
                   Counted(executions, "execution"), ".\n");
  if (!too_large.empty()) {
    absl::StrAppend(&text, "Programs with too many interleavings to try all of them:\n", too_large,
                    ".\n");
  }
  if (!unjudged.empty()) {
    absl::StrAppend(&text, "Programs that cannot be followed to their end:\n", unjudged, ".\n");
  }
  return text;
}

}  // namespace groupfuzz
