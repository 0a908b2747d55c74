#include "harness/record/event_words.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include "harness/program/program.h"
#include "target/kernel/fault.h"
#include "target/kernel/lock.h"
#include "target/kernel/runtime.h"
#include "target/system/names.h"
#include "target/types/iommu_api.h"

namespace groupfuzz::record {
namespace {

using kernel::LockClass;

std::string_view KindWord(EventKind kind) {
  switch (kind) {
    case EventKind::kLock:
      return "lock";
    case EventKind::kUnlock:
      return "unlock";
    case EventKind::kRacyRead:
      return "racy-read";
    case EventKind::kDomainAlloc:
      return "domain-alloc";
    case EventKind::kDomainFree:
      return "domain-free";
    case EventKind::kAttach:
      return "attach";
    case EventKind::kDetach:
      return "detach";
    case EventKind::kMap:
      return "map";
    case EventKind::kFlushQueue:
      return "flush-queue";
    case EventKind::kSetPasid:
      return "set-pasid";
    case EventKind::kRemovePasid:
      return "remove-pasid";
    case EventKind::kProbeDevice:
      return "probe-device";
    case EventKind::kReleaseDevice:
      return "release-device";
    case EventKind::kProbeFinalize:
      return "probe-finalize";
    case EventKind::kFault:
      return "fault";
    case EventKind::kWarn:
      return "warn";
    case EventKind::kUseAfterFree:
      return "use-after-free";
    case EventKind::kDma:
      return "dma";
    case EventKind::kUnguarded:
      return "unguarded";
  }
  return "unnamed";
}

std::string_view ReachedWord(Reached reached) {
  switch (reached) {
    case Reached::kFreedObject:
      return "-";
    case Reached::kFreedGroup:
      return "group";
    case Reached::kFreedMemory:
      return "memory";
    case Reached::kNull:
      return "NULL";
    case Reached::kErrorPointer:
      return "error-pointer";
    case Reached::kUninitialized:
      return "uninitialized";
    case Reached::kNothing:
      return "nothing";
    case Reached::kStackEnd:
      return "stack-end";
    case Reached::kInstruction:
      return "instruction";
    case Reached::kGivesUp:
      return "gives-up";
    case Reached::kFreedDevice:
      return "device";
    case Reached::kBeyondEnd:
      return "beyond-end";
    case Reached::kStackSmashed:
      return "stack-smashed";
  }
  return "unnamed";
}

std::string_view OccupantWord(Occupant occupant) {
  switch (occupant) {
    case Occupant::kNone:
      return "nobody";
    case Occupant::kKernelDriver:
      return "kernel-driver";
    case Occupant::kManagedDriver:
      return "managed-driver";
    case Occupant::kGroupClaim:
      return "group-claim";
    case Occupant::kDeviceClaim:
      return "device-claim";
  }
  return "unnamed";
}

void AppendNumber(int64_t value, std::string* out) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out->append(digits.data(), end);
}

using LockSet = uint8_t;
constexpr size_t kLockSets = size_t{1} << kernel::kLockClasses;

std::string NamesOf(LockSet set) {
  std::string names;
  for (int i = 0; i < kernel::kLockClasses; ++i) {
    if ((set >> i & 1) == 0) continue;
    if (!names.empty()) names += "+";
    names += LockName(static_cast<LockClass>(i), kNoDevice);
  }
  return names;
}

// The names of every set of locks: executions have thousands of events.
std::string_view LockNames(LockSet set) {
  static const auto names = [] {
    std::array<std::string, kLockSets> all;
    for (size_t i = 0; i < kLockSets; ++i) all[i] = NamesOf(static_cast<LockSet>(i));
    return all;
  }();
  return names[set % kLockSets];
}

std::string_view LockWord(uint8_t lock_class) {
  return LockNames(static_cast<LockSet>(1u << lock_class));
}

// The members of a set of small numbers: "1,3", or "-".
void AppendSet(uint8_t set, std::string* out) {
  if (set == 0) *out += '-';
  for (int i = 0, rest = set; rest != 0; ++i, rest >>= 1) {
    if ((rest & 1) == 0) continue;
    AppendNumber(i, out);
    if (rest > 1) *out += ',';
  }
}

void AppendDevice(uint8_t device, std::string* out) {
  *out += "dev";
  AppendNumber(device, out);
}

}  // namespace

