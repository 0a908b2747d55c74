#include "properties/history/effect_watch.h"

#include "properties/model/snapshot_hash.h"
#include "target/types/hash.h"

namespace groupfuzz {

bool EffectWatch::MovesDevice(const Watched& call) {
  return call.function == Function::kProbeDevice || call.function == Function::kReleaseDevice;
}

template <typename Visit>
void EffectWatch::ForOthers(uint8_t thread, Visit visit) {
  for (uint8_t other = 0; other < kMaxThreads; ++other) {
    if (other != thread && calls_[other].active) visit(calls_[other]);
  }
}

void EffectWatch::Begin(const System& system) {
  system_ = &system;
  calls_.fill({});
  lost_ = false;
}

void EffectWatch::OnCall(uint8_t thread, const Call& call) {
  Watched& watched = calls_[thread];
  watched = {.active = true, .function = call.function, .effect = {}};
  ForOthers(thread, [&](Watched& other) { other.alone = watched.alone = false; });
  watched.effect.acted = MovesDevice(watched);
  if (watched.effect.acted || call.function == Function::kDmaMap) {
    system_->Look(&watched.effect.before);
  }
}

void EffectWatch::OnSectionStart(uint8_t thread, const Snapshot& state) {
  Watched& watched = calls_[thread];
  if (!watched.active || watched.effect.acted) return;
  watched.effect.acted = true;
  watched.effect.before = state;
}

void EffectWatch::OnSectionEnd(uint8_t thread, const Snapshot& state) {
  Watched& watched = calls_[thread];
  if (!watched.active) return;
  watched.effect.after = state;
  watched.split = watched.split || watched.interrupted;
  lost_ = lost_ || (watched.interrupted && watched.settled);
  watched.interrupted = false;
  ForOthers(thread, [](Watched& other) { other.interrupted = other.effect.acted; });
}

void EffectWatch::OnTwoGroups() {
  for (Watched& watched : calls_) watched.unclear = true;
}

void EffectWatch::OnAttachOutside(uint8_t thread) {
  Watched& watched = calls_[thread];
  watched.outside = true;
  const bool began_is_known =
      MovesDevice(watched) || (watched.function == Function::kDmaMap && !watched.effect.acted);
  watched.unclear = watched.unclear || !began_is_known;
}

void EffectWatch::OnFault(uint8_t thread) {
  lost_ = lost_ || !calls_[thread].active;
  calls_[thread].failure = true;
}

EffectWatch::Seen EffectWatch::OnReturn(uint8_t thread, int64_t result) {
  Watched& watched = calls_[thread];
  watched.active = false;
  const bool outside = MovesDevice(watched) || (watched.failure && watched.outside);
  const bool entangled = watched.split || (outside && !watched.alone);
  // An allocation happens outside the mutex: nobody saw when.
  const bool unseen = watched.function == Function::kAllocDomain && result >= 0;
  bool clear = !entangled && !unseen && !watched.unclear;
  ForOthers(thread, [&](Watched& other) {
    other.unclear = other.unclear || entangled;
    if (!watched.failure) return;
    clear = clear && !other.split && !MovesDevice(other);
    other.settled = other.settled || other.interrupted;
  });
  if (lost_) return Seen::kUnclear;
  if (!watched.failure) return Seen::kNoFailure;
  if (outside && clear) {
    watched.effect.acted = true;
    system_->Look(&watched.effect.after);
  }
  return clear ? Seen::kEffect : Seen::kUnclear;
}

uint64_t EffectWatch::Fingerprint() const {
  uint64_t hash = lost_;
  for (const Watched& watched : calls_) {
    const auto& [active, function, failure, interrupted, split, outside, alone, unclear, settled,
                 effect] = watched;
    if (!active) continue;
    hash = FoldFields(hash, failure, interrupted, split, outside, alone, unclear, settled);
    hash = Fold(hash, effect.Hash());
    if (function == Function::kDmaMap) hash = Fold(hash, HashOf(effect.before));
  }
  return hash;
}

}  // namespace groupfuzz
