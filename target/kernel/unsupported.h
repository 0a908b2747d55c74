// Code under test needs what this harness does not have: nothing can be said of it.
//
// Thrown through a program thread; it leaves the Executor. Whoever catches it says unknown, and
// never that something was found.
//
// Thread-safety: plain value.
#ifndef GROUPFUZZ_TARGET_KERNEL_UNSUPPORTED_H_
#define GROUPFUZZ_TARGET_KERNEL_UNSUPPORTED_H_

#include <cstdint>
#include <string>

#include "target/kernel/source_line.h"

namespace groupfuzz::kernel {

struct Unsupported {
  std::string function;  // of the kernel, that has no stand-in
  uint32_t code = 0;     // returns to its caller, as Event has it

  // "iommu.c:3277, iommu_group_store_type(), calls kstrndup(), for which there is no stand-in".
  // Needs more stack than a program thread has.
  std::string Describe() const {
    const SourceLine& line = SourceLineAt(code);
    const std::string caller = line.function.empty() ? "" : ", " + line.function + "(),";
    return line.Describe() + caller + " calls " + function + "(), for which there is no stand-in";
  }
};

}  // namespace groupfuzz::kernel

#endif  // GROUPFUZZ_TARGET_KERNEL_UNSUPPORTED_H_
