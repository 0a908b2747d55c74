#include "harness/verdict/known_trees.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "harness/program/program_words.h"
#include "harness/program/text_cursor.h"

namespace groupfuzz {
namespace {

struct Source {
  const char* tree;
  const char* file;
  const char* text;
};

constexpr Source kSources[] = {
#include "known_trees.inc"
};

const Words kLines = {"package", "rules", "source", "driver"};

bool TakeRules(Cursor& cursor, iommu::Version* rules) {
  Words versions;
  for (int i = 0; i <= static_cast<int>(iommu::Version::kToday); ++i) {
    versions.emplace_back(VersionName(static_cast<iommu::Version>(i)));
  }
  size_t index;
  if (!cursor.TakeWord("a version", versions, &index)) return false;
  *rules = static_cast<iommu::Version>(index);
  return true;
}

bool TakeFlags(Cursor& cursor, DriverConfig* driver) {
  Words flags;
  AppendWords(kDriverFlags, &flags);
  std::vector<bool> taken;
  do {
    size_t index;
    if (!cursor.TakeOption(flags, &taken, &index)) return false;
    kDriverFlags[index].Set(driver, true);
  } while (cursor.Peek() != nullptr);
  return true;
}

bool TakeLine(Cursor& cursor, std::vector<bool>* taken, KnownTree* tree) {
  size_t line;
  if (!cursor.TakeOption(kLines, taken, &line)) return false;
  switch (line) {
    case 0:
      return cursor.TakeName("the version of a package", &tree->package) && cursor.TakeEnd();
    case 1:
      return TakeRules(cursor, &tree->rules) && cursor.TakeEnd();
    case 2:
      return cursor.TakeName("the name of a file", &tree->source) &&
             cursor.TakeNumber("a number of bytes", 1, std::numeric_limits<int32_t>::max(),
                               &tree->source_bytes) &&
             cursor.TakeEnd();
    default:
      return TakeFlags(cursor, &tree->driver);
  }
}

std::vector<KnownTree> ParseAll() {
  std::vector<KnownTree> trees;
  for (const Source& source : kSources) {
    absl::StatusOr<KnownTree> tree = ParseRelease(source.text, source.tree, source.file);
    // A file that cannot be read fails known_programs_test.
    if (tree.ok()) trees.push_back(*std::move(tree));
  }
  return trees;
}

bool BehaveAlike(const DriverConfig& a, const DriverConfig& b) {
  return std::all_of(kDriverFlags.begin(), kDriverFlags.end(),
                     [&](const auto& flag) { return flag.In(a) == flag.In(b); });
}

}  // namespace

const std::vector<KnownTree>& KnownTrees() {
  static const auto& trees = *new std::vector<KnownTree>(ParseAll());
  return trees;
}

const KnownTree* TreeLike(const Design& design) {
  const iommu::Version rules = VersionOf(design.judged_as);
  const DriverConfig driver = design.make()->MachineOf({}).driver;
  for (const KnownTree& tree : KnownTrees()) {
    if (tree.rules == rules && BehaveAlike(tree.driver, driver)) return &tree;
  }
  return nullptr;
}

absl::StatusOr<KnownTree> ParseRelease(std::string_view text, std::string_view tree,
                                       std::string_view file) {
  KnownTree result;
  result.name = std::string(tree);
  Cursor cursor(text, file);
  std::vector<bool> taken;
  while (cursor.NextLine()) {
    if (cursor.Peek() != nullptr && !TakeLine(cursor, &taken, &result)) break;
  }
  taken.resize(kLines.size());
  for (size_t needed : {0, 1}) {
    if (!taken[needed]) cursor.FailExpected(absl::StrCat("a '", kLines[needed], "' line"));
  }
  if (!cursor.status().ok()) return cursor.status();
  return result;
}

}  // namespace groupfuzz
