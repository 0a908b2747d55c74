// A locking design of store_type of one's own, held to what the reference design promises.
#include "target/designs/design.h"
#include "target/designs/port_system.h"
#include "target/designs/protocol.h"
#include "target/iommu/rules.h"
#include "target/kernel/errno.h"

namespace {

using namespace groupfuzz;           // NOLINT(google-build-using-namespace)
using namespace groupfuzz::designs;  // NOLINT(google-build-using-namespace)

class MyProtocol : public Protocol {
 public:
  int64_t StoreType(iommu::Core& core, iommu::Group& group,
                    const StoreRequest& request) const override {
    iommu::RequestedType type;
    if (const int error = CheckCapabilities(request); error != 0) return error;
    if (const int error = ParseType(request, &type); error != 0) return error;
#ifdef PLANTED_RACE  // Somebody may come between this test and the mutex.
    if (group.owner_cnt != 0) return -EPERM;
#endif
    kernel::MutexLock lock(group.mutex);
    if (group.default_domain == nullptr) return -EINVAL;
    if (IsStrictToLazy(core, group, type)) {
      return ErrnoOrCount(core.SwitchToFlushQueue(group), request);
    }
    if (group.devices == nullptr || group.owner_cnt != 0) return -EPERM;
#ifdef PLANTED_BUG  // Somebody may bind a driver here.
    group.mutex.Release();
    group.mutex.Acquire();
#endif
    if (const int error = core.SetupDefaultDomain(group, type); error != 0) return error;
    core.SetupDmaOpsAll(group);
    return request.count;
  }
};

const MyProtocol protocol;

// Before main(), so that the fuzz target has it, too.
[[maybe_unused]] const Design& registered = RegisterDesign(
    {.judged_as = DesignId::kOwnerCheck,
     .name = "my-design",
     .rules = "today",
     .summary = "the protocol of this file on the rules of today",
     .make = [] { return std::make_unique<PortSystem>(iommu::kRulesToday, protocol); }});

}  // namespace
