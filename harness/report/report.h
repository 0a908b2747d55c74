// What a person reads about one execution: a timeline of it, and the findings in words.
//
// The timeline is plain text of at most kReportColumns columns, made to be mailed:
//
//    step what                            cnt owner default      current      mutex
//       5   T1   attach dev0 to B             0 -     D0:DMA       D0:DMA       T1
//       6   T1   unlock group->mutex          1 store D0:DMA       B:blocked    -
//
// Domains are named in order of appearance: D0, D1, ... those of the core, B the blocking domain of
// the group, U0..U2 those of users. Without `all_events` only steps that a reader needs are shown:
// the ops, what they did to hardware, unlocked reads, and every step at which the state changed.
//
// Thread-safety: pure functions.
#ifndef GROUPFUZZ_HARNESS_REPORT_REPORT_H_
#define GROUPFUZZ_HARNESS_REPORT_REPORT_H_

#include <cstddef>
#include <string>
#include <vector>

#include "harness/execution/trace.h"
#include "harness/program/program.h"
#include "properties/invariants/property.h"

namespace groupfuzz {

inline constexpr int kReportColumns = 100;

struct ReportOptions {
  bool all_events = false;
  bool colour = false;  // ANSI escapes, for terminals
};

// REQUIRES: `trace` is of `program` and was recorded with snapshots.
std::string Timeline(const Program& program, const Trace& trace,
                     const std::vector<Finding>& findings, const ReportOptions& options = {});

// "I2  statement\n    detail\n" a finding, domains named as in the timeline.
std::string DescribeFindings(const Program& program, const Trace& trace,
                             const std::vector<Finding>& findings,
                             const ReportOptions& options = {});

// Breaks `text` at spaces into lines of at most `columns`; later lines are moved by `indent`.
std::vector<std::string> Wrap(std::string text, size_t columns, size_t indent);

// The kernel's names of the functions that ops of `kind` called in that execution; none where all
// were refused.
std::vector<std::string> FunctionsOf(const Trace& trace, OpKind kind);

// Ids of the properties that are violated, in the order of the property table, each once.
std::vector<std::string> FindingIds(const std::vector<Finding>& findings);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_REPORT_REPORT_H_
