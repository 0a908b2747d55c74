// What can be made to fail, and which occurrence of it does.
//
// A FaultPlan is part of a program: "the N-th attach_dev fails with ENOMEM". Occurrences are
// counted per kind from the end of boot over the whole execution, whatever the thread, so the same
// program fails at the same place every time.
//
// Thread-safety: plain values.
#ifndef GROUPFUZZ_TARGET_KERNEL_FAULT_H_
#define GROUPFUZZ_TARGET_KERNEL_FAULT_H_

#include <array>
#include <cstdint>

namespace groupfuzz {

// Append only: the byte codec stores these values.
enum class FaultKind : uint8_t {
  kAllocate,     // kzalloc() of the core: group_device, xarray node, ...
  kDomainAlloc,  // ops.domain_alloc / domain_alloc_paging
  kAttach,       // domain.ops.attach_dev
  kMap,          // domain.ops.map_pages of a direct mapping
  kFlushQueue,   // allocation inside iommu_dma_init_fq()
  kProbeDevice,  // ops.probe_device
  kSetPasid,     // domain.ops.set_dev_pasid
  kCookie,       // allocation inside iommu_get_dma_cookie()
};
inline constexpr int kFaultKinds = 8;

struct Fault {
  FaultKind kind = FaultKind::kAllocate;
  uint8_t first = 1;  // the occurrence that fails, counted from 1
  uint8_t count = 1;  // how many occurrences in a row fail
  int16_t error = 0;  // a positive errno

  friend bool operator==(const Fault&, const Fault&) = default;
};

inline constexpr int kMaxFaults = 4;

struct FaultPlan {
  uint8_t size = 0;
  std::array<Fault, kMaxFaults> faults{};

  friend bool operator==(const FaultPlan&, const FaultPlan&) = default;
};

}  // namespace groupfuzz

#endif  // GROUPFUZZ_TARGET_KERNEL_FAULT_H_
