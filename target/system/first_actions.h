// Which ops of changed code keep the promise of System::FirstLock(): somebody's change may look at
// the group before it takes the mutex, or never take it.
//
// Each op is performed once or twice, on a machine of one device that nothing interrupts, and what
// it does first is seen. That shows what an op always does; one that looks first only under a
// condition is met by the executor, which then says unknown (target/kernel/unsupported.h).
//
// Thread-safety: as System.
#ifndef GROUPFUZZ_TARGET_SYSTEM_FIRST_ACTIONS_H_
#define GROUPFUZZ_TARGET_SYSTEM_FIRST_ACTIONS_H_

#include <cstdint>

#include "target/system/system.h"

namespace groupfuzz {

// One bit an OpKind.
using OpKinds = uint32_t;

// The ops that do something else first than take the group's mutex, where FirstLock() says that
// they do that; also those that could not be tried, because an earlier one died. Builds a machine,
// and leaves it.
OpKinds OpsThatBeginOtherwise(System& system);

// What FirstLock() of such a system is to return where it would return `promised`.
const kernel::Lock* UnlessOtherwise(OpKinds otherwise, const Op& op, const kernel::Lock* promised);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_TARGET_SYSTEM_FIRST_ACTIONS_H_
