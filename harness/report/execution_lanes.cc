#include "harness/report/execution_lanes.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "harness/program/strings.h"
#include "harness/program/text_codec.h"
#include "target/system/names.h"

namespace groupfuzz {
namespace {

std::string NamesOf(const LockTimeline::Held& held) {
  return absl::StrJoin(held, ", ",
                       [](std::string* out, const NamedLock& lock) { out->append(lock.Name()); });
}

// Whether two rows are of the same step, of two lists of one execution.
bool Same(const Row& a, const Row& b) {
  return a.kind == b.kind && a.thread == b.thread && a.op == b.op && a.event == b.event &&
         a.what == b.what;
}

}  // namespace

ExecutionLanes::ExecutionLanes(const Program& program, const Trace& trace,
                               const std::vector<Finding>& findings, bool all_events)
    : program_(program),
      trace_(trace),
      findings_(findings),
      all_events_(all_events),
      names_(program, trace),
      locks_(trace),
      columns_({"owner_cnt", "owner", "default_domain", "domain", "blocking_domain"}) {
  for (uint8_t d = 0; d < program.configuration.device_count; ++d) {
    columns_.push_back(DeviceName(d) + " is on");
  }
  for (TimelineStep& step : TimelineSteps(program, trace, findings, all_events, names_)) {
    LaneStep shown{.step = std::move(step), .lanes = {}, .state = {}};
    const Row& row = shown.step.row;
    for (uint8_t t = 0; t < program.thread_count; ++t) shown.lanes.push_back(LaneOf(t, row));
    shown.state = StateOf(row);
    for (size_t i = 0; i < shown.state.size() && !steps_.empty(); ++i) {
      shown.state[i].changed = steps_.back().state[i].text != shown.state[i].text;
    }
    steps_.push_back(std::move(shown));
  }
  if (all_events) MarkDetails();
}

std::string TitleOf(const std::string& design, const std::vector<Finding>& findings) {
  std::vector<std::string> ids;
  std::set<std::string_view> seen;
  for (const Finding& finding : findings) {
    if (seen.insert(finding.property->id).second) ids.emplace_back(finding.property->id);
  }
  const std::string what = ids.empty() ? "one execution" : "violates " + absl::StrJoin(ids, ", ");
  return absl::StrCat(design, ": ", what);
}

std::string SizeOf(const Program& program, const Trace& trace) {
  return absl::StrCat(Counted(OpCount(program), "op"), ", ",
                      Counted(program.thread_count, "thread"), ", ",
                      Counted(trace.preemptions, "preemption"));
}

size_t ExecutionLanes::StepOf(const Finding& finding) const {
  for (size_t i = 0; i < steps_.size(); ++i) {
    const auto& shown = steps_[i].step.findings;
    if (std::find(shown.begin(), shown.end(), &finding) != shown.end()) return i;
  }
  return 0;
}

std::string ExecutionLanes::Sentence(size_t step) const {
  const LaneStep& shown = steps_[step];
  const Row& row = shown.step.row;
  const std::string who = row.thread < kMaxThreads ? absl::StrCat("T", row.thread) : "the machine";
  std::string text = absl::StrCat("Step ", step, ", ", who, ": ", What(row), ".");
  for (size_t t = 0; t < shown.lanes.size(); ++t) {
    const Lane& lane = shown.lanes[t];
    if (!lane.held.empty()) absl::StrAppend(&text, " T", t, " holds ", NamesOf(lane.held), ".");
    const std::string waits = WaitOf(static_cast<uint8_t>(t), row);
    if (!waits.empty()) absl::StrAppend(&text, " T", t, " ", waits, ".");
  }
  for (const Finding* finding : shown.step.findings) {
    absl::StrAppend(&text, " ", std::string(finding->property->id), " is violated.");
  }
  return text;
}

// Of all events an end of an op is a bare result.
std::string ExecutionLanes::What(const Row& row) const {
  if (!all_events_ || row.kind != RowKind::kOpEnd) return row.what;
  return absl::StrCat(TraitsOf(program_.threads[row.thread][row.op].kind).name, " = ", row.what);
}

Lane ExecutionLanes::LaneOf(uint8_t thread, const Row& row) const {
  Lane lane{.held = locks_.HeldBy(thread, row.event), .what = {}, .waits = {}};
  // Boot and tear-down are nobody's; they stand in the first lane.
  const bool own = row.thread == thread || (row.thread >= kMaxThreads && thread == 0);
  if (!own) {
    lane.waits = WaitOf(thread, row);
    return lane;
  }
  lane.what = What(row);
  lane.starts_or_ends = row.kind == RowKind::kOpStart || row.kind == RowKind::kOpEnd;
  return lane;
}

std::string ExecutionLanes::WaitOf(uint8_t thread, const Row& row) const {
  const auto wanted = locks_.WaitsFor(thread, row.event);
  if (!wanted) return "";
  for (uint8_t t = 0; t < kMaxThreads; ++t) {
    const LockTimeline::Held& held = locks_.HeldBy(t, row.event);
    if (t == thread || std::find(held.begin(), held.end(), *wanted) == held.end()) continue;
    return absl::StrCat("waits for T", t, " (", wanted->Name(), ")");
  }
  return "";
}

// All empty where there is no group.
std::vector<StateCell> ExecutionLanes::StateOf(const Row& row) const {
  const Snapshot* state = StateAfter(row, trace_);
  std::vector<StateCell> cells(columns_.size());
  if (state == nullptr || !state->exists) return cells;
  cells[0].text = absl::StrCat(state->owner_cnt);
  cells[1].text = OwnerName(state->owner);
  cells[2].text = names_.Typed(state->default_domain);
  cells[3].text = names_.Typed(state->domain);
  cells[4].text = names_.Typed(state->blocking_domain);
  for (uint8_t d = 0; d < program_.configuration.device_count; ++d) {
    const DeviceSnapshot& device = state->devices[d];
    cells[kGroupColumns + d].text = absl::StrCat(
        names_.Typed(device.hw), device.bound ? " bound" : "", device.member ? "" : " left");
  }
  return cells;
}

// A reader of the text sees the others, and every one that shows a violation.
void ExecutionLanes::MarkDetails() {
  const std::vector<Row> rows =
      InterestingRows(AllRows(program_, trace_, names_), trace_, MarkedEvents(findings_));
  size_t next = 0;
  for (LaneStep& shown : steps_) {
    const bool same = next < rows.size() && Same(rows[next], shown.step.row);
    if (same) ++next;
    shown.detail = !same && shown.step.findings.empty();
  }
}

}  // namespace groupfuzz
