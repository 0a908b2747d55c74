// The words of verdicts: what a search in which nothing was found is worth. One place, from which
// every output takes them, as text and as JSON.
//
//   unknown    not judged, not finished, or interrupted: it says nothing
//   sampled    some executions were tried, and there are others
//   exhausted  every interleaving of this program was tried, or of every program of the corpus, up
//              to where the execution ends; of other programs it says nothing
//   proved     every program there is: nothing says so yet
//
// Where something was found, the ids of the properties that are violated stand in their place.
//
// Thread-safety: constants.
#ifndef GROUPFUZZ_HARNESS_EXECUTION_VERDICT_WORD_H_
#define GROUPFUZZ_HARNESS_EXECUTION_VERDICT_WORD_H_

#include <cstdint>
#include <string_view>

namespace groupfuzz {

// In order of what they are worth.
enum class VerdictWord : uint8_t { kUnknown, kSampled, kExhausted, kProved };

constexpr std::string_view Spelled(VerdictWord word) {
  constexpr std::string_view kWords[] = {"unknown", "sampled", "exhausted", "proved"};
  return kWords[static_cast<int>(word)];
}

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_EXECUTION_VERDICT_WORD_H_
