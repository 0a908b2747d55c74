#include "properties/history.h"

#include <algorithm>

namespace groupfuzz::invariants {
namespace {

bool IsConcurrent(const Program& program) {
  const auto end = program.threads.begin() + program.thread_count;
  return std::count_if(program.threads.begin(), end,
                       [](const std::vector<Op>& ops) { return !ops.empty(); }) > 1;
}

constexpr uint32_t OpBit(OpKind kind) { return 1u << static_cast<int>(kind); }
constexpr uint32_t kDriverOps =
    OpBit(OpKind::kBind) | OpBit(OpKind::kUnbind) | OpBit(OpKind::kRemoveDevice);

}  // namespace

void History::Begin(const Ledger& ledger, const System& system) {
  concurrent_ = IsConcurrent(*ledger.program);
  system_ = &system;
  model_ = Model(ledger.configuration(), ledger.design);
  modelled_ = ledger.at_unlock.exists || !model_.state().exists || model_.state().has_default;
  diverged_ = false;
  ended_ = false;
  // A probe_finalize that attaches is a second step of the probe, which others may come before.
  judged_ = modelled_ && !(concurrent_ && ledger.configuration().driver.finalize_attaches);
  kinds_.clear();
  if (concurrent_) monitor_.Begin(model_);
}

void History::OnCall(uint8_t thread, const Call& call, OpKind kind) {
  if (!concurrent_ || thread >= kMaxThreads) return;
  monitor_.OnCall(thread, call);
  kinds_.resize(monitor_.history().size(), kind);
}

uint32_t History::MisplacedRole() const {
  return verdict_.call >= 0 ? OpBit(kinds_[static_cast<size_t>(verdict_.call)]) : 0;
}

void History::OnUnlock(uint8_t thread) {
  if (concurrent_ && thread < kMaxThreads) monitor_.OnPoint(thread);
}

void History::OnFault(uint8_t thread) {
  if (concurrent_ && thread < kMaxThreads) monitor_.Taint(thread);
}

bool History::OnReturn(uint8_t thread, const Call& call, int64_t result, bool faulty) {
  if (concurrent_) {
    if (thread < kMaxThreads) monitor_.OnReturn(thread, result);
    return false;
  }
  if (!modelled_) return false;
  if (diverged_) model_.Adopt(state_);
  diverged_ = false;
  system_->TakeSnapshot(&state_);
  if (faulty) {
    model_.Adopt(state_);
    return false;
  }
  expected_ = model_.Apply(call);
  difference_ = Compare(model_, state_);
  diverged_ = difference_ || !expected_.Allows(result);
  return true;
}

// The drivers of driver-managed devices come and go without a call.
void History::OnOpEnd(uint8_t thread, const Op& op) {
  if (concurrent_ || thread >= kMaxThreads || !(OpBit(op.kind) & kDriverOps)) return;
  if (!(model_.machine().managed >> op.device & 1)) return;
  system_->TakeSnapshot(&state_);
  model_.SetBound(op.device, state_.devices[op.device].occupant == Occupant::kManagedDriver);
}

bool History::OnProgramEnd(const Snapshot& state) {
  if (!concurrent_) return false;
  ended_ = true;
  verdict_ =
      judged_ ? monitor_.End(&state) : NotJudged(LinearizabilityVerdict::Unknown::kUnspecified);
  return verdict_.kind == LinearizabilityVerdict::Kind::kViolation;
}

uint64_t History::Fingerprint() const {
  return concurrent_ ? monitor_.Fingerprint() : model_.Hash();
}

}  // namespace groupfuzz::invariants
