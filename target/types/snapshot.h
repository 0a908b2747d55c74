// The state of the group at one moment, as a value.
//
// Everything a property or a report may know about the state is here; nothing of it is a pointer
// into the system under test. "hw" is what the mock hardware really does, the rest is what the core
// believes.
//
// Thread-safety: plain values.
#ifndef GROUPFUZZ_TARGET_TYPES_SNAPSHOT_H_
#define GROUPFUZZ_TARGET_TYPES_SNAPSHOT_H_

#include <array>
#include <cstdint>
#include <string_view>

#include "target/types/configuration.h"
#include "target/types/domain_type.h"
#include "target/types/event.h"

namespace groupfuzz {

struct DomainRef {
  DomainId id = kNoDomain;  // kNoDomain: the pointer is NULL
  DomainType type = DomainType::kBlocked;
  bool freed = false;  // the pointer dangles

  explicit operator bool() const { return id != kNoDomain; }
  friend bool operator==(const DomainRef&, const DomainRef&) = default;
};

// Who group->owner points to.
inline constexpr uint8_t kNobody = 0xff;
inline constexpr uint8_t kStoreTypeOwner = 0xfe;  // a buffer of a write to the type attribute

// Who has a device: a device has one driver at a time, and a DMA owner is a driver too. Whoever
// made a claim is shown, also where a managed driver is bound under it.
enum class Occupant : uint8_t { kNone, kKernelDriver, kManagedDriver, kGroupClaim, kDeviceClaim };

struct DeviceSnapshot {
  bool member = false;         // on group->devices
  bool deferred = false;       // attach still postponed (6.12: dev->iommu->attach_deferred)
  bool attach_failed = false;  // its last attach did, and the core gives it to nobody (today)
  bool direct_mapped = false;  // its direct region is mapped 1:1 in the default domain
  bool has_mapping = false;    // its kernel driver holds a live DMA mapping
  bool mapping_works = false;  // ... and the hardware translates it to the right page
  bool uses_dma_api = false;   // DMA goes through dma-iommu (6.12: dev->dma_iommu)
  Occupant occupant = Occupant::kNone;
  bool bound = false;  // device_is_bound(): a driver was bound by an op
  DomainRef hw;        // the domain whose attach_dev last succeeded; none: detached

  friend bool operator==(const DeviceSnapshot&, const DeviceSnapshot&) = default;
};

// What of the group leads to no memory, where nothing else can be told of it.
enum class Corrupt : uint8_t {
  kNo,
  kDefaultDomain,
  kBlockingDomain,
  kDomain,
  kMembers,
  kSomething
};
constexpr std::string_view CorruptName(Corrupt corrupt) {
  switch (corrupt) {
    case Corrupt::kNo:
      return "nothing";
    case Corrupt::kDefaultDomain:
      return "default_domain";
    case Corrupt::kBlockingDomain:
      return "blocking_domain";
    case Corrupt::kDomain:
      return "domain";
    case Corrupt::kMembers:
      return "the list of devices";
    case Corrupt::kSomething:
      return "a pointer";
  }
  return "unknown";
}

struct Snapshot {
  Corrupt corrupt = Corrupt::kNo;
  bool exists = false;  // the group is there; everything else is zero when not
  int32_t owner_cnt = 0;
  uint8_t owner = kNobody;  // cookie number, kStoreTypeOwner or kNobody
  DomainRef default_domain;
  DomainRef blocking_domain;
  DomainRef domain;
  uint8_t pasids = 0;    // one bit per entry of pasid_array, reserved entries included
  uint8_t reserved = 0;  // those of `pasids` that hold no handle
  uint8_t members = 0;   // length of group->devices
  std::array<DeviceSnapshot, kMaxDevices> devices{};
  std::array<DomainRef, kUserDomains> user_domains{};  // U0..; none: not allocated

  friend bool operator==(const Snapshot&, const Snapshot&) = default;
};

}  // namespace groupfuzz

#endif  // GROUPFUZZ_TARGET_TYPES_SNAPSHOT_H_
