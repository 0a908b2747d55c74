// A Monitor that hears wrongly: what properties do when a system does what no system here does.
//
// It stands before another one and changes what that one is told: fields of events and of states,
// results, events that did not happen or are not told, problems, executions given up. Contracts
// between executor and monitor are kept: locks are taken and released in pairs, every call returns,
// devices and threads are those there are. So every rule of every property can fire, and one that
// became weaker shows in what it no longer finds.
//
// Everything is a function of the program and of what happened before, not of how often a monitor
// looks.
//
// Thread-safety: one OS thread.
#ifndef GROUPFUZZ_HARNESS_RECORD_GARBLING_H_
#define GROUPFUZZ_HARNESS_RECORD_GARBLING_H_

#include <cstdint>
#include <vector>

#include "harness/execution/monitor.h"
#include "harness/program/random.h"
#include "target/system/system.h"
#include "target/types/snapshot.h"

namespace groupfuzz::record {

class GarblingMonitor final : public Monitor {
 public:
  explicit GarblingMonitor(Monitor& next) : next_(next), view_(*this) {}

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
  uint64_t Fingerprint() const override { return next_.Fingerprint(); }

 private:
  // The system as the other monitor sees it.
  class View final : public System {
   public:
    explicit View(const GarblingMonitor& monitor) : monitor_(monitor) {}

    Configuration MachineOf(const Configuration& configuration) const override {
      return monitor_.system_->MachineOf(configuration);
    }
    void Build(const Configuration&, const Footprint&, CallObserver*) override {}
    int64_t Perform(const Op&) override { return kRefused; }
    void TearDown() override {}
    const kernel::Lock* FirstLock(const Op& op) const override {
      return monitor_.system_->FirstLock(op);
    }
    void TakeSnapshot(Snapshot* snapshot) const override { monitor_.TakeSnapshot(snapshot); }
    uint64_t Fingerprint() const override { return monitor_.system_->Fingerprint(); }
    int live_objects() const override { return monitor_.system_->live_objects(); }

   private:
    const GarblingMonitor& monitor_;
  };

  void TakeSnapshot(Snapshot* snapshot) const;
  // Something happens: what is drawn from now on is drawn anew.
  Random Step();
  DomainId DrawDomain(Random& random) const;
  void Change(Random& random, Event* event) const;
  Event Invented(Random& random, const Event& model) const;
  void TellPairOfLocks(Random& random, const Event& model);
  void GiveUp(Random& random, const Event& model);
  int64_t Garbled(Random& random, int64_t result) const;

  Monitor& next_;
  View view_;
  const System* system_ = nullptr;
  uint64_t seed_ = 0;
  uint64_t steps_ = 0;
  size_t rate_ = 1;                // one thing in so many is garbled
  size_t devices_ = 1;             // of the machine
  bool over_ = false;              // the other monitor was told that the execution was given up
  std::vector<DomainId> domains_;  // those that events named
};

}  // namespace groupfuzz::record

#endif  // GROUPFUZZ_HARNESS_RECORD_GARBLING_H_
