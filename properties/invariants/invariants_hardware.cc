// What the hardware really does: attachments, rollback, deferral, and the DMA that depends on them.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "properties/invariants/invariants.h"
#include "target/kernel/runtime.h"
#include "target/system/names.h"

namespace groupfuzz::invariants {
namespace {

constexpr Functions kSwitchFunctions =
    kClaimFunctions | kAttachFunctions | FunctionBit(Function::kStoreType);

bool Owned(const Snapshot& state) { return state.owner != kNobody; }
bool Aliased(const Snapshot& state) { return state.blocking_domain.id == state.default_domain.id; }

std::string IsOn(int device, const DomainRef& domain) {
  return absl::StrCat("dev", device, " is on ", Name(domain));
}

// Devices in the order in which one pass over the group attached them.
using Pass = FixedList<uint8_t, Section::kMaxAttaches>;

// The same devices as often, in any order.
bool Equal(const Pass& a, const Pass& b) {
  return a.size() == b.size() && std::is_permutation(a.begin(), a.end(), b.begin());
}

bool Contains(const Pass& pass, const Pass& part) {
  return std::all_of(part.begin(), part.end(), [&](uint8_t device) {
    return std::find(pass.begin(), pass.end(), device) != pass.end();
  });
}

std::string Devices(const Pass& pass) {
  std::string text;
  for (uint8_t device : pass) absl::StrAppend(&text, text.empty() ? "dev" : ", dev", device);
  return text.empty() ? "no device" : text;
}

int FirstFailure(const Section& section) {
  for (int i = 0; i < section.attaches.size(); ++i) {
    if (section.attaches[i].failed) return i;
  }
  return -1;
}

int PassBegin(const Section& section, int last) {
  const DomainId domain = section.attaches[last].domain;
  int begin = last;
  while (begin > 0 && section.attaches[begin - 1].domain == domain) --begin;
  return begin;
}

// The devices of section.attaches[begin, end), without those that were deferred when the section
// began: whether a rollback attaches these depends on how far the switch had come.
Pass Visited(const Section& section, int begin, int end) {
  Pass pass;
  for (int i = begin; i < end; ++i) {
    const uint8_t device = section.attaches[i].device;
    if (!section.before.devices[device].deferred) pass.Push(device);
  }
  return pass;
}

// Not where it was, nor put back with the others after an earlier switch had left it behind.
bool Displaced(const DeviceSnapshot& then, const DeviceSnapshot& now, const DomainRef& current) {
  const bool stays = then.member && now.member && !then.deferred;
  return stays && then.hw.id != now.hw.id && now.hw.id != current.id;
}

void FailedAttachIsReported(const Step& step, Report& report) {
  if (!step.In(kSwitchFunctions)) return;
  if (step.result >= 0) {
    report.Violated(
        absl::StrCat("an attach failed and the call returned ", ResultName(step.result)));
  } else if (step.call->changes & fact::kPasids) {
    report.Violated("an attach failed and pasid_array is not as it was before");
  }
}

bool WasTried(const Section& section, int device, DomainId domain) {
  return std::any_of(section.attaches.begin(), section.attaches.end(), [&](const AttachSeen& seen) {
    return seen.device == device && seen.domain == domain;
  });
}

void HardwareFollowsCurrent(const Ledger& ledger, const Step& step, Report& report) {
  if (!step.now->domain && Grants(ledger, Excuse::kFirstSwitch)) return;
  for (int i = 0; i < ledger.devices; ++i) {
    if (!MustFollow(ledger, *step.now, i)) continue;
    const DomainRef& hw = step.now->devices[i].hw;
    if (hw.id == step.now->domain.id) continue;
    report.Violated(absl::StrCat(IsOn(i, hw), ", the group on ", Name(step.now->domain)));
    return;
  }
}

constexpr Rule kI14 = {
    {"I14", PropertyGroup::kHardware,
     "While nobody holds the mutex, every member that is not deferred is attached to the "
     "domain the group is on.",
     "behaviour I14; 6.12 __iommu_group_set_domain_internal()"},
    0,
    moment::kState,
    kAttachment,
    HardwareFollowsCurrent,
    Excused(Excuse::kLeftBehind, Excuse::kFirstSwitch)};

void FailedSwitchRestores(const Ledger& ledger, const Step& step, Report& report) {
  if (step.moment == moment::kReturn) return FailedAttachIsReported(step, report);
  const Snapshot& then = *step.then;
  const Snapshot& now = *step.now;
  if (!step.In(kSwitchFunctions)) return;
  const bool same = then.domain.id == now.domain.id && then.owner == now.owner &&
                    then.owner_cnt == now.owner_cnt &&
                    then.default_domain.id == now.default_domain.id &&
                    (!then.blocking_domain || then.blocking_domain.id == now.blocking_domain.id);
  if (!same) {
    report.Violated("an attach failed and the group is not as it was before");
    return;
  }
  for (int i = 0; i < ledger.devices; ++i) {
    if (!Displaced(then.devices[i], now.devices[i], now.domain)) continue;
    if (IsLeftBehind(ledger, i)) continue;
    report.Violated(absl::StrCat("an attach failed and ", IsOn(i, now.devices[i].hw),
                                 " instead of ", Name(then.devices[i].hw)));
    return;
  }
}

constexpr Rule kI15 = {
    {"I15", PropertyGroup::kHardware,
     "A switch that fails says so, and leaves the group and every device as they were.",
     "behaviour I15; commit dcf40ed3a20d"},
    0,
    moment::kSectionEnd | moment::kReturn,
    fact::kAttachFailed,
    FailedSwitchRestores,
    Excused(Excuse::kLeftBehind)};

// A driver that leaves a device where it was when an attach fails need not be told to put it back.
void RollbackVisitsVisited(const Ledger& ledger, const Step& step, Report& report) {
  const Section& section = *step.section;
  if (!step.In(kSwitchFunctions) || WayBackFailed(ledger, step.facts)) return;
  if (section.attaches.overflowed()) return;
  const int failed = FirstFailure(section);
  // A way back that fails is no switch.
  const DomainId target = section.attaches[failed].domain;
  if (target == section.before.domain.id || target == section.before.default_domain.id) return;
  const int begin = PassBegin(section, failed);
  const DomainId old = begin > 0 ? section.attaches[begin - 1].domain : section.before.domain.id;
  int end = failed + 1;
  if (old == kNoDomain) return;
  while (end < section.attaches.size() && section.attaches[end].domain == old) ++end;
  const Pass visited = Visited(section, begin, failed + 1);
  const Pass reverted = Visited(section, failed + 1, end);
  const bool stayed = !ledger.configuration().driver.failed_attach_detaches;
  const bool all = Grants(ledger, Excuse::kPutsBackAll) && Contains(reverted, visited);
  if (all || Equal(visited, reverted)) return;
  if (stayed && Equal(Visited(section, begin, failed), reverted)) return;
  report.Violated(absl::StrCat("a failed switch visited ", Devices(visited), " and put back ",
                               Devices(reverted)));
}

constexpr Rule kI16 = {
    {"I16", PropertyGroup::kHardware,
     "A rollback re-attaches the devices up to the failing one, once each and in any order, "
     "and no other. It may leave out the failing one where that has stayed.",
     "behaviour I16; 6.12 __iommu_group_set_domain_internal()"},
    0,
    moment::kSectionEnd,
    fact::kAttachFailed,
    RollbackVisitsVisited,
    Excused(Excuse::kWayBackFailed, Excuse::kPutsBackAll)};

void MustSucceedReachesTarget(const Ledger& ledger, const Step& step, Report& report) {
  if (!step.In(kReleaseFunctions | kDetachFunctions)) return;
  const Snapshot& now = *step.now;
  const DomainRef& target = Owned(now) ? now.blocking_domain : now.default_domain;
  if (!target || step.then->domain.id == target.id) return;
  if (now.domain.id != target.id) {
    report.Violated(absl::StrCat("a switch to ", Name(target),
                                 " had to succeed and left the group on ", Name(now.domain)));
    return;
  }
  const bool blocks = target.id == now.blocking_domain.id;
  for (int i = 0; i < ledger.devices; ++i) {
    const bool waits = step.then->devices[i].deferred || (blocks && (ledger.direct & Bit(i)));
    if (!Attachable(ledger, now, i) || waits || WasTried(*step.section, i, target.id)) continue;
    report.Violated(
        absl::StrCat("a switch to ", Name(target), " had to succeed and did not attach dev", i));
    return;
  }
}

constexpr Rule kI18 = {
    {"I18", PropertyGroup::kHardware,
     "A switch that must not fail tries every device and makes its target the current domain"
     " even if one fails.",
     "behaviour I18; commit 5474e6e17a26"},
    0,
    moment::kSectionEnd,
    fact::kMustSucceedFailed | fact::kAttachFailed,
    MustSucceedReachesTarget};

void SameDomainIsNoSwitch(const Ledger& ledger, const Step& step, Report& report) {
  if (!step.In(kSwitchFunctions | kReleaseFunctions | kDetachFunctions)) return;
  if (!step.then->domain) return;
  if (ledger.direct != 0 && Grants(ledger, Excuse::kRefusedUnseen)) return;
  const Section& section = *step.section;
  for (const AttachSeen& seen : section.attaches) {
    // A switch to another domain; what follows may be its way back.
    if (seen.domain != step.then->domain.id) return;
    if (step.then->devices[seen.device].deferred) continue;
    report.Violated(absl::StrCat("dev", seen.device, " was attached to ", Name(step.then->domain),
                                 ", which the group was on already"));
    return;
  }
}

constexpr Rule kI20 = {
    {"I20", PropertyGroup::kHardware, "A switch to the domain the group is on attaches nothing.",
     "behaviour I20; 6.12 __iommu_group_set_domain_internal(): its first test"},
    0,
    moment::kSectionEnd,
    fact::kAttached,
    SameDomainIsNoSwitch,
    Excused(Excuse::kRefusedUnseen)};

void DeferralIsKept(const Ledger& ledger, const Step& step, Report& report) {
  const Snapshot& now = *step.now;
  for (int i = 0; i < ledger.devices; ++i) {
    const DeviceSnapshot& device = now.devices[i];
    if (!device.member || !(ledger.may_defer & ~ledger.released & Bit(i))) continue;
    if (device.deferred && !(ledger.pending & Bit(i))) {
      report.Violated(absl::StrCat("dev", i, " was attached and is still deferred"));
      return;
    }
    if (step.moment == moment::kBoot && device.hw && device.hw.id == now.default_domain.id) {
      report.Violated(absl::StrCat("deferred dev", i, " was attached at boot"));
      return;
    }
  }
  if (step.section == nullptr || step.In(FunctionBit(Function::kDmaMap))) return;
  for (const AttachSeen& seen : step.section->attaches) {
    if (!seen.was_deferred || seen.domain != now.default_domain.id) continue;
    report.Violated(absl::StrCat("deferred dev", seen.device, " was attached to ",
                                 Name(now.default_domain), " before it mapped anything"));
    return;
  }
}

constexpr Rule kI21 = {
    {"I21", PropertyGroup::kHardware,
     "A deferred device is not attached to the default domain before it maps something, and "
     "is deferred no more once it was attached.",
     "behaviour I21; 6.12 __iommu_device_set_domain()"},
    0,
    moment::kState,
    fact::kAttached | fact::kDeferral | fact::kHardware | fact::kMembers,
    DeferralIsKept};

// The last resort of a switch that must not fail is the blocking domain, whatever the device needs.
// Regions are looked at when there is a default domain to map them in.
void DirectDeviceIsNotBlocked(const Ledger& ledger, const Step& step, Report& report) {
  if (!step.now->default_domain) return;
  for (int i = 0; i < ledger.devices; ++i) {
    const DeviceSnapshot& device = step.now->devices[i];
    if (!(ledger.direct & Bit(i)) || IsLeftBehind(ledger, i) || !device.member) continue;
    if (!device.hw) continue;
    const bool blocked =
        device.hw.type == DomainType::kBlocked || device.hw.id == step.now->blocking_domain.id;
    if (!blocked) continue;
    report.Violated(absl::StrCat(IsOn(i, device.hw), " and has a region that must stay mapped"));
    return;
  }
}

constexpr Rule kI22 = {
    {"I22", PropertyGroup::kHardware, "A device with a direct region is never blocked.",
     "behaviour I22; commit a48ce36e2786"},
    0,
    moment::kState,
    fact::kHardware | fact::kBlocking | fact::kMembers,
    DirectDeviceIsNotBlocked,
    Excused(Excuse::kLeftBehind)};

// A driver that attaches a domain of its own gives up what it mapped through the DMA API.
void MappingsTranslate(const Ledger& ledger, const Step& step, Report& report) {
  const Snapshot& now = step.event == nullptr ? *step.now : *ledger.latest;
  const bool default_domain = now.domain && now.domain.id == now.default_domain.id;
  if (!default_domain) return;
  const bool finalized = ledger.configuration().driver.finalize_attaches;
  if (finalized && Grants(ledger, Excuse::kFinalizeServesDma)) return;
  if (step.event != nullptr) {
    if (step.event->result == 0) return;
    report.Violated(absl::StrCat("dev", step.event->device, " cannot reach what it just mapped"));
    return;
  }
  for (int i = 0; i < ledger.devices; ++i) {
    const DeviceSnapshot& device = now.devices[i];
    if (!device.has_mapping || device.mapping_works) continue;
    report.Violated(
        absl::StrCat("the live mapping of dev", i, " does not translate, ", IsOn(i, device.hw)));
    return;
  }
}

constexpr Rule kD1 = {
    {"D1", PropertyGroup::kHardware,
     "What a bound driver has mapped reaches its buffer, while the group is on its default "
     "domain.",
     "6.12 iommu_dma_map_page()"},
    EventBit(EventKind::kDma),
    moment::kState,
    fact::kMapping | fact::kCurrent,
    MappingsTranslate,
    Excused(Excuse::kFinalizeServesDma)};

void BlockedMeansIsolated(const Ledger& ledger, const Step& step, Report& report) {
  const Snapshot& now = *step.now;
  if (!Owned(now) || !now.domain) return;
  const bool blocked =
      now.domain.id == now.blocking_domain.id && now.blocking_domain.type == DomainType::kBlocked;
  for (int i = 0; i < ledger.devices && blocked; ++i) {
    const DeviceSnapshot& device = now.devices[i];
    if (!MustFollow(ledger, now, i) || !device.hw || device.hw.type == DomainType::kBlocked) {
      continue;
    }
    report.Violated(absl::StrCat("the group is owned and blocked, ", IsOn(i, device.hw)));
    return;
  }
}

constexpr Rule kD2 = {
    {"D2", PropertyGroup::kHardware, "In a group that is owned and blocked no device translates.",
     "6.12 iommu_group_claim_dma_owner(): isolation"},
    0,
    moment::kState,
    kAttachment | fact::kOwner | fact::kBlocking,
    BlockedMeansIsolated,
    Excused(Excuse::kLeftBehind)};

void OwnedDevicesLeaveDefault(const Ledger& ledger, const Step& step, Report& report) {
  const Snapshot& now = *step.now;
  if (!Owned(now) || now.owner == kStoreTypeOwner) return;
  if (!now.default_domain || Aliased(now)) return;
  for (int i = 0; i < ledger.devices; ++i) {
    const DeviceSnapshot& device = now.devices[i];
    if (!device.member || device.hw.id != now.default_domain.id) continue;
    report.Violated(absl::StrCat("the group is owned by a user, ", IsOn(i, device.hw)));
    return;
  }
}

constexpr Rule kD3 = {{"D3", PropertyGroup::kHardware,
                       "No device of a group owned by a user is attached to the default domain.",
                       "6.12 iommu_group_claim_dma_owner(): isolation"},
                      0,
                      moment::kState,
                      kAttachment | fact::kOwner | fact::kDefaultObject,
                      OwnedDevicesLeaveDefault};

// What a failed switch left somewhere is of no use to a driver, and perhaps still within reach of
// the user whose domain it is on.
void NobodyIsGivenLeftBehind(const Ledger& ledger, const Step& step, Report& report) {
  const Snapshot& now = *step.now;
  if (!step.In(FunctionBit(Function::kUseDefaultDomain))) return;
  if (now.owner_cnt <= step.then->owner_cnt) return;
  const uint8_t device = step.call->call.device;
  const bool waits = now.devices[device].deferred;
  if (waits || !(ledger.stranded & Bit(device))) return;
  report.Violated(absl::StrCat("a driver is given dev", device,
                               ", which could not be moved: ", IsOn(device, now.devices[device].hw),
                               ", the group on ", Name(now.domain)));
}

constexpr Rule kI46 = {
    {"I46", PropertyGroup::kHardware,
     "No driver is given a device that a switch which must not fail has left behind.",
     "behaviour I46; 6.12 __iommu_group_set_domain_nofail(): it warns and goes on"},
    0,
    moment::kSectionEnd,
    fact::kUse,
    NobodyIsGivenLeftBehind};

constexpr Rule kRules[] = {kI14, kI15, kI16, kI18, kI20, kI21, kI22, kI46, kD1, kD2, kD3};

}  // namespace

std::span<const Rule> HardwareRules() { return kRules; }

}  // namespace groupfuzz::invariants
