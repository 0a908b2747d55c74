// Plays a Schedule: its explicit choices, then its tail. One execution.
//
// The random tail is the same everywhere: the k-th choice after the explicit ones, from 0, is
// RandomChoice(seed, k, size).
//
// Thread-safety: one OS thread.
#ifndef GROUPFUZZ_HARNESS_EXECUTION_STRATEGIES_REPLAY_STRATEGY_H_
#define GROUPFUZZ_HARNESS_EXECUTION_STRATEGIES_REPLAY_STRATEGY_H_

#include <cstdint>

#include "harness/execution/strategy.h"
#include "harness/program/program.h"
#include "target/types/hash.h"

namespace groupfuzz {

// Element `index` of the stream of SplitMix64 that `seed` begins, scaled to [0, size).
constexpr int RandomChoice(uint64_t seed, uint64_t index, int size) {
  constexpr uint64_t kGamma = 0x9e3779b97f4a7c15;
  constexpr int kHalfBits = 32;
  const uint64_t high_half = Mix(seed + index * kGamma) >> kHalfBits;
  return static_cast<int>(high_half * static_cast<uint64_t>(size) >> kHalfBits);
}

class ReplayStrategy final : public Strategy {
 public:
  // `schedule` outlives the strategy, or the next call of Use.
  explicit ReplayStrategy(const Schedule& schedule) : schedule_(&schedule) {}

  void Use(const Schedule& schedule) { schedule_ = &schedule; }

  void Begin() override { asked_ = 0; }
  int Choose(const ChoicePoint& point) override {
    const uint64_t index = asked_++;
    const uint64_t explicit_choices = schedule_->choices.size();
    if (index < explicit_choices) return schedule_->choices[index] % point.size;
    if (schedule_->tail == Tail::kContinue) return 0;
    return RandomChoice(schedule_->seed, index - explicit_choices, point.size);
  }
  bool End() override { return false; }

 private:
  const Schedule* schedule_;
  uint64_t asked_ = 0;
};

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_EXECUTION_STRATEGIES_REPLAY_STRATEGY_H_
