// Each defect of a kernel tree in corpus/known is one: its findings are gone from the variant of
// the tree in which nothing but this defect is repaired, in every interleaving of its program, and
// what else the tree shows is still there.
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "harness/verdict/corpus_testing.h"
#include "harness/verdict/known_programs.h"
#include "harness/verdict/known_trees.h"
#include "target/linux/trees.h"

namespace groupfuzz {
namespace {

constexpr uint64_t kEverything = 1'000'000;
constexpr char kAllRepairs[] = "repaired";

// "TREE+REPAIR" of every variant that is built or named by a defect.
std::set<std::string> Variants() {
  std::set<std::string> variants;
  for (const KnownProgram& known : KnownPrograms()) {
    for (const Defect& defect : known.contents.defects) {
      if (FindDesign(DesignOfTree(defect.tree)) == nullptr) continue;
      variants.insert(absl::StrCat(defect.tree, "+", kAllRepairs));
      for (const std::string& repair : defect.repairs) {
        variants.insert(absl::StrCat(defect.tree, "+", repair));
      }
    }
  }
  return variants;
}

const std::set<std::string>& Exhaustive(const std::string& design, const KnownProgram& known) {
  static auto& seen = *new std::map<std::pair<std::string, std::string>, std::set<std::string>>;
  const auto [entry, inserted] = seen.try_emplace({design, known.path});
  if (inserted) {
    const Design* found = FindDesign(design);
    if (found == nullptr) {
      ADD_FAILURE() << "no design " << design << ": does its repair still find a line to change?";
      return entry->second;
    }
    Runner runner(*found);
    Verdict verdict = VerdictOf(runner, known.contents.program, kEverything);
    EXPECT_TRUE(verdict.complete) << known.path << " on " << design;
    entry->second = std::move(verdict.ids);
  }
  return entry->second;
}

// The sequential model is that of the kernel with its defects.
bool IsOfTheModel(const std::string& property) { return property == "R1" || property == "R2"; }

class RepairTest : public ::testing::TestWithParam<std::string> {};

TEST_P(RepairTest, TakesAwayItsFindingsAndNothingElse) {
  const size_t plus = GetParam().find('+');
  const std::string tree = GetParam().substr(0, plus);
  const std::string repair = GetParam().substr(plus + 1);
  for (const KnownProgram& known : KnownPrograms()) {
    for (const Defect& defect : known.contents.defects) {
      if (defect.tree != tree) continue;
      SCOPED_TRACE(known.path);
      const std::set<std::string>& before = Exhaustive(DesignOfTree(tree), known);
      const std::set<std::string>& after = Exhaustive(DesignOfTree(GetParam()), known);
      const bool repaired = repair == kAllRepairs ||
                            std::count(defect.repairs.begin(), defect.repairs.end(), repair) > 0;
      for (const std::string& property : ExpectedOf(known.contents, DesignOfTree(tree))) {
        EXPECT_TRUE(before.contains(property)) << property;
        EXPECT_EQ(after.contains(property), !repaired) << property;
      }
      for (const std::string& property : after) {
        EXPECT_TRUE(before.contains(property) || IsOfTheModel(property)) << property << " is new";
      }
    }
  }
}

// Finds no test where the build has no tree that corpus/known speaks of.
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(RepairTest);
const bool kTreesAreRegistered = (RegisterLinuxTrees(), true);
INSTANTIATE_TEST_SUITE_P(Variants, RepairTest, ::testing::ValuesIn(Variants()), TestName);

// A script of the folder of the tree. What is planted there is no repair.
bool IsRepair(const std::string& tree, const std::string& change) {
  return change == kAllRepairs || std::filesystem::exists(absl::StrCat(
                                      CorpusPath("trees/"), tree, "/repairs/", change, ".sed"));
}

// A variant that no defect names would verify nothing.
TEST(KnownDefects, EveryRepairIsNamed) {
  const std::set<std::string> named = Variants();
  for (const Design* design : RegisterLinuxTrees()) {
    const std::string variant = design->name.substr(DesignOfTree("").size());
    const size_t plus = variant.find('+');
    if (plus == std::string::npos) continue;
    if (!IsRepair(variant.substr(0, plus), variant.substr(plus + 1))) continue;
    EXPECT_TRUE(named.contains(variant)) << variant;
  }
}

std::vector<std::string> LinesOf(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

// The function that `line` (from 1) lies in: its definition begins at the margin.
bool LiesIn(const std::vector<std::string>& lines, int line, const std::string& function) {
  for (int i = line - 1; i >= 0; --i) {
    if (lines[i] == "}") return false;
    if (absl::StrContains(lines[i], absl::StrCat(function, "("))) {
      if (!lines[i].empty() && !absl::ascii_isspace(static_cast<unsigned char>(lines[i][0]))) {
        return true;
      }
    }
  }
  return false;
}

void ExpectLinesInTheirFunctions(const std::string& tree, const std::string& folder) {
  for (const KnownProgram& known : KnownPrograms()) {
    for (const Defect& defect : known.contents.defects) {
      if (defect.tree != tree) continue;
      const std::vector<std::string> lines = LinesOf(folder + defect.file);
      ASSERT_LE(defect.line, static_cast<int>(lines.size())) << known.path;
      EXPECT_TRUE(LiesIn(lines, defect.line, defect.function))
          << known.path << ": " << defect.file << ":" << defect.line << " is not in "
          << defect.function << "()";
    }
  }
}

// Lines are those of one release. A tree of another one is left out by name, and hides no other
// tree.
TEST(KnownDefects, LinesLieInTheirFunctions) {
  std::string others;
  for (const std::string& path : std::vector<std::string>{GROUPFUZZ_LINUX_TREES}) {
    const std::string folder = absl::StrCat(path, "/drivers/iommu/");
    for (const KnownTree& tree : KnownTrees()) {
      if (tree.name != path.substr(path.rfind('/') + 1) || tree.source.empty()) continue;
      const auto bytes = std::filesystem::file_size(folder + tree.source);
      if (static_cast<int64_t>(bytes) != tree.source_bytes) {
        absl::StrAppend(&others, path, " is another release than ", tree.package, "\n");
        continue;
      }
      ExpectLinesInTheirFunctions(tree.name, folder);
    }
  }
  if (!others.empty()) GTEST_SKIP() << others;
}

}  // namespace
}  // namespace groupfuzz
