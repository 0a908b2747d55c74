// The sequential model: what each function of IommuApi returns and does when nothing runs at the
// same time, for every design.
//
// Use it as the oracle of single-threaded programs (Apply each Call, compare the result with
// Outcome::Allows and the state with Compare), and as the specification that linearizability is
// judged against (properties/history/linearizability.h).
//
// It is data: a design is a list of decision tables, one for each function, whose rows say "when
// this holds, do that and return this" (properties/model/model_tables.cc). It shares no code with
// the port and keeps none of its objects: a domain is a Place ("the default domain", "U1"), not an
// id.
//
//   cur                  owner   owner_cnt   meaning
//   default              none    0           idle
//   default              none    n > 0       n kernel drivers
//   blocking             cookie  n > 0       claimed (n > 1: by devices, with one cookie)
//   U0..U2               cookie  n > 0       claimed, a user domain attached
//   U0..U2, mapping      none    any         attached from outside, unclaimed
//
// Where docs/behaviour.md is silent the model does not guess:
//   - a call that breaks its caller's contract (the group is gone, the domain was never allocated)
//     makes the model lost();
//   - claim-v1 on an emptied group makes it lost();
//   - a boot in which the reference finds that a direct region cannot be mapped makes it lost();
//   - a DMA map may return anything where the driver maps only into domains that a device is
//     attached to, and no device is on the default domain or probe_finalize attaches another one;
//   - functions that the design's kernel does not have may return anything and do nothing.
// A lost model allows everything until Adopt(). Calls during which an injected failure fired are
// outside the model too: Adopt() the state after them.
//
// Thread-safety: plain values.
#ifndef GROUPFUZZ_PROPERTIES_MODEL_MODEL_H_
#define GROUPFUZZ_PROPERTIES_MODEL_MODEL_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "target/designs/design.h"
#include "target/types/configuration.h"
#include "target/types/iommu_api.h"
#include "target/types/snapshot.h"

namespace groupfuzz {

namespace model {
struct Tables;
}

// What a pointer to a domain points to.
enum class Place : uint8_t { kNowhere, kDefault, kBlocking, kUser0, kUser1, kUser2, kMapping };

constexpr Place UserPlace(uint8_t domain) {
  return static_cast<Place>(static_cast<uint8_t>(Place::kUser0) + domain);
}
std::string_view PlaceName(Place place);

// What a call returns.
struct Outcome {
  enum class Kind : uint8_t {
    kExact,     // exactly `result`
    kAnyError,  // some negative errno, the driver's choice
    kAny,       // not specified
  };
  int32_t result = 0;
  Kind kind = Kind::kExact;
  const char* reason = "the model lost track";  // the condition of the row that decided

  bool Allows(int64_t got) const;
  // "-EPERM, because owner_cnt is not zero"
  std::string Describe() const;
};

// The state of the group. Sets of devices and domains have one bit for each.
struct GroupState {
  bool exists = false;
  bool lost = false;
  uint8_t members = 0;  // length of order
  uint8_t owner_cnt = 0;
  uint8_t owner = kNobody;
  Place cur = Place::kNowhere;
  bool has_default = false;
  DomainType default_type = DomainType::kBlocked;
  bool has_blocking = false;
  DomainType blocking_type = DomainType::kBlocked;
  uint8_t pasids = 0;
  uint8_t users = 0;                         // allocated user domains
  uint8_t pending = 0;                       // devices whose attach is still deferred
  uint8_t require_direct = 0;                // devices that may not be blocked (6.12 rules)
  uint8_t bound = 0;                         // devices with a driver (device-lock looks)
  uint8_t member_set = 0;                    // the devices in order
  std::array<uint8_t, kMaxDevices> order{};  // group->devices
  std::array<Place, kMaxDevices> hw{};       // by device

  friend bool operator==(const GroupState&, const GroupState&) = default;
};

// The parts of a Configuration that the tables ask about, as sets of devices.
struct MachineFacts {
  uint8_t present = 0;
  uint8_t prefers_dma = 0;
  uint8_t prefers_identity = 0;
  uint8_t untrusted = 0;
  uint8_t direct = 0;
  uint8_t deferred = 0;
  uint8_t managed = 0;
  uint8_t pasid_capable = 0;
  uint8_t no_flush_queue = 0;
  bool identity_absent = false;
  bool blocked_absent = false;
  bool forces_identity = false;
  bool finalize_attaches = false;
  bool maps_only_attached = false;
  bool iommu_gone = false;  // the boot came to nothing
  DomainType default_type = DomainType::kDma;

  friend bool operator==(const MachineFacts&, const MachineFacts&) = default;
};

// Two steps that are no call of their own can be seen by calls that overlap them. An Assumption
// says that one of them is under way; only histories with overlaps have use for it.
enum class Assumption : uint8_t {
  kNone,
  // The group has lost its last device but its attribute still answers, or the driver of a
  // driver-managed device is bound.
  kBetweenSteps,
};

class Model {
 public:
  Model() = default;
  // The state after boot.
  Model(const Configuration& configuration, DesignId design);

  // Performs `call` and returns what it must return.
  // REQUIRES: the model was made from a Configuration; call.text is set for kStoreType.
  Outcome Apply(const Call& call, Assumption assumption = Assumption::kNone);

  // Whether the design's kernel has `function` at all.
  bool Provides(Function function) const;

  // Whether Apply(call, kBetweenSteps) can differ from Apply(call).
  bool HasAlternative(const Call& call) const;

  // Drivers that manage DMA themselves bind without a call: whoever knows says so. Without effect
  // on designs other than device-lock.
  void SetBound(uint8_t device, bool bound);

  // Takes over the state that `snapshot` shows; the model is not lost any more, unless the snapshot
  // does not tell which domain is which.
  void Adopt(const Snapshot& snapshot);
  // The same, for the group alone: which user domains there are and which devices have a driver
  // stays as it is.
  void AdoptGroup(const Snapshot& snapshot);

  // What Apply() of a lost model cannot know of `call`: whether the device that came was turned
  // away. Which members there are, and in which order, is known of a lost model too: Adopt() needs
  // the order, and no snapshot shows it.
  void FollowResult(const Call& call, int64_t result);

  bool lost() const { return state_.lost; }
  const GroupState& state() const { return state_; }
  const MachineFacts& machine() const { return machine_; }

  // Of the state; equal for equal states of one machine and design.
  uint64_t Hash() const;

  friend bool operator==(const Model& a, const Model& b) { return a.state_ == b.state_; }

 private:
  GroupState state_;
  MachineFacts machine_;
  const model::Tables* tables_ = nullptr;
};
static_assert(sizeof(Model) <= 64);

// Where a snapshot differs from the model.
struct Difference {
  enum class Field : uint8_t {
    kNone,
    kExists,
    kMembers,
    kOwnerCount,
    kOwner,
    kDefaultDomain,
    kDefaultType,
    kBlockingDomain,
    kDomain,
    kPasids,
    kHardware,
  };
  Field field = Field::kNone;
  uint8_t device = kNoDevice;  // kMembers, kHardware

  explicit operator bool() const { return field != Field::kNone; }
};

// The first field in which they differ. A lost model differs from nothing. Domains are recognised
// by Snapshot::user_domains; a user domain that is not listed there may be any that is nothing
// else.
Difference Compare(const Model& model, const Snapshot& snapshot);

// "owner_cnt: expected 1, got 0". REQUIRES: `difference` is Compare(model, snapshot) and not none.
std::string Describe(Difference difference, const Model& model, const Snapshot& snapshot);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_PROPERTIES_MODEL_MODEL_H_
