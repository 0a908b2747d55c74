// The users of a group: the driver core, kernel drivers, VFIO, iommufd, the bus, and a shell.
//
// Users turns ops into calls of IommuApi and keeps the callers' side of every contract, so that a
// finding is never the caller's fault:
//
//   - A device has one driver at a time: a kernel driver, or the driver of a DMA owner, which may
//     have been bound before (a managed driver, as VFIO's are) or comes and goes with the claim.
//   - A cookie belongs to one user: a VFIO group or an iommufd context, never both.
//   - Releases, attaches and detaches go through the device through which the claim was made.
//   - A kernel driver attaches a domain of its own only while it is the group's only kernel driver.
//   - The users of a claimed group have one domain, and a lock under which they replace it.
//   - A release comes after PASIDs, handles and the domains of a device are detached.
//   - Before a driver is unbound, also because its device is removed, its user gives back what it
//     holds, under the device lock: PASIDs, domain, claim, DMA mapping. The claim of a VFIO group
//     is handed on instead, where another device has a managed driver (vfio_device_remove_group()).
//   - A domain is freed only when it is attached nowhere.
//
// An op whose user would break its contract is refused: kRefused, nothing is called. Behaviour 3.9
// lists each refusal with what forbids it, and the release that a program may ask for nevertheless.
//
// Thread-safety: as the Runtime. Decisions are made in one step with the start of the op; a device
// that an op works on is busy until the op ends, and other ops on it are refused meanwhile.
#ifndef GROUPFUZZ_TARGET_SYSTEM_USERS_H_
#define GROUPFUZZ_TARGET_SYSTEM_USERS_H_

#include <array>
#include <cstdint>

#include "target/kernel/lock.h"
#include "target/system/system.h"
#include "target/types/configuration.h"
#include "target/types/iommu_api.h"
#include "target/types/op.h"
#include "target/types/snapshot.h"

namespace groupfuzz {

// What Users needs to know of a device beyond the API: the driver core's lock and bound flag.
class DriverCore {
 public:
  virtual ~DriverCore() = default;
  virtual kernel::Mutex& device_lock(uint8_t device) = 0;
  virtual void SetBound(uint8_t device, bool bound) = 0;
};

class Users {
 public:
  Users(IommuApi& api, DriverCore& driver_core) : api_(api), driver_core_(driver_core) {}

  // Goes on where `other` is, on its own API. REQUIRES: no op of `other` is in progress.
  void Become(const Users& other) {
    configuration_ = other.configuration_;
    slots_ = other.slots_;
    allocated_ = other.allocated_;
  }
  void Reset(const Configuration& configuration, CallObserver* observer);
  // The kernel gave up its IOMMU while it booted: nobody has a device to work with.
  void LoseDevices();
  int64_t Perform(const Op& op);
  // Everything given back, in the order in which well-behaved users do.
  void TearDown();

  bool present(uint8_t device) const { return slots_[device].present; }
  // Says who has `device`.
  void Look(uint8_t device, DeviceSnapshot* view) const;
  // Whether `op`, begun now, allocates its domain before it takes a lock.
  bool AllocatesFirst(const Op& op) const;
  uint64_t Fingerprint() const;

 private:
  enum class Method : uint8_t { kNone, kDevice, kGroup, kHandle };
  static constexpr uint8_t kNoUserDomain = 0xff;

