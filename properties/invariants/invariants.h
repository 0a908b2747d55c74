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
#include "properties/invariants/excuses.h"
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
  int leaked = 0;                            // kEnd: objects
  std::span<const uint32_t> leaked_at = {};  // where they were allocated, if known

  bool In(Functions functions) const { return call != nullptr && call->Is(functions); }
};

class Report {
 public:
  virtual ~Report() = default;
  virtual void Violated(std::string detail) = 0;
};

using CheckFunction = void(const Ledger& ledger, const Step& step, Report& report);

// In Event::held of who holds the group's mutex.
inline constexpr uint8_t kGroupBit = 1u << static_cast<int>(kernel::LockClass::kGroup);

// A property with what it looks at. At the moments of kWithFacts it is only asked when one of
// `facts` is new; kBoot counts as "all state is new", kReturn knows the kind of function and
// kJudged.
struct Rule {
  Property property;
  uint32_t events;  // one bit an EventKind
  Moments moments;
  Facts facts;
  CheckFunction* check;
  Excuses excuses = 0;  // what may make the check look away
};
std::span<const Rule> Rules();

// A set of rules has one bit for each.
using RuleSet = uint64_t;
inline constexpr int kMaxRules = std::numeric_limits<RuleSet>::digits;

static_assert(kEventKinds <= 32);
constexpr uint32_t EventBit(EventKind kind) { return 1u << static_cast<int>(kind); }

// Facts that rules name together.
inline constexpr Facts kDefault = fact::kDefaultObject | fact::kDefaultType;
inline constexpr Facts kOwners = fact::kOwner | fact::kCount;
inline constexpr Facts kAttachment =
    fact::kCurrent | fact::kHardware | fact::kMembers | fact::kDeferral | fact::kExists;
inline constexpr uint32_t kAttachEvents =
    EventBit(EventKind::kAttach) | EventBit(EventKind::kDetach);

// "freed DMA domain {513}", for Finding::detail.
std::string Name(const DomainRef& domain);

// Members that the core believes to be attached: not deferred, and known to their driver.
constexpr bool Attachable(const Ledger& ledger, const Snapshot& state, int device) {
  const DeviceSnapshot& snapshot = state.devices[device];
  return snapshot.member && !snapshot.deferred && !(ledger.released & Bit(device));
}

// ... and that no switch has left behind.
inline bool MustFollow(const Ledger& ledger, const Snapshot& state, int device) {
  return Attachable(ledger, state, device) && !IsLeftBehind(ledger, device);
}

// The properties of one file each, with their checks.
std::span<const Rule> HardwareRules();
std::span<const Rule> HistoryRules();
std::span<const Rule> LockingRules();
std::span<const Rule> MemoryRules();
std::span<const Rule> OwnershipRules();
std::span<const Rule> PolicyRules();
std::span<const Rule> UndoRules();

}  // namespace groupfuzz::invariants

#endif  // GROUPFUZZ_PROPERTIES_INVARIANTS_INVARIANTS_H_
