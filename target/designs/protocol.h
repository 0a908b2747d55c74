// A protocol: what store_type locks, claims and checks, and in which order.
//
// A design is one protocol on one set of core rules (target/designs/design.h). Each protocol has a
// file of this folder, so that a reviewer sees the whole of it at once; what protocols share is
// here, in owner_check.h and in default_domain_change.h.
//
// Thread-safety: protocols have no state.
#ifndef GROUPFUZZ_TARGET_DESIGNS_PROTOCOL_H_
#define GROUPFUZZ_TARGET_DESIGNS_PROTOCOL_H_

#include <cstdint>

#include "target/iommu/core.h"
#include "target/types/op.h"

namespace groupfuzz::designs {

// One call of iommu_group_store_type(): a NUL-terminated copy of what was written, as kernfs makes
// it.
struct StoreRequest {
  const char* text;
  int64_t count;
  Capabilities capabilities;
};

class Protocol {
 public:
  virtual ~Protocol() = default;

  // Returns request.count or a negative errno.
  virtual int64_t StoreType(iommu::Core& core, iommu::Group& group,
                            const StoreRequest& request) const = 0;
  // The word that a read of the attribute gives: that of the default domain's type, or "unknown".
  virtual const char* ShownType(const iommu::Group& group) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(group.mutex);

  // What the scheduler may leave out interleavings for. The defaults claim nothing: every design is
  // explored whole with them. A design that claims more is explored faster, and a claim that an
  // execution refutes ends the run: unknown (target/kernel/unsupported.h).
  //
  // Whether StoreType() takes the lock of a device, under which drivers bind.
  virtual bool takes_device_lock() const { return true; }
  // Whether nothing that another thread can see or change comes before the group's mutex.
  virtual bool begins_under_mutex() const { return false; }
};

// CAP_SYS_ADMIN and CAP_SYS_RAWIO are both needed.
int CheckCapabilities(const StoreRequest& request);

// The type that the text asks for. Returns 0 or -EINVAL.
int ParseType(const StoreRequest& request, iommu::RequestedType* type);

// The tests that every kernel version makes before it takes a lock: capabilities, the default
// domain's presence (without the mutex), the text.
int CheckUnlocked(const iommu::Group& group, const StoreRequest& request,
                  iommu::RequestedType* type);

// Whether the write asks for the one change that is legal under a running driver: strict to lazy
// invalidation, which edits the live default domain.
bool IsStrictToLazy(iommu::Core& core, const iommu::Group& group, iommu::RequestedType type)
    ABSL_EXCLUSIVE_LOCKS_REQUIRED(group.mutex);

// The same question asked without the mutex: the answer may be stale, and the domain gone.
bool IsStrictToLazyUnlocked(iommu::Core& core, const iommu::Group& group,
                            iommu::RequestedType type);

// errno, or the count that a successful write returns.
constexpr int64_t ErrnoOrCount(int error, const StoreRequest& request) {
  return error != 0 ? int64_t{error} : request.count;
}

const Protocol& DeviceLock();
const Protocol& ClaimV1();
const Protocol& LockedClaim();
const Protocol& OwnerCheck();
const Protocol& V6_4();
const Protocol& V6_12();

}  // namespace groupfuzz::designs

#endif  // GROUPFUZZ_TARGET_DESIGNS_PROTOCOL_H_
