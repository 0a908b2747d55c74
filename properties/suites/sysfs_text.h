// What bytes written to the type attribute mean, said once more and independently of the port and
// of the sequential model: by the rules of sysfs, not by the code that applies them.
//
// Source: behaviour 7; Linux, sysfs_streq() and kernfs_fop_write_iter().
//
// Thread-safety: pure functions.
#ifndef GROUPFUZZ_PROPERTIES_SUITES_SYSFS_TEXT_H_
#define GROUPFUZZ_PROPERTIES_SUITES_SYSFS_TEXT_H_

#include <cstdint>
#include <string_view>

#include "target/types/op.h"

namespace groupfuzz {

// What a shell sees of `printf BYTES > type; cat type` on an idle group with one device on DMA.
struct TypeDialogue {
  int64_t written;  // bytes that write(2) took, or -EINVAL
  int64_t shown;    // bytes that read(2) gives afterwards
};
TypeDialogue ExpectedDialogue(const WriteBuffer& written);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_PROPERTIES_SUITES_SYSFS_TEXT_H_
