// Tells libFuzzer which transitions of the group's state an execution makes, and passes everything
// on to another Monitor.
//
// A state is coarse on purpose (how many users, what kind of owner, what type the default domain
// has, which of its domains the group is on): fine enough to tell situations apart, coarse enough
// that a corpus of all transitions stays small.
//
// Thread-safety: one OS thread.
#ifndef GROUPFUZZ_HARNESS_FUZZ_FEEDBACK_MONITOR_H_
#define GROUPFUZZ_HARNESS_FUZZ_FEEDBACK_MONITOR_H_

#include <cstdint>
#include <span>

#include "harness/execution/forwarding_monitor.h"
#include "target/types/snapshot.h"

namespace groupfuzz {

// A small number for the state that `snapshot` is in.
uint32_t CoarseState(const Snapshot& snapshot);

class FeedbackMonitor final : public ForwardingMonitor {
 public:
  // `counters` are set to 1 where a transition was seen; their number is a power of two.
  FeedbackMonitor(Monitor& next, std::span<uint8_t> counters)
      : ForwardingMonitor(next), counters_(counters) {}

  void Begin(const Program& program, const System& system) override;
  void OnOpEnd(uint8_t thread, uint8_t op, int64_t result) override;

 private:
  const std::span<uint8_t> counters_;
  const System* system_ = nullptr;
  const Program* program_ = nullptr;
  uint32_t state_ = 0;
};

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_FUZZ_FEEDBACK_MONITOR_H_
