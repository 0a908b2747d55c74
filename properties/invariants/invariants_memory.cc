// Domains are freed once, when nobody holds them any more; members keep their drivers.
#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "properties/invariants/invariants.h"
#include "target/kernel/source_line.h"
#include "target/system/names.h"
#include "target/types/guarded_field.h"

namespace groupfuzz::invariants {
namespace {

std::string DomainName(DomainId domain) { return absl::StrCat("domain ", Mention(domain)); }

// A static domain belongs to the driver.
bool IsStatic(const Ledger& ledger, DomainType type) {
  const DriverConfig& driver = ledger.configuration().driver;
  if (type == DomainType::kIdentity) {
    return driver.identity == Support::kStatic || driver.forces_identity;
  }
  return type == DomainType::kBlocked && driver.blocked == Support::kStatic;
}

bool Dangles(const DomainRef& domain) { return domain && domain.freed; }

// A use of a freed object that is no domain, by a thread that holds the group's mutex: of a listed
// member whose driver has let go of it, or through a pointer that became NULL.
bool ReachesReleasedMember(const Ledger& ledger, uint8_t thread) {
  const Snapshot& state = ledger.threads[thread].section.before;
  for (int i = 0; i < ledger.devices; ++i) {
    if (state.devices[i].member && (ledger.released & Bit(i))) return true;
  }
  return false;
}

// What still points to a freed domain, or nullptr.
const char* Dangling(const Snapshot& state, int devices) {
  if (Dangles(state.default_domain)) return "the default domain";
  if (Dangles(state.blocking_domain)) return "the blocking domain";
  if (Dangles(state.domain)) return "the group";
  for (int i = 0; i < devices; ++i) {
    if (state.devices[i].member && Dangles(state.devices[i].hw)) return "a device";
  }
  return nullptr;
}

// Until 6.2 a write keeps the old domain until the members are finalized; later versions free it
// before, under the mutex.
bool FreesAfterFinalize(const Ledger& ledger) { return ledger.version <= Version::k6_2; }

void FreedIsUnreferenced(const Ledger& ledger, const Step& step, Report& report) {
  if (step.event == nullptr) {
    const char* holder = Dangling(*step.now, ledger.devices);
    if (holder != nullptr) report.Violated(absl::StrCat(holder, " refers to a freed domain"));
    return;
  }
  const DomainId domain = step.event->domain;
  for (int i = 0; i < ledger.devices; ++i) {
    if (ledger.hw[i] != domain && !ledger.HasAtPasid(i, domain)) continue;
    report.Violated(
        absl::StrCat(DomainName(domain), " is freed while dev", i, " is attached to it"));
    return;
  }
}

constexpr Rule kI23 = {
    {"I23", PropertyGroup::kMemory,
     "A domain is freed only when no device is attached to it and the group does not refer "
     "to it.",
     "behaviour I23; commit 911476ef3c58"},
    EventBit(EventKind::kDomainFree),
    moment::kState,
    fact::kDangling,
    FreedIsUnreferenced};

// ", allocated at {@1}, {@2}", each line once. What no code allocates is a device.
std::string AllocatedAt(std::span<const uint32_t> places) {
  std::set<std::string> named;
  std::string text;
  for (const uint32_t place : places) {
    if (place == 0 || !named.insert(kernel::SourceLineAt(place).Describe()).second) continue;
    absl::StrAppend(&text, text.empty() ? ", allocated at " : ", ", MentionCode(place));
  }
  const bool device = std::find(places.begin(), places.end(), 0u) != places.end();
  return device ? absl::StrCat(text, ": a reference to a device was not put") : text;
}

void FreedOnce(const Ledger& ledger, const Step& step, Report& report) {
  if (step.moment == moment::kEnd) {
    if (step.leaked == 0) return;
    report.Violated(absl::StrCat(Counted(step.leaked, "object"),
                                 step.leaked == 1 ? " was" : " were", " never freed",
                                 AllocatedAt(step.leaked_at)));
    return;
  }
  const Event& event = *step.event;
  if (ledger.IsFreed(event.domain)) {
    report.Violated(absl::StrCat(DomainName(event.domain), " is freed twice"));
  } else if (IsStatic(ledger, static_cast<DomainType>(event.value))) {
    report.Violated(absl::StrCat("static ", DomainName(event.domain), " is freed"));
  }
}

constexpr Rule kI24 = {
    {"I24", PropertyGroup::kMemory, "Everything allocated is freed once; static domains never are.",
     "behaviour I24; 6.12 iommu_domain_free()"},
    EventBit(EventKind::kDomainFree),
    moment::kEnd,
    0,
    FreedOnce};

void OldDefaultOutlivesUsers(const Ledger& ledger, const Step& step, Report& report) {
  const DomainId domain = step.event->domain;
  for (int i = 0; i < ledger.devices; ++i) {
    if (!ledger.latest->devices[i].has_mapping || ledger.mapped_in[i] != domain) continue;
    report.Violated(absl::StrCat(DomainName(domain), " is freed with a live mapping of dev", i));
    return;
  }
  if (!FreesAfterFinalize(ledger) || !step.In(FunctionBit(Function::kStoreType))) return;
  const bool replaced = step.call->changed_default && step.call->first_default.id == domain;
  if (replaced && step.call->finalized == 0) {
    report.Violated(absl::StrCat(DomainName(domain), " is freed before its members are finalized"));
  }
}

constexpr Rule kI25 = {
    {"I25", PropertyGroup::kMemory,
     "The old default domain is freed after its last user let go of it; in 6.1, after "
     "probe_finalize too.",
     "behaviour I25; 6.1 iommu_change_dev_def_domain(): it frees last"},
    EventBit(EventKind::kDomainFree),
    0,
    0,
    OldDefaultOutlivesUsers};

Reached ReachedBy(const Event& event) { return static_cast<Reached>(event.value); }

// ... a member, or a device, and not a domain.
bool ReachesFreedDevice(const Event& event) {
  return event.kind == EventKind::kUseAfterFree && event.domain == kNoDomain &&
         ReachedBy(event) == Reached::kFreedObject;
}

std::string PlaceOf(const Event& event) { return event.code == 0 ? "" : MentionCode(event.code); }

// `sentence` with the place before it.
std::string At(const Event& event, std::string_view sentence) {
  const std::string place = PlaceOf(event);
  return absl::StrCat(place, place.empty() ? "" : ": ", std::string(sentence));
}

// `what` is reached, or the driver is called for a device that it does not know.
std::string ReachesOrCalls(const Ledger& ledger, const Event& event, std::string_view what) {
  if (event.device == kNoDevice) return At(event, what);
  const bool released = (ledger.released & Bit(event.device)) != 0;
  return At(event, absl::StrCat("the driver is called for dev", event.device, ", which it has ",
                                released ? "released" : "not probed"));
}

// What is used after it was freed is used under the mutex, or where nothing else runs.
bool NoLockIsMissing(const Event& event) {
  return (event.held & kGroupBit) != 0 || event.thread == kBootThread;
}

std::string DescribeUse(const Event& event) {
  const std::string name = event.domain == kNoDomain ? "" : DomainName(event.domain);
  return DescribeBadAccess(event, name, PlaceOf(event));
}

void NoUseOfFreedDomain(const Ledger&, const Step& step, Report& report) {
  if (step.event->domain == kNoDomain || NoLockIsMissing(*step.event)) return;
  report.Violated(DescribeUse(*step.event));
}

constexpr Rule kI26 = {{"I26", PropertyGroup::kMemory,
                        "A domain is looked at only under the mutex, or by those who pin it.",
                        "behaviour I26; 6.12 iommu_get_dma_domain(), which takes no lock"},
                       EventBit(EventKind::kUseAfterFree),
                       0,
                       0,
                       NoUseOfFreedDomain};

void MembersReachedUnderMutex(const Ledger& ledger, const Step& step, Report& report) {
  if (step.event->kind == EventKind::kUnguarded) {
    if (IsOfDeviceList(static_cast<GuardedField>(step.event->value))) {
      report.Violated(DescribeUnguarded(*step.event, MentionCode(step.event->code)));
    }
    return;
  }
  const bool locked = ledger.threads[step.thread].section.open;
  if (!ReachesFreedDevice(*step.event) || locked) return;
  report.Violated(ReachesOrCalls(
      ledger, *step.event, "a device that left the group is reached without the group's mutex"));
}

constexpr Rule kI27 = {
    {"I27", PropertyGroup::kMemory, "The device list is walked only under the mutex.",
     "behaviour I27; 6.12 iommu_group_for_each_dev()"},
    EventBit(EventKind::kUseAfterFree) | EventBit(EventKind::kUnguarded),
    0,
    0,
    MembersReachedUnderMutex};

void MembersHaveDrivers(const Ledger& ledger, const Step& step, Report& report) {
  if (step.moment == moment::kSectionStart) {
    for (int i = 0; i < ledger.devices; ++i) {
      if (!step.now->devices[i].member || !(ledger.released & Bit(i))) continue;
      if (ledger.released_by[i] == step.thread) continue;
      report.Violated(absl::StrCat("dev", i, " is a member and was released by its driver"));
      return;
    }
    return;
  }
  if (step.event->kind == EventKind::kUseAfterFree) {
    const bool locked = ledger.threads[step.thread].section.open;
    if (!ReachesFreedDevice(*step.event) || !locked) return;
    const bool listed = ReachesReleasedMember(ledger, step.thread);
    report.Violated(ReachesOrCalls(ledger, *step.event,
                                   listed ? "a member is reached whose driver has released it"
                                          : "a device is reached that has left the group"));
    return;
  }
  const uint8_t device = step.event->device;
  for (int other = 0; other < Ledger::kThreads; ++other) {
    const Section& section = ledger.threads[other].section;
    if (other == step.thread || !section.open || !section.before.devices[device].member) continue;
    report.Violated(absl::StrCat("dev", device, " is released by its driver under a section of ",
                                 "another thread that has it as a member"));
    return;
  }
}

constexpr Rule kI28 = {{"I28", PropertyGroup::kMemory,
                        "A listed member has its driver for as long as the mutex is held.",
                        "behaviour I28; commit dba9ca9d41f5"},
                       EventBit(EventKind::kReleaseDevice) | EventBit(EventKind::kUseAfterFree),
                       moment::kSectionStart,
                       fact::kMembers | fact::kHardware,
                       MembersHaveDrivers};

// ... by the properties of members, of looks without the mutex, and of warnings.
bool IsToldElsewhere(const Event& event) {
  const Reached reached = ReachedBy(event);
  if (reached == Reached::kGivesUp) return true;
  if (reached != Reached::kFreedObject) return false;
  return event.domain == kNoDomain || !NoLockIsMissing(event);
}

void MemoryIsThere(const Ledger&, const Step& step, Report& report) {
  if (step.event == nullptr) {
    if (step.now->corrupt == Corrupt::kNo) return;
    report.Violated(
        absl::StrCat("the group cannot be looked at: ", std::string(CorruptName(step.now->corrupt)),
                     " leads to no memory"));
    return;
  }
  if (!IsToldElsewhere(*step.event)) report.Violated(DescribeUse(*step.event));
}

constexpr Rule kI44 = {
    {"I44", PropertyGroup::kMemory,
     "Code touches memory that is there: it follows no NULL and no error pointer, uses nothing "
     "that was freed, and nothing beyond its end.",
     "behaviour I44; 6.12 include/linux/err.h; Documentation/dev-tools/kasan.rst"},
    EventBit(EventKind::kUseAfterFree),
    moment::kState,
    fact::kCorrupt,
    MemoryIsThere};

constexpr Rule kRules[] = {kI23, kI24, kI25, kI26, kI27, kI28, kI44};

}  // namespace

std::span<const Rule> MemoryRules() { return kRules; }

}  // namespace groupfuzz::invariants
