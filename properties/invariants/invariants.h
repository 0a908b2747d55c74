// How properties are written: one check each, and the table row that says when it wants to look.
// Internal to properties/.
//
// A check sees the Ledger as it was before the Step and the Step itself; it reports what is wrong
// and nothing when all is well. Strings are made only for a report.
//
// Thread-safety: pure functions.
#ifndef GROUPFUZZ_PROPERTIES_INVARIANTS_INVARIANTS_H_
#define GROUPFUZZ_PROPERTIES_INVARIANTS_INVARIANTS_H_

#include <cstdint>
#include <limits>
#include <span>
#include <string>

#include "harness/execution/monitor.h"
#include "properties/invariants/ledger.h"
#include "properties/invariants/property.h"
#include "target/types/event.h"

namespace groupfuzz::invariants {

// Moments at which properties look, besides events.
using Moments = uint8_t;
namespace moment {
inline constexpr Moments kBoot = 1u << 0;          // the machine has booted
inline constexpr Moments kSectionStart = 1u << 1;  // the group's mutex was taken
inline constexpr Moments kSectionEnd = 1u << 2;    // ... is about to be dropped
inline constexpr Moments kReturn = 1u << 3;        // an API function returned
inline constexpr Moments kProblem = 1u << 4;       // the executor found something
inline constexpr Moments kProgramEnd = 1u << 5;    // all ops are done
inline constexpr Moments kEnd = 1u << 6;           // tear-down is done
// Whenever the state is seen: quiescent, or just taken or about to be left by one thread.
inline constexpr Moments kState = kBoot | kSectionStart | kSectionEnd | kProgramEnd;
// What rules can choose from by facts.
inline constexpr Moments kWithFacts = kState | kReturn;
inline constexpr int kBits = 7;
}  // namespace moment

class History;

struct Step {
  uint8_t thread = kBootThread;
  Moments moment = 0;                // 0: an event
  Facts facts = 0;                   // kState moments
  const Event* event = nullptr;      // events
  const Section* section = nullptr;  // of `thread`; kSectionStart and kSectionEnd
  const Snapshot* then = nullptr;    // kState moments: what `now` is compared with
  const Snapshot* now = nullptr;
  const ActiveCall* call = nullptr;  // the innermost call of `thread`, where there is one
  int64_t result = 0;                // kReturn
  ExecutionProblem problem = ExecutionProblem::kDeadlock;  // kProblem
  kernel::LockClass first = kernel::LockClass::kGroup;     // kProblem
  kernel::LockClass second = kernel::LockClass::kGroup;    // kProblem
  // kReturn, kProgramEnd: set where the sequential model has something to say.
  const History* history = nullptr;
  int leaked = 0;  // kEnd

