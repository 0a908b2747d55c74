// A prefix that runs alone, then branches that run together: thread 0 runs its first ops without
// being disturbed; from then on, at each scheduling point, the running thread is left with the
// probability 1 / one_in, for a thread chosen at random.
//
// One execution. The choices of the trace say it as an explicit Schedule.
//
// Thread-safety: one OS thread.
#ifndef GROUPFUZZ_HARNESS_STRATEGIES_BRANCHES_STRATEGY_H_
#define GROUPFUZZ_HARNESS_STRATEGIES_BRANCHES_STRATEGY_H_

#include <cstdint>
#include <vector>

#include "harness/random.h"
#include "harness/strategy.h"

namespace groupfuzz {

class BranchesStrategy final : public Strategy {
 public:
  // The first `prefix` ops of thread 0 are the prefix. REQUIRES: one_in >= 1.
  BranchesStrategy(uint8_t prefix, uint64_t seed, uint32_t one_in)
      : random_(seed), one_in_(one_in), prefix_(prefix) {}

  void Begin() override { begun_ = false; }
  int Choose(const ChoicePoint& point) override {
    const bool first = !begun_;
    begun_ = true;
    const bool in_prefix = point.threads[0] == 0 && point.op < prefix_;
    if (in_prefix && (first || point.running_enabled)) return 0;
    if (point.running_enabled && !random_.OneIn(one_in_)) return 0;
    return static_cast<int>(random_.Below(point.size));
  }
  bool End() override { return false; }

 private:
  Random random_;
  const uint32_t one_in_;
  const uint8_t prefix_;
  bool begun_ = false;
};

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_STRATEGIES_BRANCHES_STRATEGY_H_
