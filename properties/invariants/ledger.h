// What one execution has shown so far, in the form in which properties ask for it. Internal to
// properties/.
//
// The state of the group is known at two kinds of moments: when its mutex has just been taken and
// when it is about to be dropped. What lies between is a Section; what a thread did in it is known
// from events. Properties look at the ledger as it was before an event, then the event is entered.
//
// Invariants:
//   - `latest` is the newest snapshot, and never nullptr during an execution
//   - nothing is allocated once the vectors have grown to what programs need
//
// Thread-safety: plain value, one OS thread.
#ifndef GROUPFUZZ_PROPERTIES_INVARIANTS_LEDGER_H_
#define GROUPFUZZ_PROPERTIES_INVARIANTS_LEDGER_H_

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "harness/program/program.h"
#include "target/designs/design.h"
#include "target/kernel/lock.h"
#include "target/kernel/runtime.h"
#include "target/types/iommu_api.h"
#include "target/types/snapshot.h"

namespace groupfuzz::invariants {

// One device or thread, as a member of a set.
constexpr uint8_t Bit(int index) { return static_cast<uint8_t>(1u << index); }

inline bool SameDomain(const DomainRef& a, const DomainRef& b) {
  return a.id == b.id && a.type == b.type;
}

// A list with room for kCapacity entries; what does not fit is dropped, and overflowed() says so.
template <typename T, int kCapacity>
class FixedList {
 public:
  void Push(const T& value) {
    if (size_ == kCapacity) {
      overflowed_ = true;
    } else {
      values_[size_++] = value;
    }
  }
  // Makes room for one more and returns it as it was left; the last one where there is none.
  T& Grow() {
    if (size_ == kCapacity) {
      overflowed_ = true;
    } else {
      ++size_;
    }
    return values_[size_ - 1];
  }
  void Clear() {
    size_ = 0;
    overflowed_ = false;
  }
  int size() const { return size_; }
  bool overflowed() const { return overflowed_; }
  const T& operator[](int index) const { return values_[index]; }
  T& back() { return values_[size_ - 1]; }
  const T& back() const { return values_[size_ - 1]; }
  void Pop() { --size_; }
  T* begin() { return values_.data(); }
  T* end() { return begin() + size_; }
  const T* begin() const { return values_.data(); }
  const T* end() const { return values_.data() + size_; }