  bool In(Functions functions) const { return call != nullptr && call->Is(functions); }
};

class Report {
 public:
  virtual ~Report() = default;
  virtual void Violated(std::string detail) = 0;
};

using CheckFunction = void(const Ledger& ledger, const Step& step, Report& report);

// A property with what it looks at. At the moments of kWithFacts it is only asked when one of
// `facts` is new; kBoot counts as "all state is new", kReturn knows the kind of function and
// kJudged.
struct Rule {
  Property property;
  uint32_t events;  // one bit an EventKind
  Moments moments;
  Facts facts;
  CheckFunction* check;
};
std::span<const Rule> Rules();

// A set of rules has one bit for each.
using RuleSet = uint64_t;
inline constexpr int kMaxRules = std::numeric_limits<RuleSet>::digits;

static_assert(kEventKinds <= 32);
constexpr uint32_t EventBit(EventKind kind) { return 1u << static_cast<int>(kind); }

// For details: "DMA domain 513", "no domain".
std::string Name(const DomainRef& domain);

// Members that the core believes to be attached: not deferred, and known to their driver.
constexpr bool Attachable(const Ledger& ledger, const Snapshot& state, int device) {
  const DeviceSnapshot& snapshot = state.devices[device];
  return snapshot.member && !snapshot.deferred && !(ledger.released & Bit(device));
}

// ... and that no switch has left behind.
constexpr bool MustFollow(const Ledger& ledger, const Snapshot& state, int device) {
  return Attachable(ledger, state, device) && !(ledger.stranded & Bit(device));
}

// invariants_ownership.cc
CheckFunction DefaultDomainChangesUnused;  // I1
CheckFunction UsersKeepDefaultDomain;      // I2
CheckFunction OwnerIsCounted;              // I4
CheckFunction ReleaseClearsOwner;          // I5
CheckFunction CountIsNumberOfUsers;        // I6
CheckFunction OneCookie;                   // I7
CheckFunction OwnedGroupLeavesDefault;     // I8
CheckFunction NewMemberFollowsOwner;       // I9
CheckFunction ClaimFindsIdleGroup;         // I10
CheckFunction ReleaseRestoresDefault;      // I11
CheckFunction SecondDriverFindsDefault;    // I12
CheckFunction UsesArePaired;               // I13
CheckFunction EmptiedGroupIsIdle;          // I30
CheckFunction WriteDisturbsNobody;         // I35

// invariants_hardware.cc
CheckFunction HardwareFollowsCurrent;    // I14
CheckFunction FailedSwitchRestores;      // I15
CheckFunction RollbackVisitsVisited;     // I16
CheckFunction MustSucceedReachesTarget;  // I18
CheckFunction SameDomainIsNoSwitch;      // I20
CheckFunction DeferralIsKept;            // I21
CheckFunction DirectDeviceIsNotBlocked;  // I22
CheckFunction MappingsTranslate;         // D1
CheckFunction BlockedMeansIsolated;      // D2
CheckFunction OwnedDevicesLeaveDefault;  // D3

// invariants_memory.cc
CheckFunction FreedIsUnreferenced;       // I23
CheckFunction FreedOnce;                 // I24
CheckFunction OldDefaultOutlivesUsers;   // I25
CheckFunction NoUseOfFreedDomain;        // I26
CheckFunction MembersReachedUnderMutex;  // I27
CheckFunction MembersHaveDrivers;        // I28

// invariants_locking.cc
CheckFunction AttachUnderMutex;       // I19
CheckFunction MutexIsNotRetaken;      // I31
CheckFunction LockOrderIsAcyclic;     // I32
CheckFunction WriteActsInOneSection;  // I33
CheckFunction GroupDiesOutsideMutex;  // I36
CheckFunction NoWarning;              // W1
CheckFunction NoDeadlock;             // X1
CheckFunction Terminates;             // X2

// invariants_policy.cc
CheckFunction LazyEditsInPlace;           // I3
CheckFunction FailedWriteChangesNothing;  // I17
CheckFunction WriteGivesWhatItSays;       // I37
CheckFunction PreferencesAreKept;         // I38
CheckFunction DirectRegionsAreMapped;     // I40
CheckFunction WriteReturnsCount;          // I41
CheckFunction SameTypeIsNoChange;         // I42
CheckFunction ShowsTypeOfDefault;         // R3

// invariants_undo.cc
CheckFunction FailedCallChangesNothing;  // E1
CheckFunction LastResortIsTried;         // E2
CheckFunction FailedProbeIsReleased;     // E3
CheckFunction LeavingGivesUpDmaApi;      // E4
CheckFunction PasidIsRemovedWhereSet;    // P1
CheckFunction PasidsAreInArray;          // P2

// invariants_history.cc
CheckFunction ReturnsWhatModelSays;         // R1
CheckFunction LeavesWhatModelSays;          // R2
CheckFunction HasAPlaceInSomeOrder;         // L1
CheckFunction WritesHaveAPlaceInSomeOrder;  // I34

}  // namespace groupfuzz::invariants

#endif  // GROUPFUZZ_PROPERTIES_INVARIANTS_INVARIANTS_H_
