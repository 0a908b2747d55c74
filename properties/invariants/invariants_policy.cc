// Which default domain a group gets, and what a write to the type attribute answers.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "properties/invariants/invariants.h"
#include "target/system/names.h"

namespace groupfuzz::invariants {
namespace {

constexpr int64_t kPageBytes = 4096;  // the longest write that kernfs passes on

// What the members insist on.
struct Demand {
  std::optional<DomainType> type;
  bool conflict = false;
};

Demand DemandOf(const Ledger& ledger, uint8_t members) {
  const Configuration& configuration = ledger.configuration();
  bool dma = false;
  bool identity =
      configuration.driver.forces_identity && !Grants(ledger, Excuse::kAllocatorDecides);
  bool untrusted = false;
  for (int i = 0; i < ledger.devices; ++i) {
    if (!(members & Bit(i))) continue;
    const DeviceConfig& device = configuration.devices[i];
    untrusted |= device.untrusted;
    dma |= device.preference == Preference::kDma;
    identity |= device.preference == Preference::kIdentity;
  }
  Demand demand{.type = std::nullopt, .conflict = identity && (dma || untrusted)};
  if (identity && !untrusted) {
    demand.type = DomainType::kIdentity;
  } else if (untrusted || dma) {
    demand.type = DomainType::kDma;
  }
  return demand;
}

uint8_t MembersOf(const Ledger& ledger, const Snapshot& state) {
  uint8_t members = 0;
  for (int i = 0; i < ledger.devices; ++i) {
    if (state.devices[i].member) members |= Bit(i);
  }
  return members;
}

bool LacksFlushQueue(const Ledger& ledger) {
  const auto& devices = ledger.configuration().devices;
  return std::any_of(devices.begin(), devices.begin() + ledger.devices,
                     [](const DeviceConfig& device) { return device.no_deferred_flush; });
}

// Whether a new domain of `type` may have become a DMA domain on the way.
bool MayFallBackToDma(const Ledger& ledger, const ActiveCall& call, DomainType type) {
  if (type == DomainType::kDmaFq && (call.queue_failed || LacksFlushQueue(ledger))) return true;
  return Grants(ledger, Excuse::kFallsBackToDma);
}

std::string TypeName(DomainType type) { return DomainTypeName(type); }

// What `call` asks for; "auto" only where that is beyond doubt.
std::optional<DomainType> Resolve(const Ledger& ledger, const ActiveCall& call) {
  if (call.request.type.has_value()) return call.request.type;
  const Demand demand = DemandOf(ledger, call.members);
  if (demand.conflict) return std::nullopt;
  return demand.type.has_value() ? demand.type : ledger.configuration().default_type;
}

// The first user of a domain may find that it cannot have a flush queue, and needs no lock for it.
bool BecameStrict(const DomainRef& then, const DomainRef& now) {
  return then.id == now.id && then.type == DomainType::kDmaFq && now.type == DomainType::kDma;
}

bool InStore(const Step& step) { return step.In(FunctionBit(Function::kStoreType)); }

void LazyEditsInPlace(const Ledger& ledger, const Step& step, Report& report) {
  if (step.event != nullptr) {
    const DomainRef& live = ledger.latest->default_domain;
    const bool early = live.id == step.event->domain && live.type == DomainType::kDma &&
                       static_cast<DomainType>(step.event->value) != DomainType::kDma;
    if (early) report.Violated(absl::StrCat(Name(live), " became DMA-FQ before its flush queue"));
    return;
  }
  const DomainRef& then = step.then->default_domain;
  const DomainRef& now = step.now->default_domain;
  if (!then || !now) return;
  if (then.id != now.id) {
    const bool lazy = InStore(step) && step.call->request.type == DomainType::kDmaFq &&
                      step.moment == moment::kSectionEnd && then.type == DomainType::kDma;
    if (lazy) report.Violated(absl::StrCat("DMA to DMA-FQ replaced ", Name(then)));
    return;
  }
  if (then.type == now.type) return;
  const bool initialised = ledger.HasQueue(now.id);
  if (BecameStrict(then, now) && !initialised) return;
  if (then.type != DomainType::kDma || now.type != DomainType::kDmaFq) {
    report.Violated(absl::StrCat(Name(then), " became ", TypeName(now.type), " in place"));
  } else if (step.moment != moment::kSectionEnd) {
    report.Violated(absl::StrCat(Name(then), " became DMA-FQ without the group's mutex"));
  } else if (!initialised) {
    report.Violated(absl::StrCat(Name(then), " became DMA-FQ without a flush queue"));
  } else if (step.facts & fact::kAttached) {
    report.Violated(absl::StrCat(Name(then), " was edited in place and devices were attached"));
  }
}

constexpr Rule kI3 = {
    {"I3", PropertyGroup::kPolicy,
     "DMA to DMA-FQ edits the live domain: same object, no attach, the queue is there before"
     " the type.",
     "behaviour I3; 6.12 iommu_dma_init_fq()"},
    EventBit(EventKind::kFlushQueue),
    moment::kState,
    kDefault,
    LazyEditsInPlace};

void FailedWriteChangesNothing(const Ledger& ledger, const Step& step, Report& report) {
  if (!InStore(step) || step.result >= 0) return;
  const ActiveCall& call = *step.call;
  if (HasNoDefaultDomain(ledger)) return;
  const bool same = SameDomain(call.first_default, call.last_default) ||
                    BecameStrict(call.first_default, call.last_default);
  if (call.changed_default && !same) {
    report.Violated(absl::StrCat("a write failed with ", ResultName(step.result), " and left ",
                                 Name(call.last_default), " instead of ",
                                 Name(call.first_default)));
  } else if (call.changed_current && call.first_current.id != call.last_current.id) {
    report.Violated(absl::StrCat("a write failed with ", ResultName(step.result),
                                 " and left the group on ", Name(call.last_current), " instead of ",
                                 Name(call.first_current)));
  }
}

constexpr Rule kI17 = {{"I17", PropertyGroup::kPolicy,
                        "A failed write leaves the default and the current domain as they were.",
                        "behaviour I17; 6.12 iommu_setup_default_domain(): its ways back"},
                       0,
                       moment::kReturn,
                       fact::kStore,
                       FailedWriteChangesNothing,
                       Excused(Excuse::kNoDefaultDomain)};

void WriteGivesWhatItSays(const Ledger& ledger, const Step& step, Report& report) {
  if (!InStore(step) || step.result <= 0) return;
  const ActiveCall& call = *step.call;
  if (!call.request.valid) {
    report.Violated("a write of no known type succeeded");
    return;
  }
  if (!call.request.type.has_value() || call.types == 0) return;
  if (WasProbedMeanwhile(ledger, call)) return;
  const DomainType wanted = *call.request.type;
  if (call.LeftType(wanted)) return;
  // A live strict domain either gets its queue or stays as it is.
  const bool in_place =
      wanted == DomainType::kDmaFq && call.first_default.type == DomainType::kDma && call.steady;
  const bool fell_back =
      call.LeftType(DomainType::kDma) && !in_place && MayFallBackToDma(ledger, call, wanted);
  if (fell_back) return;
  report.Violated(
      absl::StrCat("a write of ", TypeName(wanted), " succeeded and did not leave that type"));
}

constexpr Rule kI37 = {
    {"I37", PropertyGroup::kPolicy,
     "A successful write leaves the type that was written, or DMA where a flush queue cannot"
     " be had.",
     "behaviour I37; 6.12 iommu_group_alloc_default_domain()"},
    0,
    moment::kReturn,
    fact::kStore,
    WriteGivesWhatItSays,
    Excused(Excuse::kProbedMeanwhile, Excuse::kFallsBackToDma)};

void PreferencesAreKept(const Ledger& ledger, const Step& step, Report& report) {
  if (step.moment == moment::kReturn) {
    if (!InStore(step) || step.result <= 0 || step.call->request.type.has_value()) return;
    if (!step.call->request.valid || step.call->types == 0) return;
    const std::optional<DomainType> wanted = Resolve(ledger, *step.call);
    if (!wanted.has_value() || step.call->LeftType(*wanted)) return;
    const bool fell_back =
        step.call->LeftType(DomainType::kDma) &&
        (step.call->alloc_failed || MayFallBackToDma(ledger, *step.call, *wanted));
    if (fell_back) return;
    report.Violated(absl::StrCat("auto means ", TypeName(*wanted), " and gave another type"));
    return;
  }
  const DomainRef& domain = step.now->default_domain;
  const bool replaced = step.then->default_domain.id != domain.id;
  if (!domain || (!replaced && step.moment != moment::kBoot)) return;
  uint8_t members = MembersOf(ledger, *step.now);
  // Who joined had a say, also if it could not stay.
  if (step.In(FunctionBit(Function::kProbeDevice))) members |= Bit(step.call->call.device);
  const Demand demand = DemandOf(ledger, members);
  if (!demand.type.has_value() || *demand.type == domain.type) return;
  const bool cancelled = demand.conflict || domain.type == DomainType::kDma;
  if (cancelled && Grants(ledger, Excuse::kOpinionsCancelOut)) return;
  report.Violated(
      absl::StrCat("the members insist on ", TypeName(*demand.type), " and got ", Name(domain)));
}

constexpr Rule kI38 = {
    {"I38", PropertyGroup::kPolicy, "A new default domain has the type its members insist on.",
     "behaviour I38; 6.12 iommu_get_default_domain_type()"},
    0,
    moment::kBoot | moment::kSectionEnd | moment::kReturn,
    fact::kDefaultObject | fact::kStore,
    PreferencesAreKept,
    Excused(Excuse::kFallsBackToDma, Excuse::kOpinionsCancelOut, Excuse::kAllocatorDecides)};

// The core edits the type of its domain in place; what the hardware does is the same then.
DomainType TypeOnHardware(const Snapshot& state, const DeviceSnapshot& device) {
  return device.hw.id == state.default_domain.id ? state.default_domain.type : device.hw.type;
}

void UntrustedIsStrict(const Ledger& ledger, const Step& step, Report& report) {
  for (int i = 0; i < ledger.devices; ++i) {
    const DeviceSnapshot& device = step.now->devices[i];
    if (!ledger.configuration().devices[i].untrusted || !device.member || !device.hw) continue;
    const DomainType type = TypeOnHardware(*step.now, device);
    if (type != DomainType::kIdentity && type != DomainType::kDmaFq) continue;
    const DomainRef domain = {.id = device.hw.id, .type = type, .freed = device.hw.freed};
    report.Violated(absl::StrCat("dev", i, " is untrusted and on ", Name(domain)));
    return;
  }
}

constexpr Rule kI45 = {
    {"I45", PropertyGroup::kPolicy,
     "An untrusted device is attached to no domain that does not translate, or that unmaps lazily.",
     "behaviour I45; 6.12 iommu_get_default_domain_type(); 6.1 iommu_get_def_domain_type()"},
    0,
    moment::kState,
    fact::kHardware | fact::kMembers | fact::kDefaultType,
    UntrustedIsStrict};

void DirectRegionsAreMapped(const Ledger& ledger, const Step& step, Report& report) {
  if (ledger.direct == 0) return;
  if (step.event != nullptr) {
    if (!InStore(step)) return;
    const Section& section = ledger.threads[step.thread].section;
    const Event& event = *step.event;
    const bool direct = ledger.direct & Bit(event.device);
    if (!direct || !section.open || !section.AllocatedForDma(event.domain)) return;
    for (const MapSeen& seen : section.maps) {
      if (seen.device == event.device && seen.domain == event.domain) return;
    }
    report.Violated(absl::StrCat("dev", event.device, " is attached to domain ",
                                 Mention(event.domain), " before its direct region is mapped"));
    return;
  }
  const DomainRef& domain = step.now->default_domain;
  if (!domain || !IsDmaDomain(domain.type) || WayBackFailed(ledger, step.facts)) return;
  const bool picky = ledger.configuration().driver.maps_only_attached;
  if (picky && Grants(ledger, Excuse::kMapsAnywhere)) return;
  // A write that cannot map what it must fails.
  const bool written = InStore(step) && domain.id != step.then->default_domain.id;
  for (uint8_t i = 0; i < ledger.devices; ++i) {
    const DeviceSnapshot& device = step.now->devices[i];
    if (!(ledger.direct & Bit(i)) || !device.member || device.direct_mapped) continue;
    if (!written && CouldNotMap(ledger, i, domain.id)) continue;
    report.Violated(
        absl::StrCat("the direct region of dev", i, " is not mapped in ", Name(domain)));
    return;
  }
}

constexpr Rule kI40 = {
    {"I40", PropertyGroup::kPolicy,
     "Direct regions are mapped in a new DMA domain before a device is attached where the "
     "driver can, after a write in any case, and for as long as the device is a member.",
     "behaviour I40; commit 152431e4fe7f"},
    EventBit(EventKind::kAttach),
    moment::kSectionEnd,
    fact::kDefaultObject | fact::kMembers | fact::kMapping,
    DirectRegionsAreMapped,
    Excused(Excuse::kWayBackFailed, Excuse::kMapsAnywhere, Excuse::kCouldNotMap)};

void ShowsTypeOfDefault(const Ledger& ledger, const Step& step, Report& report) {
  const ActiveCall& call = *step.call;
  if (step.result <= 0 || !call.saw_section || call.call.shown == nullptr) return;
  if (WasProbedMeanwhile(ledger, call)) return;
  const std::string_view shown(call.call.shown, std::min<int64_t>(step.result, kShowTypeBytes));
  const std::string_view word =
      call.first_default ? DomainTypeName(call.first_default.type) : "unknown";
  if (shown.ends_with('\n') && shown.substr(0, shown.size() - 1) == word) return;
  report.Violated(absl::StrCat("the default domain is ", Name(call.first_default),
                               " and show_type says ",
                               std::string(shown.substr(0, shown.find('\n')))));
}

constexpr Rule kR3 = {
    {"R3", PropertyGroup::kPolicy, "A read gives the word of the type that the default domain has.",
     "behaviour 7; 6.12 iommu_group_show_type()"},
    0,
    moment::kReturn,
    fact::kShow,
    ShowsTypeOfDefault,
    Excused(Excuse::kProbedMeanwhile)};

void WriteReturnsCount(const Ledger&, const Step& step, Report& report) {
  if (!InStore(step) || step.result < 0) return;
  const int64_t count = std::min(step.call->call.text->total(), kPageBytes);
  if (step.result == count) return;
  report.Violated(absl::StrCat("a write of ", count, " bytes returned ", ResultName(step.result)));
}

constexpr Rule kI41 = {
    {"I41", PropertyGroup::kPolicy,
     "A successful write returns the number of bytes it was given, a page at most.",
     "behaviour I41; 6.12 kernfs_fop_write_iter()"},
    0,
    moment::kReturn,
    fact::kStore,
    WriteReturnsCount};

void SameTypeIsNoChange(const Ledger& ledger, const Step& step, Report& report) {
  if (!InStore(step) || !step.call->request.valid || !step.call->steady) return;
  if (HasNoDefaultDomain(ledger)) return;
  const ActiveCall& call = *step.call;
  if (call.attached == 0 && call.allocated == 0 && call.freed == 0) return;
  const std::optional<DomainType> wanted = Resolve(ledger, call);
  if (!call.first_default || wanted != call.first_default.type) return;
  report.Violated(absl::StrCat("a write of the current type ", TypeName(*wanted), " made ",
                               call.allocated, " allocations, ", call.attached, " attaches, ",
                               call.freed, " frees"));
}

constexpr Rule kI42 = {
    {"I42", PropertyGroup::kPolicy,
     "A write of the type that the default domain has allocates, attaches and frees nothing.",
     "behaviour I42; 6.12 iommu_setup_default_domain(): the same domain is no change"},
    0,
    moment::kReturn,
    fact::kStore,
    SameTypeIsNoChange,
    Excused(Excuse::kNoDefaultDomain, Excuse::kAllocatorDecides)};

constexpr Rule kRules[] = {kI3, kI17, kI37, kI38, kI40, kI41, kI42, kI45, kR3};

}  // namespace

std::span<const Rule> PolicyRules() { return kRules; }

}  // namespace groupfuzz::invariants
