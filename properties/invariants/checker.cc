#include "properties/invariants/checker.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "absl/strings/str_cat.h"
#include "properties/invariants/dispatch.h"
#include "properties/invariants/history.h"
#include "properties/invariants/invariants.h"
#include "properties/invariants/ledger.h"
#include "target/kernel/runtime.h"
#include "target/types/hash.h"

namespace groupfuzz {

namespace invariants {

std::string Name(const DomainRef& domain) {
  if (!domain) return "no domain";
  return absl::StrCat(domain.freed ? "freed " : "", DomainTypeName(domain.type), " domain ",
                      Mention(domain.id));
}

}  // namespace invariants

std::string Mention(DomainId domain) { return absl::StrCat("{", domain, "}"); }
std::string MentionCode(uint32_t code, uint16_t line) {
  return line == 0 ? absl::StrCat("{@", code, "}") : absl::StrCat("{@", code, ":", line, "}");
}

namespace {

using invariants::Dispatch;
using invariants::Excuses;
using invariants::Facts;
using invariants::History;
using invariants::Ledger;
using invariants::Report;
using invariants::Rule;
using invariants::RuleSet;
using invariants::Section;
using invariants::Step;
namespace fact = invariants::fact;
namespace moment = invariants::moment;

using kernel::LockClass;

uint64_t HashOf(const Finding& finding) {
  uint64_t hash = FoldFields(0, finding.property - Properties().data(), finding.thread, finding.op);
  for (const char c : finding.detail) hash = Fold(hash, static_cast<uint8_t>(c));
  return hash;
}

constexpr bool IsGroupLock(const Event& event) {
  return event.value == static_cast<uint8_t>(LockClass::kGroup);
}

}  // namespace

class Checker::Impl : public Report {
 public:
  Impl(const Design& design, Excuses denied)
      : dispatch_(invariants::TheDispatch()), denied_(denied) {
    ledger_.design = design.judged_as;
    ledger_.version = VersionOf(design.judged_as);
    findings_.reserve(invariants::Rules().size());
  }

  const std::vector<Finding>& findings() const { return findings_; }
  const History& history() const { return history_; }

  void Begin(const Program& program, const System& system) {
    system_ = &system;
    findings_.clear();
    reported_.fill(0);
    standing_ = 0;
    ledger_.Begin(program, system.MachineOf(program.configuration));
    system.Look(&ledger_.at_unlock);
    ledger_.Booted();
    history_.Begin(ledger_, system);
    running_ = true;
    if (IsCorrupt(kBootThread, moment::kBoot, ledger_.at_unlock)) return;
    Look({.moment = moment::kBoot,
          .facts = fact::kState,
          .then = &ledger_.at_unlock,
          .now = &ledger_.at_unlock});
  }

  void OnEvent(const Event& event) {
    if (!running_ || ledger_.over) return;
    if (event.kind == EventKind::kLock) return OnLock(event);
    if (event.kind == EventKind::kUnlock) return OnUnlock(event);
    AskAbout(event);
    ledger_.Enter(event);
    if (event.kind == EventKind::kFault) history_.OnFault(event.thread);
    const bool attached = event.kind == EventKind::kAttach && event.result == 0;
    if (attached && !(event.held & invariants::kGroupBit)) history_.OnAttachOutside(event.thread);
    if (event.kind == EventKind::kUseAfterFree) ledger_.over = true;
  }

  void OnCall(uint8_t thread, const Call& call) {
    if (ledger_.over) return;
    ledger_.EnterCall(thread, call, StateFor(call));
    const Ledger::Thread& state = ledger_.threads[thread];
    if (state.calls.size() == 1) history_.OnCall(thread, call, state.kind);
  }

  void OnReturn(uint8_t thread, const Call& call, int64_t result) {
    if (ledger_.over) return;
    const invariants::ActiveCall* active = ledger_.CallOf(thread);
    if (active == nullptr || ReturnsWithOtherLocks(thread, *active)) return;
    if (ledger_.LeavesOpen(*active, result)) {
      system_->Look(&final_);
      ledger_.Settle(thread, final_);
    }
    const bool outermost = ledger_.threads[thread].calls.size() == 1;
    const bool judged = outermost && history_.OnReturn(thread, call, result, active->fault);
    Look({.thread = thread,
          .moment = moment::kReturn,
          .facts = active->facts | (judged ? fact::kJudged : 0) |
                   (active->attach_failed ? fact::kAttachFailed : 0) |
                   (result < 0 ? fact::kFailedCall : 0),
          .call = active,
          .result = result,
          .history = judged ? &history_ : nullptr});
    ledger_.LeaveCall(thread, result);
  }

  void OnOpStart(uint8_t thread, uint8_t op) {
    Ledger::Thread& state = ledger_.threads[thread];
    state.in_op = true;
    state.op = op;
    state.kind = ledger_.program->threads[thread][op].kind;
  }

  void OnOpEnd(uint8_t thread, uint8_t op) {
    ledger_.threads[thread].in_op = false;
    if (!ledger_.over) history_.OnOpEnd(thread, ledger_.program->threads[thread][op]);
  }

