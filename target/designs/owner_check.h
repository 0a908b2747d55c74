// What the agreed store_type and Linux 6.12's decide under the mutex.
//
// Thread-safety: the group's mutex is held.
#ifndef GROUPFUZZ_TARGET_DESIGNS_OWNER_CHECK_H_
#define GROUPFUZZ_TARGET_DESIGNS_OWNER_CHECK_H_

#include <cstdint>

#include "target/designs/protocol.h"

namespace groupfuzz::designs {

// Strict to lazy in place; else refuses a group that is used, owned or empty, and switches it.
// Returns request.count or a negative errno.
int64_t ChangeUnlessOwned(iommu::Core& core, iommu::Group& group, iommu::RequestedType type,
                          const StoreRequest& request) ABSL_EXCLUSIVE_LOCKS_REQUIRED(group.mutex);

}  // namespace groupfuzz::designs

#endif  // GROUPFUZZ_TARGET_DESIGNS_OWNER_CHECK_H_
