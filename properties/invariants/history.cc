#include "properties/invariants/history.h"

#include <algorithm>

#include "target/types/hash.h"

namespace groupfuzz::invariants {
namespace {

bool IsConcurrent(const Program& program) {
  const auto end = program.threads.begin() + program.thread_count;
  return std::count_if(program.threads.begin(), end,
                       [](const std::vector<Op>& ops) { return !ops.empty(); }) > 1;
}

constexpr uint32_t kDriverOps =
    OpBit(OpKind::kBind) | OpBit(OpKind::kUnbind) | OpBit(OpKind::kRemoveDevice);

}  // namespace

void History::Begin(const Ledger& ledger, const System& system) {
  concurrent_ = IsConcurrent(*ledger.program);
  system_ = &system;
  model_ = Model(ledger.configuration(), ledger.design);
  diverged_ = false;
  ended_ = false;
  judged_ = true;
  in_call_ = 0;
  probing_ = 0;
  kinds_.clear();
  finalize_attaches_ = ledger.configuration().driver.finalize_attaches;
  may_fail_ = concurrent_ && ledger.program->faults.size != 0;
  if (concurrent_) monitor_.Begin(model_);
  if (may_fail_) effects_.Begin(system);
}

void History::OnCall(uint8_t thread, const Call& call, OpKind kind) {
  if (!concurrent_ || thread >= kMaxThreads) return;
  if (finalize_attaches_) NoteProbe(thread, call.function == Function::kProbeDevice);
  monitor_.OnCall(thread, call);
  if (may_fail_) effects_.OnCall(thread, call);
  kinds_.resize(monitor_.history().size(), kind);
}

// A probe_finalize that attaches is a second step of the probe, which others may come before.
void History::NoteProbe(uint8_t thread, bool probe) {
  if (probing_ != 0 || (probe && in_call_ != 0)) judged_ = false;
  in_call_ |= Bit(thread);
  if (probe) probing_ |= Bit(thread);
}

uint32_t History::MisplacedRole() const {
  return verdict_.call >= 0 ? OpBit(kinds_[static_cast<size_t>(verdict_.call)]) : 0;
}

void History::OnLock(uint8_t thread, const Snapshot& state) {
  if (may_fail_ && thread < kMaxThreads) effects_.OnSectionStart(thread, state);
}

void History::OnUnlock(uint8_t thread, const Snapshot& state, bool alone) {
  if (!concurrent_ || thread >= kMaxThreads) return;
  monitor_.OnPoint(thread);
  if (!may_fail_) return;
  effects_.OnSectionEnd(thread, state);
  if (!alone) effects_.OnTwoGroups();
}

void History::OnFault(uint8_t thread) {
  if (!concurrent_ || thread >= kMaxThreads) return;
  if (may_fail_) {
    effects_.OnFault(thread);
  } else {
    monitor_.Taint();
  }
}

void History::OnAttachOutside(uint8_t thread) {
  if (may_fail_ && thread < kMaxThreads) effects_.OnAttachOutside(thread);
}

void History::Return(uint8_t thread, int64_t result) {
  using Seen = EffectWatch::Seen;
  in_call_ &= static_cast<uint8_t>(~Bit(thread));
  probing_ &= static_cast<uint8_t>(~Bit(thread));
  const Seen seen = may_fail_ ? effects_.OnReturn(thread, result) : Seen::kNoFailure;
  if (seen == Seen::kUnclear) monitor_.Taint();
  if (seen == Seen::kEffect) {
    monitor_.OnFailedReturn(thread, result, effects_.effect(thread));
  } else {
    monitor_.OnReturn(thread, result);
  }
}

bool History::OnReturn(uint8_t thread, const Call& call, int64_t result, bool faulty) {
  if (concurrent_) {
    if (thread < kMaxThreads) Return(thread, result);
    return false;
  }
  if (diverged_) model_.Adopt(state_);
  diverged_ = false;
  system_->Look(&state_);
  if (faulty) {
    model_.Adopt(state_);
    return false;
  }
  expected_ = model_.Apply(call);
  model_.FollowResult(call, result);
  difference_ = Compare(model_, state_);
  diverged_ = difference_ || !expected_.Allows(result);
  return true;
}

// The drivers of driver-managed devices come and go without a call.
void History::OnOpEnd(uint8_t thread, const Op& op) {
  if (concurrent_ || thread >= kMaxThreads || !(OpBit(op.kind) & kDriverOps)) return;
  if (!(model_.machine().managed >> op.device & 1)) return;
  system_->Look(&state_);
  model_.SetBound(op.device, state_.devices[op.device].bound);
}

bool History::OnProgramEnd(const Snapshot& state) {
  if (!concurrent_) return false;
  ended_ = true;
  if (may_fail_ && effects_.lost()) monitor_.Taint();
  verdict_ =
      judged_ ? monitor_.End(&state) : NotJudged(LinearizabilityVerdict::Unknown::kUnspecified);
  return verdict_.kind == LinearizabilityVerdict::Kind::kViolation;
}

uint64_t History::Fingerprint() const {
  const auto& [concurrent, judged, ended, diverged, finalize_attaches, in_call, probing, system,
               model, expected, difference, state, may_fail, monitor, effects, kinds, verdict] =
      *this;
  // The same for every execution of a program; of the call that returned last; of the program's
  // end; implied by the calls of the monitor.
  LeftOut(finalize_attaches, system);
  LeftOut(expected, difference, state);
  LeftOut(ended, verdict);
  LeftOut(kinds);
  if (!concurrent) return FoldFields(model.Hash(), diverged);
  const uint64_t hash = FoldFields(monitor.Fingerprint(), judged, in_call, probing);
  return may_fail ? Fold(hash, effects.Fingerprint()) : hash;
}

}  // namespace groupfuzz::invariants
