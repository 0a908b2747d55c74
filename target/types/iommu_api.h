// The functions of drivers/iommu/iommu.c that the rest of the kernel calls: what a system under
// test must provide.
//
// Implemented by the port under every design (target/designs/port.h) and by the real iommu.c of
// kernel trees (target/linux/linux_api.h). Everything above it is written once. Each member
// function stands for the kernel function in its comment and returns what that returns: 0, a count,
// or a negative errno.
//
// Devices, cookies and user domains are named by small numbers; the implementation keeps the
// objects. Callers keep the contracts of the kernel functions (target/system/users.h does);
// table-driven tests break them on purpose to see the WARNs.
//
// Thread-safety: called from program threads that the Runtime interleaves on one OS thread; every
// function may be preempted at its scheduling points and locks what it must itself.
#ifndef GROUPFUZZ_TARGET_TYPES_IOMMU_API_H_
#define GROUPFUZZ_TARGET_TYPES_IOMMU_API_H_

#include <cstdint>

#include "target/types/configuration.h"
#include "target/types/op.h"

namespace groupfuzz {

// The functions below, for events, models and reports. Append only.
enum class Function : uint8_t {
  kStoreType,
  kShowType,
  kUseDefaultDomain,
  kUnuseDefaultDomain,
  kGroupClaim,
  kGroupRelease,
  kDeviceClaim,
  kDeviceRelease,
  kGroupClaimed,
  kAttachDevice,
  kDetachDevice,
  kAttachGroup,
  kDetachGroup,
  kReplaceGroup,
  kAttachHandle,
  kDetachHandle,
  kReplaceHandle,
  kAttachPasid,
  kDetachPasid,
  kProbeDevice,
  kReleaseDevice,
  kDmaMap,
  kDmaUnmap,
  kAllocDomain,
  kFreeDomain,
};
inline constexpr int kFunctions = 25;

// One call of one function: the arguments it was given.
struct Call {
  Function function = Function::kShowType;
  uint8_t device = 0;
  uint8_t cookie = 0;
  uint8_t domain = 0;
  uint8_t pasid = 0;
  bool null_handle = false;
  Capabilities capabilities = Capabilities::kBoth;
  const WriteBuffer* text = nullptr;  // kStoreType only; owned by the program
  const char* shown = nullptr;        // kShowType only: where it writes; gone after the return
};

// Cookie values beyond the users' own; see IommuApi::GroupClaim.
inline constexpr uint8_t kNullCookie = 0xff;

class IommuApi {
 public:
  virtual ~IommuApi() = default;

  // Whether this kernel has `function` at all; the others must not be called.
  virtual bool Provides(Function function) const = 0;

  // write(2) on /sys/kernel/iommu_groups/<n>/type: kernfs, then iommu_group_store_type().
  virtual int64_t StoreType(const WriteBuffer& text, Capabilities capabilities) = 0;
  // read(2) on it: iommu_group_show_type(). `out` has room for kShowTypeBytes bytes.
  virtual int64_t ShowType(char* out) = 0;

  virtual int UseDefaultDomain(uint8_t device) = 0;     // iommu_device_use_default_domain()
  virtual void UnuseDefaultDomain(uint8_t device) = 0;  // iommu_device_unuse_default_domain()

  // iommu_group_claim_dma_owner(); kNullCookie passes NULL.
  virtual int GroupClaim(uint8_t cookie) = 0;
  virtual void GroupRelease() = 0;                              // iommu_group_release_dma_owner()
  virtual int DeviceClaim(uint8_t device, uint8_t cookie) = 0;  // iommu_device_claim_dma_owner()
  virtual void DeviceRelease(uint8_t device) = 0;               // iommu_device_release_dma_owner()
  virtual bool GroupClaimed() = 0;                              // iommu_group_dma_owner_claimed()

  virtual int AttachDevice(uint8_t device, uint8_t domain) = 0;     // iommu_attach_device()
  virtual void DetachDevice(uint8_t device, uint8_t domain) = 0;    // iommu_detach_device()
  virtual int AttachGroup(uint8_t domain) = 0;                      // iommu_attach_group()
  virtual void DetachGroup(uint8_t domain) = 0;                     // iommu_detach_group()
  virtual int ReplaceGroup(uint8_t domain) = 0;                     // iommu_group_replace_domain()
  virtual int AttachHandle(uint8_t domain, bool null_handle) = 0;   // iommu_attach_group_handle()
  virtual void DetachHandle(uint8_t domain) = 0;                    // iommu_detach_group_handle()
  virtual int ReplaceHandle(uint8_t domain, bool null_handle) = 0;  // iommu_replace_group_handle()
  virtual int AttachPasid(uint8_t device, uint8_t domain, uint8_t pasid) = 0;
  virtual void DetachPasid(uint8_t device, uint8_t domain, uint8_t pasid) = 0;

  virtual int ProbeDevice(uint8_t device) = 0;     // iommu_probe_device(), from bus notifier ADD
  virtual void ReleaseDevice(uint8_t device) = 0;  // iommu_release_device(), from REMOVED

  // The first page a kernel driver maps through the DMA API: iommu_deferred_attach(), then a
  // mapping in the default domain, or none where the device's DMA is direct.
  virtual int DmaMap(uint8_t device) = 0;
  virtual void DmaUnmap(uint8_t device) = 0;

  virtual int AllocDomain(uint8_t device, uint8_t domain) = 0;  // iommu_domain_alloc()
  virtual void FreeDomain(uint8_t domain) = 0;                  // iommu_domain_free()
};

inline constexpr int kShowTypeBytes = 16;

}  // namespace groupfuzz

#endif  // GROUPFUZZ_TARGET_TYPES_IOMMU_API_H_