void AppendStep(uint8_t thread, uint8_t op, std::string* out) {
  if (thread == kBootThread) {
    *out += "boot";
    return;
  }
  *out += 'T';
  AppendNumber(thread, out);
  *out += '.';
  AppendNumber(op, out);
}

void Writer::WriteDomain(DomainId id) {
  if (id == kNoDomain) {
    out_ += '-';
    return;
  }
  const auto at = std::find(domains_.begin(), domains_.end(), id);
  out_ += 'D';
  AppendNumber(at - domains_.begin(), &out_);
  if (at == domains_.end()) domains_.push_back(id);
}

void Writer::WriteRef(const DomainRef& domain) {
  WriteDomain(domain.id);
  if (!domain) return;
  out_ += ':';
  out_ += DomainTypeName(domain.type);
  if (domain.freed) out_ += ":freed";
}

void Writer::WriteValue(const Event& event) {
  switch (event.kind) {
    case EventKind::kLock:
    case EventKind::kUnlock:
      out_ += LockWord(event.value);
      return;
    case EventKind::kDomainAlloc:
    case EventKind::kDomainFree:
    case EventKind::kFlushQueue:
      out_ += DomainTypeName(static_cast<DomainType>(event.value));
      return;
    case EventKind::kSetPasid:
    case EventKind::kRemovePasid:
      out_ += "pasid=";
      AppendNumber(event.value, &out_);
      return;
    case EventKind::kFault:
      out_ += FaultName(static_cast<FaultKind>(event.value));
      return;
    case EventKind::kWarn:
      out_ += WarnName(static_cast<kernel::WarnSite>(event.value));
      return;
    case EventKind::kUseAfterFree:
      out_ += ReachedWord(static_cast<Reached>(event.value));
      return;
    default:
      out_ += '-';
  }
}

void Writer::Write(const Event& event) {
  AppendStep(event.thread, event.op, &out_);
  out_ += ' ';
  out_ += KindWord(event.kind);
  out_ += ' ';
  WriteValue(event);
  if (event.device != kNoDevice) {
    out_ += ' ';
    AppendDevice(event.device, &out_);
  }
  if (event.domain != kNoDomain) {
    out_ += ' ';
    WriteDomain(event.domain);
  }
  if (event.result != 0) {
    out_ += " = ";
    out_ += ResultName(event.result);
  }
  if (event.held != 0) {
    out_ += " holding ";
    out_ += LockNames(event.held);
  }
  out_ += '\n';
}

void Writer::Write(uint8_t device, const DeviceSnapshot& state) {
  if (state == DeviceSnapshot()) return;
  out_ += "  ";
  AppendDevice(device, &out_);
  out_ += ' ';
  out_ += OccupantWord(state.occupant);
  out_ += " on ";
  WriteRef(state.hw);
  if (state.member) out_ += " member";
  if (state.deferred) out_ += " deferred";
  if (state.direct_mapped) out_ += " direct-mapped";
  if (state.has_mapping) out_ += " has-mapping";
  if (state.mapping_works) out_ += " mapping-works";
  if (state.uses_dma_api) out_ += " uses-dma-api";
  out_ += '\n';
}

void Writer::Write(const Snapshot& state) {
  out_ += state.exists ? "  group" : "  no group";
  out_ += " count=";
  AppendNumber(state.owner_cnt, &out_);
  out_ += " owner=";
  out_ += OwnerName(state.owner);
  out_ += " default=";
  WriteRef(state.default_domain);
  out_ += " blocking=";
  WriteRef(state.blocking_domain);
  out_ += " current=";
  WriteRef(state.domain);
  out_ += " pasids=";
  AppendSet(state.pasids, &out_);
  out_ += " reserved=";
  AppendSet(state.reserved, &out_);
  out_ += " members=";
  AppendNumber(state.members, &out_);
  out_ += " users'=";
  for (const DomainRef& domain : state.user_domains) {
    if (&domain != state.user_domains.data()) out_ += ',';
    WriteRef(domain);
  }
  out_ += '\n';
  for (uint8_t i = 0; i < kMaxDevices; ++i) Write(i, state.devices[i]);
}

}  // namespace groupfuzz::record
