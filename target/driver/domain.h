// A domain of the mock IOMMU: an address space that devices are attached to, with real
// translations.
//
// A paging domain holds pages (iova -> physical); an identity domain translates every address to
// itself, a blocked one none. Addresses are page numbers; 0 is "no page".
//
// Lifetime: allocated domains live in the Slab from AllocDomain to FreeDomain; static domains
// belong to the driver and are never freed.
//
// Thread-safety: `holders` is reached by std::atomic_ref; `type` is written under the mutex of the
// group that owns the domain; the rest is the driver's own.
#ifndef GROUPFUZZ_TARGET_DRIVER_DOMAIN_H_
#define GROUPFUZZ_TARGET_DRIVER_DOMAIN_H_

#include <array>
#include <cstdint>

#include "target/types/configuration.h"
#include "target/types/domain_type.h"
#include "target/types/event.h"

namespace groupfuzz {

using Page = uint16_t;
inline constexpr Page kNoPage = 0;

// The 1:1 region firmware needs for `device`.
constexpr Page DirectPage(uint8_t device) { return static_cast<Page>(0x100 + device); }
// Where the DMA API maps the buffer of `device`, and where that buffer is.
constexpr Page DmaIova(uint8_t device) { return static_cast<Page>(0x200 + device); }
constexpr Page DmaBuffer(uint8_t device) { return static_cast<Page>(0x300 + device); }

struct Domain {
  static constexpr int kMaxPages = 2 * kMaxDevices;  // a direct page and a buffer a device
  struct Entry {
    Page iova;
    Page physical;
  };

  DomainId id = kNoDomain;
  DomainType type = DomainType::kUnmanaged;
  bool is_static = false;
  bool dma_ready = false;    // iommu_dma_init_domain() ran
  bool dying = false;        // its DMA cookie is gone, it follows
  bool flush_queue = false;  // fq_domain points here
  uint8_t pages = 0;
  int holders = 1;  // who allocated it, and each device that may be on it; atomic
  std::array<Entry, kMaxPages> page_table{};

  Page Translate(Page iova) const {
    if (type == DomainType::kIdentity) return iova;
    for (int i = 0; i < pages; ++i) {
      if (page_table[i].iova == iova) return page_table[i].physical;
    }
    return kNoPage;
  }
};

}  // namespace groupfuzz

#endif  // GROUPFUZZ_TARGET_DRIVER_DOMAIN_H_
