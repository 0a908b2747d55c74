#include "harness/fuzz/feedback_monitor.h"

#include <algorithm>

#include "target/types/hash.h"

namespace groupfuzz {
namespace {

uint32_t OwnerState(const Snapshot& snapshot) {
  constexpr int32_t kMany = 2;
  const auto count = static_cast<uint32_t>(std::clamp(snapshot.owner_cnt, 0, kMany));
  const uint32_t owner = snapshot.owner == kNobody ? 0 : snapshot.owner == kStoreTypeOwner ? 1 : 2;
  return count * 3 + owner;
}

uint32_t DomainState(const Snapshot& snapshot) {
  enum Place : uint32_t { kNowhere, kOnDefault, kOnBlocking, kElsewhere };
  Place place = kElsewhere;
  if (!snapshot.domain) {
    place = kNowhere;
  } else if (snapshot.domain.id == snapshot.default_domain.id) {
    place = kOnDefault;
  } else if (snapshot.domain.id == snapshot.blocking_domain.id) {
    place = kOnBlocking;
  }
  const uint32_t type =
      snapshot.default_domain ? static_cast<uint32_t>(snapshot.default_domain.type) + 1 : 0;
  return type * 4 + place;
}

}  // namespace

uint32_t CoarseState(const Snapshot& snapshot) {
  constexpr uint32_t kDomainStates = 64;
  return snapshot.exists ? OwnerState(snapshot) * kDomainStates + DomainState(snapshot) + 1 : 0;
}

void FeedbackMonitor::Begin(const Program& program, const System& system) {
  ForwardingMonitor::Begin(program, system);
  program_ = &program;
  system_ = &system;
  state_ = 0;
}

void FeedbackMonitor::OnOpEnd(uint8_t thread, uint8_t op, int64_t result) {
  ForwardingMonitor::OnOpEnd(thread, op, result);
  Snapshot snapshot;
  system_->Look(&snapshot);
  const uint32_t state = CoarseState(snapshot);
  const OpKind kind = program_->threads[thread][op].kind;
  const uint64_t transition =
      Mix((uint64_t{state_} << 32 | state) * kOpKinds + static_cast<uint64_t>(kind));
  counters_[transition & (counters_.size() - 1)] = 1;
  state_ = state;
}

}  // namespace groupfuzz
