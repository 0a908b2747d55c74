// The decision tables of every design. Row order is the order in which the kernel looks.
//
// Sources are sections of docs/behaviour.md. "6.2" is the base of the 2023 series and of the
// merged 6.4 change: 6.1 rules for switching, plus device claims and PASIDs.
#include <cstddef>
#include <span>

#include "properties/model/model_conditions.h"
#include "properties/model/model_effects.h"
#include "properties/model/model_evaluate.h"
#include "properties/model/model_rows.h"
#include "properties/model/model_store_rows.h"
#include "target/kernel/errno.h"

namespace groupfuzz::model {
namespace {

using iommu::Version;
using kernel::kEProbeDefer;

constexpr Row kDone[] = {{when::kAlways, act::Nothing, 0}};
// A function that this kernel does not have.
constexpr Row kAbsent[] = {{when::kAlways, act::Nothing, kAny}};
constexpr Row kNeedsGroup[] = {{when::kGone, act::LoseTrack, kAny}};
constexpr Row kNeedsDomain[] = {{when::kNoSuchDomain, act::LoseTrack, kAny}};
constexpr Row kNeedsMember[] = {{when::kNotMember, act::LoseTrack, kAny}};
constexpr Row kMemberOrNoDevice[] = {{when::kNotMember, act::Nothing, -ENODEV}};

// --- use and unuse: behaviour 3.1, 3.2 ---

constexpr Row kUseNoGroup[] = {{when::kNotMember, act::Bind, 0}};
constexpr Row kUseDeferred[] = {{when::kNoDefault, act::Nothing, -kEProbeDefer}};
constexpr Row kUseBusy61[] = {{when::kUsedOtherwise, act::Nothing, -EBUSY}};
constexpr Row kUseBusy62[] = {{when::kUsedOtherwiseOrPasids, act::Nothing, -EBUSY}};
constexpr Row kUseCounts[] = {{when::kAlways, act::BindAndCountUp, 0}};
constexpr auto kUse61 = Join(kUseNoGroup, kUseBusy61, kUseCounts);
constexpr auto kUse62 = Join(kUseNoGroup, kUseBusy62, kUseCounts);
constexpr auto kUse612 = Join(kUseNoGroup, kUseDeferred, kUseBusy62, kUseCounts);

constexpr Row kUnuse61[] = {
    {when::kNotMember, act::Unbind, 0},
    {when::kUncounted, act::Unbind, 0},
    {when::kAlways, act::UnbindAndCountDown, 0},
};
constexpr Row kUnuse62[] = {
    {when::kNotMember, act::Unbind, 0},
    {when::kUncountedOrPasids, act::Unbind, 0},
    {when::kAlways, act::UnbindAndCountDown, 0},
};

// --- claim and release: behaviour 3.3 to 3.6 ---

constexpr Row kCookie[] = {{when::kNullCookie, act::Nothing, -EINVAL}};
constexpr Row kSharedByDevices[] = {{when::kOwnedByCookie, act::CountUp, 0}};
constexpr Row kTakeIdle61[] = {
    {when::kCounted, act::Nothing, -EPERM},
    {when::kForeign, act::Nothing, -EBUSY},
};
constexpr Row kTakeIdle62[] = {
    {when::kCounted, act::Nothing, -EPERM},
    {when::kForeignOrPasids, act::Nothing, -EBUSY},
};
constexpr Row kTake61[] = {
    {when::kAlways, act::Block61, kGoOn},
    {when::kAlways, act::Own, 0},
};
constexpr Row kTake612[] = {
    {when::kSomeMustNotBlock, act::BounceOffBlocking, -EINVAL},
    {when::kAlways, act::Block612, kGoOn},
    {when::kAlways, act::Own, 0},
};
constexpr auto kGroupClaim61 = Join(kNeedsGroup, kTakeIdle61, kTake61);
constexpr auto kGroupClaim62 = Join(kCookie, kNeedsGroup, kTakeIdle62, kTake61);
constexpr auto kGroupClaim612 = Join(kCookie, kNeedsGroup, kTakeIdle62, kTake612);
constexpr auto kDeviceClaim62 =
    Join(kCookie, kMemberOrNoDevice, kSharedByDevices, kTakeIdle62, kTake61);
constexpr auto kDeviceClaim612 =
    Join(kCookie, kMemberOrNoDevice, kSharedByDevices, kTakeIdle62, kTake612);
// The reference refuses a claim that its release could not undo.
constexpr Row kNeedsDefault[] = {{when::kNoDefault, act::Nothing, -EBUSY}};
constexpr auto kGroupClaimToday = Join(kCookie, kNeedsGroup, kTakeIdle62, kNeedsDefault, kTake612);
constexpr auto kDeviceClaimToday =
    Join(kCookie, kMemberOrNoDevice, kSharedByDevices, kTakeIdle62, kNeedsDefault, kTake612);

constexpr Row kRelease61[] = {
    {when::kNothingToRelease, act::Nothing, 0},
    {when::kAlways, act::Disown61, 0},
};
constexpr Row kRelease62[] = {
    {when::kNothingToReleaseOrPasids, act::Nothing, 0},
    {when::kAlways, act::Disown61, 0},
};
constexpr Row kRelease612[] = {
    {when::kNothingToReleaseOrPasids, act::Nothing, 0},
    {when::kNoDefault, act::LoseTrack, kAny},
    {when::kAlways, act::Disown612, 0},
};
constexpr Row kReleaseOneDevice[] = {{when::kCountAboveOne, act::CountDown, 0}};
constexpr auto kGroupRelease61 = Join(kNeedsGroup, kRelease61);
constexpr auto kGroupRelease62 = Join(kNeedsGroup, kRelease62);
constexpr auto kGroupRelease612 = Join(kNeedsGroup, kRelease612);
constexpr auto kDeviceRelease62 = Join(kNeedsMember, kReleaseOneDevice, kRelease62);
constexpr auto kDeviceRelease612 = Join(kNeedsMember, kReleaseOneDevice, kRelease612);

constexpr Row kClaimedQuery[] = {
    {when::kGone, act::LoseTrack, kAny},
    {when::kAlways, act::Nothing, kClaimed},
};

// --- attach, detach, replace: behaviour 4.6 ---

constexpr Row kOneMember[] = {{when::kNotSingle, act::Nothing, -EINVAL}};
constexpr Row kFree[] = {{when::kAttached, act::Nothing, -EBUSY}};
constexpr Row kAttach61[] = {{when::kAlways, act::AttachUser61, 0}};
constexpr Row kAttach612[] = {{when::kAlways, act::AttachUser612, 0}};
constexpr auto kAttachDevice61 =
    Join(kMemberOrNoDevice, kOneMember, kNeedsDomain, kFree, kAttach61);
constexpr auto kAttachDevice612 =
    Join(kMemberOrNoDevice, kOneMember, kNeedsDomain, kFree, kAttach612);
constexpr auto kAttachGroup61 = Join(kNeedsGroup, kNeedsDomain, kFree, kAttach61);
constexpr auto kAttachGroup612 = Join(kNeedsGroup, kNeedsDomain, kFree, kAttach612);

constexpr Row kNotAttached[] = {
    {when::kNotMember, act::Nothing, 0},
    {when::kNotThisDomain, act::Nothing, 0},
};
constexpr Row kNotSole[] = {{when::kNotSingle, act::Nothing, 0}};
constexpr Row kDetach61[] = {{when::kAlways, act::ToCore61, 0}};
constexpr Row kNowhereToGo[] = {{when::kNowhereToGo, act::LoseTrack, kAny}};
constexpr Row kDetach612[] = {{when::kAlways, act::ToCore612, 0}};
constexpr auto kDetachDevice61 = Join(kNotAttached, kNotSole, kDetach61);
constexpr auto kDetachDevice612 = Join(kNotAttached, kNotSole, kNowhereToGo, kDetach612);
constexpr auto kDetachDeviceToday = Join(kNotAttached, kNowhereToGo, kDetach612);
constexpr auto kDetachGroup61 = Join(kNeedsGroup, kDetach61);
constexpr auto kDetachGroup612 = Join(kNeedsGroup, kNowhereToGo, kDetach612);

constexpr auto kReplaceGroup612 = Join(kNeedsGroup, kNeedsDomain, kAttach612);

constexpr Row kNoHandleYet[] = {{when::kHandlePresent, act::Nothing, -EBUSY}};
constexpr Row kAttachWithHandle[] = {
    {when::kAlways, act::AttachUser612, kGoOn},
    {when::kAlways, act::StoreHandle, 0},
};
constexpr Row kReplaceWithHandle[] = {
    {when::kAlways, act::AttachUser612, kGoOn},
    {when::kNullHandle, act::EraseHandle, 0},
    {when::kAlways, act::StoreHandle, 0},
};
constexpr Row kDetachWithHandle[] = {
    {when::kAlways, act::ToCore612, kGoOn},
    {when::kAlways, act::EraseHandle, 0},
};
constexpr auto kAttachHandle612 =
    Join(kNeedsGroup, kNeedsDomain, kNoHandleYet, kFree, kAttachWithHandle);
constexpr auto kReplaceHandle612 = Join(kNeedsGroup, kNeedsDomain, kReplaceWithHandle);
constexpr auto kDetachHandle612 = Join(kNeedsGroup, kNowhereToGo, kDetachWithHandle);

// --- PASIDs: behaviour 4.7 ---

// The driver refuses what a device does not have.
constexpr Row kPasidRules62[] = {
    {when::kPasidZero, act::Nothing, -EINVAL},
    {when::kPasidPresent, act::Nothing, -EBUSY},
    {when::kPasidLacking, act::Nothing, -EINVAL},
    {when::kAlways, act::StorePasid, 0},
};
constexpr Row kPasidRules612[] = {
    {when::kPasidZero, act::Nothing, -EINVAL},
    {when::kPasidTooLarge, act::Nothing, -EINVAL},
    {when::kPasidPresent, act::Nothing, -EBUSY},
    {when::kAlways, act::StorePasid, 0},
};
constexpr Row kPasidErased[] = {{when::kAlways, act::ErasePasid, 0}};
constexpr auto kAttachPasid62 = Join(kMemberOrNoDevice, kNeedsDomain, kPasidRules62);
constexpr auto kAttachPasid612 = Join(kMemberOrNoDevice, kNeedsDomain, kPasidRules612);
constexpr auto kDetachPasid62 = Join(kNeedsMember, kPasidErased);

// --- devices come and go: behaviour 6 ---

constexpr Row kProbe61[] = {
    {when::kMember, act::Nothing, 0},
    {when::kAlways, act::Join, kGoOn},
    {when::kHasDomain, act::Follow61, kGoOn},
    {when::kNoDefault, act::ResolveDevice61, kGoOn},
    {when::kNoDefault, act::FirstDefault61, kGoOn},
    {when::kUnowned, act::AttachDefault61, kGoOn},
    {when::kAlways, act::Finalize, 0},
};
constexpr Row kJoin612[] = {
    {when::kIommuGone, act::Nothing, -ENODEV},
    {when::kMember, act::Nothing, 0},
    {when::kAlways, act::Join, kGoOn},
};
// The reference refuses a device that the owner's release would have to block.
constexpr Row kDirectIntoOwned[] = {{when::kDirectIntoOwned, act::Leave, -EINVAL}};
// ... one on which what the group translates for its PASIDs would be missing,
constexpr Row kIntoPasids[] = {{when::kIntoPasids, act::Leave, -EINVAL}};
// ... and one that must be translated strictly where others are not.
constexpr Row kUntrustedIntoLax[] = {{when::kUntrustedIntoLax, act::Leave, -EINVAL}};
constexpr Row kFollow612[] = {
    {when::kMustNotBlock, act::Leave, -EINVAL},
    {when::kHasDomain, act::Follow612, 0},
    {when::kAlways, act::ResolveGroup612, kGoOn},
    {when::kUnresolved, act::Leave, -EINVAL},
    {when::kCannotAllocate, act::Leave, -EOPNOTSUPP},
    {when::kNeverMapped, act::SetupAndLeave612, kAnyError},
    {when::kAlways, act::Setup612, kGoOn},
    {when::kAlways, act::Finalize, 0},
};
constexpr auto kProbe612 = Join(kJoin612, kFollow612);
constexpr auto kProbeToday =
    Join(kJoin612, kDirectIntoOwned, kIntoPasids, kUntrustedIntoLax, kFollow612);
constexpr Row kRemove61[] = {
    {when::kNotMember, act::Nothing, 0},
    {when::kAlways, act::Leave61, 0},
};
constexpr Row kRemove612[] = {
    {when::kNotMember, act::Nothing, 0},
    {when::kAlways, act::Leave, 0},
};

constexpr Row kBoot61[] = {
    {when::kAlways, act::JoinAtBoot, kGoOn},     {when::kEmpty, act::Nothing, 0},
    {when::kAlways, act::ResolveGroup61, kGoOn}, {when::kAlways, act::FirstDefault61, kGoOn},
    {when::kAlways, act::AttachAtBoot61, kGoOn}, {when::kAlways, act::Finalize, 0},
};
constexpr Row kJoinAtBoot612[] = {
    {when::kAlways, act::JoinAtBoot, kGoOn},
    {when::kEmpty, act::Nothing, 0},
    {when::kAlways, act::ResolveGroup612, kGoOn},
};
constexpr Row kGiveUpAtBoot[] = {
    {when::kUnresolved, act::GiveUp, 0},
    {when::kCannotAllocate, act::GiveUp, 0},
    {when::kNeverMapped, act::GiveUp, 0},
};
constexpr Row kGoOnAtBoot[] = {
    {when::kUnresolved, act::Nothing, 0},
    {when::kCannotAllocate, act::Nothing, 0},
    {when::kNeverMapped, act::LoseTrack, kAny},
};
constexpr Row kSetupAtBoot612[] = {
    {when::kAlways, act::Setup612, kGoOn},
    {when::kAlways, act::Finalize, 0},
};
constexpr auto kBoot612 = Join(kJoinAtBoot612, kGiveUpAtBoot, kSetupAtBoot612);
constexpr auto kBootToday = Join(kJoinAtBoot612, kGoOnAtBoot, kSetupAtBoot612);

// --- the DMA API, user domains ---

constexpr Row kMap[] = {
    {when::kDeferredPending, act::AttachDeferred, 0},
    {when::kCannotMap, act::Nothing, kAny},
    {when::kAlways, act::Nothing, 0},
};
constexpr Row kAlloc[] = {{when::kAlways, act::AllocUser, 0}};
constexpr Row kFreeUser[] = {
    {when::kInUse, act::LoseTrack, kAny},
    {when::kAlways, act::FreeUser, 0},
};

// --- putting them together ---

using FunctionTables = std::array<Table, kFunctions>;
struct Entry {
  Function function;
  Table table;
};

constexpr FunctionTables With(FunctionTables base, std::span<const Entry> entries) {
  for (const Entry& entry : entries) base[static_cast<size_t>(entry.function)] = entry.table;
  return base;
}

constexpr FunctionTables Everywhere(Table table) {
  FunctionTables all;
  all.fill(table);
  return all;
}

constexpr Entry kSince61[] = {
    {Function::kShowType, TableOf<kShow>()},
    {Function::kUseDefaultDomain, TableOf<kUse61>()},
    {Function::kGroupClaim, TableOf<kGroupClaim61>()},
    {Function::kUnuseDefaultDomain, TableOf<kUnuse61>()},
    {Function::kDmaMap, TableOf<kMap>()},
    {Function::kGroupRelease, TableOf<kGroupRelease61>()},
    {Function::kDmaUnmap, TableOf<kDone>()},
    {Function::kGroupClaimed, TableOf<kClaimedQuery>()},
    {Function::kAllocDomain, TableOf<kAlloc>()},
    {Function::kAttachDevice, TableOf<kAttachDevice61>()},
    {Function::kFreeDomain, TableOf<kFreeUser>()},
    {Function::kDetachDevice, TableOf<kDetachDevice61>()},
    {Function::kProbeDevice, TableOf<kProbe61>()},
    {Function::kAttachGroup, TableOf<kAttachGroup61>()},
    {Function::kReleaseDevice, TableOf<kRemove61>()},
    {Function::kDetachGroup, TableOf<kDetachGroup61>()},
};
constexpr FunctionTables kRules61 = With(Everywhere(TableOf<kAbsent>()), kSince61);

constexpr Entry kSince62[] = {
    {Function::kUseDefaultDomain, TableOf<kUse62>()},
    {Function::kUnuseDefaultDomain, TableOf<kUnuse62>()},
    {Function::kGroupClaim, TableOf<kGroupClaim62>()},
    {Function::kGroupRelease, TableOf<kGroupRelease62>()},
    {Function::kDeviceClaim, TableOf<kDeviceClaim62>()},
    {Function::kDeviceRelease, TableOf<kDeviceRelease62>()},
    {Function::kAttachPasid, TableOf<kAttachPasid62>()},
    {Function::kDetachPasid, TableOf<kDetachPasid62>()},
};
constexpr FunctionTables kRules62 = With(kRules61, kSince62);

constexpr Entry kSince612[] = {
    {Function::kUseDefaultDomain, TableOf<kUse612>()},
    {Function::kGroupClaim, TableOf<kGroupClaim612>()},
    {Function::kGroupRelease, TableOf<kGroupRelease612>()},
    {Function::kDeviceClaim, TableOf<kDeviceClaim612>()},
    {Function::kDeviceRelease, TableOf<kDeviceRelease612>()},
    {Function::kAttachDevice, TableOf<kAttachDevice612>()},
    {Function::kDetachDevice, TableOf<kDetachDevice612>()},
    {Function::kAttachGroup, TableOf<kAttachGroup612>()},
    {Function::kDetachGroup, TableOf<kDetachGroup612>()},
    {Function::kReplaceGroup, TableOf<kReplaceGroup612>()},
    {Function::kAttachHandle, TableOf<kAttachHandle612>()},
    {Function::kAttachPasid, TableOf<kAttachPasid612>()},
    {Function::kDetachHandle, TableOf<kDetachHandle612>()},
    {Function::kReplaceHandle, TableOf<kReplaceHandle612>()},
    {Function::kProbeDevice, TableOf<kProbe612>()},
    {Function::kReleaseDevice, TableOf<kRemove612>()},
};
constexpr FunctionTables kRules612 = With(kRules62, kSince612);

// 6.12 with its known defects repaired.
constexpr Entry kRepaired[] = {
    {Function::kProbeDevice, TableOf<kProbeToday>()},
    {Function::kGroupClaim, TableOf<kGroupClaimToday>()},
    {Function::kDeviceClaim, TableOf<kDeviceClaimToday>()},
    {Function::kDetachDevice, TableOf<kDetachDeviceToday>()},
};
constexpr FunctionTables kRulesToday = With(kRules612, kRepaired);

// The protocol of store_type of a design.
constexpr Table StoreOf(DesignId design) {
  switch (design) {
    case DesignId::kDeviceLock:
      return TableOf<kStoreDeviceLock>();
    case DesignId::kClaimV1:
      return TableOf<kStoreClaimV1>();
    case DesignId::kLockedClaim:
      return TableOf<kStoreLockedClaim>();
    case DesignId::kV6_4:
      return TableOf<kStoreV64>();
    case DesignId::kV6_12:
      return TableOf<kStoreV612>();
    case DesignId::kOwnerCheck:
      break;
  }
  return TableOf<kStoreOwnerCheck>();
}

struct Core {
  const FunctionTables* functions;
  Table boot;
};

// The rules that the protocols of a version stand on.
constexpr Core CoreOf(Version version) {
  switch (version) {
    case Version::k6_1:
      return {&kRules61, TableOf<kBoot61>()};
    case Version::k6_2:
    case Version::k6_4:
      return {&kRules62, TableOf<kBoot61>()};
    case Version::k6_12:
      return {&kRules612, TableOf<kBoot612>()};
    case Version::kToday:
      break;
  }
  return {&kRulesToday, TableOf<kBootToday>()};
}

constexpr auto kTables = [] {
  std::array<Tables, kDesignCount> tables{};
  for (int i = 0; i < kDesignCount; ++i) {
    const auto design = static_cast<DesignId>(i);
    const Core core = CoreOf(VersionOf(design));
    const Entry store_type[] = {{Function::kStoreType, StoreOf(design)}};
    tables[i] = {core.boot, With(*core.functions, store_type),
                 /*looks_at_drivers=*/design == DesignId::kDeviceLock};
  }
  return tables;
}();

}  // namespace

Table AbsentFunction() { return TableOf<kAbsent>(); }

const Tables& TablesOf(DesignId design) { return kTables[static_cast<size_t>(design)]; }

}  // namespace groupfuzz::model
