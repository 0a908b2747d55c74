#include "properties/suites/reference_machine.h"

#include "target/kernel/unscheduled_runtime.h"

namespace groupfuzz {
namespace {

// The environment of users who are alone.
class Alone final : public kernel::UnscheduledRuntime {
 public:
  void Record(Event) override {}
  [[noreturn]] void Misuse(const BadAccess&) override { throw kernel::Abandoned{}; }
};

// What an outcome that the reference leaves open is taken for.
constexpr int kSomeError = -1;

}  // namespace

ReferenceMachine::ReferenceMachine(const Configuration& configuration, DesignId design)
    : configuration_(configuration),
      api_(Model(configuration, design)),
      bus_(api_.model),
      users_(api_, bus_) {
  users_.Reset(configuration, nullptr);
  if (api_.model.machine().iommu_gone) users_.LoseDevices();
}

ReferenceMachine::ReferenceMachine(const ReferenceMachine& other)
    : configuration_(other.configuration_), api_(other.api_), bus_(api_.model), users_(api_, bus_) {
  users_.Become(other.users_);
}

ReferenceMachine& ReferenceMachine::operator=(const ReferenceMachine& other) {
  configuration_ = other.configuration_;
  api_ = other.api_;
  users_.Become(other.users_);
  return *this;
}

int64_t ReferenceMachine::Perform(const Op& op) {
  Alone alone;
  const kernel::ScopedRuntime scoped(alone);
  return users_.Perform(op);
}

bool ReferenceMachine::Permits(const Op& op) const {
  return ReferenceMachine(*this).Perform(op) != kRefused;
}

int64_t ReferenceMachine::Api::Perform(const Call& call) {
  outcome = model.Apply(call);
  if (outcome.kind != Outcome::Kind::kExact) sure = false;
  return outcome.kind == Outcome::Kind::kAnyError ? kSomeError : outcome.result;
}

}  // namespace groupfuzz
