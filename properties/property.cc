// The one table of properties: what each says, who promises it, and when it looks.
#include "properties/property.h"

#include <algorithm>
#include <array>

#include "properties/invariants.h"

namespace groupfuzz {
namespace {

using namespace invariants;  // NOLINT: the table names all of it

constexpr uint32_t Bit(DesignId id) { return 1u << static_cast<int>(id); }

// Designs by what their kernels promise.
constexpr uint32_t kAll = (1u << kDesignCount) - 1;
constexpr uint32_t kReference = Bit(DesignId::kOwnerCheck);
constexpr uint32_t kSince65 = kReference | Bit(DesignId::kV6_12);
constexpr uint32_t kSince64 = kSince65 | Bit(DesignId::kV6_4);
constexpr uint32_t kReviewed = kAll & ~Bit(DesignId::kClaimV1);  // all but the patch under review
constexpr uint32_t kSince65And61 = kSince65 | Bit(DesignId::kDeviceLock);

using enum PropertyGroup;

constexpr Facts kDefault = fact::kDefaultObject | fact::kDefaultType;
constexpr Facts kOwners = fact::kOwner | fact::kCount;
constexpr Facts kAttachment =
    fact::kCurrent | fact::kHardware | fact::kMembers | fact::kDeferral | fact::kExists;

constexpr uint32_t kAttachEvents = EventBit(EventKind::kAttach) | EventBit(EventKind::kDetach);

// {id, group, statement, source, promised by}, events, moments, facts, check
constexpr Rule kRules[] = {
    {{"I1", kOwnership,
      "The default domain is exchanged only under the group's mutex, while nobody but the writer "
      "uses or owns the group.",
      "behaviour reference I1; 6.12 iommu_group_store_type()", kReviewed},
     0,
     moment::kSectionStart | moment::kSectionEnd | moment::kProgramEnd,
     fact::kDefaultObject,
     DefaultDomainChangesUnused},
    {{"I2", kOwnership, "No driver that counted itself sees the default domain exchanged.",
      "behaviour reference I2", kReviewed},
     0,
     moment::kState,
     fact::kDefaultObject,
     UsersKeepDefaultDomain},
    {{"I3", kPolicy,
      "DMA to DMA-FQ edits the live domain: same object, no attach, the queue is there before the "
      "type.",
      "behaviour reference I3; iommu_dma_init_fq()", kAll},
     0,
     moment::kState,
     kDefault,
     LazyEditsInPlace},
    {{"I4", kOwnership, "A group with an owner has an owner_cnt of at least 1.",
      "behaviour reference I4", kAll},
     0,
     moment::kState,
     kOwners,
     OwnerIsCounted},
    {{"I5", kOwnership, "A group whose owner_cnt goes to 0 loses its owner.",
      "behaviour reference I5", kAll},
     0,
     moment::kState,
     kOwners,
     ReleaseClearsOwner},
    {{"I6", kOwnership,
      "Without an owner, owner_cnt is the number of kernel drivers that use the default domain.",
      "behaviour reference I6; drivers/base/dd.c really_probe()", kAll},
     0,
     moment::kState,
     kOwners | fact::kUse,
     CountIsNumberOfUsers},
    {{"I7", kOwnership,
      "One cookie owns the group at a time, and only devices with that cookie join it.",
      "behaviour reference I7; iommu_device_claim_dma_owner()", kAll},
     0,
     moment::kSectionEnd,
     kOwners,
     OneCookie},
    {{"I8", kOwnership,
      "An owned group is on its blocking domain or on one that was attached after the claim, never "
      "on its default domain.",
      "behaviour reference I8", kReviewed},
     0,
     moment::kState,
     fact::kOwner | fact::kCurrent | fact::kDefaultObject,
     OwnedGroupLeavesDefault},
    {{"I9", kOwnership,
      "A device that joins an owned group is attached to the domain the group is on.",
      "behaviour reference I9; iommu_probe_device()", kAll},
     0,
     moment::kSectionEnd,
     fact::kProbe,
     NewMemberFollowsOwner},
    {{"I10", kOwnership,
      "A claim succeeds only on the default domain, or on none, and without PASIDs.",
      "behaviour reference I10; __iommu_take_dma_ownership()", kAll},
     0,
     moment::kSectionEnd,
     fact::kOwner,
     ClaimFindsIdleGroup},
    {{"I11", kOwnership,
      "A release leaves no owner, owner_cnt 0, and every device on the default domain.",
      "behaviour reference I11; __iommu_release_dma_ownership()", kReviewed},
     0,
     moment::kSectionEnd,
     fact::kOwner | fact::kRelease,
     ReleaseRestoresDefault},
    {{"I12", kOwnership,
      "A second driver is bound only on the default domain, without an owner and without PASIDs.",
      "behaviour reference I12; iommu_device_use_default_domain()", kAll},
     0,
     moment::kSectionEnd,
     fact::kUse,
     SecondDriverFindsDefault},
    {{"I13", kOwnership,
      "Uses and unuses come in pairs: a successful use adds one, an unuse takes one or warns.",
      "behaviour reference I13", kAll},
     0,
     moment::kSectionEnd | moment::kReturn,
     fact::kUse | fact::kCount,
     UsesArePaired},
    {{"I14", kHardware,
      "While nobody holds the mutex, every member that is not deferred is attached to the domain "
      "the group is on.",
      "behaviour reference I14; __iommu_group_set_domain_internal()", kSince65},
     0,
     moment::kState,
     kAttachment,
     HardwareFollowsCurrent},
    {{"I15", kHardware, "A switch that fails leaves the group and every device as they were.",
      "behaviour reference I15; commit dcf40ed3a20d", kSince65},
     0,
     moment::kSectionEnd,
     fact::kAttachFailed,
     FailedSwitchRestores},
    {{"I16", kHardware,
      "A rollback re-attaches the devices up to the failing one, once each, in list order, and no "
      "other.",
      "behaviour reference I16; __iommu_group_set_domain_internal()", kSince65},
     0,
     moment::kSectionEnd,
     fact::kAttachFailed,
     RollbackVisitsVisited},
    {{"I17", kPolicy, "A failed write leaves the default and the current domain as they were.",
      "behaviour reference I17", kReviewed},
     0,
     moment::kReturn,
     fact::kStore,
     FailedWriteChangesNothing},
    {{"I18", kHardware,
      "A switch that must not fail makes its target the current domain even if a device fails.",
      "behaviour reference I18; commit 5474e6e17a26", kSince65},
     0,
     moment::kSectionEnd,
     fact::kMustSucceedFailed,
     MustSucceedReachesTarget},
    {{"I19", kLocking,
      "Devices are attached with the group's mutex held, the first DMA map of a deferred device "
      "excepted.",
      "behaviour reference I19; iommu_deferred_attach()", kAll},
     kAttachEvents,
     0,
     0,
     AttachUnderMutex},
    {{"I20", kHardware, "A switch to the domain the group is on attaches nothing.",
      "behaviour reference I20", kAll},
     0,
     moment::kSectionEnd,
     fact::kAttached,
     SameDomainIsNoSwitch},
    {{"I21", kHardware,
      "A deferred device is not attached to the default domain before it maps something, and is "
      "deferred no more once it was attached.",
      "behaviour reference I21; __iommu_device_set_domain()", kSince65},
     0,
     moment::kState,
     fact::kAttached | fact::kDeferral | fact::kHardware | fact::kMembers,
     DeferralIsKept},
    {{"I22", kHardware, "A device with a direct region is never blocked.",
      "behaviour reference I22; commit a48ce36e2786", kSince65},
     0,
     moment::kState,
     fact::kHardware | fact::kBlocking | fact::kMembers,
     DirectDeviceIsNotBlocked},
    {{"I23", kMemory,
      "A domain is freed only when no device is attached to it and the group does not refer to it.",
      "behaviour reference I23; commit 911476ef3c58", kSince65},
     EventBit(EventKind::kDomainFree),
     moment::kState,
     fact::kDangling,
     FreedIsUnreferenced},
    {{"I24", kMemory, "Everything allocated is freed once; static domains never are.",
      "behaviour reference I24", kAll},
     EventBit(EventKind::kDomainFree),
     moment::kEnd,
     0,
     FreedOnce},
    {{"I25", kMemory,
      "The old default domain is freed after its last user let go of it; in 6.1, after "
      "probe_finalize too.",
      "behaviour reference I25", kReviewed},
     EventBit(EventKind::kDomainFree),
     0,
     0,
     OldDefaultOutlivesUsers},
    {{"I26", kMemory, "A domain is looked at only under the mutex, or by those who pin it.",
      "behaviour reference I26", kSince64 | Bit(DesignId::kLockedClaim)},
     EventBit(EventKind::kUseAfterFree),
     0,
     0,
     NoUseOfFreedDomain},
    {{"I27", kMemory, "The device list is walked only under the mutex.", "behaviour reference I27",
      kSince65},
     EventBit(EventKind::kUseAfterFree),
     0,
     0,
     MembersReachedUnderMutex},
    {{"I28", kMemory, "A listed member has its driver for as long as the mutex is held.",
      "behaviour reference I28; commit dba9ca9d41f5", kSince64},
     EventBit(EventKind::kReleaseDevice) | EventBit(EventKind::kUseAfterFree),
     moment::kSectionStart,
     fact::kMembers | fact::kHardware,
     MembersHaveDrivers},
    {{"I30", kOwnership,
      "When the last device leaves, nobody owns the group and it is on its default domain; then it "
      "has no domain.",
      "behaviour reference I30; iommu_deinit_device()", kReviewed},
     0,
     moment::kSectionEnd,
     fact::kMembers,
     EmptiedGroupIsIdle},
    {{"I31", kLocking,
      "The group's mutex is not taken by the thread that holds it, and probe_finalize runs without "
      "it.",
      "behaviour reference I31", kAll},
     EventBit(EventKind::kProbeFinalize),
     moment::kProblem,
     0,
     MutexIsNotRetaken},
    {{"I32", kLocking,
      "The order of locks has no cycle, and no lock is taken for one device after another.",
      "behaviour reference I32", kReviewed},
     EventBit(EventKind::kLock),
     moment::kProblem,
     0,
     LockOrderIsAcyclic},
    {{"I34", kHistory,
      "Concurrent writes to the type attribute return what some order of all calls gives.",
      "behaviour reference I34", kReviewed},
     0,
     moment::kProgramEnd,
     fact::kJudged,
     WritesHaveAPlaceInSomeOrder},
    {{"I35", kOwnership, "A write to the type attribute makes no bind and no claim fail.",
      "behaviour reference I35", kReviewed},
     0,
     moment::kReturn,
     fact::kUse | fact::kClaim,
     WriteDisturbsNobody},
    {{"I36", kLocking,
      "A group dies outside its mutex, and not by the hand of a user of its attribute.",
      "behaviour reference I36; kernfs_drain()", kAll},
     0,
     moment::kSectionEnd | moment::kProblem,
     fact::kExists,
     GroupDiesOutsideMutex},
    {{"I37", kPolicy,
      "A successful write leaves the type that was written, or DMA where a flush queue cannot be "
      "had.",
      "behaviour reference I37", kAll},
     0,
     moment::kReturn,
     fact::kStore,
     WriteGivesWhatItSays},
    {{"I38", kPolicy, "A new default domain has the type its members insist on.",
      "behaviour reference I38; iommu_get_default_domain_type()", kAll},
     0,
     moment::kBoot | moment::kSectionEnd | moment::kReturn,
     fact::kDefaultObject | fact::kStore,
     PreferencesAreKept},
    {{"I40", kPolicy,
      "Direct regions are mapped in a new DMA domain before a device is attached where the driver "
      "can, and after a write in any case.",
      "behaviour reference I40; commit 152431e4fe7f", kSince65},
     EventBit(EventKind::kAttach),
     moment::kSectionEnd,
     fact::kDefaultObject,
     DirectRegionsAreMapped},
    {{"I41", kPolicy,
      "A successful write returns the number of bytes it was given, a page at most.",
      "behaviour reference I41; kernfs_fop_write_iter()", kAll},
     0,
     moment::kReturn,
     fact::kStore,
     WriteReturnsCount},
    {{"I42", kPolicy,
      "A write of the type that the default domain has allocates, attaches and frees nothing.",
      "behaviour reference I42", kSince65And61},
     0,
     moment::kReturn,
     fact::kStore,
     SameTypeIsNoChange},
    {{"D1", kHardware,
      "What a bound driver has mapped reaches its buffer, while the group is on its default "
      "domain.",
      "drivers/iommu/dma-iommu.c", kReference},
     EventBit(EventKind::kDma),
     moment::kState,
     fact::kMapping | fact::kCurrent,
     MappingsTranslate},
    {{"D2", kHardware, "In a group that is owned and blocked no device translates.",
      "iommu_group_claim_dma_owner(): isolation", kAll},
     0,
     moment::kState,
     kAttachment | fact::kOwner | fact::kBlocking,
     BlockedMeansIsolated},
    {{"D3", kHardware, "No device of a group owned by a user is attached to the default domain.",
      "iommu_group_claim_dma_owner(): isolation", kReviewed},
     0,
     moment::kState,
     kAttachment | fact::kOwner | fact::kDefaultObject,
     OwnedDevicesLeaveDefault},
    {{"L1", kHistory,
      "The calls of an execution return, and leave behind, what some order of them gives.",
      "Herlihy and Wing, 1990: linearizability", kReviewed},
     0,
     moment::kProgramEnd,
     fact::kJudged,
     HasAPlaceInSomeOrder},
    {{"R1", kHistory, "A call returns what the sequential model of the design gives.",
      "behaviour reference 2-7", kAll},
     0,
     moment::kReturn,
     fact::kJudged,
     ReturnsWhatModelSays},
    {{"R2", kHistory, "A call leaves the state that the sequential model of the design gives.",
      "behaviour reference 2-7", kAll},
     0,
     moment::kReturn,
     fact::kJudged,
     LeavesWhatModelSays},
    {{"W1", kLocking,
      "WARN_ON() fires only after an injected failure; lockdep_assert_held() never does.",
      "include/asm-generic/bug.h: a WARN_ON() marks a kernel bug", kReviewed},
     EventBit(EventKind::kWarn),
     0,
     0,
     NoWarning},
    {{"X1", kLocking, "Some thread can always go on.", "progress", kAll},
     0,
     moment::kProblem,
     0,
     NoDeadlock},
    {{"X2", kLocking, "An execution ends.", "progress", kAll}, 0, moment::kProblem, 0, Terminates},
};

constexpr UncheckedInvariant kUnchecked[] = {
    {"I29",
     "no event says when a driver module loses a reference; the free of a domain is seen by "
     "I24 and, after its last device, by I30"},
    {"I33",
     "a value that store_type remembers across an unlock is not visible; what it does with it "
     "is seen by I1, I8, I17 and L1"},
    {"I39", "the order of checks shows in the errno of calls that fail for two reasons: R1"},
};

constexpr auto kProperties = [] {
  std::array<Property, std::size(kRules)> properties{};
  std::transform(std::begin(kRules), std::end(kRules), properties.begin(),
                 [](const Rule& rule) { return rule.property; });
  return properties;
}();

}  // namespace

std::span<const Rule> invariants::Rules() { return kRules; }
std::span<const Property> Properties() { return kProperties; }
std::span<const UncheckedInvariant> UncheckedInvariants() { return kUnchecked; }

const Property* FindProperty(std::string_view id) {
  const auto* found = std::find_if(kProperties.begin(), kProperties.end(),
                                   [id](const Property& property) { return property.id == id; });
  return found == kProperties.end() ? nullptr : found;
}

std::string_view GroupName(PropertyGroup group) {
  switch (group) {
    case kOwnership:
      return "ownership";
    case kHardware:
      return "hardware";
    case kMemory:
      return "memory";
    case kLocking:
      return "locking";
    case kPolicy:
      return "policy";
    case kHistory:
      return "history";
  }
  return "unknown";
}

}  // namespace groupfuzz
