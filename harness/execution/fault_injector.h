// Counts what can fail and says which occurrence does: a FaultPlan at work.
//
// Thread-safety: one OS thread.
#ifndef GROUPFUZZ_HARNESS_EXECUTION_FAULT_INJECTOR_H_
#define GROUPFUZZ_HARNESS_EXECUTION_FAULT_INJECTOR_H_

#include <array>
#include <cstdint>

#include "harness/program/program.h"
#include "target/kernel/fault.h"
#include "target/types/hash.h"

namespace groupfuzz {

class FaultInjector {
 public:
  // `plan` outlives the execution.
  void Begin(const FaultPlan& plan) {
    plan_ = &plan;
    occurrences_.fill(0);
  }

  // Whether some occurrence of `kind` fails: only then do they have to be counted.
  bool Names(FaultKind kind) const {
    for (int i = 0; i < plan_->size; ++i) {
      if (plan_->faults[i].kind == kind) return true;
    }
    return false;
  }

  // One more occurrence of `kind`: 0, or the positive errno with which it fails.
  int Next(FaultKind kind) {
    const uint32_t occurrence = ++occurrences_[static_cast<int>(kind)];
    for (int i = 0; i < plan_->size; ++i) {
      const Fault& fault = plan_->faults[i];
      if (fault.kind == kind && Hits(fault, occurrence)) return fault.error;
    }
    return 0;
  }

  // Only kinds that the plan names can influence the future.
  uint64_t Fingerprint() const {
    const auto& [plan, occurrences] = *this;
    LeftOut(plan);  // the same for every execution of a program
    uint64_t hash = 0;
    for (int i = 0; i < plan_->size; ++i) {
      hash = FoldFields(hash, occurrences[static_cast<int>(plan_->faults[i].kind)]);
    }
    return hash;
  }

 private:
  static bool Hits(const Fault& fault, uint32_t occurrence) {
    if (occurrence < fault.first) return false;
    return fault.count == kEveryOccurrence || occurrence < uint32_t{fault.first} + fault.count;
  }

  const FaultPlan* plan_ = nullptr;
  std::array<uint32_t, kFaultKinds> occurrences_{};
};

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_EXECUTION_FAULT_INJECTOR_H_
