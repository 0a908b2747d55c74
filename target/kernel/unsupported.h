// Code under test does what this harness cannot follow: nothing can be said of it.
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
  std::string what;   // "calls kstrndup(), for which there is no stand-in"; or a whole sentence
  uint32_t code = 0;  // returns to who does it, as Event has it; 0: nobody knows

  // "iommu.c:3277, iommu_group_store_type(), calls kstrndup(), for which there is no stand-in".
  // Needs more stack than a program thread has.
  std::string Describe() const {
    if (code == 0) return what;
    const SourceLine& line = SourceLineAt(code);
    const std::string who = line.function.empty() ? "" : ", " + line.function + "(),";
    return line.Describe() + who + " " + what;
  }
};

// False where `body` met what cannot be followed; *why says it, where there is one.
template <typename Body>
bool Follows(Body body, std::string* why = nullptr) {
  try {
    body();
  } catch (const Unsupported& unsupported) {
    if (why != nullptr) *why = unsupported.Describe();
    return false;
  }
  return true;
}

}  // namespace groupfuzz::kernel

#endif  // GROUPFUZZ_TARGET_KERNEL_UNSUPPORTED_H_
