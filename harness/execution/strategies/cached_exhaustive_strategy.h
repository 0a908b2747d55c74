// Tries every interleaving up to equal states: where a choice point has a state that was seen
// before, everything after it has been tried, or is about to be, and the execution is pruned.
//
// Finds the same final states and the same findings as ExhaustiveStrategy, given that fingerprints
// hold everything the future depends on; two different states of one fingerprint would hide one of
// them (64 bits: less than one chance in 10^7 for a million states).
//
// Thread-safety: one OS thread.
#ifndef GROUPFUZZ_HARNESS_EXECUTION_STRATEGIES_CACHED_EXHAUSTIVE_STRATEGY_H_
#define GROUPFUZZ_HARNESS_EXECUTION_STRATEGIES_CACHED_EXHAUSTIVE_STRATEGY_H_

#include <cstdint>

#include "absl/container/flat_hash_set.h"
#include "harness/execution/strategies/depth_first_search.h"
#include "harness/execution/strategy.h"

namespace groupfuzz {

class CachedExhaustiveStrategy final : public Strategy {
 public:
  void Begin() override { search_.Begin(); }
  int Choose(const ChoicePoint& point) override {
    if (search_.OnKnownPath()) return search_.Follow(point.size);
    if (!visited_.insert(point.state->Fingerprint()).second) return kPrune;
    return search_.Extend(point.size);
  }
  bool End() override { return search_.Backtrack(); }
  double done() const override { return search_.Done(); }

  bool WantsFingerprints() const override { return true; }
  bool Exhaustive() const override { return !search_.diverged(); }
  uint64_t states() const override { return visited_.size(); }

 private:
  DepthFirstSearch search_;
  absl::flat_hash_set<uint64_t> visited_;
};

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_EXECUTION_STRATEGIES_CACHED_EXHAUSTIVE_STRATEGY_H_
