// Bridges std::string_view and Abseil's own string_view, which are one type only in new Abseils.
//
// Thread-safety: pure functions.
#ifndef GROUPFUZZ_HARNESS_PROGRAM_STRINGS_H_
#define GROUPFUZZ_HARNESS_PROGRAM_STRINGS_H_

#include <string_view>

#include "absl/strings/string_view.h"

namespace groupfuzz {

inline absl::string_view Abseil(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_PROGRAM_STRINGS_H_
