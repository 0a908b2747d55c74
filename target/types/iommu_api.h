// The functions of drivers/iommu/iommu.c that the rest of the kernel calls: what a system under
// test must provide.
//
// Implemented by the port under every design (target/designs/port.h) and by the real iommu.c of
// kernel trees (target/linux/linux_api.h). Everything above it is written once. A Function stands
// for the kernel function of its row and returns what that returns: 0, a count, or a negative
// errno.
//
// Devices, cookies and user domains are named by small numbers; the implementation keeps the
// objects. Callers keep the contracts of the kernel functions (target/system/users.h does);
// table-driven tests break them on purpose to see the WARNs.
//
// Thread-safety: called from program threads that the Runtime interleaves on one OS thread; every
// function may be preempted at its scheduling points and locks what it must itself.
#ifndef GROUPFUZZ_TARGET_TYPES_IOMMU_API_H_
#define GROUPFUZZ_TARGET_TYPES_IOMMU_API_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "target/types/configuration.h"
#include "target/types/op.h"

namespace groupfuzz {

// What not every kernel has, one bit each.
using Features = unsigned;
inline constexpr Features kEveryKernel = 0;
inline constexpr Features kDeviceClaims = 1;  // 6.2
inline constexpr Features kPasids = 2;        // 6.2
inline constexpr Features kReplacing = 4;     // 6.6
inline constexpr Features kHandles = 8;       // 6.11

// The functions: the name here, the kernel's, and the feature whose kernels have it. Append only.
//   kStoreType, kShowType         write(2) and read(2) on the attribute `type` of the group: by
//                                 kernfs to the function
//   kProbeDevice, kReleaseDevice  from the notifiers of the bus
//   kDmaMap                       the first page that a kernel driver maps through the DMA API:
//                                 iommu_deferred_attach(), then a mapping in the default domain, or
//                                 none where the device's DMA is direct
#define GROUPFUZZ_FUNCTIONS(FUNCTION)                                              \
  FUNCTION(kStoreType, "iommu_group_store_type", kEveryKernel)                     \
  FUNCTION(kShowType, "iommu_group_show_type", kEveryKernel)                       \
  FUNCTION(kUseDefaultDomain, "iommu_device_use_default_domain", kEveryKernel)     \
  FUNCTION(kUnuseDefaultDomain, "iommu_device_unuse_default_domain", kEveryKernel) \
  FUNCTION(kGroupClaim, "iommu_group_claim_dma_owner", kEveryKernel)               \
  FUNCTION(kGroupRelease, "iommu_group_release_dma_owner", kEveryKernel)           \
  FUNCTION(kDeviceClaim, "iommu_device_claim_dma_owner", kDeviceClaims)            \
  FUNCTION(kDeviceRelease, "iommu_device_release_dma_owner", kDeviceClaims)        \
  FUNCTION(kGroupClaimed, "iommu_group_dma_owner_claimed", kEveryKernel)           \
  FUNCTION(kAttachDevice, "iommu_attach_device", kEveryKernel)                     \
  FUNCTION(kDetachDevice, "iommu_detach_device", kEveryKernel)                     \
  FUNCTION(kAttachGroup, "iommu_attach_group", kEveryKernel)                       \
  FUNCTION(kDetachGroup, "iommu_detach_group", kEveryKernel)                       \
  FUNCTION(kReplaceGroup, "iommu_group_replace_domain", kReplacing)                \
  FUNCTION(kAttachHandle, "iommu_attach_group_handle", kHandles)                   \
  FUNCTION(kDetachHandle, "iommu_detach_group_handle", kHandles)                   \
  FUNCTION(kReplaceHandle, "iommu_replace_group_handle", kHandles)                 \
  FUNCTION(kAttachPasid, "iommu_attach_device_pasid", kPasids)                     \
  FUNCTION(kDetachPasid, "iommu_detach_device_pasid", kPasids)                     \
  FUNCTION(kProbeDevice, "iommu_probe_device", kEveryKernel)                       \
  FUNCTION(kReleaseDevice, "iommu_release_device", kEveryKernel)                   \
  FUNCTION(kDmaMap, "dma_map_page", kEveryKernel)                                  \
  FUNCTION(kDmaUnmap, "dma_unmap_page", kEveryKernel)                              \
  FUNCTION(kAllocDomain, "iommu_domain_alloc", kEveryKernel)                       \
  FUNCTION(kFreeDomain, "iommu_domain_free", kEveryKernel)

enum class Function : uint8_t {
#define GROUPFUZZ_ENUMERATOR(name, kernel_name, feature) name,
  GROUPFUZZ_FUNCTIONS(GROUPFUZZ_ENUMERATOR)
#undef GROUPFUZZ_ENUMERATOR
};
inline constexpr auto kKernelNames = std::to_array<std::string_view>({
#define GROUPFUZZ_KERNEL_NAME(name, kernel_name, feature) kernel_name,
    GROUPFUZZ_FUNCTIONS(GROUPFUZZ_KERNEL_NAME)
#undef GROUPFUZZ_KERNEL_NAME
});
inline constexpr int kFunctions = kKernelNames.size();

// Whether a kernel with `features` has `function`.
constexpr bool HasFunction(Features features, Function function) {
  constexpr auto kNeeded = std::to_array<Features>({
#define GROUPFUZZ_FEATURE(name, kernel_name, feature) feature,
      GROUPFUZZ_FUNCTIONS(GROUPFUZZ_FEATURE)
#undef GROUPFUZZ_FEATURE
  });
  const Features needed = kNeeded[static_cast<size_t>(function)];
  return (features & needed) == needed;
}

// Cookie values beyond the users' own: kNullCookie passes NULL.
inline constexpr uint8_t kNullCookie = 0xff;

inline constexpr int kShowTypeBytes = 16;

// One call of one function: the arguments it was given. What a function has no argument for says
// through which device, and of which domain, its user calls it.
struct Call {
  Function function = Function::kShowType;
  uint8_t device = 0;
  uint8_t cookie = 0;
  uint8_t domain = 0;
  uint8_t pasid = 0;
  bool null_handle = false;
  bool unowned = false;  // a release by who knows that nobody has claimed anything
  Capabilities capabilities = Capabilities::kBoth;
  const WriteBuffer* text = nullptr;  // kStoreType only; owned by the program
  char* shown = nullptr;  // kShowType only: kShowTypeBytes that it writes; gone after the return
};

class IommuApi {
 public:
  virtual ~IommuApi() = default;

  // Whether this kernel has `function` at all; the others must not be called.
  virtual bool Provides(Function function) const = 0;

  // Makes `call`. Functions that return nothing return 0, those that say yes or no 1 or 0.
  virtual int64_t Perform(const Call& call) = 0;

 protected:
  // The result of a function that returns nothing.
  template <typename Callable>
  static int64_t Done(Callable callable) {
    callable();
    return 0;
  }
};

}  // namespace groupfuzz

#endif  // GROUPFUZZ_TARGET_TYPES_IOMMU_API_H_
