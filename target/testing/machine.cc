#include "target/testing/machine.h"

#include <cstdlib>
#include <string_view>
#include <utility>

#include "target/system/names.h"

namespace groupfuzz {
namespace {

constexpr std::string_view kLockNames[] = {"kernfs", "device", "probe", "ops", "group"};
static_assert(std::size(kLockNames) == kernel::kLockClasses);

constexpr std::string_view kWarnNames[] = {
    "unuse_underflow", "release_unowned",
    "null_owner",      "set_domain_null",
    "must_succeed",    "rollback",
    "detach_mismatch", "default_without_domain",
    "group_not_idle",  "group_release_domains",
    "no_device",       "untrusted_conflict",
    "first_attach",    "lock_not_held",
    "unbalanced_up",   "elsewhere",
    "list_corrupted",  "bug",
    "refcount",        "panic",
};
static_assert(std::size(kWarnNames) == kernel::kWarnSites);

constexpr const char* kNobodyRuns = "between steps";

std::string LockText(const Event& event) {
  const std::string name(kLockNames[event.value]);
  return event.device == kNoDevice ? name : name + std::to_string(event.device);
}

std::string Failure(const Event& event) {
  return event.result == 0 ? "" : "!" + ResultName(event.result).substr(1);
}

std::string FactsOf(const DeviceSnapshot& device, const DeviceConfig& config) {
  std::string facts;
  const auto add = [&](bool holds, std::string_view fact) {
    if (!holds) return;
    if (!facts.empty()) facts += '+';
    facts += fact;
  };
  add(device.uses_dma_api, "api");
  add(config.direct && device.direct_mapped, "direct");
  add(device.deferred, "deferred");
  add(device.has_mapping && device.mapping_works, "mapping");
  add(device.has_mapping && !device.mapping_works, "fault");
  return facts.empty() ? "none" : facts;
}

}  // namespace

std::string ResultText(int64_t result) {
  return result == kNeverReturned ? "never returned" : ResultName(result);
}

Machine::Machine(const Design& design, const Configuration& configuration)
    : configuration_(configuration),
      system_(design.make()),
      port_(dynamic_cast<PortSystem*>(system_.get())) {
  Boot();
}

Machine::~Machine() = default;

void Machine::Boot() {
  runtime_.ForgetEvents();
  trace_start_ = 0;
  user_domains_.fill(kNoDomain);
  system_->Build(configuration_, {}, nullptr);
}

void Machine::Fail(FaultKind kind, int first, int error, int count) {
  faults_.faults[faults_.size++] = {.kind = kind,
                                    .first = static_cast<uint8_t>(first),
                                    .count = static_cast<uint8_t>(count),
                                    .error = static_cast<int16_t>(error)};
  runtime_.SetFaults(faults_);
}

int64_t Machine::Probe(uint8_t device) {
  probed_[device] = true;
  return api().Perform({.function = Function::kProbeDevice, .device = device});
}

void Machine::NeedUserDomain(uint8_t domain) {
  if (user_domains_[domain] != kNoDomain) return;
  if (api().Perform({.function = Function::kAllocDomain, .domain = domain}) != 0) return;
  for (const Event& event : runtime_.events()) {
    if (event.kind == EventKind::kDomainAlloc) user_domains_[domain] = event.domain;
  }
}

void Machine::HoldGroup() {
  held_group_ = core().group();
  ++held_group_->references;
}

void Machine::LoseDomains() ABSL_NO_THREAD_SAFETY_ANALYSIS {
  iommu::Group& group = *core().group();
  lost_domain_ = group.default_domain.Unlocked(kNobodyRuns);
  group.default_domain.SetUnlocked(nullptr, kNobodyRuns);
  group.domain.SetUnlocked(nullptr, kNobodyRuns);
}

int Machine::AttachPrivateIdentity() {
  int error = 0;
  private_identity_ = core().driver().AllocDomain(DomainType::kIdentity, &error, nullptr);
  return error != 0 ? error : core().AttachGroup(private_identity_, *core().group());
}

void Machine::FindDomains() ABSL_NO_THREAD_SAFETY_ANALYSIS {
  if (lost_domain_ == nullptr) return;
  iommu::Group& group = *core().group();
  group.default_domain.SetUnlocked(lost_domain_, kNobodyRuns);
  group.domain.SetUnlocked(lost_domain_, kNobodyRuns);
  lost_domain_ = nullptr;
}

// A type that was edited in place is the group's to know, not the hardware's.
DomainRef Machine::AsGroupKnows(const Snapshot& now, const DomainRef& hw) {
  for (const DomainRef& domain : {now.default_domain, now.blocking_domain, now.domain}) {
    if (domain && domain.id == hw.id) return domain;
  }
  return hw;
}

Snapshot Machine::snapshot() const {
  Snapshot snapshot;
  system_->Look(&snapshot);
  return snapshot;
}

std::map<DomainId, std::string> Machine::Names() const {
  std::map<DomainId, std::string> names;
  std::map<std::string, int> seen;
  for (const Event& event : runtime_.events()) {
    if (event.kind != EventKind::kDomainAlloc || event.domain == kNoDomain) continue;
    const auto type = static_cast<DomainType>(event.value);
    std::string name = DomainTypeName(type);
    bool of_user = false;
    for (int user = 0; user < kUserDomains; ++user) {
      if (user_domains_[user] != event.domain) continue;
      name = "U" + std::to_string(user);
      of_user = true;
    }
    const int number = of_user ? 1 : ++seen[name];
    names[event.domain] = number == 1 ? name : name + "#" + std::to_string(number);
  }
  return names;
}

std::string Machine::NameOf(DomainId id) const {
  if (id == kNoDomain) return "-";
  const std::map<DomainId, std::string> names = Names();
  const auto found = names.find(id);
  return found != names.end() ? found->second : StaticName(id);
}

std::string Machine::StaticName(DomainId id) const {
  if (port_ != nullptr) {
    Driver& driver = port_->port().core().driver();
    for (const Domain* fixed : {driver.identity_domain(), driver.blocked_domain()}) {
      if (fixed != nullptr && fixed->id == id) return DomainTypeName(fixed->type);
    }
    return "unknown";
  }
  for (const Snapshot& seen : {snapshot(), at_start_}) {
    for (const DomainRef& domain : {seen.default_domain, seen.blocking_domain, seen.domain}) {
      if (domain && domain.id == id) return DomainTypeName(domain.type);
    }
    for (const DeviceSnapshot& device : seen.devices) {
      if (device.hw && device.hw.id == id) return DomainTypeName(device.hw.type);
    }
  }
  return "unknown";
}

std::string Machine::NameOf(const DomainRef& domain) const {
  if (!domain) return "-";
  const std::string name = NameOf(domain.id);
  const std::string type = DomainTypeName(domain.type);
  const std::string allocated_as = name.substr(0, name.find('#'));
  std::string text = name;
  if (name[0] != 'U' && allocated_as != type) text += "(" + type + ")";
  if (domain.freed) text += "(freed)";
  return text;
}

std::string Machine::State() const {
  const Snapshot now = snapshot();
  if (!now.exists) return "gone";
  std::string text = "cnt=" + std::to_string(now.owner_cnt) + " owner=" + OwnerName(now.owner) +
                     " dd=" + NameOf(now.default_domain) + " cur=" + NameOf(now.domain) +
                     " bd=" + NameOf(now.blocking_domain);
  if (now.pasids != 0) text += " pasids=" + std::to_string(now.pasids);
  text += " hw=";
  bool first = true;
  for (const DeviceSnapshot& device : now.devices) {
    if (!device.member) continue;
    if (!first) text += ",";
    text += NameOf(AsGroupKnows(now, device.hw));
    first = false;
  }
  return text;
}

std::string Machine::Facts() const {
  const Snapshot now = snapshot();
  std::string text;
  for (int device = 0; device < kMaxDevices; ++device) {
    if (!now.devices[device].member) continue;
    if (!text.empty()) text += ' ';
    text +=
        std::to_string(device) + ":" + FactsOf(now.devices[device], configuration_.devices[device]);
  }
  return text;
}

std::vector<Event> Machine::recent() const {
  return {runtime_.events().begin() + static_cast<ptrdiff_t>(trace_start_),
          runtime_.events().end()};
}

std::string Machine::TextOf(const Event& event) const {
  const std::string device = event.device == kNoDevice ? "" : std::to_string(event.device);
  const std::string domain = NameOf(event.domain);
  const std::string pasid = std::to_string(event.value);
  switch (event.kind) {
    case EventKind::kLock:
      return "lock(" + LockText(event) + ")";
    case EventKind::kUnlock:
      return "unlock(" + LockText(event) + ")";
    case EventKind::kRacyRead:
      return "read";
    case EventKind::kUnguarded:
      return "unguarded(" + std::string(FieldName(static_cast<GuardedField>(event.value))) + ")";
    case EventKind::kDomainAlloc:
      if (event.result == 0) return "alloc(" + domain + ")";
      return std::string("alloc(") + DomainTypeName(static_cast<DomainType>(event.value)) + ")" +
             Failure(event);
    case EventKind::kDomainFree:
      return "free(" + domain + ")";
    case EventKind::kAttach:
      return "attach(" + device + ":" + domain + ")" + Failure(event);
    case EventKind::kDetach:
      return "detach(" + device + ":" + domain + ")";
    case EventKind::kMap:
      return "map(" + device + ":" + domain + ")" + Failure(event);
    case EventKind::kFlushQueue:
      return "queue(" + domain + ")" + Failure(event);
    case EventKind::kSetPasid:
      return "set_pasid(" + device + ":" + pasid + ":" + domain + ")" + Failure(event);
    case EventKind::kRemovePasid:
      return "remove_pasid(" + device + ":" + pasid + ")";
    case EventKind::kProbeDevice:
      return "probe(" + device + ")" + Failure(event);
    case EventKind::kReleaseDevice:
      return "release(" + device + ")";
    case EventKind::kProbeFinalize:
      return "finalize(" + device + ")";
    case EventKind::kWarn:
      return "WARN(" + std::string(kWarnNames[event.value]) + ")";
    case EventKind::kUseAfterFree:
      return event.domain == kNoDomain
                 ? "BAD_ACCESS(" + std::string(ReachedSentence(static_cast<Reached>(event.value))) +
                       ")"
                 : "USE_AFTER_FREE(" + domain + ")";
    case EventKind::kDma:
      return "dma(" + device + ")" + Failure(event);
    case EventKind::kFault:
      return "";
  }
  return "";
}

std::string Machine::Trace() const {
  std::string text;
  bool intruding = false;
  for (const Event& event : recent()) {
    const bool lock = event.kind == EventKind::kLock || event.kind == EventKind::kUnlock;
    if (lock && event.value == static_cast<uint8_t>(kernel::LockClass::kKernfs)) continue;
    const bool alloc = event.kind == EventKind::kDomainAlloc;
    const std::string word = TextOf(event);
    if (word.empty() || (alloc && NameOf(event.domain)[0] == 'U')) continue;
    const bool by_intruder = event.thread == SerialRuntime::kIntruderThread;
    if (intruding && !by_intruder) text += " ]";
    if (!text.empty()) text += ' ';
    if (by_intruder && !intruding) text += "[ ";
    intruding = by_intruder;
    text += word;
  }
  return intruding ? text + " ]" : text;
}

int Machine::Finish() {
  runtime_.SetFaults({});
  FindDomains();
  if (held_group_ != nullptr) {
    core().PutGroup(held_group_);
    held_group_ = nullptr;
  }
  for (uint8_t device = 0; device < kMaxDevices; ++device) {
    const bool there = snapshot().devices[device].member;
    if (!probed_[device] || !there) continue;
    api().Perform({.function = Function::kReleaseDevice, .device = device});
  }
  system_->TearDown();
  for (uint8_t domain = 0; domain < kUserDomains; ++domain) {
    if (user_domains_[domain] == kNoDomain) continue;
    api().Perform({.function = Function::kFreeDomain, .domain = domain});
  }
  if (private_identity_ != nullptr) core().FreeDomain(std::exchange(private_identity_, nullptr));
  return system_->live_objects();
}

}  // namespace groupfuzz
