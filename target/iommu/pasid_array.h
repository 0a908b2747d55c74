// pasid_array: what is attached to which PASID of a group, as an xarray keeps it.
//
// Index 0 holds the handle of the group's own attachment. An entry that stands for a stored NULL is
// reserved: loads see nothing, emptiness tests see it. An array needs one node, which is allocated,
// unless all it has is a handle at index 0; the node goes when nothing is left but index 0.
//
// Thread-safety: as the group it is in.
#ifndef GROUPFUZZ_TARGET_IOMMU_PASID_ARRAY_H_
#define GROUPFUZZ_TARGET_IOMMU_PASID_ARRAY_H_

#include <algorithm>
#include <array>
#include <cstdint>

#include "target/types/hash.h"
#include "target/types/op.h"

namespace groupfuzz::iommu {

enum class PasidEntry : uint8_t { kEmpty, kReserved, kHandle };
// One more than a capable device has: a group without any takes it.
inline constexpr int kPasidEntries = kMaxPasids + 1;
inline constexpr int kNoPasid = 0;

class PasidArray {
 public:
  PasidEntry entry(int index) const { return entries_[index]; }
  bool empty() const { return std::all_of(entries_.begin(), entries_.end(), IsEmpty); }
  // Whether more is attached than what index 0 stands for.
  bool has_pasids() const {
    return !std::all_of(entries_.begin() + kNoPasid + 1, entries_.end(), IsEmpty);
  }
  bool has_node() const { return has_node_; }

  // Whether Store(index, entry) has to allocate.
  bool NeedsNode(int index, PasidEntry entry) const { return !has_node_ && InNode(index, entry); }
  // REQUIRES: `entry` is not empty.
  void Store(int index, PasidEntry entry) {
    entries_[index] = entry;
    has_node_ |= InNode(index, entry);
  }
  void Erase(int index) {
    entries_[index] = PasidEntry::kEmpty;
    if (!has_pasids()) has_node_ = false;
  }
  uint64_t Fingerprint() const {
    const auto& [entries, has_node] = *this;
    uint64_t hash = FoldFields(0, has_node);
    for (PasidEntry entry : entries) hash = FoldFields(hash, entry);
    return hash;
  }

 private:
  static bool IsEmpty(PasidEntry entry) { return entry == PasidEntry::kEmpty; }
  static bool InNode(int index, PasidEntry entry) {
    return index != kNoPasid || entry == PasidEntry::kReserved;
  }

  std::array<PasidEntry, kPasidEntries> entries_{};
  bool has_node_ = false;
};

}  // namespace groupfuzz::iommu

#endif  // GROUPFUZZ_TARGET_IOMMU_PASID_ARRAY_H_
