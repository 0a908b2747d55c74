// String rules of sysfs attributes.
//
// Thread-safety: pure functions.
#ifndef GROUPFUZZ_TARGET_KERNEL_TEXT_H_
#define GROUPFUZZ_TARGET_KERNEL_TEXT_H_

#include <string_view>

namespace groupfuzz::kernel {

inline constexpr int kPageSize = 4096;

// sysfs_streq(): whether what was written means `word`. `written` is NUL-terminated; it ends at its
// first NUL, or at a newline directly before one. Case matters, nothing is trimmed.
// Source: Linux 6.12, lib/string_helpers.c.
inline bool SysfsStreq(const char* written, std::string_view word) {
  for (char c : word) {
    if (*written != c) return false;
    ++written;
  }
  if (*written == '\n') ++written;
  return *written == '\0';
}

}  // namespace groupfuzz::kernel

#endif  // GROUPFUZZ_TARGET_KERNEL_TEXT_H_
