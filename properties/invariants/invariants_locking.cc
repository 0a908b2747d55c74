// Locks, warnings, and executions that cannot go on.
#include "absl/strings/str_cat.h"
#include "properties/invariants/invariants.h"
#include "target/kernel/runtime.h"
#include "target/system/names.h"
#include "target/types/guarded_field.h"

namespace groupfuzz::invariants {
namespace {

using kernel::LockClass;
using kernel::WarnSite;

// Broken whatever else failed.
bool IsNeverExplained(WarnSite site) {
  return site == WarnSite::kLockNotHeld || site == WarnSite::kUnbalancedUp ||
         site == WarnSite::kListCorrupted || site == WarnSite::kRefcount || IsDeath(site);
}

// Says that the driver failed to attach.
bool IsAttachWarning(WarnSite site) {
  return site == WarnSite::kMustSucceed || site == WarnSite::kRollback ||
         site == WarnSite::kFirstAttach;
}

// What a site without a name is about is not known.
bool FailureExplains(const Ledger& ledger, uint8_t thread, WarnSite site) {
  if (!ledger.fault_fired || IsNeverExplained(site)) return false;
  if (site == WarnSite::kElsewhere || Grants(ledger, Excuse::kAnythingWarns)) return true;
  return IsAttachWarning(site) && (ledger.threads[thread].section.facts & fact::kAttachFailed) != 0;
}

bool SelfDeadlockOn(const Step& step, LockClass lock_class) {
  return step.problem == ExecutionProblem::kSelfDeadlock && step.first == lock_class;
}

void AttachUnderMutex(const Ledger& ledger, const Step& step, Report& report) {
  if (step.event->held & kGroupBit) return;
  const bool deferred = step.In(FunctionBit(Function::kDmaMap));
  if (deferred && Grants(ledger, Excuse::kUnlockedAttach)) return;
  report.Violated(absl::StrCat("dev", step.event->device, " is ",
                               step.event->kind == EventKind::kAttach ? "attached" : "detached",
                               " without the group's mutex"));
}

constexpr Rule kI19 = {
    {"I19", PropertyGroup::kLocking,
     "Devices are attached with the group's mutex held, until the reference the first DMA "
     "map of a deferred device excepted.",
     "behaviour I19; 6.12 iommu_deferred_attach(); commit 5d5388b0e190"},
    kAttachEvents,
    0,
    0,
    AttachUnderMutex,
    Excused(Excuse::kUnlockedAttach)};

void MutexIsNotRetaken(const Ledger&, const Step& step, Report& report) {
  if (step.moment == moment::kProblem) {
    if (SelfDeadlockOn(step, LockClass::kGroup)) {
      report.Violated("group->mutex is taken by the thread that holds it");
    }
    return;
  }
  if (step.event->held & kGroupBit) {
    report.Violated(
        absl::StrCat("probe_finalize of dev", step.event->device, " runs with group->mutex held"));
  }
}

constexpr Rule kI31 = {
    {"I31", PropertyGroup::kLocking,
     "The group's mutex is not taken by the thread that holds it, and probe_finalize runs "
     "without it.",
     "behaviour I31; 6.1 iommu_change_dev_def_domain(): why it drops the mutex"},
    EventBit(EventKind::kProbeFinalize),
    moment::kProblem,
    0,
    MutexIsNotRetaken};

void LockOrderIsAcyclic(const Ledger& ledger, const Step& step, Report& report) {
  if (step.moment == moment::kProblem) {
    if (step.problem != ExecutionProblem::kLockOrder) return;
    report.Violated(absl::StrCat(LockName(step.second, kNoDevice), " is taken under ",
                                 LockName(step.first, kNoDevice),
                                 ", which is taken under it, at once or by way of other locks"));
    return;
  }
  const auto lock_class = static_cast<LockClass>(step.event->value);
  const bool again = ledger.threads[step.thread].held[step.event->value] != 0;
  if (!kernel::IsPerDevice(lock_class) || !again) return;
  report.Violated(
      absl::StrCat(LockName(lock_class, kNoDevice), " is taken for one device after another"));
}

constexpr Rule kI32 = {
    {"I32", PropertyGroup::kLocking,
     "The order of locks has no cycle, and no lock is taken for one device after another.",
     "behaviour I32; 6.1 iommu_group_store_type(): device_lock(), then group->mutex"},
    EventBit(EventKind::kLock),
    moment::kProblem,
    0,
    LockOrderIsAcyclic};

void WriteActsInOneSection(const Ledger&, const Step& step, Report& report) {
  // Finalizing walks the members after the mutex was dropped.
  if (!step.In(FunctionBit(Function::kStoreType)) || step.call->finalized != 0) return;
  if ((step.facts & fact::kActed) == 0) return;
  if (step.call->acting_sections > 1) {
    report.Violated("a write acts in a second hold of the mutex, on what it decided in the first");
    return;
  }
  const bool switched = step.then->default_domain.id != step.now->default_domain.id ||
                        step.then->domain.id != step.now->domain.id;
  const int users = step.then->owner_cnt;
  if (!switched || users == 0 || !step.call->found_idle) return;
  report.Violated(
      absl::StrCat("a write found the group idle, dropped the mutex, and then switched ",
                   "it while owner_cnt was ", users));
}

constexpr Rule kI33 = {
    {"I33", PropertyGroup::kLocking,
     "A write acts in one hold of the group's mutex, and on nothing that an earlier hold "
     "decided.",
     "behaviour I33; 6.12 iommu_group_store_type()"},
    0,
    moment::kSectionEnd,
    fact::kStore,
    WriteActsInOneSection};

void GroupDiesOutsideMutex(const Ledger&, const Step& step, Report& report) {
  if (step.moment == moment::kProblem) {
    if (SelfDeadlockOn(step, LockClass::kKernfs)) {
      report.Violated("the attribute waits for its own user to leave");
    }
    return;
  }
  // Another thread may let go of the group meanwhile: it then waits for this one to leave.
  constexpr Functions kLastReference =
      FunctionBit(Function::kReleaseDevice) | FunctionBit(Function::kProbeDevice);
  if (!step.In(kLastReference) || !step.then->exists || step.now->exists) return;
  report.Violated("the group died under its own mutex");
}

constexpr Rule kI36 = {
    {"I36", PropertyGroup::kLocking,
     "A group dies outside its mutex, and not by the hand of a user of its attribute.",
     "behaviour I36; 6.12 kernfs_drain()"},
    0,
    moment::kSectionEnd | moment::kProblem,
    fact::kExists,
    GroupDiesOutsideMutex};

void FieldsAccessedUnderLock(const Ledger&, const Step& step, Report& report) {
  if (step.event == nullptr) {
    const Snapshot& then = *step.then;
    const Snapshot& now = *step.now;
    if (!then.exists || !now.exists) return;
    if (then.owner_cnt != now.owner_cnt) {
      report.Violated(absl::StrCat("owner_cnt went from ", then.owner_cnt, " to ", now.owner_cnt,
                                   ", and nobody held the group's mutex"));
    } else if (then.owner != now.owner) {
      report.Violated("the owner changed, and nobody held the group's mutex");
    }
    return;
  }
  if (IsOfDeviceList(static_cast<GuardedField>(step.event->value))) return;
  report.Violated(DescribeUnguarded(*step.event, MentionCode(step.event->code)));
}

constexpr Rule kI43 = {
    {"I43", PropertyGroup::kLocking,
     "A field that a lock guards is read and written only under that lock, or read where the "
     "kernel is known to do without it, or says so by READ_ONCE() or data_race().",
     "behaviour I43; Savage et al., 1997: Eraser; 6.12 lockdep_assert_held(&group->mutex)"},
    EventBit(EventKind::kUnguarded),
    moment::kSectionStart,
    kOwners,
    FieldsAccessedUnderLock};

void ReturnsWithLocksAsCalled(const Ledger& ledger, const Step& step, Report& report) {
  if (step.moment == moment::kProblem) {
    if (step.problem == ExecutionProblem::kLockKept) {
      report.Violated(absl::StrCat("the machine has booted, and ", LockName(step.first, kNoDevice),
                                   " is still held"));
    }
    return;
  }
  const HeldLocks& held = ledger.threads[step.thread].held;
  for (int i = 0; i < kernel::kLockClasses; ++i) {
    const std::string lock = LockName(static_cast<LockClass>(i), kNoDevice);
    if (held[i] > step.call->held[i]) {
      report.Violated(absl::StrCat("a call returns and keeps ", lock));
    } else if (held[i] < step.call->held[i]) {
      report.Violated(absl::StrCat("a call drops ", lock, ", which its caller holds"));
    }
  }
}

constexpr Rule kI47 = {
    {"I47", PropertyGroup::kLocking, "A call returns with the locks held with which it was called.",
     "behaviour I47; 6.12 kernel/locking/lockdep.c: lockdep_sys_exit()"},
    0,
    moment::kReturn | moment::kProblem,
    fact::kLocksDiffer,
    ReturnsWithLocksAsCalled};

void NoWarning(const Ledger& ledger, const Step& step, Report& report) {
  const auto site = static_cast<WarnSite>(step.event->value);
  if (FailureExplains(ledger, step.thread, site) || SharesMapping(ledger, site)) return;
  if (ReleasesUnowned(ledger, step.call, site)) return;
  const char* but = ledger.fault_fired ? ", which the injected failure does not explain"
                                       : " without an injected failure";
  const std::string place =
      step.event->code == 0 ? "" : MentionCode(step.event->code, step.event->line);
  report.Violated(
      absl::StrCat(DescribeWarning(*step.event, place), IsNeverExplained(site) ? "" : but));
}

constexpr Rule kW1 = {
    {"W1", PropertyGroup::kLocking,
     "WARN_ON() fires only after an injected failure, one that has a name here only under the "
     "mutex under which an attach failed; lockdep_assert_held() never does, and no BUG() is "
     "reached.",
     "6.12 include/asm-generic/bug.h: a WARN_ON() marks a kernel bug"},
    EventBit(EventKind::kWarn),
    0,
    0,
    NoWarning,
    Excused(Excuse::kAnythingWarns, Excuse::kSharedMapping, Excuse::kUnownedRelease)};

void NoDeadlock(const Ledger&, const Step& step, Report& report) {
  const bool deadlock = step.problem == ExecutionProblem::kDeadlock ||
                        step.problem == ExecutionProblem::kSelfDeadlock;
  if (!deadlock || SelfDeadlockOn(step, LockClass::kGroup)) return;
  if (SelfDeadlockOn(step, LockClass::kKernfs)) return;
  report.Violated(
      step.problem == ExecutionProblem::kDeadlock
          ? absl::StrCat("no thread can go on, one waits for ", LockName(step.first, kNoDevice))
          : absl::StrCat(LockName(step.first, kNoDevice), " is taken by the thread that holds it"));
}

constexpr Rule kX1 = {{"X1", PropertyGroup::kLocking, "Some thread can always go on.",
                       "Coffman, Elphick and Shoshani, 1971: deadlock"},
                      0,
                      moment::kProblem,
                      0,
                      NoDeadlock};

void Terminates(const Ledger&, const Step& step, Report& report) {
  if (step.problem == ExecutionProblem::kTooLong) report.Violated("the execution does not end");
}

constexpr Rule kX2 = {
    {"X2", PropertyGroup::kLocking, "An execution ends.", "Alpern and Schneider, 1985: liveness"},
    0,
    moment::kProblem,
    0,
    Terminates};

constexpr Rule kRules[] = {kI19, kI31, kI32, kI33, kI36, kI43, kI47, kW1, kX1, kX2};

}  // namespace

std::span<const Rule> LockingRules() { return kRules; }

}  // namespace groupfuzz::invariants
