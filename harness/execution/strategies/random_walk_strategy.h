// Chooses every thread that can run with the same probability: `executions` walks, the same ones
// for the same seed.
//
// Thread-safety: one OS thread.
#ifndef GROUPFUZZ_HARNESS_EXECUTION_STRATEGIES_RANDOM_WALK_STRATEGY_H_
#define GROUPFUZZ_HARNESS_EXECUTION_STRATEGIES_RANDOM_WALK_STRATEGY_H_

#include <cstdint>

#include "harness/execution/strategies/replay_strategy.h"
#include "harness/execution/strategy.h"

namespace groupfuzz {

class RandomWalkStrategy final : public Strategy {
 public:
  RandomWalkStrategy(uint64_t seed, uint64_t executions) : seed_(seed), executions_(executions) {}

  void Begin() override {}
  int Choose(const ChoicePoint& point) override {
    return RandomChoice(seed_, asked_++, point.size);
  }
  bool End() override { return ++ended_ < executions_; }

 private:
  const uint64_t seed_;
  const uint64_t executions_;
  uint64_t asked_ = 0;
  uint64_t ended_ = 0;
};

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_EXECUTION_STRATEGIES_RANDOM_WALK_STRATEGY_H_