  void OnProblem(ExecutionProblem problem, uint8_t thread, LockClass first, LockClass second) {
    if (ledger_.over) return;
    Look({.thread = thread,
          .moment = moment::kProblem,
          .facts = problem == ExecutionProblem::kLockKept ? fact::kLocksDiffer : 0,
          .problem = problem,
          .first = first,
          .second = second});
    if (problem != ExecutionProblem::kLockOrder) ledger_.over = true;
  }

  void OnProgramEnd(bool abandoned) {
    if (abandoned || ledger_.over) {
      ledger_.over = true;
      return;
    }
    system_->Look(&final_);
    if (IsCorrupt(kBootThread, moment::kProgramEnd, final_)) return;
    const bool judged = history_.OnProgramEnd(final_);
    const Facts changes = invariants::StateChanges(*ledger_.latest, final_, ledger_.devices);
    Look({.moment = moment::kProgramEnd,
          .facts = changes | (judged ? fact::kJudged : 0),
          .then = ledger_.latest,
          .now = &final_,
          .history = judged ? &history_ : nullptr});
    ledger_.at_unlock = final_;
    ledger_.latest = &ledger_.at_unlock;
  }

  void End(int leaked) {
    if (!ledger_.over) {
      const auto places = leaked == 0 ? std::vector<uint32_t>{} : system_->LiveAllocations();
      Look({.moment = moment::kEnd, .leaked = leaked, .leaked_at = places});
    }
    running_ = false;
  }

  uint64_t Fingerprint() const {
    uint64_t hash = FoldFields(ledger_.Fingerprint(), history_.Fingerprint(), standing_);
    for (const Finding& finding : findings_) hash = Fold(hash, HashOf(finding));
    return hash;
  }

  void Violated(std::string detail) override {
    const RuleSet rule = RuleSet{1} << asking_;
    violated_ |= rule;
    // Whoever looks at a state that is wrong finds it wrong: it is of who made it so.
    if (OfAState() && (standing_ & rule) != 0) return;
    RuleSet& reported = Reported(step_->thread);
    if ((reported & rule) != 0 || IsSaid(detail)) return;
    reported |= rule;
    findings_.push_back({.property = &Properties()[asking_],
                         .thread = step_->thread,
                         .op = ledger_.threads[step_->thread].op,
                         .event = EventIndex(),
                         .roles = Roles(),
                         .detail = std::move(detail)});
  }

 private:
  // Rules that have said what they had to say of ops of the kind that `thread` performs: what
  // another kind of op does is news, the more so where the first is known.
  RuleSet& Reported(uint8_t thread) {
    const Ledger::Thread& state = ledger_.threads[thread];
    return reported_[state.in_op ? static_cast<size_t>(state.kind) : kOpKinds];
  }

  // Who touches pasid_array may have changed it since the mutex was dropped.
  const Snapshot& StateFor(const Call& call) {
    constexpr invariants::Functions kTouches =
        invariants::kAttachFunctions | invariants::kDetachFunctions | invariants::kPasidFunctions;
    if ((kTouches & invariants::FunctionBit(call.function)) == 0) return *ledger_.latest;
    system_->Look(&final_);
    return final_;
  }

  bool OfAState() const { return (step_->moment & moment::kState) != 0; }

  // What the sequential model says after it was wrong once is not to be trusted.
  bool IsSaid(const std::string& detail) const {
    const Property& property = Properties()[asking_];
    const bool once = property.group == PropertyGroup::kHistory;
    return std::any_of(findings_.begin(), findings_.end(), [&](const Finding& finding) {
      return finding.property == &property && (once || finding.detail == detail);
    });
  }

  // Events and ends of sections are looked at before they are entered, everything else after.
  uint32_t EventIndex() const {
    const bool entered = step_->event == nullptr && step_->moment != moment::kSectionEnd;
    return entered && ledger_.events > 0 ? ledger_.events - 1 : ledger_.events;
  }

  // What a whole history shows is the doing of one call.
  uint32_t Roles() const {
    const bool whole = step_->moment == moment::kProgramEnd && step_->history != nullptr;
    return whole ? history_.MisplacedRole() : ledger_.Roles();
  }

  // The group's mutex says what it has to say by the sections it begins and ends.
  void OnLock(const Event& event) {
    if (!IsGroupLock(event)) AskAbout(event);
    ledger_.EnterLock(event, 1);
    if (IsGroupLock(event)) BeginSection(event.thread);
  }

  void OnUnlock(const Event& event) {
    if (IsGroupLock(event)) EndSection(event.thread);
    ledger_.EnterLock(event, -1);
  }

  void AskAbout(const Event& event) {
    const RuleSet wanted = dispatch_.events[static_cast<int>(event.kind)];
    if (wanted == 0) return;
    Ask(wanted, {.thread = event.thread, .event = &event, .call = ledger_.CallOf(event.thread)});
  }

