// How store_type replaced the default domain before iommu_setup_default_domain() existed.
//
// Source: Linux 6.1, iommu_change_dev_def_domain().
//
// Thread-safety: of program threads; takes and drops the mutex itself.
#ifndef GROUPFUZZ_TARGET_DESIGNS_DEFAULT_DOMAIN_CHANGE_H_
#define GROUPFUZZ_TARGET_DESIGNS_DEFAULT_DOMAIN_CHANGE_H_

#include <cstdint>

#include "target/iommu/core.h"

namespace groupfuzz::designs {

// Whether a group that is not on its default domain is refused. The 2023 patch had to drop the
// test: a group it claimed is on the blocking domain.
enum class CurrentDomain : uint8_t { kMustBeDefault, kAny };

// Changes the default domain of a group whose only member is `device`, taking and dropping the
// group's mutex. probe_finalize and the free of the old domain come after the mutex is dropped:
// finalizing may take it.
int ChangeDefaultDomainOf(iommu::Core& core, iommu::Group& group, iommu::Device& device,
                          iommu::RequestedType requested, CurrentDomain current);

}  // namespace groupfuzz::designs

#endif  // GROUPFUZZ_TARGET_DESIGNS_DEFAULT_DOMAIN_CHANGE_H_