  // What the driver of one device holds.
  struct Slot {
    bool present = false;
    bool busy = false;      // an op is at work on the device
    bool binds = false;     // ... and binds a driver
    bool attaches = false;  // ... or attaches a domain
    bool mapping = false;
    bool bound = false;  // a driver was bound by an op, and stays so under a claim
    Occupant occupant = Occupant::kNone;
    Occupant claim = Occupant::kNone;  // the claim held or under way, and its cookie
    uint8_t cookie = 0;
    Method method = Method::kNone;  // how it attached `domain` to the group
    uint8_t domain = kNoUserDomain;
    // The domain attached at each PASID; a kernel may take one too many, which no device has.
    std::array<uint8_t, kMaxPasids + 1> pasids = {kNoUserDomain, kNoUserDomain, kNoUserDomain,
                                                  kNoUserDomain, kNoUserDomain};
    bool managed() const { return occupant == Occupant::kManagedDriver; }
    bool claimed() const {
      return occupant == Occupant::kGroupClaim || occupant == Occupant::kDeviceClaim;
    }
  };
  static_assert(kMaxPasids == 4, "Slot::pasids names every entry");

  // Marks a flag for the length of an op, also when the op is abandoned.
  class Busy;
  class Writing;

  int64_t StoreType(const Op& op);
  int64_t ShowType();
  int64_t ClaimedQuery();
  int64_t Bind(const Op& op, Slot& slot);
  int64_t BindLocked(const Op& op, Slot& slot);
  void SetBound(uint8_t device, Slot& slot, bool bound);
  int64_t Unbind(const Op& op, Slot& slot);
  void UnbindLocked(uint8_t device, Slot& slot);
  int64_t Claim(const Op& op, Slot& slot, Occupant occupant);
  int64_t Release(const Op& op, Slot& slot, Occupant occupant);
  int64_t ReleaseUnowned(const Op& op, Slot& slot, Occupant occupant);
  void ReleaseClaim(uint8_t device, Slot& slot);
  void GiveBack(uint8_t device, Slot& slot);
  bool HandOn(Slot& slot);
  int64_t Attach(const Op& op, Slot& slot, Method method);
  int64_t Put(const Op& op, Slot& slot, Method method, Function function);
  int64_t Detach(const Op& op, Slot& slot, Method method);
  void DetachAttached(uint8_t device, Slot& slot);
  int64_t Replace(const Op& op, Slot& slot, Method method);
  int64_t AttachPasid(const Op& op, Slot& slot);
  int64_t DetachPasid(const Op& op, Slot& slot);
  void DetachPasids(uint8_t device, Slot& slot);
  void DetachPasidOf(uint8_t device, Slot& slot, uint8_t pasid);
  int64_t AddDevice(const Op& op, Slot& slot);
  int64_t RemoveDevice(const Op& op, Slot& slot);
  int64_t DmaMap(const Op& op, Slot& slot);
  int64_t DmaUnmap(const Op& op, Slot& slot);
  int64_t FreeDomain(const Op& op);
  // Ops on a device that is there and that no other op is at work on.
  int64_t PerformOnDevice(const Op& op, Slot& slot);

  void Remove(uint8_t device, Slot& slot);
  void Unmap(uint8_t device, Slot& slot);
  void Free(uint8_t domain);

  bool MayTranslate(const Slot& slot) const;
  bool NobodyIsAttached() const;
  static bool HasPasids(const Slot& slot);
  bool CookieIsTaken(uint8_t cookie, Occupant claim) const;
  bool Attached(const Slot& slot) const { return slot.method != Method::kNone; }
  bool DomainInUse(uint8_t domain) const;
  // Runs `attach` with U<domain> allocated and kept from being freed.
  template <typename Callable>
  int64_t WithDomain(const Op& op, Callable attach);
  // Calls the API with the observer told before and after.
  int64_t Make(const Call& call);

  IommuApi& api_;
  DriverCore& driver_core_;
  CallObserver* observer_ = nullptr;
  Configuration configuration_;
  std::array<Slot, kMaxDevices> slots_;
  std::array<bool, kUserDomains> allocated_{};
  std::array<bool, kUserDomains> domain_busy_{};
  int writes_ = 0;          // in progress
  bool replacing_ = false;  // a user of the group is, which has a lock for that
  bool disowning_ = false;  // somebody releases what nobody has claimed
};

}  // namespace groupfuzz

#endif  // GROUPFUZZ_TARGET_SYSTEM_USERS_H_
