// v6.12: the protocol differs from owner-check in one test. It looks for a default domain before it
// reads the text and takes the mutex, and not under it.
//
// That is little of what the comparison table shows beside v6.12. The rest are core rules that
// the two designs do not share: what of 6.12's core iommu::RulesToday() repairs.
//
// Source: Linux 6.12, iommu_group_store_type().
#include "target/designs/owner_check.h"
#include "target/designs/protocol.h"

namespace groupfuzz::designs {
namespace {

class V6_12Protocol : public Protocol {
 public:
  int64_t StoreType(iommu::Core& core, iommu::Group& group,
                    const StoreRequest& request) const override {
    iommu::RequestedType type;
    if (const int error = CheckUnlocked(group, request, &type); error != 0) return error;
    kernel::MutexLock lock(group.mutex);
    return ChangeUnlessOwned(core, group, type, request);
  }

  bool takes_device_lock() const override { return false; }
};

}  // namespace

const Protocol& V6_12() {
  static const V6_12Protocol protocol;
  return protocol;
}

}  // namespace groupfuzz::designs
