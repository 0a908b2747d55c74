// What calls return and leave behind, judged by the sequential model.
#include "absl/strings/str_cat.h"
#include "properties/invariants/history.h"
#include "properties/invariants/invariants.h"
#include "target/system/names.h"

namespace groupfuzz::invariants {
namespace {

std::string Misplaced(std::string_view what, const RecordedCall& call,
                      const LinearizabilityVerdict& verdict) {
  const std::string who = absl::StrCat(std::string(what), " of thread ", call.thread);
  if (call.effect != RecordedCall::kModelled) {
    return absl::StrCat(who, ", in which a failure was injected, began in a state that no order ",
                        "leads to");
  }
  return absl::StrCat(who, " returned ", ResultName(call.result), ", every order gives ",
                      DescribeExpected(verdict));
}

}  // namespace

void ReturnsWhatModelSays(const Ledger&, const Step& step, Report& report) {
  if (step.history == nullptr || step.history->expected().Allows(step.result)) return;
  report.Violated(absl::StrCat("expected ", step.history->expected().Describe(), ", got ",
                               ResultName(step.result)));
}

void LeavesWhatModelSays(const Ledger&, const Step& step, Report& report) {
  if (step.history == nullptr || !step.history->difference()) return;
  const History& history = *step.history;
  report.Violated(Describe(history.difference(), history.model(), history.state()));
}

void HasAPlaceInSomeOrder(const Ledger&, const Step& step, Report& report) {
  if (step.history == nullptr) return;
  const LinearizabilityVerdict& verdict = step.history->verdict();
  if (verdict.call == LinearizabilityVerdict::kFinalState) {
    report.Violated("no order of the calls ends in the state that the execution ended in");
    return;
  }
  const RecordedCall& call = step.history->misplaced();
  if (call.call.function == Function::kStoreType) return;
  report.Violated(Misplaced("a call", call, verdict));
}

void WritesHaveAPlaceInSomeOrder(const Ledger&, const Step& step, Report& report) {
  if (step.history == nullptr) return;
  const LinearizabilityVerdict& verdict = step.history->verdict();
  if (verdict.call == LinearizabilityVerdict::kFinalState) return;
  const RecordedCall& call = step.history->misplaced();
  if (call.call.function != Function::kStoreType) return;
  report.Violated(Misplaced("a write", call, verdict));
}

}  // namespace groupfuzz::invariants
