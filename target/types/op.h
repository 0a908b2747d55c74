// One step of a program thread: what somebody outside drivers/iommu does to the group.
//
// Ops are the acts of users (a shell, the driver core, VFIO, iommufd, a driver), not kernel
// functions: one op may call several (a failing bind calls use and unuse). target/system/users.h
// turns ops into calls and keeps the callers' side of every contract: an op whose caller would
// break one, such as releasing an ownership nobody holds, is refused and calls nothing.
//
// Thread-safety: plain values.
#ifndef GROUPFUZZ_TARGET_TYPES_OP_H_
#define GROUPFUZZ_TARGET_TYPES_OP_H_

#include <array>
#include <cstdint>
#include <string_view>

namespace groupfuzz {

// Append only: the byte codec stores these values.
enum class OpKind : uint8_t {
  kStoreType,      // write `text` to the type attribute
  kShowType,       // read the type attribute
  kBind,           // bind a kernel driver to `device`; flag: its probe returns an error
  kUnbind,         // unbind it; its user has to give back what it holds
  kGroupClaim,     // VFIO opens the group through `device` with `cookie`
  kGroupRelease,   // VFIO closes what it opened through `device`; flag: it has nothing open
  kDeviceClaim,    // iommufd binds `device` with `cookie`
  kDeviceRelease,  // iommufd unbinds `device`; flag: it has not bound it
  kClaimedQuery,   // iommu_group_dma_owner_claimed()
  kAttachDevice,   // the user of `device` attaches U<domain> by iommu_attach_device()
  kDetachDevice,   // ... and detaches it
  kAttachGroup,    // the user of `device` attaches U<domain> by iommu_attach_group()
  kDetachGroup,    // ... and detaches it
  kReplaceGroup,   // iommu_group_replace_domain()
  kAttachHandle,   // iommu_attach_group_handle(); flag: with a NULL handle
  kDetachHandle,   // iommu_detach_group_handle()
  kReplaceHandle,  // iommu_replace_group_handle(); flag: with a NULL handle
  kAttachPasid,    // iommu_attach_device_pasid(U<domain>, device, pasid)
  kDetachPasid,    // iommu_detach_device_pasid()
  kAddDevice,      // `device` appears on the bus
  kRemoveDevice,   // `device` disappears; its driver is unbound first, as by kUnbind
  kDmaMap,         // the kernel driver of `device` maps a page through the DMA API and uses it
  kDmaUnmap,       // ... and unmaps it
  kFreeDomain,     // the owner of U<domain> frees it
};
inline constexpr int kOpKinds = 24;

// One kind, as a member of a set.
constexpr uint32_t OpBit(OpKind kind) { return uint32_t{1} << static_cast<int>(kind); }
static_assert(kOpKinds <= 32);

// What a store_type caller may do.
enum class Capabilities : uint8_t { kBoth, kNoSysAdmin, kNoSysRawio, kNone };

inline constexpr int kMaxTextBytes = 24;

// The bytes of one write(2): up to kMaxTextBytes literal bytes, then `padding` NUL bytes. Padding
// is how a program says "more than a page" without carrying a page.
struct WriteBuffer {
  uint8_t size = 0;
  std::array<char, kMaxTextBytes> bytes{};
  uint16_t padding = 0;

  std::string_view literal() const { return {bytes.data(), size}; }
  int64_t total() const { return int64_t{size} + padding; }

  friend bool operator==(const WriteBuffer&, const WriteBuffer&) = default;
};

struct Op {
  OpKind kind = OpKind::kShowType;
  uint8_t device = 0;  // < kMaxDevices; an op on a device the machine lacks is refused
  uint8_t cookie = 0;  // < kCookies
  uint8_t domain = 0;  // < kUserDomains
  uint8_t pasid = 1;   // 1..kMaxPasids; kMaxPasids is one too many
  bool flag = false;   // what it says depends on the kind: OpTraits::flag
  Capabilities capabilities = Capabilities::kBoth;
  WriteBuffer text;

  friend bool operator==(const Op&, const Op&) = default;
};

// Result of an op that was refused: nothing was called.
inline constexpr int64_t kRefused = -1000;

}  // namespace groupfuzz

#endif  // GROUPFUZZ_TARGET_TYPES_OP_H_
