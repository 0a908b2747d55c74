// A Runtime for modelled code that nothing interrupts: no scheduling, no failures, locks that are
// always free. What is left to say is what becomes of events, and of a use of a freed object.
//
// Thread-safety: as Runtime.
#ifndef GROUPFUZZ_TARGET_KERNEL_UNSCHEDULED_RUNTIME_H_
#define GROUPFUZZ_TARGET_KERNEL_UNSCHEDULED_RUNTIME_H_

#include "target/kernel/runtime.h"

namespace groupfuzz::kernel {

class UnscheduledRuntime : public Runtime {
 public:
  void CallbackPoint() override {}
  void RacyReadPoint() override {}
  void Acquire(Lock&, LockMode) override {}
  void Release(Lock&, LockMode) override {}
  bool Holds(const Lock&) const override { return true; }
  int InjectedErrno(FaultKind) override { return 0; }
  DomainId NewDomainId() override { return kNoDomain; }
};

}  // namespace groupfuzz::kernel

#endif  // GROUPFUZZ_TARGET_KERNEL_UNSCHEDULED_RUNTIME_H_
