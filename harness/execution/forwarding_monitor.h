// A Monitor in front of another one: what it does not look at itself is passed on as it comes.
//
// Thread-safety: as Monitor.
#ifndef GROUPFUZZ_HARNESS_EXECUTION_FORWARDING_MONITOR_H_
#define GROUPFUZZ_HARNESS_EXECUTION_FORWARDING_MONITOR_H_

#include "harness/execution/monitor.h"

namespace groupfuzz {

// Who overrides a function calls that of ForwardingMonitor first: what is behind is told
// everything.
class ForwardingMonitor : public Monitor {
 public:
  explicit ForwardingMonitor(Monitor& next) : next_(next) {}

  void Begin(const Program& program, const System& system) override {
    next_.Begin(program, system);
  }
  void OnCall(const Call& call) override { next_.OnCall(call); }
  void OnReturn(const Call& call, int64_t result) override { next_.OnReturn(call, result); }
  void OnEvent(const Event& event) override { next_.OnEvent(event); }
  void OnOpStart(uint8_t thread, uint8_t op) override { next_.OnOpStart(thread, op); }
  void OnOpEnd(uint8_t thread, uint8_t op, int64_t result) override {
    next_.OnOpEnd(thread, op, result);
  }
  void OnProblem(ExecutionProblem problem, uint8_t thread, kernel::LockClass first,
                 kernel::LockClass second) override {
    next_.OnProblem(problem, thread, first, second);
  }
  void OnProgramEnd(bool abandoned) override { next_.OnProgramEnd(abandoned); }
  void End(int leaked) override { next_.End(leaked); }
  uint64_t Fingerprint() const override { return next_.Fingerprint(); }

 private:
  Monitor& next_;
};

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_EXECUTION_FORWARDING_MONITOR_H_
