#include "properties/model/model.h"

#include <bit>
#include <type_traits>

#include "properties/model/model_effects.h"
#include "properties/model/model_rows.h"
#include "target/types/hash.h"

namespace groupfuzz {
namespace {

using model::Step;

MachineFacts FactsOf(const Configuration& configuration) {
  MachineFacts machine;
  auto set = [](uint8_t& devices, int device, bool value) {
    if (value) devices |= static_cast<uint8_t>(1u << device);
  };
  for (int i = 0; i < configuration.device_count; ++i) {
    const DeviceConfig& device = configuration.devices[i];
    set(machine.present, i, device.present);
    set(machine.prefers_dma, i, device.preference == Preference::kDma);
    set(machine.prefers_identity, i, device.preference == Preference::kIdentity);
    set(machine.untrusted, i, device.untrusted);
    set(machine.direct, i, device.direct);
    set(machine.deferred, i, device.deferred);
    set(machine.managed, i, device.managed);
    set(machine.pasid_capable, i, device.pasids);
    set(machine.no_flush_queue, i, device.no_deferred_flush);
  }
  const DriverConfig& driver = configuration.driver;
  machine.identity_absent = driver.identity == Support::kAbsent;
  machine.blocked_absent = driver.blocked == Support::kAbsent;
  machine.forces_identity = driver.forces_identity;
  machine.finalize_attaches = driver.finalize_attaches;
  machine.maps_only_attached = driver.maps_only_attached;
  machine.default_type = configuration.default_type;
  return machine;
}

}  // namespace

Model::Model(const Configuration& configuration, DesignId design)
    : machine_(FactsOf(configuration)), tables_(&model::TablesOf(design)) {
  const Call boot;
  Step step{.state = state_, .machine = machine_, .call = boot};
  tables_->boot.evaluate(step);
  machine_.iommu_gone = machine_.present != 0 && !state_.exists;
}

Outcome Model::Apply(const Call& call, Assumption assumption) {
  Step step{.state = state_, .machine = machine_, .call = call};
  if (state_.lost) {
    model::act::KeepOrder(step);
    return {.kind = Outcome::Kind::kAny};
  }
  step.between_steps = assumption == Assumption::kBetweenSteps;
  if (call.function == Function::kStoreType) step.request = model::ParseRequest(*call.text);
  return tables_->functions[static_cast<size_t>(call.function)].evaluate(step);
}

void Model::FollowResult(const Call& call, int64_t result) {
  if (!state_.lost || call.function != Function::kProbeDevice || result >= 0) return;
  const Call turned_away{.function = Function::kReleaseDevice, .device = call.device};
  Step step{.state = state_, .machine = machine_, .call = turned_away};
  model::act::KeepOrder(step);
}

bool Model::Provides(Function function) const {
  return tables_->functions[static_cast<size_t>(function)].evaluate !=
         model::AbsentFunction().evaluate;
}

bool Model::HasAlternative(const Call& call) const {
  const bool store = call.function == Function::kStoreType;
  if (!state_.exists) return store || call.function == Function::kShowType;
  return store && tables_->looks_at_drivers && machine_.managed != 0;
}

void Model::SetBound(uint8_t device, bool bound) {
  const auto bit = static_cast<uint8_t>(1u << device);
  state_.bound = static_cast<uint8_t>(bound ? state_.bound | bit : state_.bound & ~bit);
}

uint64_t Model::Hash() const {
  using Words = std::array<uint64_t, sizeof(GroupState) / sizeof(uint64_t)>;
  static_assert(std::has_unique_object_representations_v<GroupState>);
  const auto& [state, machine, tables] = *this;
  LeftOut(machine, tables);
  uint64_t hash = 0;
  for (uint64_t word : std::bit_cast<Words>(state)) hash = Fold(hash, word);
  return hash;
}

bool Outcome::Allows(int64_t got) const {
  switch (kind) {
    case Kind::kExact:
      return got == result;
    case Kind::kAnyError:
      return got < 0;
    case Kind::kAny:
      return true;
  }
  return false;
}

}  // namespace groupfuzz
