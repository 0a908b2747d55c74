// A prefix that runs alone, then branches that run together: thread 0 runs its first ops without
// being disturbed; from then on, at each scheduling point, the running thread is left with the
// probability 1 / one_in, for a thread chosen at random.
//
// One execution. The choices of the trace say it as an explicit Schedule.
//
// Thread-safety: one OS thread.
#ifndef GROUPFUZZ_HARNESS_EXECUTION_STRATEGIES_BRANCHES_STRATEGY_H_
#define GROUPFUZZ_HARNESS_EXECUTION_STRATEGIES_BRANCHES_STRATEGY_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/execution/strategy.h"
#include "harness/program/random.h"

namespace groupfuzz {

class BranchesStrategy final : public Strategy {
 public:
  // The first `prefix` ops of thread 0 are the prefix. REQUIRES: one_in >= 1.
  BranchesStrategy(uint8_t prefix, uint64_t seed, uint32_t one_in)
      : random_(seed), one_in_(one_in), prefix_(prefix) {
    choices_.reserve(kUsualChoices);
  }

  void Begin() override { choices_.clear(); }
  int Choose(const ChoicePoint& point) override {
    const int choice = Decide(point);
    choices_.push_back(static_cast<uint8_t>(choice));
    return choice;
  }
  bool End() override { return false; }

  const std::vector<uint8_t>* choices() const override { return &choices_; }

 private:
  static constexpr size_t kUsualChoices = 128;

  int Decide(const ChoicePoint& point) {
    const bool in_prefix = point.threads[0] == 0 && point.op < prefix_;
    if (in_prefix && (choices_.empty() || point.running_enabled)) return 0;
    if (point.running_enabled && !random_.OneIn(one_in_)) return 0;
    return static_cast<int>(random_.Below(point.size));
  }

  Random random_;
  const uint32_t one_in_;
  const uint8_t prefix_;
  std::vector<uint8_t> choices_;
};

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_EXECUTION_STRATEGIES_BRANCHES_STRATEGY_H_
