#include "properties/suites/reference_machine.h"

#include "target/kernel/unscheduled_runtime.h"

namespace groupfuzz {
namespace {

// The environment of users who are alone.
class Alone final : public kernel::UnscheduledRuntime {
 public:
  void Record(Event) override {}
  uint8_t thread() const override { return 0; }
  [[noreturn]] void UseAfterFree(DomainId) override { throw kernel::Abandoned{}; }
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

int ReferenceMachine::Api::Apply(const Call& call) {
  const Outcome outcome = model.Apply(call);
  if (outcome.kind != Outcome::Kind::kExact) sure = false;
  return outcome.kind == Outcome::Kind::kAnyError ? kSomeError : outcome.result;
}

int64_t ReferenceMachine::Api::StoreType(const WriteBuffer& text, Capabilities capabilities) {
  return Apply({.function = Function::kStoreType, .capabilities = capabilities, .text = &text});
}
int64_t ReferenceMachine::Api::ShowType(char*) { return Apply({.function = Function::kShowType}); }
int ReferenceMachine::Api::UseDefaultDomain(uint8_t device) {
  return Apply({.function = Function::kUseDefaultDomain, .device = device});
}
void ReferenceMachine::Api::UnuseDefaultDomain(uint8_t device) {
  Apply({.function = Function::kUnuseDefaultDomain, .device = device});
}
int ReferenceMachine::Api::GroupClaim(uint8_t cookie) {
  return Apply({.function = Function::kGroupClaim, .cookie = cookie});
}
void ReferenceMachine::Api::GroupRelease() { Apply({.function = Function::kGroupRelease}); }
int ReferenceMachine::Api::DeviceClaim(uint8_t device, uint8_t cookie) {
  return Apply({.function = Function::kDeviceClaim, .device = device, .cookie = cookie});
}
void ReferenceMachine::Api::DeviceRelease(uint8_t device) {
  Apply({.function = Function::kDeviceRelease, .device = device});
}
bool ReferenceMachine::Api::GroupClaimed() {
  return Apply({.function = Function::kGroupClaimed}) != 0;
}
int ReferenceMachine::Api::AttachDevice(uint8_t device, uint8_t domain) {
  return Apply({.function = Function::kAttachDevice, .device = device, .domain = domain});
}
void ReferenceMachine::Api::DetachDevice(uint8_t device, uint8_t domain) {
  Apply({.function = Function::kDetachDevice, .device = device, .domain = domain});
}
int ReferenceMachine::Api::AttachGroup(uint8_t domain) {
  return Apply({.function = Function::kAttachGroup, .domain = domain});
}
void ReferenceMachine::Api::DetachGroup(uint8_t domain) {
  Apply({.function = Function::kDetachGroup, .domain = domain});
}
int ReferenceMachine::Api::ReplaceGroup(uint8_t domain) {
  return Apply({.function = Function::kReplaceGroup, .domain = domain});
}
int ReferenceMachine::Api::AttachHandle(uint8_t domain, bool null_handle) {
  return Apply({.function = Function::kAttachHandle, .domain = domain, .null_handle = null_handle});
}
void ReferenceMachine::Api::DetachHandle(uint8_t domain) {
  Apply({.function = Function::kDetachHandle, .domain = domain});
}
int ReferenceMachine::Api::ReplaceHandle(uint8_t domain, bool null_handle) {
  return Apply(
      {.function = Function::kReplaceHandle, .domain = domain, .null_handle = null_handle});
}
int ReferenceMachine::Api::AttachPasid(uint8_t device, uint8_t domain, uint8_t pasid) {
  return Apply(
      {.function = Function::kAttachPasid, .device = device, .domain = domain, .pasid = pasid});
}
void ReferenceMachine::Api::DetachPasid(uint8_t device, uint8_t domain, uint8_t pasid) {
  Apply({.function = Function::kDetachPasid, .device = device, .domain = domain, .pasid = pasid});
}
int ReferenceMachine::Api::ProbeDevice(uint8_t device) {
  return Apply({.function = Function::kProbeDevice, .device = device});
}
void ReferenceMachine::Api::ReleaseDevice(uint8_t device) {
  Apply({.function = Function::kReleaseDevice, .device = device});
}
int ReferenceMachine::Api::DmaMap(uint8_t device) {
  return Apply({.function = Function::kDmaMap, .device = device});
}
void ReferenceMachine::Api::DmaUnmap(uint8_t device) {
  Apply({.function = Function::kDmaUnmap, .device = device});
}
int ReferenceMachine::Api::AllocDomain(uint8_t device, uint8_t domain) {
  return Apply({.function = Function::kAllocDomain, .device = device, .domain = domain});
}
void ReferenceMachine::Api::FreeDomain(uint8_t domain) {
  Apply({.function = Function::kFreeDomain, .domain = domain});
}

}  // namespace groupfuzz
