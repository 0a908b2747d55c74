#include "properties/suites/sysfs_text.h"

#include <algorithm>
#include <cerrno>
#include <string>

namespace groupfuzz {
namespace {

constexpr int64_t kPage = 4096;

struct Meaning {
  std::string_view word;
  std::string_view becomes;  // the type of a group that was on DMA
};
constexpr Meaning kMeanings[] = {
    {"identity", "identity"}, {"DMA", "DMA"}, {"DMA-FQ", "DMA-FQ"}, {"auto", "DMA"}};

// What the kernel's string functions see of the bytes: the kernel ends its copy with a NUL.
std::string SeenAsString(const WriteBuffer& written) {
  std::string bytes(written.literal());
  bytes.append(written.padding, '\0');
  return bytes.substr(0, std::min(bytes.find('\0'), bytes.size()));
}

// A string is a word when it is the word, or the word and one newline.
bool IsWord(const std::string& seen, std::string_view word) {
  return seen == word || seen == std::string(word) + "\n";
}

}  // namespace

TypeDialogue ExpectedDialogue(const WriteBuffer& written) {
  constexpr int64_t kShownBefore = 4;  // "DMA\n"
  const int64_t taken = std::min(written.total(), kPage);
  if (taken == 0) return {0, kShownBefore};
  const std::string seen = SeenAsString(written);
  for (const Meaning& meaning : kMeanings) {
    if (!IsWord(seen, meaning.word)) continue;
    return {taken, static_cast<int64_t>(meaning.becomes.size()) + 1};
  }
  return {-EINVAL, kShownBefore};
}

}  // namespace groupfuzz
