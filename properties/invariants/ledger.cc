#include "properties/invariants/ledger.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstring>
#include <string_view>

namespace groupfuzz::invariants {
namespace {

constexpr size_t kUsualDomains = 64;

struct NamedRequest {
  std::string_view word;
  std::optional<DomainType> type;
};
constexpr NamedRequest kRequests[] = {{"identity", DomainType::kIdentity},
                                      {"DMA", DomainType::kDma},
                                      {"DMA-FQ", DomainType::kDmaFq},
                                      {"auto", std::nullopt}};

constexpr Facts If(bool condition, Facts facts) { return condition ? facts : 0; }

Facts DomainDifference(const DomainRef& then, const DomainRef& now, Facts object, Facts type) {
  return If(then.id != now.id, object) | If(then.type != now.type, type) |
         If(now.freed, fact::kDangling);
}

Facts DeviceDifference(const DeviceSnapshot& then, const DeviceSnapshot& now) {
  const bool mapping = then.has_mapping != now.has_mapping ||
                       then.mapping_works != now.mapping_works ||
                       then.direct_mapped != now.direct_mapped;
  return If(then.member != now.member, fact::kMembers) |
         If(then.deferred != now.deferred, fact::kDeferral) | If(mapping, fact::kMapping) |
         DomainDifference(then.hw, now.hw, fact::kHardware, fact::kHardware);
}

Facts GroupDifference(const Snapshot& then, const Snapshot& now) {
  return If(then.exists != now.exists, fact::kExists) | If(then.owner != now.owner, fact::kOwner) |
         If(then.owner_cnt != now.owner_cnt, fact::kCount) |
         If(then.pasids != now.pasids || then.reserved != now.reserved, fact::kPasids) |
         If(then.members != now.members, fact::kMembers) |
         DomainDifference(then.default_domain, now.default_domain, fact::kDefaultObject,
                          fact::kDefaultType) |
         DomainDifference(then.blocking_domain, now.blocking_domain, fact::kBlocking,
                          fact::kBlocking) |
         DomainDifference(then.domain, now.domain, fact::kCurrent, fact::kCurrent);
}

uint32_t Bits(const DomainRef& domain) { return std::bit_cast<uint32_t>(domain); }

// Who occupies a device is nobody's business here.
bool SameDevice(const DeviceSnapshot& a, const DeviceSnapshot& b) {
  constexpr size_t kFlagBytes = offsetof(DeviceSnapshot, occupant);
  return std::memcmp(&a, &b, kFlagBytes) == 0 && Bits(a.hw) == Bits(b.hw);
}

Facts FunctionFacts(Function function) {
  const Functions bit = FunctionBit(function);
  return If(function == Function::kStoreType, fact::kStore) | If(bit & kUseFunctions, fact::kUse) |
         If(bit & kClaimFunctions, fact::kClaim) | If(bit & kReleaseFunctions, fact::kRelease) |
         If(function == Function::kProbeDevice, fact::kProbe) |
         If(function == Function::kShowType, fact::kShow);
}

// The domain in which the DMA API maps for `device`: the one that it is attached to. After a switch
// that could not be undone that may be a user's, in which the DMA API never maps.
DomainId MappedIn(const Snapshot& snapshot, const DeviceSnapshot& device) {
  for (const DomainRef& user : snapshot.user_domains) {
    if (user && user.id == device.hw.id) return snapshot.default_domain.id;
  }
  return device.hw.id;
}

bool Contains(const std::vector<DomainId>& domains, DomainId domain) {
  return std::find(domains.rbegin(), domains.rend(), domain) != domains.rend();
}

}  // namespace

Facts StateChanges(const Snapshot& then, const Snapshot& now, int devices) {
  Facts facts = GroupDifference(then, now);
  for (int i = 0; i < devices; ++i) {
    const DeviceSnapshot& device = now.devices[i];
    // Mostly nothing changed.
    if (!SameDevice(then.devices[i], device) || device.hw.freed) {
      facts |= DeviceDifference(then.devices[i], device);
    }
  }
  return facts;
}

Request ParseRequest(const WriteBuffer& text) {
  std::string_view written = text.literal();
  written = written.substr(0, written.find('\0'));
  // One newline before the terminating NUL does not count (sysfs_streq).
  if (written.ends_with('\n')) written.remove_suffix(1);
  for (const NamedRequest& named : kRequests) {
    if (named.word == written) return {.valid = true, .type = named.type};
  }
  return {};
}

bool Section::AllocatedForDma(DomainId domain) const {
  return std::any_of(allocated.begin(), allocated.end(), [domain](const AllocSeen& seen) {
    return seen.domain == domain && IsDmaDomain(seen.type);
  });
}

void Section::Begin() {
  open = true;
  doubtful = false;
  facts = 0;
  warnings = 0;
  attaches.Clear();
  maps.Clear();
  allocated.Clear();
}

uint8_t Ledger::PasidsOf(int device) const {
  uint8_t set = 0;
  for (int pasid = 0; pasid < kMaxPasids; ++pasid) {
    if (hw_pasids[device][pasid] != kNoDomain) set |= Bit(pasid);
  }
  return set;
}

bool Ledger::HasAtPasid(int device, DomainId domain) const {
  const auto& set = hw_pasids[device];
  return std::find(set.begin(), set.end(), domain) != set.end();
}

bool Ledger::CouldNotMap(uint8_t device, DomainId domain) const {
  return std::find(unmapped.begin(), unmapped.end(), std::pair(device, domain)) != unmapped.end();
}

bool Ledger::IsFreed(DomainId domain) const { return Contains(freed, domain); }
bool Ledger::HasQueue(DomainId domain) const { return Contains(queued, domain); }

uint32_t Ledger::Roles() const {
  uint32_t kinds = 0;
  for (const Thread& thread : threads) {
    if (thread.in_op) kinds |= OpBit(thread.kind);
  }
  return kinds;
}

void Ledger::Begin(const Program& begun, const Configuration& its_machine) {
  program = &begun;
  machine = its_machine;
  devices = machine.device_count;
  direct = 0;
  may_defer = 0;
  for (uint8_t i = 0; i < devices; ++i) {
    if (machine.devices[i].direct) direct |= Bit(i);
    if (machine.devices[i].deferred) may_defer |= Bit(i);
  }
  events = 0;
  over = fault_fired = false;
  open_sections = 0;
  latest = &at_unlock;
  writer = kNobody;
  released = stranded = 0;
  hw_pasids = {};
  mapped_in.fill(kNoDomain);
  unmapped.clear();
  unmapped.reserve(kUsualDomains);
  freed.clear();
  freed.reserve(kUsualDomains);
  queued.clear();
  queued.reserve(kUsualDomains);
  for (Thread& thread : threads) {
    thread.in_op = false;
    thread.op = 0;
    thread.held.fill(0);
    thread.calls.Clear();
    thread.section.open = false;
  }
}

void Ledger::Booted() {
  counted = at_unlock.owner == kNobody ? at_unlock.owner_cnt : 0;
  pending = probed = 0;
  bool attached = false;
  bool ready = false;  // the default domain serves the DMA API
  for (uint8_t i = 0; i < devices; ++i) {
    if (at_unlock.devices[i].member) probed |= Bit(i);
    if (!at_unlock.devices[i].hw) pending |= may_defer & Bit(i);
    attached |= at_unlock.devices[i].hw.id == at_unlock.default_domain.id;
    ready |= at_unlock.devices[i].uses_dma_api;
  }
  // With every device deferred there was no domain that such a driver maps into.
  if (configuration().driver.maps_only_attached && !attached) {
    for (uint8_t i = 0; i < devices; ++i) {
      if (direct & Bit(i)) unmapped.emplace_back(i, at_unlock.default_domain.id);
    }
  }
  if (ready && at_unlock.default_domain.type == DomainType::kDmaFq) {
    queued.push_back(at_unlock.default_domain.id);
  }
  Adopt(at_unlock, fact::kState);
}

void Ledger::Adopt(const Snapshot& snapshot, Facts facts) {
  if (!(facts & (fact::kHardware | fact::kMapping))) return;
  for (uint8_t i = 0; i < devices; ++i) {
    const DeviceSnapshot& device = snapshot.devices[i];
    hw[i] = device.hw.id;
    if (!device.has_mapping) {
      mapped_in[i] = kNoDomain;
    } else if (mapped_in[i] == kNoDomain) {
      mapped_in[i] = MappedIn(snapshot, device);
    }
  }
}

void Ledger::Enter(const Event& event) {
  Thread& thread = threads[event.thread];
  switch (event.kind) {
    case EventKind::kAttach:
    case EventKind::kDetach:
      EnterAttach(event);
      break;
    case EventKind::kMap:
      EnterMap(event);
      break;
    case EventKind::kSetPasid:
    case EventKind::kRemovePasid:
      EnterPasid(event);
      break;
    case EventKind::kDomainAlloc:
    case EventKind::kDomainFree:
    case EventKind::kFlushQueue:
      EnterDomain(event);
      break;
    case EventKind::kProbeDevice:
    case EventKind::kReleaseDevice:
    case EventKind::kProbeFinalize:
      EnterDevice(event);
      break;
    case EventKind::kFault:
      fault_fired = true;
      if (thread.calls.size() > 0) {
        ActiveCall& call = thread.calls.back();
        call.fault = true;
        call.alloc_failed |= static_cast<FaultKind>(event.value) == FaultKind::kCookie;
      }
      break;
    case EventKind::kWarn:
      EnterWarning(event);
      break;
    default:
      break;
  }
  ++events;
}

void Ledger::EnterAttach(const Event& event) {
  Thread& thread = threads[event.thread];
  const uint8_t device = event.device;
  if (event.kind == EventKind::kDetach) {
    hw[device] = kNoDomain;
    return;
  }
  const bool failed = event.result != 0;
  if (thread.section.open) {
    const bool was_deferred = pending & Bit(device);
    thread.section.attaches.Push({device, event.domain, failed, was_deferred});
    thread.section.facts |= fact::kAttached | If(failed, fact::kAttachFailed);
  }
  if (thread.calls.size() > 0) {
    ++thread.calls.back().attached;
    thread.calls.back().attach_failed |= failed;
  }
  // Drivers may not fail the first attach of a device. Before 6.5 nothing warns of it.
  const bool probes =
      thread.calls.size() > 0 && thread.calls.back().Is(FunctionBit(Function::kProbeDevice));
  if (failed && probes && version < Version::k6_12) {
    thread.section.facts |= fact::kMustSucceedFailed;
    stranded |= Bit(device);
  }
  if (!failed) {
    hw[device] = event.domain;
    pending &= ~Bit(device);
  } else if (configuration().driver.failed_attach_detaches) {
    hw[device] = kNoDomain;
  }
}

void Ledger::EnterDomain(const Event& event) {
  Thread& thread = threads[event.thread];
  ActiveCall* call = thread.calls.size() > 0 ? &thread.calls.back() : nullptr;
  switch (event.kind) {
    case EventKind::kDomainAlloc:
      if (event.result == 0) {
        thread.section.allocated.Push({event.domain, static_cast<DomainType>(event.value)});
      }
      if (call != nullptr) {
        call->allocated += event.result == 0;
        call->alloc_failed |= event.result != 0;
      }
      break;
    case EventKind::kDomainFree:
      freed.push_back(event.domain);
      if (call != nullptr) ++call->freed;
      break;
    default:
      if (event.result == 0) queued.push_back(event.domain);
      if (call != nullptr) call->queue_failed |= event.result != 0;
      break;
  }
}

void Ledger::EnterMap(const Event& event) {
  Thread& thread = threads[event.thread];
  thread.section.maps.Push({event.device, event.domain, event.result != 0});
  // The buffer of a driver is not the direct region.
  if (thread.calls.size() > 0 && thread.calls.back().call.function == Function::kDmaMap) return;
  const std::pair region(event.device, event.domain);
  std::erase(unmapped, region);
  if (event.result != 0) unmapped.push_back(region);
}

void Ledger::EnterDevice(const Event& event) {
  const uint8_t bit = Bit(event.device);
  switch (event.kind) {
    case EventKind::kProbeDevice:
      for (Thread& thread : threads) {
        for (ActiveCall& call : thread.calls) call.saw_probe = true;
      }
      if (event.result != 0) break;
      released &= ~bit;
      probed |= bit;
      pending = static_cast<uint8_t>((pending & ~bit) | (may_defer & bit));
      hw[event.device] = kNoDomain;
      break;
    case EventKind::kReleaseDevice:
      released |= bit;
      released_by[event.device] = event.thread;
      ForgetDevice(event.device);
      break;
    default: {
      auto& calls = threads[event.thread].calls;
      if (calls.size() > 0) calls.back().finalized |= bit;
      break;
    }
  }
}

void Ledger::ForgetDevice(uint8_t device) {
  hw[device] = kNoDomain;
  hw_pasids[device] = {};
  for (uint8_t* set : {&probed, &stranded}) *set &= ~Bit(device);
  std::erase_if(unmapped, [device](const auto& region) { return region.first == device; });
}

void Ledger::EnterPasid(const Event& event) {
  threads[event.thread].section.facts |= fact::kSetsPasids;
  if (event.result != 0 || event.value >= kMaxPasids) return;
  const bool set = event.kind == EventKind::kSetPasid;
  hw_pasids[event.device][event.value] = set ? event.domain : kNoDomain;
}

void Ledger::EnterCall(uint8_t thread, const Call& call, const Snapshot& now) {
  ActiveCall& active = threads[thread].calls.Grow();
  active = {};
  active.call = call;
  active.held = threads[thread].held;
  active.facts = FunctionFacts(call.function);
  active.pasids = PasidBits(now);
  if (call.function == Function::kStoreType) active.request = ParseRequest(*call.text);
}

void Ledger::LeaveCall(uint8_t thread, int64_t result) {
  auto& calls = threads[thread].calls;
  if (calls.size() == 0) return;
  // Sections count who uses the default domain. Who takes no mutex uses it all the same.
  const ActiveCall& left = calls.back();
  if (!left.saw_section && at_unlock.devices[left.call.device].member) {
    counted += left.call.function == Function::kUseDefaultDomain && result == 0;
    counted -= left.call.function == Function::kUnuseDefaultDomain;
  }
  calls.Pop();
}

}  // namespace groupfuzz::invariants
