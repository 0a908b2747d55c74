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

void ReturnsWhatModelSays(const Ledger&, const Step& step, Report& report) {
  if (step.history == nullptr || step.history->expected().Allows(step.result)) return;
  report.Violated(absl::StrCat("expected ", step.history->expected().Describe(), ", got ",
                               ResultName(step.result)));
}

constexpr Rule kR1 = {
    {"R1", PropertyGroup::kHistory, "A call returns what the sequential model of the design gives.",
     "behaviour 2 to 7; drivers/iommu/iommu.c of 6.1 and 6.12"},
    0,
    moment::kReturn,
    fact::kJudged,
    ReturnsWhatModelSays};

void LeavesWhatModelSays(const Ledger&, const Step& step, Report& report) {
  if (step.history == nullptr || !step.history->difference()) return;
  const History& history = *step.history;
  report.Violated(Describe(history.difference(), history.model(), history.state()));
}

constexpr Rule kR2 = {{"R2", PropertyGroup::kHistory,
                       "A call leaves the state that the sequential model of the design gives.",
                       "behaviour 2 to 7; drivers/iommu/iommu.c of 6.1 and 6.12"},
                      0,
                      moment::kReturn,
                      fact::kJudged,
                      LeavesWhatModelSays};

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

constexpr Rule kL1 = {
    {"L1", PropertyGroup::kHistory,
     "The calls of an execution return, and leave behind, what some order of them gives.",
     "Herlihy and Wing, 1990: linearizability"},
    0,
    moment::kProgramEnd,
    fact::kJudged,
    HasAPlaceInSomeOrder};

void WritesHaveAPlaceInSomeOrder(const Ledger&, const Step& step, Report& report) {
  if (step.history == nullptr) return;
  const LinearizabilityVerdict& verdict = step.history->verdict();
  if (verdict.call == LinearizabilityVerdict::kFinalState) return;
  const RecordedCall& call = step.history->misplaced();
  if (call.call.function != Function::kStoreType) return;
  report.Violated(Misplaced("a write", call, verdict));
}

constexpr Rule kI34 = {
    {"I34", PropertyGroup::kHistory,
     "Concurrent writes to the type attribute return what some order of all calls gives.",
     "behaviour I34; Herlihy and Wing, 1990: linearizability"},
    0,
    moment::kProgramEnd,
    fact::kJudged,
    WritesHaveAPlaceInSomeOrder};

constexpr Rule kRules[] = {kI34, kL1, kR1, kR2};

}  // namespace

std::span<const Rule> HistoryRules() { return kRules; }

}  // namespace groupfuzz::invariants
