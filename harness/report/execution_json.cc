#include "harness/report/execution_json.h"

#include <bit>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "harness/program/text_codec.h"
#include "harness/report/report.h"
#include "harness/report/timeline_steps.h"
#include "target/system/names.h"

namespace groupfuzz {
namespace {

// `thread`, or null for boot, tear-down and a lock that nobody holds.
Json ThreadJson(uint8_t thread) { return thread < kMaxThreads ? Json(thread) : Json(); }

Json RolesJson(uint32_t kinds) {
  Json roles = Json::array();
  for (; kinds != 0; kinds &= kinds - 1) {
    roles.push_back(TraitsOf(static_cast<OpKind>(std::countr_zero(kinds))).name);
  }
  return roles;
}

Json FindingJson(const Program& program, const Finding& finding, const DomainNames& names) {
  const bool in_op =
      finding.thread < program.thread_count && finding.op < program.threads[finding.thread].size();
  return {{"property", finding.property->id},
          {"group", GroupName(finding.property->group)},
          {"statement", finding.property->statement},
          {"detail", NamedDetail(finding, names)},
          {"thread", in_op ? Json(finding.thread) : Json()},
          {"op", in_op ? Json(finding.op) : Json()},
          {"kind",
           in_op ? Json(TraitsOf(program.threads[finding.thread][finding.op].kind).name) : Json()},
          {"roles", RolesJson(finding.roles)}};
}

Json StateJson(const Row& row, const Snapshot& state, const DomainNames& names) {
  if (!state.exists) return {};
  return {{"owner_cnt", state.owner_cnt},
          {"owner", OwnerName(state.owner)},
          {"default_domain", names.Typed(state.default_domain)},
          {"domain", names.Typed(state.domain)},
          {"mutex", ThreadJson(row.mutex_holder)}};
}

Json StepJson(const TimelineStep& step, const Trace& trace, const DomainNames& names) {
  Json ids = Json::array();
  for (const Finding* finding : step.findings) ids.push_back(finding->property->id);
  const Snapshot* state = StateAfter(step.row, trace);
  return {{"thread", ThreadJson(step.row.thread)},
          {"what", step.row.what},
          {"state", state != nullptr ? StateJson(step.row, *state, names) : Json()},
          {"violates", ids}};
}

Json CallsJson(const Trace& trace) {
  Json calls = Json::array();
  for (size_t kind = 0; kind < trace.calls.size(); ++kind) {
    const std::vector<std::string> functions = FunctionsOf(trace, static_cast<OpKind>(kind));
    if (!functions.empty()) {
      calls.push_back({{"kind", kOpTraits[kind].name}, {"functions", functions}});
    }
  }
  return calls;
}

}  // namespace

Json TextOrNull(const std::string& text) { return text.empty() ? Json() : Json(text); }

Json ExecutionJson(const Program& program, const Trace& trace, const std::vector<Finding>& findings,
                   bool all_events) {
  const DomainNames names(program, trace);
  Json found = Json::array();
  for (const Finding& finding : findings) found.push_back(FindingJson(program, finding, names));
  Json timeline = Json::array();
  for (const TimelineStep& step : TimelineSteps(program, trace, findings, all_events, names)) {
    timeline.push_back(StepJson(step, trace, names));
  }
  return {{"program", FormatText(program)},
          {"ops", OpCount(program)},
          {"threads", program.thread_count},
          {"preemptions", trace.preemptions},
          {"findings", found},
          {"calls", CallsJson(trace)},
          {"timeline", timeline}};
}

}  // namespace groupfuzz
