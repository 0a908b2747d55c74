// Types of IOMMU domains, as the bit sets the kernel gives them.
//
// Source: Linux 6.12, include/linux/iommu.h, IOMMU_DOMAIN_* and __IOMMU_DOMAIN_*.
//
// Thread-safety: constants and pure functions.
#ifndef GROUPFUZZ_TARGET_TYPES_DOMAIN_TYPE_H_
#define GROUPFUZZ_TARGET_TYPES_DOMAIN_TYPE_H_

#include <cstdint>

namespace groupfuzz {

enum class DomainType : uint8_t {
  kBlocked = 0,        // no translation at all
  kUnmanaged = 1,      // paging, mappings belong to the caller
  kDma = 1 | 2,        // paging, mappings belong to the DMA API, strict invalidation
  kIdentity = 4,       // iova == physical address
  kDmaFq = 1 | 2 | 8,  // as kDma, invalidation through a flush queue
};

inline constexpr uint8_t kPagingBit = 1;
inline constexpr uint8_t kDmaApiBit = 2;

constexpr bool IsPaging(DomainType type) { return static_cast<uint8_t>(type) & kPagingBit; }
// iommu_is_dma_domain()
constexpr bool IsDmaDomain(DomainType type) { return static_cast<uint8_t>(type) & kDmaApiBit; }

// The word that show_type prints and store_type accepts for `type`.
constexpr const char* DomainTypeName(DomainType type) {
  switch (type) {
    case DomainType::kBlocked:
      return "blocked";
    case DomainType::kUnmanaged:
      return "unmanaged";
    case DomainType::kDma:
      return "DMA";
    case DomainType::kIdentity:
      return "identity";
    case DomainType::kDmaFq:
      return "DMA-FQ";
  }
  return "unknown";
}

}  // namespace groupfuzz

#endif  // GROUPFUZZ_TARGET_TYPES_DOMAIN_TYPE_H_
