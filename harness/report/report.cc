#include "harness/report/report.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "harness/report/timeline_rows.h"
#include "harness/report/timeline_steps.h"
#include "target/system/names.h"
#include "target/types/iommu_api.h"

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

std::string ThreadPrefix(const Row& row) {
  if (row.thread >= kMaxThreads) return "";
  const bool inside = row.kind != RowKind::kOpStart && row.kind != RowKind::kOpEnd;
  return absl::StrCat(std::string(row.thread * kThreadIndent, ' '), "T", row.thread,
                      inside ? "   " : " ");
}

std::string MutexName(uint8_t holder) {
  return holder < kMaxThreads ? absl::StrCat("T", holder) : "-";
}

std::string StateColumns(const Row& row, const Trace& trace, const DomainNames& names) {
  const Snapshot* state = StateAfter(row, trace);
  if (state == nullptr) return "";
  if (!state->exists) return absl::StrFormat("  - %-5s %-12s %-12s %s", "-", "-", "-", "-");
  return absl::StrFormat("%3d %-5s %-12s %-12s %s", state->owner_cnt, OwnerName(state->owner),
                         names.Typed(state->default_domain), names.Typed(state->domain),
                         MutexName(row.mutex_holder));
}

std::string FormatRow(const Row& row, int step, const Trace& trace, const DomainNames& names) {
  const std::string prefix = ThreadPrefix(row);
  const std::vector<std::string> lines = Wrap(prefix + row.what, kWhatColumns, prefix.size());
  std::string text =
      absl::StrFormat("%5d %-*s %s", step, kWhatColumns, lines[0], StateColumns(row, trace, names));
  absl::StripTrailingAsciiWhitespace(&text);
  text += '\n';
  for (size_t i = 1; i < lines.size(); ++i) absl::StrAppend(&text, "      ", lines[i], "\n");
  return text;
}

std::vector<std::string> FindingLines(const Finding& finding, const DomainNames& names) {
  const std::string id(finding.property->id);
  const std::string lead = absl::StrCat("  >>> ", id, ": ");
  return Wrap(lead + NamedDetail(finding, names), kReportColumns, lead.size());
}

// "store_type: iommu_group_store_type()", of every kind of op that called anything.
std::string CallsText(const Trace& trace) {
  std::string text;
  for (size_t kind = 0; kind < trace.calls.size(); ++kind) {
    const std::vector<std::string> functions = FunctionsOf(trace, static_cast<OpKind>(kind));
    if (functions.empty()) continue;
    absl::StrAppend(&text, text.empty() ? "" : "; ", kOpTraits[kind].name, ": ",
                    absl::StrJoin(functions, "(), "), "()");
  }
  if (text.empty()) return "";
  return absl::StrJoin(Wrap(text + ".", kReportColumns, 0), "\n") + "\n";
}

}  // namespace

std::vector<std::string> FunctionsOf(const Trace& trace, OpKind kind) {
  std::vector<std::string> functions;
  for (uint32_t calls = trace.calls[static_cast<size_t>(kind)]; calls != 0; calls &= calls - 1) {
    functions.emplace_back(kKernelNames[std::countr_zero(calls)]);
  }
  return functions;
}

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

std::string Timeline(const Program& program, const Trace& trace,
                     const std::vector<Finding>& findings, const ReportOptions& options) {
  const DomainNames names(program, trace);
  std::string text = Coloured(kBold, kHeader, options);
  int number = 0;
  for (const TimelineStep& step :
       TimelineSteps(program, trace, findings, options.all_events, names)) {
    absl::StrAppend(&text, FormatRow(step.row, number++, trace, names));
    for (const Finding* finding : step.findings) {
      for (const std::string& line : FindingLines(*finding, names)) {
        absl::StrAppend(&text, Coloured(kRed, line, options), "\n");
      }
    }
  }
  return text + kLegend + CallsText(trace);
}

std::string DescribeFindings(const Program& program, const Trace& trace,
                             const std::vector<Finding>& findings, const ReportOptions& options) {
  constexpr int kIdColumns = 5;
  const DomainNames names(program, trace);
  const std::string indent(kIdColumns, ' ');
  std::string text;
  std::set<const Property*> stated;
  for (const Finding& finding : findings) {
    const Property& property = *finding.property;
    const bool is_new = stated.insert(&property).second;
    const std::string statement =
        absl::StrFormat("%-*s%s", kIdColumns, std::string(property.id),
                        is_new ? std::string(property.statement) : "And again:");
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
