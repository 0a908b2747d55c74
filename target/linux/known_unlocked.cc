#include "target/linux/known_unlocked.h"

#include <iterator>
#include <map>
#include <string>
#include <utility>

#include "target/kernel/source_line.h"

namespace groupfuzz {
namespace {

constexpr KnownUnlocked kReads[] = {
#include "known_unlocked.inc"
};

int reads[std::size(kReads)];

bool LookUp(uint32_t code, GuardedField field) {
  const kernel::SourceLine& place = kernel::SourceLineAt(code);
  bool known = false;
  for (size_t i = 0; i < std::size(kReads); ++i) {
    if (place.function != kReads[i].function || FieldName(field) != kReads[i].field) continue;
    known = true;
    if (place.path.find(std::string("/") + kReads[i].tree + "/") != std::string::npos) ++reads[i];
  }
  return known;
}

}  // namespace

std::span<const KnownUnlocked> KnownUnlockedReads() { return kReads; }

bool IsKnownUnlocked(uint32_t code, GuardedField field) {
  static auto& answers = *new std::map<std::pair<uint32_t, GuardedField>, bool>();
  const auto [answer, is_new] = answers.try_emplace({code, field});
  if (is_new) answer->second = LookUp(code, field);
  return answer->second;
}

int UnlockedReads(int index) { return reads[index]; }

}  // namespace groupfuzz
