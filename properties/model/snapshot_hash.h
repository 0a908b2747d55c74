// Hashes of states, for fingerprints. Internal to properties/.
//
// Who occupies a device is left out: the positions of the threads say so.
#ifndef GROUPFUZZ_PROPERTIES_MODEL_SNAPSHOT_HASH_H_
#define GROUPFUZZ_PROPERTIES_MODEL_SNAPSHOT_HASH_H_

#include <cstdint>

#include "target/types/hash.h"
#include "target/types/snapshot.h"

namespace groupfuzz {

inline uint64_t HashOf(const DomainRef& domain) {
  return uint64_t{domain.id} << 16 | uint64_t{static_cast<uint8_t>(domain.type)} << 1 |
         domain.freed;
}

inline uint64_t HashOf(const Snapshot& state) {
  uint64_t hash = Fold(state.exists, static_cast<uint32_t>(state.owner_cnt));
  hash = Fold(hash, uint64_t{state.owner} << 24 | uint64_t{state.reserved} << 16 |
                        uint64_t{state.pasids} << 8 | state.members);
  for (const DomainRef* domain : {&state.default_domain, &state.blocking_domain, &state.domain}) {
    hash = Fold(hash, HashOf(*domain));
  }
  for (const DeviceSnapshot& device : state.devices) {
    const uint64_t bits = device.member | device.deferred << 1 | device.direct_mapped << 2 |
                          device.has_mapping << 3 | device.mapping_works << 4;
    hash = Fold(hash, HashOf(device.hw) << 8 | bits);
  }
  return hash;
}

}  // namespace groupfuzz

#endif  // GROUPFUZZ_PROPERTIES_MODEL_SNAPSHOT_HASH_H_
