#include "target/mutants/mutated_port.h"

#include <memory>
#include <utility>

#include "mutated/designs/design.h"
#include "target/mutants/active.h"
#include "target/system/first_actions.h"

namespace groupfuzz::mutants {
namespace {

// Its mutant is the active one from when it is entered. Threads that are switched to meanwhile are
// in the same system, so nobody switches it off.
class MutatedSystem : public System {
 public:
  MutatedSystem(int id, std::unique_ptr<System> port) : id_(id), port_(std::move(port)) {
    begin_otherwise_ = OpsThatBeginOtherwise(*this);
  }

  Configuration MachineOf(const Configuration& configuration) const override {
    return port_->MachineOf(configuration);
  }
  void Build(const Configuration& configuration, const Footprint& footprint,
             CallObserver* observer) override {
    active = id_;
    port_->Build(configuration, footprint, observer);
  }
  bool Provides(const Op& op) const override { return port_->Provides(op); }
  int64_t Perform(const Op& op) override {
    active = id_;
    return port_->Perform(op);
  }
  void TearDown() override {
    active = id_;
    port_->TearDown();
  }
  const kernel::Lock* FirstLock(const Op& op) const override {
    return UnlessOtherwise(begin_otherwise_, op, port_->FirstLock(op));
  }
  void TakeSnapshot(Snapshot* snapshot) const override { port_->TakeSnapshot(snapshot); }
  uint64_t Fingerprint() const override { return port_->Fingerprint(); }
  int live_objects() const override { return port_->live_objects(); }
  std::vector<uint32_t> LiveAllocations() const override { return port_->LiveAllocations(); }

 private:
  const int id_;
  const std::unique_ptr<System> port_;
  OpKinds begin_otherwise_ = 0;
};

void RegisterOne(const MutantRow& row) {
  if (mutated::FindDesign(row.on) == nullptr) return;  // of a kernel tree
  RegisterMutant(row, *FindDesign(row.on), [&row] { return MakeMutated(row.on, row.id); });
}

}  // namespace

std::unique_ptr<System> MakeMutated(std::string_view design, int id) {
  return std::make_unique<MutatedSystem>(id, mutated::FindDesign(design)->make());
}

void RegisterPortMutants() {
  static const bool once = [] {
    for (const MutantRow& row : Bank()) RegisterOne(row);
    return true;
  }();
  (void)once;
}

}  // namespace groupfuzz::mutants
