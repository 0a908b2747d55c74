#include "properties/history/linearizability.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/str_cat.h"
#include "properties/history/linearization_search.h"
#include "properties/model/snapshot_hash.h"
#include "target/types/hash.h"

namespace groupfuzz {
namespace {

using Kind = LinearizabilityVerdict::Kind;
using Unknown = LinearizabilityVerdict::Unknown;

uint64_t FoldText(uint64_t hash, const WriteBuffer& text) {
  for (char byte : text.literal()) hash = Fold(hash, static_cast<unsigned char>(byte));
  return Fold(hash, uint64_t{text.padding} << 8 | text.size);
}

uint64_t FoldCall(uint64_t hash, const Call& call) {
  const auto& [function, device, cookie, domain, pasid, null_handle, unowned, capabilities, text,
               shown] = call;
  LeftOut(shown);  // an address
  hash =
      FoldFields(hash, function, device, cookie, domain, pasid, null_handle, unowned, capabilities);
  return text != nullptr ? FoldText(hash, *text) : hash;
}

}  // namespace

uint64_t Effect::Hash() const { return acted ? Fold(HashOf(before), HashOf(after)) : 0; }

LinearizabilityVerdict NotJudged(Unknown why) {
  LinearizabilityVerdict verdict;
  verdict.kind = Kind::kUnknown;
  verdict.unknown = why;
  return verdict;
}

std::string DescribeExpected(const LinearizabilityVerdict& verdict) {
  if (verdict.expected.empty()) return "the state in which it was seen to begin";
  std::string text;
  for (const Outcome& outcome : verdict.expected) {
    absl::StrAppend(&text, text.empty() ? "" : "; or ", outcome.Describe());
  }
  return text;
}

LinearizabilityMonitor::LinearizabilityMonitor() {
  history_.reserve(kMaxCalls);
  waiting_.reserve(kMaxCalls);
}

void LinearizabilityMonitor::Begin(const Model& initial) {
  initial_ = initial;
  witness_ = initial;
  pending_.fill({});
  history_.clear();
  effects_.clear();
  waiting_.clear();
  clock_ = 0;
  points_ = 0;
  broken_ = false;
  tainted_ = false;
  overflow_ = false;
}

void LinearizabilityMonitor::OnCall(uint8_t thread, const Call& call) {
  Pending& pending = pending_[thread];
  if (pending.depth++ != 0) return;
  overflow_ = overflow_ || history_.size() == kMaxCalls;
  if (overflow_) return;
  pending.point = RecordedCall::kNever;
  pending.call = static_cast<uint32_t>(history_.size());
  history_.push_back({.call = call, .invoked = clock_++, .thread = thread});
}

void LinearizabilityMonitor::OnPoint(uint8_t thread) {
  if (pending_[thread].depth != 0) pending_[thread].point = points_++;
}

void LinearizabilityMonitor::Return(uint8_t thread, int64_t result, const Effect* effect) {
  Pending& pending = pending_[thread];
  if (pending.depth == 0) return;
  --pending.depth;
  if (pending.depth != 0 || overflow_) return;
  RecordedCall& call = history_[pending.call];
  call.result = result;
  call.returned = clock_++;
  if (effect != nullptr) {
    call.effect = static_cast<uint16_t>(effects_.size());
    effects_.push_back(*effect);
  }
  call.point = pending.point != RecordedCall::kNever ? pending.point : points_++;
  if (broken_ || tainted_) return;
  auto earlier = [&](uint32_t point, uint32_t index) { return point < history_[index].point; };
  const auto place = std::upper_bound(waiting_.begin(), waiting_.end(), call.point, earlier);
  waiting_.insert(place, pending.call);
  Drain();
}

uint8_t LinearizabilityMonitor::Before(uint32_t point) const {
  uint8_t threads = 0;
  for (uint8_t thread = 0; thread < kMaxThreads; ++thread) {
    const bool before = pending_[thread].depth != 0 && pending_[thread].point < point;
    threads |= static_cast<uint8_t>(before << thread);
  }
  return threads;
}

void LinearizabilityMonitor::Drain() {
  size_t performed = 0;
  for (; performed < waiting_.size() && !broken_; ++performed) {
    const RecordedCall& call = history_[waiting_[performed]];
    if (Before(call.point) != 0) break;
    broken_ = !Perform(call);
  }
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<ptrdiff_t>(performed));
}

bool LinearizabilityMonitor::Perform(const RecordedCall& call) {
  if (call.effect == RecordedCall::kModelled) {
    const Outcome outcome = witness_.Apply(call.call);
    witness_.FollowResult(call.call, call.result);
    return outcome.Allows(call.result);
  }
  return TakeEffect(witness_, call, effects_[call.effect]);
}

LinearizabilityVerdict LinearizabilityMonitor::End(const Snapshot* final_state) {
  if (tainted_) return NotJudged(Unknown::kTainted);
  if (overflow_) return NotJudged(Unknown::kTooManyCalls);
  const bool explained =
      !broken_ && waiting_.empty() && (final_state == nullptr || !Compare(witness_, *final_state));
  if (!explained) return SearchLinearization(initial_, history_, effects_, clock_, final_state);
  if (witness_.lost()) return NotJudged(Unknown::kUnspecified);
  return {};
}

uint64_t LinearizabilityMonitor::Fingerprint() const {
  const auto& [initial, witness, calls, history, effects, waiting, clock, points, broken, tainted,
               overflow] = *this;
  LeftOut(initial);        // the same for every execution of a program
  LeftOut(clock, points);  // they number; only their order counts, which is in Before()
  uint64_t hash = FoldFields(0, broken, tainted, overflow);
  if (tainted || overflow) return hash;
  auto fold_result = [&](const RecordedCall& call) {
    hash = Fold(FoldCall(hash, call.call), static_cast<uint64_t>(call.result));
    if (call.effect != RecordedCall::kModelled) hash = Fold(hash, effects_[call.effect].Hash());
  };
  if (broken_) {
    for (const RecordedCall& call : history_) {
      fold_result(call);
      hash = FoldFields(hash, call.invoked, call.returned, call.thread);
    }
    return hash;
  }
  hash = Fold(hash, witness_.Hash());
  for (uint32_t index : waiting_) {
    fold_result(history_[index]);
    hash = Fold(hash, Before(history_[index].point));
  }
  for (uint8_t thread = 0; thread < kMaxThreads; ++thread) {
    const Pending& pending = pending_[thread];
    if (pending.depth == 0) continue;
    const bool pointed = pending.point != RecordedCall::kNever;
    const uint64_t order = pointed ? uint64_t{Before(pending.point)} << 1 | 1 : 0;
    hash = Fold(FoldCall(hash, history_[pending.call].call), order << 8 | thread);
  }
  return hash;
}

}  // namespace groupfuzz
