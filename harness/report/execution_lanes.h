// What a page and a picture show of an execution, step by step: a lane for each thread with what it
// does, the locks that it holds and whom it waits for, and beside them the state of the group and
// of each device. How that is drawn is for html_page.h and svg_picture.h.
//
// Guarantees: equal executions give equal lanes.
//
// Thread-safety: plain values; built once, and outlived by the execution.
#ifndef GROUPFUZZ_HARNESS_REPORT_EXECUTION_LANES_H_
#define GROUPFUZZ_HARNESS_REPORT_EXECUTION_LANES_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "harness/execution/trace.h"
#include "harness/program/program.h"
#include "harness/report/lock_timeline.h"
#include "harness/report/timeline_rows.h"
#include "harness/report/timeline_steps.h"
#include "properties/invariants/property.h"

namespace groupfuzz {

// "claim-v1: violates I2", in the order in which it showed; "claim-v1: one execution"
std::string TitleOf(const std::string& design, const std::vector<Finding>& findings);
// "3 ops, 2 threads, 1 preemption"
std::string SizeOf(const Program& program, const Trace& trace);

// A thread after a step.
struct Lane {
  LockTimeline::Held held;  // in the order in which they were taken
  std::string what;         // the step, of the thread that did it
  bool starts_or_ends = false;
  std::string waits;  // "waits for T1 (group->mutex)"
};

// A column of the state.
struct StateCell {
  std::string text;
  bool changed = false;  // since the step before
};

struct LaneStep {
  TimelineStep step;
  bool detail = false;  // only for who wants everything
  std::vector<Lane> lanes;
  std::vector<StateCell> state;  // as columns() says
};

class ExecutionLanes {
 public:
  // Without `all_events` the steps are those of the text, with its numbers.
  // REQUIRES: `trace` is of `program` and was recorded with snapshots; `findings` are of `trace`.
  ExecutionLanes(const Program& program, const Trace& trace, const std::vector<Finding>& findings,
                 bool all_events);

  const std::vector<LaneStep>& steps() const { return steps_; }
  // Of the state: fields of the group, then a column for each device.
  const std::vector<std::string>& columns() const { return columns_; }
  static constexpr size_t kGroupColumns = 5;

  std::string Title(const std::string& design) const { return TitleOf(design, findings_); }
  std::string Size() const { return SizeOf(program_, trace_); }
  // The step at which `finding`, one of those given, is shown.
  size_t StepOf(const Finding& finding) const;
  // What was seen, with the domains as the state has them.
  std::string Detail(const Finding& finding) const { return NamedDetail(finding, names_); }
  // Who does what, who holds what, who waits: a step in words.
  std::string Sentence(size_t step) const;

 private:
  std::string What(const Row& row) const;
  Lane LaneOf(uint8_t thread, const Row& row) const;
  std::string WaitOf(uint8_t thread, const Row& row) const;
  std::vector<StateCell> StateOf(const Row& row) const;
  void MarkDetails();

  const Program& program_;
  const Trace& trace_;
  const std::vector<Finding>& findings_;
  const bool all_events_;
  const DomainNames names_;
  const LockTimeline locks_;
  std::vector<std::string> columns_;
  std::vector<LaneStep> steps_;
};

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_REPORT_EXECUTION_LANES_H_