 private:
  std::array<T, kCapacity> values_{};
  int size_ = 0;
  bool overflowed_ = false;
};

using iommu::Version;

// A set of Excuse (excuses.h).
using Excuses = uint32_t;

// What is new at a moment: differences between two snapshots, what the thread did in its section,
// and on whose behalf. Properties name the facts that concern them.
using Facts = uint32_t;
namespace fact {
inline constexpr Facts kExists = 1u << 0;
inline constexpr Facts kDefaultObject = 1u << 1;
inline constexpr Facts kDefaultType = 1u << 2;
inline constexpr Facts kBlocking = 1u << 3;
inline constexpr Facts kCurrent = 1u << 4;
inline constexpr Facts kOwner = 1u << 5;
inline constexpr Facts kCount = 1u << 6;
inline constexpr Facts kPasids = 1u << 7;
inline constexpr Facts kMembers = 1u << 8;
inline constexpr Facts kHardware = 1u << 9;
inline constexpr Facts kDeferral = 1u << 10;
inline constexpr Facts kMapping = 1u << 11;
inline constexpr Facts kDangling = 1u << 12;
inline constexpr Facts kState = (1u << 13) - 1;  // all of the above
// Done in the section.
inline constexpr Facts kAttached = 1u << 13;
inline constexpr Facts kAttachFailed = 1u << 14;
inline constexpr Facts kMustSucceedFailed = 1u << 15;
// The kind of function the section belongs to.
inline constexpr Facts kStore = 1u << 16;
inline constexpr Facts kUse = 1u << 17;
inline constexpr Facts kClaim = 1u << 18;
inline constexpr Facts kRelease = 1u << 19;
inline constexpr Facts kProbe = 1u << 20;
// The sequential model has judged something.
inline constexpr Facts kJudged = 1u << 21;
inline constexpr Facts kShow = 1u << 22;        // the kind of function, too
inline constexpr Facts kSetsPasids = 1u << 23;  // done in the section: hardware PASIDs
inline constexpr Facts kFailedCall = 1u << 24;  // kReturn: an error
// The state leads nowhere; then there is no other fact.
inline constexpr Facts kCorrupt = 1u << 25;
inline constexpr Facts kLocksDiffer = 1u << 26;  // kReturn: from those held when it was called
inline constexpr int kBits = 27;
static_assert(kBits <= std::numeric_limits<Facts>::digits);

// What says that a section did something to the group or its devices.
inline constexpr Facts kActed =
    kDefaultObject | kDefaultType | kBlocking | kCurrent | kOwner | kCount | kHardware | kAttached;
}  // namespace fact

// Which of the facts of `fact::kState` are new: differences, and kDangling where `now` refers to a
// freed domain.
Facts StateChanges(const Snapshot& then, const Snapshot& now, int devices);

// pasid_array, one bit for what can be different of each entry.
constexpr uint16_t PasidBits(const Snapshot& state) {
  return static_cast<uint16_t>(state.pasids | state.reserved << 8);
}

// A set of Functions.
using Functions = uint32_t;
static_assert(kFunctions <= std::numeric_limits<Functions>::digits);
constexpr Functions FunctionBit(Function function) { return 1u << static_cast<int>(function); }
inline constexpr Functions kClaimFunctions =
    FunctionBit(Function::kGroupClaim) | FunctionBit(Function::kDeviceClaim);
inline constexpr Functions kReleaseFunctions =
    FunctionBit(Function::kGroupRelease) | FunctionBit(Function::kDeviceRelease);
inline constexpr Functions kAttachFunctions =
    FunctionBit(Function::kAttachDevice) | FunctionBit(Function::kAttachGroup) |
    FunctionBit(Function::kReplaceGroup) | FunctionBit(Function::kAttachHandle) |
    FunctionBit(Function::kReplaceHandle);
inline constexpr Functions kDetachFunctions = FunctionBit(Function::kDetachDevice) |
                                              FunctionBit(Function::kDetachGroup) |
                                              FunctionBit(Function::kDetachHandle);
inline constexpr Functions kPasidFunctions =
    FunctionBit(Function::kAttachPasid) | FunctionBit(Function::kDetachPasid);
inline constexpr Functions kUseFunctions =
    FunctionBit(Function::kUseDefaultDomain) | FunctionBit(Function::kUnuseDefaultDomain);

// What a write to the type attribute asks for.
struct Request {
  bool valid = false;
  std::optional<DomainType> type;  // nothing: "auto"
};
Request ParseRequest(const WriteBuffer& text);

// How many locks of each class a thread holds.
using HeldLocks = std::array<uint8_t, kernel::kLockClasses>;

// What is in the way of a second driver.
enum class Obstacle : uint8_t { kNone, kOwner, kDomain, kPasids };

// One call in progress, with what its own sections did.
struct ActiveCall {
  Call call;
  HeldLocks held{};   // when it was called
  Facts facts = 0;    // the kind of function
  Facts changes = 0;  // of the state, by this call's own sections
  Request request;    // kStoreType only
  bool saw_section = false;
  bool changed_default = false;  // the object or the type
  bool changed_current = false;
  bool steady = true;  // every section began with the default domain of the first one
  bool saw_writer_as_owner = false;
  bool alloc_failed = false;
  bool queue_failed = false;
  bool fault = false;  // an injected failure fired
  bool attach_failed = false;
  bool saw_probe = false;       // a device was probed meanwhile, perhaps into another group
  bool found_idle = false;      // a section began with nobody using or owning the group
  uint8_t acting_sections = 0;  // those that did something to the group or its devices
  int8_t count_change = 0;
  Obstacle obstacle = Obstacle::kNone;  // that a use which counted itself as a second one met
  uint16_t pasids = 0;                  // PasidBits() when it was called
  uint16_t pasids_changed = 0;          // by its own sections
  uint8_t members = 0;                  // of the group, as the last section left it
  uint8_t finalized = 0;                // devices that probe_finalize was called for
  uint16_t types = 0;  // of the default domain, as the sections left it: one bit a DomainType
  uint16_t allocated = 0;
  uint16_t freed = 0;
  uint16_t attached = 0;
  DomainRef first_default;  // as the first section found them
  DomainRef first_current;
  DomainRef last_default;  // as this call left them when it changed them
  DomainRef last_current;
  DomainRef bound_on;  // Obstacle::kDomain: that one

  bool Is(Functions functions) const { return functions & FunctionBit(call.function); }
  bool LeftType(DomainType type) const { return types >> static_cast<int>(type) & 1; }
};

struct AttachSeen {
  uint8_t device;
  DomainId domain;
  bool failed;
  bool was_deferred;  // the device had not been attached since it was probed
};

struct AllocSeen {
  DomainId domain;
  DomainType type;
};

struct MapSeen {
  uint8_t device;
  DomainId domain;
  bool failed;
};

// One hold of the group's mutex.
struct Section {
  static constexpr int kMaxAttaches = 48;
  static constexpr int kMaxMaps = 16;
  static constexpr int kMaxAllocated = 8;

  bool open = false;
  bool doubtful = false;  // another section was open meanwhile: there are two groups
  Facts facts = 0;        // activity, not state
  uint32_t warnings = 0;  // one bit a WarnSite
  static_assert(kernel::kWarnSites <= std::numeric_limits<decltype(warnings)>::digits);
  Snapshot before;
  FixedList<AttachSeen, kMaxAttaches> attaches;
  FixedList<MapSeen, kMaxMaps> maps;
  FixedList<AllocSeen, kMaxAllocated> allocated;

