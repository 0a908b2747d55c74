// The fields of a group and of its devices that a lock of the kernel guards.
//
// Thread-safety: constants.
#ifndef GROUPFUZZ_TARGET_TYPES_GUARDED_FIELD_H_
#define GROUPFUZZ_TARGET_TYPES_GUARDED_FIELD_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace groupfuzz {

// The name here and the kernel's. The values go into the hash of a trace: append only.
#define GROUPFUZZ_GUARDED_FIELDS(FIELD)     \
  FIELD(kDevices, "group->devices")         \
  FIELD(kNextDevice, "list of devices")     \
  FIELD(kDefaultDomain, "default_domain")   \
  FIELD(kBlockingDomain, "blocking_domain") \
  FIELD(kDomain, "group->domain")           \
  FIELD(kOwnerCnt, "owner_cnt")             \
  FIELD(kOwner, "group->owner")             \
  FIELD(kPasids, "pasid_array")             \
  FIELD(kBound, "dev->driver")              \
  FIELD(kAttachDeferred, "attach_deferred") \
  FIELD(kRequireDirect, "require_direct")   \
  FIELD(kDmaIommu, "dev->dma_iommu")        \
  FIELD(kHeld, "held domain")               \
  FIELD(kAttachFailed, "attach_failed")

enum class GuardedField : uint8_t {
#define GROUPFUZZ_ENUMERATOR(name, kernel_name) name,
  GROUPFUZZ_GUARDED_FIELDS(GROUPFUZZ_ENUMERATOR)
#undef GROUPFUZZ_ENUMERATOR
};

inline constexpr auto kFieldNames = std::to_array<std::string_view>({
#define GROUPFUZZ_FIELD_NAME(name, kernel_name) kernel_name,
    GROUPFUZZ_GUARDED_FIELDS(GROUPFUZZ_FIELD_NAME)
#undef GROUPFUZZ_FIELD_NAME
});
inline constexpr int kGuardedFields = kFieldNames.size();
constexpr std::string_view FieldName(GuardedField field) {
  return kFieldNames[static_cast<size_t>(field)];
}

// What an event says whose field is none of these.
inline constexpr uint8_t kNoGuardedField = 0xff;

// Whether the device lock guards it, and not the group's mutex.
constexpr bool GuardedByDevice(GuardedField field) { return field == GuardedField::kBound; }

constexpr bool IsOfDeviceList(GuardedField field) {
  return field == GuardedField::kDevices || field == GuardedField::kNextDevice;
}

}  // namespace groupfuzz

#endif  // GROUPFUZZ_TARGET_TYPES_GUARDED_FIELD_H_
