#include "harness/report/report.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "harness/program/strings.h"
#include "harness/report/timeline_rows.h"
#include "target/system/names.h"

namespace groupfuzz {
namespace {

constexpr int kWhatColumns = 52;
constexpr int kThreadIndent = 2;  // columns a thread is moved to the right of the one before it
constexpr char kHeader[] =
    " step what                                                 cnt owner "
    "default      current      mutex\n";
constexpr char kLegend[] =
    "cnt, owner, default, current: owner_cnt, owner, default_domain, domain of the group; mutex: "
    "who\n"
    "holds group->mutex; all after the step. D0, D1: domains of the core; B: blocking; U0: a "
    "user's.\n";

constexpr char kRed[] = "\033[1;31m";
constexpr char kBold[] = "\033[1m";
constexpr char kPlain[] = "\033[0m";

std::string Coloured(const char* colour, const std::string& text, const ReportOptions& options) {
  return options.colour ? absl::StrCat(colour, text, kPlain) : text;
}

bool SameOp(const Row& a, const Row& b) { return a.thread == b.thread && a.op == b.op; }

// Start and end of an op next to each other become one row.
std::vector<Row> JoinStartsAndEnds(const Program& program, std::vector<Row> rows) {
  std::vector<Row> result;
  for (Row& row : rows) {
    if (row.kind != RowKind::kOpEnd) {
      result.push_back(std::move(row));
      continue;
    }
    const bool join =
        !result.empty() && result.back().kind == RowKind::kOpStart && SameOp(result.back(), row);
    const bool returns = row.what != "does not return";
    const std::string name = TraitsOf(program.threads[row.thread][row.op].kind).name;
    row.what = absl::StrCat(join ? result.back().what : name, returns ? " = " : " ", row.what);
    if (join) result.pop_back();
    result.push_back(std::move(row));
  }
  return result;
}

std::string ThreadPrefix(const Row& row) {
  if (row.thread >= kMaxThreads) return "";
  const bool inside = row.kind != RowKind::kOpStart && row.kind != RowKind::kOpEnd;
  return absl::StrCat(std::string(row.thread * kThreadIndent, ' '), "T", row.thread,
                      inside ? "   " : " ");
}

// Breaks `text` at spaces into lines of at most `columns`; later lines are moved by `indent`.
std::vector<std::string> Wrap(std::string text, size_t columns, size_t indent) {
  std::vector<std::string> lines;
  while (text.size() > columns) {
    size_t cut = text.rfind(' ', columns);
    if (cut == std::string::npos || cut <= indent) cut = columns;
    lines.push_back(text.substr(0, cut));
    const size_t rest = text.find_first_not_of(' ', cut);
    text = std::string(indent, ' ') + (rest == std::string::npos ? "" : text.substr(rest));
  }
  lines.push_back(std::move(text));
  return lines;
}

std::string MutexName(uint8_t holder) {
  return holder < kMaxThreads ? absl::StrCat("T", holder) : "-";
}

std::string StateColumns(const Row& row, const Trace& trace, const DomainNames& names) {
  if (trace.snapshots.empty()) return "";
  // The first event is the entry of a function: it changes nothing.
  const Snapshot& state = trace.snapshots[std::max(row.event, 0)];
  if (!state.exists) return absl::StrFormat("  - %-5s %-12s %-12s %s", "-", "-", "-", "-");
  return absl::StrFormat("%3d %-5s %-12s %-12s %s", state.owner_cnt, OwnerName(state.owner),
                         names.Typed(state.default_domain), names.Typed(state.domain),
                         MutexName(row.mutex_holder));
}

std::string FormatRow(const Row& row, int step, const Trace& trace, const DomainNames& names) {
  const std::string prefix = ThreadPrefix(row);
  const std::vector<std::string> lines = Wrap(prefix + row.what, kWhatColumns, prefix.size());
  std::string text = absl::StrFormat("%5d %-*s %s\n", step, kWhatColumns, lines[0],
                                     StateColumns(row, trace, names));
  for (size_t i = 1; i < lines.size(); ++i) absl::StrAppend(&text, "      ", lines[i], "\n");
  return text;
}

// The detail of a finding, with "domain 513" turned into "domain D2".
std::string NamedDetail(const Finding& finding, const DomainNames& names) {
  constexpr std::string_view kWord = "domain ";
  std::string text;
  std::string_view rest = finding.detail;
  for (size_t at = rest.find(kWord); at != std::string_view::npos; at = rest.find(kWord)) {
    const size_t start = at + kWord.size();
    const size_t end = std::min(rest.find_first_not_of("0123456789", start), rest.size());
    uint32_t id = 0;
    const bool named = absl::SimpleAtoi(Abseil(rest.substr(start, end - start)), &id);
    text += rest.substr(0, start);
    text += named ? names.Name(static_cast<DomainId>(id)) : rest.substr(start, end - start);
    rest.remove_prefix(end);
  }
  return text.append(rest);
}

std::vector<std::string> FindingLines(const Finding& finding, const DomainNames& names) {
  const std::string id(finding.property->id);
  const std::string lead = absl::StrCat("  >>> ", id, ": ");
  return Wrap(lead + NamedDetail(finding, names), kReportColumns, lead.size());
}

// The row after which each finding is shown: the last one that is not past it.
std::vector<std::vector<const Finding*>> PlaceFindings(const std::vector<Row>& rows,
                                                       const std::vector<Finding>& findings) {
  std::vector<std::vector<const Finding*>> places(rows.size());
  for (const Finding& finding : findings) {
    size_t place = 0;
    for (size_t i = 0; i < rows.size(); ++i) {
      if (rows[i].event <= static_cast<int>(finding.event)) place = i;
    }
    if (!rows.empty()) places[place].push_back(&finding);
  }
  return places;
}

std::vector<int> MarkedEvents(const std::vector<Finding>& findings) {
  std::vector<int> marked;
  marked.reserve(findings.size());
  for (const Finding& finding : findings) marked.push_back(static_cast<int>(finding.event));
  return marked;
}

}  // namespace

std::string Timeline(const Program& program, const Trace& trace,
                     const std::vector<Finding>& findings, const ReportOptions& options) {
  const DomainNames names(program, trace);
  std::vector<Row> rows = AllRows(program, trace, names);
  if (!options.all_events) {
    rows =
        JoinStartsAndEnds(program, InterestingRows(std::move(rows), trace, MarkedEvents(findings)));
  }
  const auto places = PlaceFindings(rows, findings);
  std::string text = Coloured(kBold, kHeader, options);
  for (size_t i = 0; i < rows.size(); ++i) {
    absl::StrAppend(&text, FormatRow(rows[i], static_cast<int>(i), trace, names));
    for (const Finding* finding : places[i]) {
      for (const std::string& line : FindingLines(*finding, names)) {
        absl::StrAppend(&text, Coloured(kRed, line, options), "\n");
      }
    }
  }
  return text + kLegend;
}

std::string DescribeFindings(const Program& program, const Trace& trace,
                             const std::vector<Finding>& findings, const ReportOptions& options) {
  constexpr int kIdColumns = 5;
  const DomainNames names(program, trace);
  const std::string indent(kIdColumns, ' ');
  std::string text;
  for (const Finding& finding : findings) {
    const Property& property = *finding.property;
    const std::string statement = absl::StrFormat("%-*s%s", kIdColumns, std::string(property.id),
                                                  std::string(property.statement));
    for (const std::string& line : Wrap(statement, kReportColumns, kIdColumns)) {
      absl::StrAppend(&text, Coloured(kRed, line, options), "\n");
    }
    const std::string detail = indent + NamedDetail(finding, names);
    for (const std::string& line : Wrap(detail, kReportColumns, kIdColumns)) {
      absl::StrAppend(&text, line, "\n");
    }
  }
  return text;
}

std::vector<std::string> FindingIds(const std::vector<Finding>& findings) {
  std::vector<std::string> ids;
  for (const Property& property : Properties()) {
    const bool found = std::any_of(findings.begin(), findings.end(), [&](const Finding& finding) {
      return finding.property->id == property.id;
    });
    if (found) ids.emplace_back(property.id);
  }
  return ids;
}

}  // namespace groupfuzz
