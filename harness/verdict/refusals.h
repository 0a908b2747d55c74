// Which ops of a program its users refused in every execution: what was never done is not judged,
// and a program of nothing else looks like a proof.
//
// Thread-safety: one OS thread.
#ifndef GROUPFUZZ_HARNESS_VERDICT_REFUSALS_H_
#define GROUPFUZZ_HARNESS_VERDICT_REFUSALS_H_

#include <array>
#include <bitset>
#include <cstdint>
#include <string>
#include <vector>

#include "harness/execution/trace.h"
#include "harness/program/program.h"

namespace groupfuzz {

class Refusals {
 public:
  struct Place {
    uint8_t thread = 0;
    uint8_t op = 0;  // index in the thread
  };

  void Add(const Trace& trace);
  // REQUIRES: the traces were of executions of `program`.
  std::vector<Place> Always(const Program& program) const;

 private:
  using Ops = std::array<std::bitset<kMaxOps>, kMaxThreads>;
  Ops refused_{};  // at least once
  Ops done_{};     // at least once
};

// "refused in every execution: T0 group_release 0 (why: docs/behaviour/3-ownership.md, 3.9)"; empty
// where there is nothing of the kind. `complete`: every interleaving was tried.
std::string DescribeRefusals(const Program& program, const std::vector<Refusals::Place>& refused,
                             bool complete = true);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_VERDICT_REFUSALS_H_
