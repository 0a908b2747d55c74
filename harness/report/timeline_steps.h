// A timeline as people and scripts see it: the steps of one execution in order, each with what was
// found at it.
//
// Thread-safety: plain values and pure functions.
#ifndef GROUPFUZZ_HARNESS_REPORT_TIMELINE_STEPS_H_
#define GROUPFUZZ_HARNESS_REPORT_TIMELINE_STEPS_H_

#include <string>
#include <vector>

#include "harness/execution/trace.h"
#include "harness/program/program.h"
#include "harness/report/timeline_rows.h"
#include "properties/invariants/property.h"

namespace groupfuzz {

struct TimelineStep {
  Row row;
  std::vector<const Finding*> findings;  // point into what TimelineSteps() was given
};

// Without `all_events` only the steps that a reader needs.
// REQUIRES: `trace` is of `program`, and `findings` are of `trace`.
std::vector<TimelineStep> TimelineSteps(const Program& program, const Trace& trace,
                                        const std::vector<Finding>& findings, bool all_events,
                                        const DomainNames& names);

// The events at which something was found: their rows are shown whatever else is.
std::vector<int> MarkedEvents(const std::vector<Finding>& findings);

// The state after `row`; nullptr where `trace` was recorded without snapshots.
const Snapshot* StateAfter(const Row& row, const Trace& trace);

// The detail of a finding, with its domain as the report calls it: "domain D2 is freed twice".
std::string NamedDetail(const Finding& finding, const DomainNames& names);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_REPORT_TIMELINE_STEPS_H_
