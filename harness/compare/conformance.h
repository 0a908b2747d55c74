// Whether two systems behave the same: the port and the real iommu.c of the kernel it stands for.
//
// The same program runs on both under the same schedule, and everything that shows is compared
// (harness/compare/behaviour.h): every step of every thread in order, what each op returned, the
// state of the group after it, and the findings. Both sides stop at the same scheduling points, so
// equal choices mean equal interleavings.
//
// A difference is a bug of the port. None is tolerated.
//
// Thread-safety: a Conformance belongs to one OS thread.
#ifndef GROUPFUZZ_HARNESS_COMPARE_CONFORMANCE_H_
#define GROUPFUZZ_HARNESS_COMPARE_CONFORMANCE_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "harness/compare/behaviour.h"
#include "harness/program/program.h"
#include "harness/verdict/runner.h"
#include "target/designs/design.h"

namespace groupfuzz {

class Conformance {
 public:
  Conformance(const Design& port, const Design& kernel);

  // The first difference on `program`, with its own schedule, or nothing. Also counts.
  // REQUIRES: `program` is normalized.
  std::optional<BehaviourDifference> Compare(const Program& program);

  // The choices that were made in the last comparison, on each side.
  const std::vector<uint8_t>& port_choices() const { return port_.choices; }
  const std::vector<uint8_t>& kernel_choices() const { return kernel_.choices; }

  uint64_t executions() const { return executions_; }  // pairs of them
  uint64_t ops() const { return ops_; }                // compared

 private:
  struct Side {
    explicit Side(const Design& design) : runner(design) { runner.WatchThrough(recorder); }

    Runner runner;
    Behaviour behaviour;
    BehaviourRecorder recorder{behaviour, runner.checker()};
    std::vector<uint8_t> choices;
  };
  static void Run(Side& side, const Program& program);

  Side port_;
  Side kernel_;
  uint64_t executions_ = 0;
  uint64_t ops_ = 0;
};

// `program`, which shows a difference, as small as it goes while it shows one
// (harness/program/minimizer.h).
Program SmallestDifference(Conformance& conformance, const Program& program);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_COMPARE_CONFORMANCE_H_
