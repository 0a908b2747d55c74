// Tries every interleaving, depth first; with a bound, every interleaving of at most so many
// preemptions.
//
// Only a search without a bound is exhaustive: see Exhaustive().
//
// Thread-safety: one OS thread.
#ifndef GROUPFUZZ_HARNESS_EXECUTION_STRATEGIES_EXHAUSTIVE_STRATEGY_H_
#define GROUPFUZZ_HARNESS_EXECUTION_STRATEGIES_EXHAUSTIVE_STRATEGY_H_

#include <optional>

#include "harness/execution/strategies/depth_first_search.h"
#include "harness/execution/strategy.h"

namespace groupfuzz {

class ExhaustiveStrategy final : public Strategy {
 public:
  explicit ExhaustiveStrategy(std::optional<int> preemption_bound = std::nullopt)
      : bound_(preemption_bound) {}

  void Begin() override {
    search_.Begin();
    preemptions_ = 0;
  }
  int Choose(const ChoicePoint& point) override;
  bool End() override { return search_.Backtrack(); }
  double done() const override { return search_.Done(); }
  bool Exhaustive() const override { return !bound_ && !search_.diverged(); }
  // Whether there are interleavings of more preemptions than the bound.
  bool left_out() const { return left_out_; }
  // Once it ran to its end: every interleaving was tried, whatever the bound.
  bool TriedAll() const { return !left_out_ && !search_.diverged(); }

 private:
  const std::optional<int> bound_;
  DepthFirstSearch search_;
  int preemptions_ = 0;
  bool left_out_ = false;
};

inline int ExhaustiveStrategy::Choose(const ChoicePoint& point) {
  const bool used_up = bound_ && point.running_enabled && preemptions_ >= *bound_;
  const int alternatives = used_up ? 1 : point.size;
  left_out_ = left_out_ || alternatives < point.size;
  const int choice =
      search_.OnKnownPath() ? search_.Follow(alternatives) : search_.Extend(alternatives);
  if (point.running_enabled && choice != 0) ++preemptions_;
  return choice;
}

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_EXECUTION_STRATEGIES_EXHAUSTIVE_STRATEGY_H_
