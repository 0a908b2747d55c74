// Words: Abseil's own string_view beside std::string_view, which are one type only in new Abseils,
// and the word that somebody may have meant.
//
// Thread-safety: pure functions.
#ifndef GROUPFUZZ_HARNESS_PROGRAM_STRINGS_H_
#define GROUPFUZZ_HARNESS_PROGRAM_STRINGS_H_

#include <span>
#include <string>
#include <string_view>

#include "absl/strings/string_view.h"

namespace groupfuzz {

inline absl::string_view Abseil(std::string_view text) { return {text.data(), text.size()}; }

// "; did you mean WORD?" of the one of `words` that is at most two typing errors away (a character
// too many, missing, wrong, or two that are swapped) and has three letters for each; empty where
// there is none. The first of the nearest.
std::string DidYouMean(std::string_view typed, std::span<const std::string> words);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_PROGRAM_STRINGS_H_
