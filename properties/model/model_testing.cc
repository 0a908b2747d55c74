#include "properties/model/model_testing.h"

#include <algorithm>
#include <deque>

namespace groupfuzz::testing {
namespace {

// Ids that Render() gives to domains.
constexpr DomainId kDefaultId = 1;
constexpr DomainId kBlockingId = 2;
constexpr DomainId kMappingId = 3;
constexpr DomainId kFirstUserId = 10;

DomainRef RefTo(Place place, const GroupState& state) {
  switch (place) {
    case Place::kNowhere:
      return {};
    case Place::kDefault:
      return {kDefaultId, state.default_type, false};
    case Place::kBlocking:
      return {kBlockingId, state.blocking_type, false};
    case Place::kMapping:
      return {kMappingId, DomainType::kUnmanaged, false};
    default:
      break;
  }
  const int user = static_cast<int>(place) - static_cast<int>(Place::kUser0);
  return {static_cast<DomainId>(kFirstUserId + user), DomainType::kUnmanaged, false};
}

}  // namespace

const WriteBuffer* Text(std::string_view bytes) {
  static auto* const buffers = new std::deque<WriteBuffer>;
  WriteBuffer& buffer = buffers->emplace_back();
  buffer.size = static_cast<uint8_t>(std::min<size_t>(bytes.size(), kMaxTextBytes));
  std::copy_n(bytes.begin(), buffer.size, buffer.bytes.begin());
  buffer.padding = static_cast<uint16_t>(bytes.size() - buffer.size);
  return &buffer;
}

Call Store(std::string_view text, Capabilities capabilities) {
  return {.function = Function::kStoreType, .capabilities = capabilities, .text = Text(text)};
}

Call Show() { return {.function = Function::kShowType}; }
Call Use(uint8_t device) { return On(Function::kUseDefaultDomain, device); }
Call Unuse(uint8_t device) { return On(Function::kUnuseDefaultDomain, device); }
Call Claim(uint8_t cookie) { return {.function = Function::kGroupClaim, .cookie = cookie}; }
Call Release() { return {.function = Function::kGroupRelease}; }

Call ClaimDevice(uint8_t device, uint8_t cookie) {
  return {.function = Function::kDeviceClaim, .device = device, .cookie = cookie};
}

Call ReleaseClaim(uint8_t device) { return On(Function::kDeviceRelease, device); }
Call Alloc(uint8_t domain) { return On(Function::kAllocDomain, 0, domain); }
Call Attach(uint8_t domain) { return On(Function::kAttachGroup, 0, domain); }
Call Detach(uint8_t domain) { return On(Function::kDetachGroup, 0, domain); }

Call On(Function function, uint8_t device, uint8_t domain) {
  return {.function = function, .device = device, .domain = domain};
}

Call Pasid(Function function, uint8_t device, uint8_t domain, uint8_t pasid) {
  return {.function = function, .device = device, .domain = domain, .pasid = pasid};
}

Call Handle(Function function, uint8_t domain, bool null_handle) {
  return {.function = function, .domain = domain, .null_handle = null_handle};
}

Call Add(uint8_t device) { return On(Function::kProbeDevice, device); }
Call Remove(uint8_t device) { return On(Function::kReleaseDevice, device); }

Configuration Machines(int devices) {
  Configuration configuration;
  configuration.device_count = static_cast<uint8_t>(devices);
  return configuration;
}

Configuration WithDefault(DomainType type, int devices) {
  Configuration configuration = Machines(devices);
  configuration.default_type = type;
  return configuration;
}

Snapshot Render(const Model& model) {
  const GroupState& state = model.state();
  Snapshot snapshot;
  for (uint8_t i = 0; i < kUserDomains; ++i) {
    if ((state.users >> i & 1) != 0) snapshot.user_domains[i] = RefTo(UserPlace(i), state);
  }
  snapshot.exists = state.exists;
  if (!state.exists) return snapshot;
  snapshot.owner_cnt = state.owner_cnt;
  snapshot.owner = state.owner;
  if (state.has_default) snapshot.default_domain = RefTo(Place::kDefault, state);
  if (state.has_blocking) snapshot.blocking_domain = RefTo(Place::kBlocking, state);
  snapshot.domain = RefTo(state.cur, state);
  snapshot.pasids = state.pasids;
  snapshot.members = state.members;
  for (int i = 0; i < state.members; ++i) {
    DeviceSnapshot& device = snapshot.devices[state.order[i]];
    device.member = true;
    device.deferred = (state.pending >> state.order[i] & 1) != 0;
    device.hw = RefTo(state.hw[state.order[i]], state);
  }
  for (uint8_t i = 0; i < kMaxDevices; ++i) {
    snapshot.devices[i].bound = (state.bound >> i & 1) != 0;
  }
  return snapshot;
}

Model After(const Configuration& configuration, DesignId design, const std::vector<Call>& before) {
  Model model(configuration, design);
  for (const Call& call : before) model.Apply(call);
  return model;
}

std::string_view NameOf(DesignId design) { return BuiltInDesign(design).name; }

const std::vector<DesignId>& AllDesigns() {
  static const auto* const designs = [] {
    auto* const all = new std::vector<DesignId>;
    for (int id = 0; id < kDesignCount; ++id) all->push_back(static_cast<DesignId>(id));
    return all;
  }();
  return *designs;
}

}  // namespace groupfuzz::testing
