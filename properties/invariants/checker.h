// Checks every property of the project on one execution as it happens.
//
// A Checker is a Monitor that holds the ledger (what the execution has shown so far) and hands each
// event to the properties that ask for its kind. Findings are in the order in which they showed. A
// property reports once for each kind of op that breaks it: not again in the same words, not a
// state that was wrong before, and of the sequential model only what comes first.
//
// Thread-safety: one OS thread.
#ifndef GROUPFUZZ_PROPERTIES_INVARIANTS_CHECKER_H_
#define GROUPFUZZ_PROPERTIES_INVARIANTS_CHECKER_H_

#include <memory>
#include <vector>

#include "harness/execution/monitor.h"
#include "properties/history/linearizability.h"
#include "properties/invariants/property.h"
#include "target/designs/design.h"

namespace groupfuzz {

class Checker : public Monitor {
 public:
  explicit Checker(const Design& design);
  // Grants none of the excuses in the set `denied` (excuses.h): what a property would say.
  Checker(const Design& design, uint32_t denied);
  ~Checker() override;

  // Findings of the last execution.
  const std::vector<Finding>& findings() const;
  // What became of its calls as a whole; nullptr where that was not asked: one thread alone is
  // judged call by call, and an abandoned execution has no end.
  const LinearizabilityVerdict* linearizability() const;
  // Its outermost calls, in the order in which they began. REQUIRES: linearizability().
  const std::vector<RecordedCall>& calls() const;

  void Begin(const Program& program, const System& system) override;
  void OnEvent(const Event& event) override;
  void OnCall(const Call& call) override;
  void OnReturn(const Call& call, int64_t result) override;
  void OnOpStart(uint8_t thread, uint8_t op) override;
  void OnOpEnd(uint8_t thread, uint8_t op, int64_t result) override;
  void OnProblem(ExecutionProblem problem, uint8_t thread, kernel::LockClass first,
                 kernel::LockClass second) override;
  void OnProgramEnd(bool abandoned) override;
  void End(int leaked) override;
  uint64_t Fingerprint() const override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace groupfuzz

#endif  // GROUPFUZZ_PROPERTIES_INVARIANTS_CHECKER_H_
