#include "harness/report/timeline_steps.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "harness/program/strings.h"
#include "target/kernel/source_line.h"

namespace groupfuzz {
namespace {

bool SameOp(const Row& a, const Row& b) { return a.thread == b.thread && a.op == b.op; }

// Start and end of an op next to each other become one row.
std::vector<Row> JoinStartsAndEnds(std::vector<Row> rows) {
  std::vector<Row> result;
  for (Row& row : rows) {
    if (row.kind != RowKind::kOpEnd) {
      result.push_back(std::move(row));
      continue;
    }
    const bool join =
        !result.empty() && result.back().kind == RowKind::kOpStart && SameOp(result.back(), row);
    if (join) {
      row.what = result.back().what + row.result;
      result.pop_back();
    }
    result.push_back(std::move(row));
  }
  return result;
}

bool IsOfItsOp(const Row& row, const Finding& finding) {
  return row.thread == finding.thread && row.op == finding.op;
}

// The last step of the op that showed it which is not past it; else of any: another op may begin
// before anything else happens.
size_t PlaceOf(const Finding& finding, const std::vector<TimelineStep>& steps) {
  size_t place = 0;
  size_t own = steps.size();
  for (size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].row.event > static_cast<int>(finding.event)) continue;
    place = i;
    if (IsOfItsOp(steps[i].row, finding)) own = i;
  }
  return own < steps.size() ? own : place;
}

// REQUIRES: there are steps.
void PlaceFindings(const std::vector<Finding>& findings, std::vector<TimelineStep>* steps) {
  for (const Finding& finding : findings) {
    (*steps)[PlaceOf(finding, *steps)].findings.push_back(&finding);
  }
}

}  // namespace

std::vector<int> MarkedEvents(const std::vector<Finding>& findings) {
  std::vector<int> marked;
  marked.reserve(findings.size());
  for (const Finding& finding : findings) marked.push_back(static_cast<int>(finding.event));
  return marked;
}

std::vector<TimelineStep> TimelineSteps(const Program& program, const Trace& trace,
                                        const std::vector<Finding>& findings, bool all_events,
                                        const DomainNames& names) {
  std::vector<Row> rows = AllRows(program, trace, names);
  if (!all_events) {
    rows = JoinStartsAndEnds(InterestingRows(std::move(rows), trace, MarkedEvents(findings)));
  }
  std::vector<TimelineStep> steps;
  steps.reserve(rows.size());
  for (Row& row : rows) steps.push_back({.row = std::move(row), .findings = {}});
  // A boot of which nothing is seen but that something is wrong.
  if (steps.empty()) steps.push_back({.row = {.what = "the machine boots"}, .findings = {}});
  PlaceFindings(findings, &steps);
  return steps;
}

const Snapshot* StateAfter(const Row& row, const Trace& trace) {
  // The first event is the entry of a function: it changes nothing.
  return trace.snapshots.empty() ? nullptr : &trace.snapshots[std::max(row.event, 0)];
}

namespace {

uint32_t Number(std::string_view text) {
  uint32_t number = 0;
  if (!absl::SimpleAtoi(Abseil(text), &number)) std::abort();
  return number;
}

// What stands between the braces of a mention.
std::string MentionedName(std::string_view mention, const DomainNames& names) {
  if (mention[0] != '@') return names.Name(static_cast<DomainId>(Number(mention)));
  const size_t colon = mention.find(':');
  const uint32_t line = colon == std::string_view::npos ? 0 : Number(mention.substr(colon + 1));
  const uint32_t code =
      Number(mention.substr(1, colon == std::string_view::npos ? colon : colon - 1));
  return kernel::SourceLineAt(code, static_cast<int>(line)).Describe();
}

}  // namespace

std::string NamedDetail(const Finding& finding, const DomainNames& names) {
  std::string text;
  std::string_view rest = finding.detail;
  for (size_t open = rest.find('{'); open != std::string_view::npos; open = rest.find('{')) {
    const size_t close = rest.find('}', open);
    text += rest.substr(0, open);
    text += MentionedName(rest.substr(open + 1, close - open - 1), names);
    rest.remove_prefix(close + 1);
  }
  return text.append(rest);
}

}  // namespace groupfuzz
