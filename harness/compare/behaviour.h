// What an execution showed, in a form in which two systems can be compared step by step.
//
// A step is anything that orders threads or can be seen from outside: a lock taken or dropped, a
// read without its lock, a callback of the driver with its device, domain and result, an injected
// failure, a warning. Domains have equal ids where the same op allocated them, so equal behaviour
// gives equal steps, also of systems that share no code.
//
// Use a BehaviourRecorder as the Monitor of an execution, then FirstDifference().
//
// Thread-safety: plain values; a recorder belongs to one OS thread.
#ifndef GROUPFUZZ_HARNESS_COMPARE_BEHAVIOUR_H_
#define GROUPFUZZ_HARNESS_COMPARE_BEHAVIOUR_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/execution/forwarding_monitor.h"
#include "target/types/event.h"
#include "target/types/snapshot.h"

namespace groupfuzz {

// A stretch of an execution that ends with an op: whose it was, and what had happened since the
// last one ended. kBootThread: set-up, tear-down, or where the execution was abandoned.
struct OpOutcome {
  uint8_t thread = kBootThread;
  uint8_t op = 0;
  int64_t result = 0;
  std::string shown;  // show_type: the text
  Snapshot after;
  std::vector<Event> steps;
};

struct Behaviour {
  std::vector<OpOutcome> ops;  // in the order in which they ended; set-up is the first
  bool abandoned = false;
  int leaked = 0;
};

class BehaviourRecorder final : public ForwardingMonitor {
 public:
  // `behaviour` is filled by each execution; `next` is told everything, too.
  BehaviourRecorder(Behaviour& behaviour, Monitor& next)
      : ForwardingMonitor(next), behaviour_(behaviour) {}

  void Begin(const Program& program, const System& system) override;
  void OnEvent(const Event& event) override;
  void OnReturn(const Call& call, int64_t result) override;
  void OnOpEnd(uint8_t thread, uint8_t op, int64_t result) override;
  void OnProblem(ExecutionProblem problem, uint8_t thread, kernel::LockClass first,
                 kernel::LockClass second) override;
  void OnProgramEnd(bool abandoned) override;
  void End(int leaked) override;

 private:
  void Close(uint8_t thread, uint8_t op, int64_t result);

  Behaviour& behaviour_;
  const System* system_ = nullptr;
  std::vector<Event> steps_;
  std::string shown_;
};

struct BehaviourDifference {
  uint8_t thread = kBootThread;  // of the op that showed it
  uint8_t op = 0;
  bool at_boot = false;
  std::string where;  // "result", "owner_cnt", "step 2"
  std::string port;
  std::string kernel;
};

// What the one shows and the other does not, first in time.
std::optional<BehaviourDifference> FirstDifference(const Behaviour& port, const Behaviour& kernel);

// "thread 0, op 3: owner_cnt is 1 on the port, 2 in the kernel"
std::string Describe(const BehaviourDifference& difference);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_COMPARE_BEHAVIOUR_H_