  // Of a state that leads nowhere nothing more can be said.
  bool IsCorrupt(uint8_t thread, invariants::Moments moment, const Snapshot& state) {
    if (state.corrupt == Corrupt::kNo) [[likely]] {
      return false;
    }
    Look({.thread = thread,
          .moment = moment,
          .facts = fact::kCorrupt,
          .then = &state,
          .now = &state,
          .call = thread == kBootThread ? nullptr : ledger_.CallOf(thread)});
    ledger_.over = true;
    return true;
  }

  // What follows such a return is its doing: a deadlock, sections that do not end.
  bool ReturnsWithOtherLocks(uint8_t thread, const invariants::ActiveCall& call) {
    if (ledger_.threads[thread].held == call.held) [[likely]] {
      return false;
    }
    Look({.thread = thread, .moment = moment::kReturn, .facts = fact::kLocksDiffer, .call = &call});
    ledger_.over = true;
    return true;
  }

  void BeginSection(uint8_t thread) {
    Section& section = ledger_.threads[thread].section;
    system_->Look(&section.before);
    if (IsCorrupt(thread, moment::kSectionStart, section.before)) return;
    history_.OnLock(thread, section.before);
    const Facts facts = ledger_.BeginSection(thread);
    if (facts != 0 && !section.doubtful) {
      Look({.thread = thread,
            .moment = moment::kSectionStart,
            .facts = facts,
            .section = &section,
            .then = ledger_.latest,
            .now = &section.before,
            .call = ledger_.CallOf(thread)});
    }
    ledger_.OpenSection(thread, facts);
  }

  void EndSection(uint8_t thread) {
    const Section& section = ledger_.threads[thread].section;
    if (!section.open) return;
    system_->Look(&ledger_.at_unlock);
    if (IsCorrupt(thread, moment::kSectionEnd, ledger_.at_unlock)) return;
    history_.OnUnlock(thread, ledger_.at_unlock, !section.doubtful);
    const Facts facts = ledger_.EndSection(thread);
    if (facts != 0 && !section.doubtful) {
      Look({.thread = thread,
            .moment = moment::kSectionEnd,
            .facts = facts,
            .section = &section,
            .then = &section.before,
            .now = &ledger_.at_unlock,
            .call = ledger_.CallOf(thread)});
    }
    ledger_.CloseSection(thread, facts);
  }

  // Asks the rules that look at step.moment and, where moments come with facts, at one of these.
  void Look(const Step& step) {
    RuleSet wanted = dispatch_.moments[std::countr_zero(step.moment)];
    if (step.moment & moment::kWithFacts) wanted &= dispatch_.Concerned(step.facts);
    if (wanted != 0) Ask(wanted, step);
  }

  void Ask(RuleSet rules, const Step& step) {
    step_ = &step;
    violated_ = 0;
    for (RuleSet left = rules; left != 0; left &= left - 1) {
      asking_ = std::countr_zero(left);
      ledger_.excuses = rules_[asking_].excuses & ~denied_;
      rules_[asking_].check(ledger_, step, *this);
    }
    if (OfAState()) standing_ = (standing_ & ~rules) | violated_;
  }

  const Dispatch& dispatch_;
  const Excuses denied_;
  const std::span<const Rule> rules_ = invariants::Rules();
  const System* system_ = nullptr;
  Ledger ledger_;
  History history_;
  Snapshot final_;
  std::vector<Finding> findings_;
  std::array<RuleSet, kOpKinds + 1> reported_{};  // by kind of op; the last: in none
  RuleSet standing_ = 0;                          // broken by the state that was seen last
  RuleSet violated_ = 0;                          // by this step
  bool running_ = false;
  int asking_ = 0;
  const Step* step_ = nullptr;
};

Checker::Checker(const Design& design) : Checker(design, 0) {}
Checker::Checker(const Design& design, uint32_t denied)
    : impl_(std::make_unique<Impl>(design, denied)) {}
Checker::~Checker() = default;

const std::vector<Finding>& Checker::findings() const { return impl_->findings(); }
const LinearizabilityVerdict* Checker::linearizability() const {
  return impl_->history().linearizability();
}
const std::vector<RecordedCall>& Checker::calls() const { return impl_->history().calls(); }

void Checker::Begin(const Program& program, const System& system) { impl_->Begin(program, system); }
void Checker::OnEvent(const Event& event) { impl_->OnEvent(event); }
void Checker::OnCall(const Call& call) { impl_->OnCall(kernel::runtime().thread(), call); }
void Checker::OnReturn(const Call& call, int64_t result) {
  impl_->OnReturn(kernel::runtime().thread(), call, result);
}
void Checker::OnOpStart(uint8_t thread, uint8_t op) { impl_->OnOpStart(thread, op); }
void Checker::OnOpEnd(uint8_t thread, uint8_t op, int64_t) { impl_->OnOpEnd(thread, op); }
void Checker::OnProblem(ExecutionProblem problem, uint8_t thread, LockClass first,
                        LockClass second) {
  impl_->OnProblem(problem, thread, first, second);
}
void Checker::OnProgramEnd(bool abandoned) { impl_->OnProgramEnd(abandoned); }
void Checker::End(int leaked) { impl_->End(leaked); }
uint64_t Checker::Fingerprint() const { return impl_->Fingerprint(); }

}  // namespace groupfuzz
