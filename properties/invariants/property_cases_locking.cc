// Locks, warnings, and executions that cannot go on.
#include <cerrno>

#include "properties/invariants/property_cases.h"

namespace groupfuzz {
namespace {

using kernel::LockClass;
using kernel::WarnSite;

void Nothing(Script& s) {
  s.Section(Function::kShowType, [] {}, 4);
}

void Finalize(Script& s) { s.Record({.kind = EventKind::kProbeFinalize, .device = 0}); }

void AttachInDmaMap(Script& s) {
  s.config().devices[0].deferred = true;
  s.Bind();
  s.Call(Function::kDmaMap);
  s.Attach(0, kBootDomain);
  s.Return();
}

void FailToDetach(Script& s) {
  s.Section(Function::kAttachGroup, [&] { s.MoveTo(kUserDomain); });
  s.Section(Function::kDetachGroup, [&] {
    s.Fault(FaultKind::kAttach);
    s.Attach(0, kBootDomain, ENOMEM);
    s.state().domain = kBootDomain;
    s.Warn(WarnSite::kMustSucceed);
  });
}

template <ExecutionProblem kProblem, LockClass kClass>
void Find(Script& s) {
  s.Problem(kProblem, kClass, kClass);
}

// Looks at the group twice, and acts on the second look.
void DecideAgain(Script& s) {
  s.Store("identity");
  s.Locked([] {});
  s.Locked([&] { s.ReplaceDefault(kIdentityDomain); });
  s.Return(8);
}

void Dies(Script& s, Function function) {
  s.Section(function, [&] { s.state() = {}; });
}

void LookAt(Script& s, GuardedField field) {
  s.Record({.kind = EventKind::kUnguarded, .value = static_cast<uint8_t>(field)});
}

constexpr PropertyCase kCases[] = {
    {"I19", "attach", AttachInDmaMap, [](Script& s) { s.Attach(0, kBootDomain); },
     DesignId::kV6_12},
    {"I19", "deferred_attach",
     [](Script& s) { s.Section(Function::kDmaMap, [&] { s.Attach(0, kBootDomain); }); },
     AttachInDmaMap},
    {"I19", "detach", Nothing,
     [](Script& s) {
       s.Record({.kind = EventKind::kDetach, .device = 0, .domain = kBootDomain.id});
     }},
    {"I31", "retaken", Nothing, Find<ExecutionProblem::kSelfDeadlock, LockClass::kGroup>},
    {"I31", "finalize_under_mutex", Finalize, [](Script& s) { s.Locked([&] { Finalize(s); }); }},
    {"I32", "cycle", Nothing,
     [](Script& s) {
       s.Problem(ExecutionProblem::kLockOrder, LockClass::kGroup, LockClass::kOps);
     }},
    {"I32", "one_lock_a_member", [](Script& s) { s.TakeLock(LockClass::kDevice, 0); },
     [](Script& s) {
       s.config().device_count = 2;
       s.TakeLock(LockClass::kOps, 0);
       s.TakeLock(LockClass::kOps, 1);
     }},
    {"I33", "claims_first", DecideAgain,
     [](Script& s) {
       s.Store("identity");
       s.Locked([&] { s.state().owner = kStoreTypeOwner, s.state().owner_cnt = 1; });
       s.Locked([&] { s.ReplaceDefault(kIdentityDomain); });
     }},
    {"I33", "stale_test", DecideAgain,
     [](Script& s) {
       s.Store("identity");
       s.Locked([] {});
       s.In(1);
       s.Bind();
       s.In(0);
       s.Locked([&] { s.ReplaceDefault(kIdentityDomain); });
     }},
    {"I36", "under_its_mutex", [](Script& s) { Dies(s, Function::kShowType); },
     [](Script& s) { Dies(s, Function::kReleaseDevice); }},
    {"I36", "by_its_attribute", Nothing, Find<ExecutionProblem::kSelfDeadlock, LockClass::kKernfs>},
    {"I43", "owner_cnt_unlocked", Nothing, [](Script& s) { LookAt(s, GuardedField::kOwnerCnt); }},
    {"I43", "owner_cnt_changed", Nothing,
     [](Script& s) {
       s.Bind();
       s.state().owner_cnt = 0;
       s.Section(Function::kShowType, [] {}, 4);
     }},
    {"I43", "owner_changed", Nothing,
     [](Script& s) {
       s.Claim(/*cookie=*/0);
       s.state().owner = 1;
       s.Section(Function::kShowType, [] {}, 4);
     }},
    {"I47", "keeps_the_mutex", Nothing,
     [](Script& s) {
       s.Call(Function::kShowType);
       s.Lock();
       s.Return(-EBUSY);
     }},
    {"I47", "boot_keeps_the_mutex", Nothing, Find<ExecutionProblem::kLockKept, LockClass::kGroup>},
    {"I47", "drops_a_lock_of_its_caller",
     [](Script& s) {
       s.TakeLock(LockClass::kDevice, 0);
       Nothing(s);
     },
     [](Script& s) {
       s.Lock();
       s.Call(Function::kShowType);
       s.Unlock();
       s.Return(4);
     }},
    {"W1", "no_fault", FailToDetach, [](Script& s) { s.Warn(WarnSite::kMustSucceed); }},
    {"W1", "of_no_attach", FailToDetach,
     [](Script& s) {
       FailToDetach(s);
       s.Section(Function::kUnuseDefaultDomain, [&] { s.Warn(WarnSite::kUnuseUnderflow); });
     }},
    {"W1", "lockdep", Nothing,
     [](Script& s) {
       s.Fault(FaultKind::kAttach);
       s.Warn(WarnSite::kLockNotHeld);
     }},
    {"X1", "deadlock", Nothing, Find<ExecutionProblem::kDeadlock, LockClass::kGroup>},
    {"X1", "self_deadlock", Nothing, Find<ExecutionProblem::kSelfDeadlock, LockClass::kDevice>},
    {"X2", "too_long", Nothing, Find<ExecutionProblem::kTooLong, LockClass::kGroup>},
};

}  // namespace

std::span<const PropertyCase> LockingCases() { return kCases; }

}  // namespace groupfuzz
