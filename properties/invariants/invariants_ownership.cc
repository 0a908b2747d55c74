// Who owns the group's DMA, and what that protects.
#include <cerrno>

#include "absl/strings/str_cat.h"
#include "properties/invariants/invariants.h"
#include "target/kernel/runtime.h"
#include "target/system/names.h"

namespace groupfuzz::invariants {
namespace {

using kernel::WarnSite;

bool Owned(const Snapshot& state) { return state.owner != kNobody; }
bool Aliased(const Snapshot& state) { return state.blocking_domain.id == state.default_domain.id; }

// Whether a default domain was exchanged for another one. The first one and the last one of a group
// have nothing to be exchanged with.
bool DefaultReplaced(const Snapshot& then, const Snapshot& now) {
  return then.default_domain && now.default_domain &&
         then.default_domain.id != now.default_domain.id;
}

std::string Replacement(const Snapshot& then, const Snapshot& now) {
  return absl::StrCat(Name(then.default_domain), " was replaced by ", Name(now.default_domain));
}

// A write that owns the group may change what it owns.
bool OwnedByWriterItself(const Ledger& ledger, const Step& step) {
  return step.then->owner == kStoreTypeOwner && ledger.writer == step.thread &&
         step.then->owner_cnt == 1;
}

void DefaultDomainChangesUnused(const Ledger& ledger, const Step& step, Report& report) {
  if (step.moment == moment::kSectionEnd) {
    if (!DefaultReplaced(*step.then, *step.now) || step.then->owner_cnt == 0) return;
    // Where it went to 0 meanwhile, nobody can say what it was at that moment.
    if (step.now->owner_cnt == 0 || OwnedByWriterItself(ledger, step)) return;
    report.Violated(absl::StrCat(Replacement(*step.then, *step.now), " while owner_cnt was ",
                                 step.then->owner_cnt));
    return;
  }
  // Seen on taking the mutex: it happened while nobody held it. A dying group loses its domain.
  const bool lost = !step.now->default_domain;
  if (lost || step.then->default_domain.id == step.now->default_domain.id) return;
  report.Violated(absl::StrCat(Name(step.then->default_domain), " became ",
                               Name(step.now->default_domain), " without the group's mutex"));
}

constexpr Rule kI1 = {
    {"I1", PropertyGroup::kOwnership,
     "The default domain is exchanged only under the group's mutex, while nobody but the "
     "writer uses or owns the group.",
     "behaviour I1; 6.12 iommu_group_store_type()"},
    0,
    moment::kSectionStart | moment::kSectionEnd | moment::kProgramEnd,
    fact::kDefaultObject,
    DefaultDomainChangesUnused};

void UsersKeepDefaultDomain(const Ledger& ledger, const Step& step, Report& report) {
  if (!DefaultReplaced(*step.then, *step.now) || ledger.counted <= 0) return;
  report.Violated(
      absl::StrCat(Replacement(*step.then, *step.now), " under a bound driver that counts on it"));
}

constexpr Rule kI2 = {
    {"I2", PropertyGroup::kOwnership,
     "No driver that counted itself sees the default domain exchanged.",
     "behaviour I2; 6.12 iommu_device_use_default_domain(), iommu_group_store_type()"},
    0,
    moment::kState,
    fact::kDefaultObject,
    UsersKeepDefaultDomain};

void OwnerIsCounted(const Ledger&, const Step& step, Report& report) {
  const bool released = step.then->owner_cnt > 0 && step.now->owner_cnt == 0;
  if (!Owned(*step.now) || step.now->owner_cnt >= 1 || released) return;
  report.Violated(absl::StrCat("the group has an owner and owner_cnt is ", step.now->owner_cnt));
}

constexpr Rule kI4 = {
    {"I4", PropertyGroup::kOwnership, "A group with an owner has an owner_cnt of at least 1.",
     "behaviour I4; 6.12 __iommu_take_dma_ownership()"},
    0,
    moment::kState,
    kOwners,
    OwnerIsCounted};

void ReleaseClearsOwner(const Ledger&, const Step& step, Report& report) {
  const bool released = step.then->owner_cnt > 0 && step.now->owner_cnt == 0;
  if (released && Owned(*step.now)) report.Violated("owner_cnt went to 0 and the owner stayed");
}

constexpr Rule kI5 = {
    {"I5", PropertyGroup::kOwnership, "A group whose owner_cnt goes to 0 loses its owner.",
     "behaviour I5; 6.12 __iommu_release_dma_ownership()"},
    0,
    moment::kState,
    kOwners,
    ReleaseClearsOwner};

void CountIsNumberOfUsers(const Ledger& ledger, const Step& step, Report& report) {
  if (!step.now->exists || Owned(*step.now) || step.now->owner_cnt == ledger.counted) return;
  report.Violated(absl::StrCat("owner_cnt is ", step.now->owner_cnt, ", but ", ledger.counted,
                               " drivers use the default domain"));
}

constexpr Rule kI6 = {
    {"I6", PropertyGroup::kOwnership,
     "Without an owner, owner_cnt is the number of kernel drivers that use the default "
     "domain.",
     "behaviour I6; 6.12 really_probe(), iommu_device_use_default_domain()"},
    0,
    moment::kState,
    kOwners | fact::kUse,
    CountIsNumberOfUsers};

// A further claim is one more device with the cookie of the owner; a partial release takes one
// back.
void OneCookie(const Ledger&, const Step& step, Report& report) {
  const Snapshot& then = *step.then;
  const Snapshot& now = *step.now;
  if (!now.exists || !Owned(now)) return;
  const int change = now.owner_cnt - then.owner_cnt;
  if (!Owned(then)) {
    if (then.owner_cnt != 0 || now.owner_cnt != 1) {
      report.Violated(absl::StrCat("a first claim took owner_cnt from ", then.owner_cnt, " to ",
                                   now.owner_cnt));
    }
    return;
  }
  if (then.owner != now.owner) {
    report.Violated("one owner took the place of another");
    return;
  }
  if (change == 0) return;
  const bool joins = change == 1 && step.In(FunctionBit(Function::kDeviceClaim)) &&
                     step.call->call.cookie == now.owner;
  const bool leaves = change == -1 && step.In(FunctionBit(Function::kDeviceRelease));
  if (joins || leaves) return;
  report.Violated(absl::StrCat("owner_cnt of an owned group went from ", then.owner_cnt, " to ",
                               now.owner_cnt));
}

constexpr Rule kI7 = {
    {"I7", PropertyGroup::kOwnership,
     "One cookie owns the group at a time, and only devices with that cookie join it.",
     "behaviour I7; 6.12 iommu_device_claim_dma_owner()"},
    0,
    moment::kSectionEnd,
    kOwners,
    OneCookie};

void OwnedGroupLeavesDefault(const Ledger& ledger, const Step& step, Report& report) {
  const Snapshot& now = *step.now;
  if (!now.exists || !Owned(now) || !now.domain) return;
  if (now.domain.id == now.default_domain.id) {
    if (!Aliased(now)) report.Violated("the group is owned and on its default domain");
    return;
  }
  const bool attached = step.moment != moment::kSectionEnd || step.In(kAttachFunctions) ||
                        FinalizeAttaches(ledger, step.call);
  const bool moved = Owned(*step.then) && now.domain.id != step.then->domain.id;
  if (!moved || attached || now.domain.id == now.blocking_domain.id) return;
  report.Violated(absl::StrCat("the owned group went to ", Name(now.domain),
                               ", which its owner did not attach"));
}

constexpr Rule kI8 = {
    {"I8", PropertyGroup::kOwnership,
     "An owned group is on its blocking domain or on one that was attached after the claim, "
     "never on its default domain.",
     "behaviour I8; 6.12 __iommu_take_dma_ownership()"},
    0,
    moment::kState,
    fact::kOwner | fact::kCurrent | fact::kDefaultObject,
    OwnedGroupLeavesDefault,
    Excused(Excuse::kFinalizeAttaches)};

void NewMemberFollowsOwner(const Ledger& ledger, const Step& step, Report& report) {
  const Snapshot& now = *step.now;
  if (!Owned(*step.then) || !Owned(now) || !now.domain || Aliased(now)) return;
  for (const AttachSeen& seen : step.section->attaches) {
    if (seen.domain != now.default_domain.id || seen.domain == now.domain.id) continue;
    report.Violated(absl::StrCat("dev", seen.device, " joined an owned group and was attached to ",
                                 Name(now.default_domain)));
    return;
  }
  const uint8_t device = step.call->call.device;
  const bool joined = now.devices[device].member && !step.then->devices[device].member;
  if (!joined || !MustFollow(ledger, now, device)) return;
  if (now.devices[device].hw.id == now.domain.id) return;
  report.Violated(absl::StrCat("dev", device, " joined an owned group and is on ",
                               Name(now.devices[device].hw), " instead of ", Name(now.domain)));
}

constexpr Rule kI9 = {
    {"I9", PropertyGroup::kOwnership,
     "A device that joins an owned group is attached to the domain the group is on.",
     "behaviour I9; 6.12 __iommu_probe_device()"},
    0,
    moment::kSectionEnd,
    fact::kProbe,
    NewMemberFollowsOwner,
    Excused(Excuse::kLeftBehind)};

void ClaimFindsIdleGroup(const Ledger&, const Step& step, Report& report) {
  const Snapshot& then = *step.then;
  if (Owned(then) || !Owned(*step.now)) return;
  if (then.pasids != 0) {
    report.Violated("a claim succeeded with PASIDs attached");
  } else if (then.domain && then.domain.id != then.default_domain.id) {
    report.Violated(absl::StrCat("a claim succeeded while the group was on ", Name(then.domain)));
  }
}

constexpr Rule kI10 = {
    {"I10", PropertyGroup::kOwnership,
     "A claim succeeds only on the default domain, or on none, and without PASIDs.",
     "behaviour I10; 6.12 __iommu_take_dma_ownership()"},
    0,
    moment::kSectionEnd,
    fact::kOwner,
    ClaimFindsIdleGroup};

void ReleaseRestoresDefault(const Ledger& ledger, const Step& step, Report& report) {
  const Snapshot& then = *step.then;
  const Snapshot& now = *step.now;
  if (!Owned(then) || !now.exists) return;
  if (Owned(now)) {
    const bool last = step.In(FunctionBit(Function::kGroupRelease)) ||
                      (step.In(FunctionBit(Function::kDeviceRelease)) && then.owner_cnt <= 1);
    if (last && !step.section->Warned(WarnSite::kReleaseUnowned)) {
      report.Violated("the owner released the group and still owns it");
    }
    return;
  }
  if (now.owner_cnt != 0) {
    report.Violated(absl::StrCat("the group was released and owner_cnt is ", now.owner_cnt));
    return;
  }
  if (!now.default_domain) return;
  if (now.domain.id != now.default_domain.id) {
    report.Violated(absl::StrCat("the group was released and is on ", Name(now.domain)));
    return;
  }
  for (int i = 0; i < ledger.devices && !Aliased(now); ++i) {
    if (!MustFollow(ledger, now, i) || now.devices[i].hw.id == now.default_domain.id) continue;
    report.Violated(absl::StrCat("the group was released and dev", i, " is on ",
                                 Name(now.devices[i].hw), " instead of ",
                                 Name(now.default_domain)));
    return;
  }
}

constexpr Rule kI11 = {
    {"I11", PropertyGroup::kOwnership,
     "A release leaves no owner, owner_cnt 0, and every device on the default domain.",
     "behaviour I11; 6.12 __iommu_release_dma_ownership()"},
    0,
    moment::kSectionEnd,
    fact::kOwner | fact::kRelease,
    ReleaseRestoresDefault,
    Excused(Excuse::kLeftBehind)};

// Of a use that is refused I13 says that it counted.
void SecondDriverFindsDefault(const Ledger&, const Step& step, Report& report) {
  if (!step.In(FunctionBit(Function::kUseDefaultDomain)) || step.result < 0) return;
  switch (step.call->obstacle) {
    case Obstacle::kNone:
      return;
    case Obstacle::kOwner:
      return report.Violated("a driver was bound into an owned group");
    case Obstacle::kDomain:
      return report.Violated(absl::StrCat("a second driver was bound while the group was on ",
                                          Name(step.call->bound_on)));
    case Obstacle::kPasids:
      return report.Violated("a second driver was bound with PASIDs attached");
  }
}

constexpr Rule kI12 = {
    {"I12", PropertyGroup::kOwnership,
     "A second driver is bound only on the default domain, without an owner and without "
     "PASIDs.",
     "behaviour I12; 6.12 iommu_device_use_default_domain()"},
    0,
    moment::kReturn,
    fact::kUse,
    SecondDriverFindsDefault};

void UsesArePaired(const Ledger&, const Step& step, Report& report) {
  if (step.moment == moment::kReturn) {
    if (!step.In(FunctionBit(Function::kUseDefaultDomain)) || !step.call->saw_section) return;
    const bool counted = step.call->count_change == 1;
    if (counted == (step.result == 0)) return;
    report.Violated(absl::StrCat("a use that returned ", ResultName(step.result),
                                 " changed owner_cnt by ", step.call->count_change));
    return;
  }
  if (step.now->owner_cnt < 0) {
    report.Violated(absl::StrCat("owner_cnt is ", step.now->owner_cnt));
    return;
  }
  if (!step.In(FunctionBit(Function::kUnuseDefaultDomain)) || !step.then->exists) return;
  const int expected = step.section->Warned(WarnSite::kUnuseUnderflow) ? 0 : -1;
  const int change = step.now->owner_cnt - step.then->owner_cnt;
  if (change == expected) return;
  report.Violated(absl::StrCat("an unuse changed owner_cnt by ", change));
}

constexpr Rule kI13 = {
    {"I13", PropertyGroup::kOwnership,
     "Uses and unuses come in pairs: a successful use adds one, an unuse takes one or warns.",
     "behaviour I13; 6.12 iommu_device_use_default_domain(), iommu_device_unuse_default_domain()"},
    0,
    moment::kSectionEnd | moment::kReturn,
    fact::kUse | fact::kCount,
    UsesArePaired};

void EmptiedGroupIsIdle(const Ledger& ledger, const Step& step, Report& report) {
  const Snapshot& then = *step.then;
  const Snapshot& now = *step.now;
  if (!now.exists || then.members == 0 || now.members != 0) return;
  if (then.owner_cnt != 0) {
    report.Violated(absl::StrCat("the last device left while owner_cnt was ", then.owner_cnt));
  } else if (step.section->Warned(WarnSite::kGroupNotIdle)) {
    report.Violated(
        absl::StrCat("the last device left while the group was on ", Name(then.domain)));
  } else if ((now.default_domain || now.blocking_domain || now.domain) &&
             !Grants(ledger, Excuse::kKeepsDomains)) {
    report.Violated("the last device left and the group kept a domain");
  }
}

constexpr Rule kI30 = {
    {"I30", PropertyGroup::kOwnership,
     "When the last device leaves, nobody owns the group and it is on its default domain; "
     "then it has no domain.",
     "behaviour I30; 6.12 __iommu_group_free_device(), iommu_deinit_device()"},
    0,
    moment::kSectionEnd,
    fact::kMembers,
    EmptiedGroupIsIdle,
    Excused(Excuse::kKeepsDomains)};

void WriteDisturbsNobody(const Ledger&, const Step& step, Report& report) {
  if (!step.In(FunctionBit(Function::kUseDefaultDomain) | kClaimFunctions)) return;
  if (!step.call->saw_writer_as_owner) return;
  const bool bind = step.In(FunctionBit(Function::kUseDefaultDomain)) && step.result == -EBUSY;
  const bool claim = step.In(kClaimFunctions) && step.result == -EPERM;
  if (!bind && !claim) return;
  report.Violated(absl::StrCat(bind ? "a bind" : "a claim",
                               " failed because a write to the type attribute owned the group"));
}

constexpr Rule kI35 = {{"I35", PropertyGroup::kOwnership,
                        "A write to the type attribute makes no bind and no claim fail.",
                        "behaviour I35; 6.12 iommu_group_store_type(), which claims nothing"},
                       0,
                       moment::kReturn,
                       fact::kUse | fact::kClaim,
                       WriteDisturbsNobody};

constexpr Rule kRules[] = {kI1, kI2,  kI4,  kI5,  kI6,  kI7,  kI8,
                           kI9, kI10, kI11, kI12, kI13, kI30, kI35};

}  // namespace

std::span<const Rule> OwnershipRules() { return kRules; }

}  // namespace groupfuzz::invariants
