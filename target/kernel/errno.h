// The kernel's error numbers: <cerrno> plus the ones user space never sees.
//
// Functions of the port return 0 or a negative errno, as the kernel's do.
//
// Thread-safety: constants.
#ifndef GROUPFUZZ_TARGET_KERNEL_ERRNO_H_
#define GROUPFUZZ_TARGET_KERNEL_ERRNO_H_

#include <cerrno>

namespace groupfuzz::kernel {

inline constexpr int kEProbeDefer = 517;  // include/linux/errno.h: driver requests probe retry

}  // namespace groupfuzz::kernel

#endif  // GROUPFUZZ_TARGET_KERNEL_ERRNO_H_