  bool Warned(kernel::WarnSite site) const { return warnings >> static_cast<int>(site) & 1; }
  bool AllocatedForDma(DomainId domain) const;
  void Begin();
};

struct Ledger {
  static constexpr int kMaxCalls = 4;  // nested
  static constexpr int kThreads = kMaxThreads + 1;

  struct Thread {
    bool in_op = false;
    uint8_t op = 0;
    OpKind kind = OpKind::kShowType;
    HeldLocks held{};
    FixedList<ActiveCall, kMaxCalls> calls;
    Section section;
  };

  // Fixed for the design, and for the execution.
  DesignId design = DesignId::kOwnerCheck;
  Version version = Version::kToday;
  Excuses excuses = 0;  // of the property that is being asked
  const Program* program = nullptr;
  Configuration machine;
  uint8_t devices = 0;
  uint8_t direct = 0;  // devices with a direct region
  uint8_t may_defer = 0;

  uint32_t events = 0;
  bool over = false;         // the execution is being abandoned: nothing it does counts
  bool fault_fired = false;  // an injected failure
  uint8_t open_sections = 0;

  Snapshot at_unlock;
  const Snapshot* latest = &at_unlock;
  int counted = 0;           // kernel drivers that use the default domain
  uint8_t writer = kNobody;  // the thread whose write owns the group
  uint8_t pending = 0;       // devices not attached since they were probed
  uint8_t released = 0;      // devices that their driver has released
  uint8_t probed = 0;        // devices that their driver knows
  uint8_t stranded = 0;      // devices left behind by a switch that must not fail
  std::array<uint8_t, kMaxDevices> released_by{};
  std::array<DomainId, kMaxDevices> hw{};
  std::array<std::array<DomainId, kMaxPasids>, kMaxDevices> hw_pasids{};
  std::array<DomainId, kMaxDevices> mapped_in{};  // where the live DMA mapping was first seen
  // Direct regions that could not be mapped: of which device, in which domain.
  std::vector<std::pair<uint8_t, DomainId>> unmapped;
  std::vector<DomainId> freed;
  std::vector<DomainId> queued;  // domains whose flush queue is there
  std::array<Thread, kThreads> threads;

  // Of the machine as it is, which is not always the program's.
  const Configuration& configuration() const { return machine; }
  // The innermost call of `thread`, or nullptr.
  const ActiveCall* CallOf(uint8_t thread) const {
    const auto& calls = threads[thread].calls;
    return calls.size() == 0 ? nullptr : &calls.back();
  }
  // The PASIDs that are set on `device`, as bits.
  uint8_t PasidsOf(int device) const;
  bool HasAtPasid(int device, DomainId domain) const;
  bool CouldNotMap(uint8_t device, DomainId domain) const;
  bool IsFreed(DomainId domain) const;
  bool HasQueue(DomainId domain) const;
  // What is in progress, as a set of OpKind bits.
  uint32_t Roles() const;
  uint64_t Fingerprint() const;

  void Begin(const Program& begun, const Configuration& its_machine);
  // `at_unlock` has been filled with the state after boot.
  void Booted();
  void Enter(const Event& event);
  void EnterLock(const Event& event, int change) {
    threads[event.thread].held[event.value] += static_cast<uint8_t>(change);
    ++events;
  }
  // `now` is the state in which it is called.
  void EnterCall(uint8_t thread, const Call& call, const Snapshot& now);
  // Whether it takes the state in which `call` returns to say what it left: something is done
  // outside its sections.
  bool LeavesOpen(const ActiveCall& call, int64_t result) const;
  // `now` is that state.
  void Settle(uint8_t thread, const Snapshot& now);
  void LeaveCall(uint8_t thread, int64_t result);
  // A section goes through four steps; the properties look between the first two and between the
  // last two. `threads[thread].section.before` has been filled: returns what changed since the
  // mutex was last dropped.
  Facts BeginSection(uint8_t thread);
  void OpenSection(uint8_t thread, Facts facts);
  // `at_unlock` has been filled: returns all facts of the section.
  Facts EndSection(uint8_t thread);
  void CloseSection(uint8_t thread, Facts facts);

 private:
  void EnterAttach(const Event& event);
  void EnterDomain(const Event& event);
  void EnterDevice(const Event& event);
  void EnterMap(const Event& event);
  void EnterPasid(const Event& event);
  void ForgetDevice(uint8_t device);
  void EnterWarning(const Event& event);
  // Devices that a switch which just failed may not have moved.
  uint8_t LeftBehind(const Section& section) const;
  void Adopt(const Snapshot& snapshot, Facts facts);
  void CreditCall(ActiveCall& call, const Snapshot& then, const Snapshot& now);
  static void MeetObstacle(ActiveCall& call, const Snapshot& then, const Snapshot& now);
  void RescueStranded();
  void CountUsers(const Section& section, const ActiveCall* call);
};

}  // namespace groupfuzz::invariants

#endif  // GROUPFUZZ_PROPERTIES_INVARIANTS_LEDGER_H_
