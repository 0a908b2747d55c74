// Who holds which lock after each event of an execution, and who waits for one.
//
// Thread-safety: plain values; built once.
#ifndef GROUPFUZZ_HARNESS_REPORT_LOCK_TIMELINE_H_
#define GROUPFUZZ_HARNESS_REPORT_LOCK_TIMELINE_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/execution/trace.h"
#include "harness/program/program.h"
#include "target/kernel/lock.h"

namespace groupfuzz {

struct NamedLock {
  kernel::LockClass lock_class;
  uint8_t device;  // of a lock that each device has

  std::string Name() const;
  friend bool operator==(const NamedLock&, const NamedLock&) = default;
};

class LockTimeline {
 public:
  // In the order in which they were taken.
  using Held = std::vector<NamedLock>;

  explicit LockTimeline(const Trace& trace);

  // What `thread` holds after event `event`; -1: before the first.
  const Held& HeldBy(uint8_t thread, int event) const;
  // The lock that `thread`, which is in an op, takes next and does nothing before, while somebody
  // else holds it.
  std::optional<NamedLock> WaitsFor(uint8_t thread, int event) const;

 private:
  using State = std::array<Held, kMaxThreads>;

  const Trace& trace_;
  std::vector<State> states_;  // [0] before the first event
};

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_REPORT_LOCK_TIMELINE_H_
