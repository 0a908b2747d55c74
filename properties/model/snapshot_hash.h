// Hashes of states, for fingerprints. Internal to properties/.
//
// Who occupies a device is left out: the positions of the threads say so.
//
// Thread-safety: pure functions.
#ifndef GROUPFUZZ_PROPERTIES_MODEL_SNAPSHOT_HASH_H_
#define GROUPFUZZ_PROPERTIES_MODEL_SNAPSHOT_HASH_H_

#include <cstdint>

#include "target/types/hash.h"
#include "target/types/snapshot.h"

namespace groupfuzz {

inline uint64_t HashOf(const DomainRef& domain) {
  const auto& [id, type, freed] = domain;
  static_assert(8 * (sizeof(id) + sizeof(type)) < 63);
  return uint64_t{id} << 16 | uint64_t{static_cast<uint8_t>(type)} << 1 | freed;
}

inline uint64_t HashOf(const DeviceSnapshot& device) {
  const auto& [member, deferred, attach_failed, direct_mapped, has_mapping, mapping_works,
               uses_dma_api, occupant, bound, hw] = device;
  LeftOut(occupant, bound);
  return FoldFields(HashOf(hw), member, deferred, attach_failed, direct_mapped, has_mapping,
                    mapping_works, uses_dma_api);
}

inline uint64_t HashOf(const Snapshot& state) {
  const auto& [corrupt, exists, owner_cnt, owner, default_domain, blocking_domain, domain, pasids,
               reserved, members, devices, user_domains] = state;
  LeftOut(corrupt);  // nothing is asked after it
  uint64_t hash = FoldFields(0, exists, owner_cnt, owner, reserved, pasids, members);
  for (const DomainRef* ref : {&default_domain, &blocking_domain, &domain}) {
    hash = Fold(hash, HashOf(*ref));
  }
  for (const DomainRef& ref : user_domains) hash = Fold(hash, HashOf(ref));
  for (const DeviceSnapshot& device : devices) hash = Fold(hash, HashOf(device));
  return hash;
}

}  // namespace groupfuzz

#endif  // GROUPFUZZ_PROPERTIES_MODEL_SNAPSHOT_HASH_H_
