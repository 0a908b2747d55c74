// What a machine looks like before a program runs on it: devices of one IOMMU group, the abilities
// of their IOMMU driver, and the global policy.
//
// The default value is the plainest machine: one device, no opinion, a driver that can do
// everything and keeps every rule, DMA as the global default.
//
// Thread-safety: plain values.
#ifndef GROUPFUZZ_TARGET_TYPES_CONFIGURATION_H_
#define GROUPFUZZ_TARGET_TYPES_CONFIGURATION_H_

#include <array>
#include <cstdint>

#include "target/types/domain_type.h"

namespace groupfuzz {

inline constexpr int kMaxDevices = 4;
inline constexpr int kUserDomains = 3;  // domains U0..U2 that users allocate and attach
inline constexpr int kCookies = 3;      // owners A..C
inline constexpr int kMaxPasids = 4;    // valid PASIDs of a capable device: 1..kMaxPasids-1

// ops.def_domain_type() of one device.
enum class Preference : uint8_t { kNone, kDma, kIdentity };

// How the driver provides a kind of domain.
enum class Support : uint8_t { kAllocatable, kStatic, kAbsent };

struct DeviceConfig {
  bool present = true;  // probed at boot; an absent device can be added later
  Preference preference = Preference::kNone;
  bool untrusted = false;          // PCI untrusted: must be translated
  bool direct = false;             // has an IOMMU_RESV_DIRECT region, mapped 1:1
  bool deferred = false;           // is_attach_deferred(): attach at the first DMA map
  bool managed = false;            // its kernel driver sets driver_managed_dma
  bool pasids = false;             // max_pasids > 0
  bool no_deferred_flush = false;  // lacks IOMMU_CAP_DEFERRED_FLUSH

  friend bool operator==(const DeviceConfig&, const DeviceConfig&) = default;
};

struct DriverConfig {
  Support identity = Support::kAllocatable;
  Support blocked = Support::kStatic;
  bool forces_identity = false;        // ops.default_domain is the static identity domain
  bool finalize_attaches = false;      // probe_finalize attaches a mapping of its own (ARM32)
  bool maps_only_attached = false;     // cannot map into a domain no device is attached to
  bool failed_attach_detaches = true;  // a failing attach_dev leaves the device on nothing (VT-d)

  friend bool operator==(const DriverConfig&, const DriverConfig&) = default;
};

struct Configuration {
  uint8_t device_count = 1;  // 1..kMaxDevices
  std::array<DeviceConfig, kMaxDevices> devices{};
  DriverConfig driver;
  // iommu_def_domain_type: kDma, kDmaFq or kIdentity.
  DomainType default_type = DomainType::kDma;

  friend bool operator==(const Configuration&, const Configuration&) = default;
};

}  // namespace groupfuzz

#endif  // GROUPFUZZ_TARGET_TYPES_CONFIGURATION_H_
