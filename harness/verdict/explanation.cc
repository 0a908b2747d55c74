#include "harness/verdict/explanation.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "harness/program/text_codec.h"
#include "harness/report/timeline_rows.h"
#include "target/system/names.h"

namespace groupfuzz {
namespace {

using Kind = LinearizabilityVerdict::Kind;
using Unknown = LinearizabilityVerdict::Unknown;

// What one thread does between two switches.
struct Segment {
  uint8_t thread;
  std::vector<std::string> ops;  // those it was at work on
  std::string last;              // its last step
  bool stopped_inside;           // its last op had not ended
};

bool Inside(const Row& row) { return row.kind != RowKind::kOpEnd; }

std::vector<Segment> SegmentsOf(const Program& program, const std::vector<Row>& rows) {
  std::vector<Segment> segments;
  for (const Row& row : rows) {
    if (row.thread >= program.thread_count) continue;
    if (segments.empty() || segments.back().thread != row.thread) {
      segments.push_back({row.thread, {}, "", false});
    }
    Segment& segment = segments.back();
    const std::string op = FormatOp(program.threads[row.thread][row.op]);
    if (segment.ops.empty() || segment.ops.back() != op) segment.ops.push_back(op);
    segment.last = row.what;
    segment.stopped_inside = Inside(row);
  }
  return segments;
}

std::string Joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) absl::StrAppend(&text, text.empty() ? "" : "; ", word);
  return text;
}

// "T0 runs bind 0, and is stopped in it after: unlock group->mutex"
std::string WhoRunsWhen(const Program& program, const Trace& trace) {
  const DomainNames names(program, trace);
  const std::vector<Segment> segments = SegmentsOf(program, AllRows(program, trace, names));
  std::string text;
  int number = 1;
  for (const Segment& segment : segments) {
    absl::StrAppendFormat(&text, "%3d. T%d runs %s\n", number++, segment.thread,
                          Joined(segment.ops));
    if (segment.stopped_inside) {
      absl::StrAppend(&text, "     and stops in the middle of it, after: ", segment.last, "\n");
    }
  }
  return text;
}

std::string CallText(const RecordedCall& call) {
  std::string text =
      absl::StrCat("T", call.thread, " ", std::string(KernelName(call.call.function)));
  if (call.call.function == Function::kStoreType) {
    Op op;
    op.kind = OpKind::kStoreType;
    op.text = *call.call.text;
    text = absl::StrCat("T", call.thread, " ", FormatOp(op));
  }
  if (call.returned == RecordedCall::kNever) return absl::StrCat(text, " does not return");
  return absl::StrCat(text, " = ", ResultName(call.result));
}

// In the order in which they returned.
std::vector<const RecordedCall*> Returned(const std::vector<RecordedCall>& calls) {
  std::vector<const RecordedCall*> order;
  for (const RecordedCall& call : calls) {
    if (call.returned != RecordedCall::kNever) order.push_back(&call);
  }
  std::sort(order.begin(), order.end(),
            [](const RecordedCall* a, const RecordedCall* b) { return a->returned < b->returned; });
  return order;
}

std::string WhyUnknown(Unknown why) {
  switch (why) {
    case Unknown::kJudged:
      return "judged";
    case Unknown::kTainted:
      return "a failure was injected, and other calls came between what it led to";
    case Unknown::kUnspecified:
      return "docs/behaviour.md does not say what some call must do";
    case Unknown::kTooManyCalls:
      return absl::StrCat("it has more than ", kMaxCalls, " calls");
    case Unknown::kTooManyStates:
      return absl::StrCat("more than ", kMaxConfigurations, " states had to be looked at");
  }
  return "?";
}

std::string DescribeViolation(const LinearizabilityVerdict& verdict,
                              const std::vector<RecordedCall>& calls) {
  std::string text = "longest legal prefix, in the order of returns:\n";
  const std::vector<const RecordedCall*> order = Returned(calls);
  const auto legal = std::min(order.size(), static_cast<size_t>(verdict.prefix));
  for (size_t i = 0; i < legal; ++i) absl::StrAppend(&text, "  ", CallText(*order[i]), "\n");
  if (legal == 0) absl::StrAppend(&text, "  (empty)\n");
  if (verdict.call == LinearizabilityVerdict::kFinalState) {
    return absl::StrCat(text,
                        "all results are legal, but no order of the calls ends in the state "
                        "that the group is in\n");
  }
  const RecordedCall& call = calls[static_cast<size_t>(verdict.call)];
  return absl::StrCat(text, "first call without a legal place:\n  ", CallText(call),
                      "\n  expected: ", DescribeExpected(verdict),
                      "\n  got:      ", ResultName(call.result), "\n");
}

}  // namespace

std::string DescribeHistory(const Checker& checker) {
  const LinearizabilityVerdict* verdict = checker.linearizability();
  if (verdict == nullptr) return "";
  switch (verdict->kind) {
    case Kind::kOk:
      if (checker.findings().empty()) return "the calls can be put in one legal order\n";
      return "what the calls return does not show it: in some order, one after the other, they "
             "return the same\n";
    case Kind::kUnknown:
      return absl::StrCat("the order of the calls is not judged: ", WhyUnknown(verdict->unknown),
                          "\n");
    case Kind::kViolation:
      return DescribeViolation(*verdict, checker.calls());
  }
  return "";
}

std::string Explain(Runner& runner, const Program& program, const ReportOptions& options) {
  const RunOutcome outcome = runner.RunRecorded(program);
  std::string text;
  if (!outcome.findings.empty()) {
    absl::StrAppend(&text, "what is wrong:\n",
                    DescribeFindings(program, outcome.trace, outcome.findings, options), "\n");
  }
  if (program.thread_count > 1) {
    absl::StrAppend(&text, "who runs when (",
                    Counted(static_cast<uint64_t>(outcome.trace.preemptions), "preemption"), "):\n",
                    WhoRunsWhen(program, outcome.trace), "\n");
  }
  absl::StrAppend(&text, "every step, and the state after it:\n",
                  Timeline(program, outcome.trace, outcome.findings, options));
  const std::string history = DescribeHistory(runner.checker());
  if (!history.empty()) absl::StrAppend(&text, "\n", history);
  return text;
}

}  // namespace groupfuzz
