// The lines of the corpus that say what is known name things that exist, and say all there is.
#include "harness/verdict/known_programs.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "harness/verdict/corpus_testing.h"
#include "harness/verdict/known_trees.h"
#include "properties/invariants/property.h"
#include "target/designs/design.h"

namespace groupfuzz {
namespace {

TEST(KnownProgramsTest, AreThoseOfTheCorpus) {
  std::vector<std::string> files;
  for (const char* folder : {"known", "regressions"}) {
    for (const std::string& file : ProgramsIn(folder)) files.push_back("corpus/" + file);
  }
  ASSERT_EQ(KnownPrograms().size(), files.size());
  for (size_t i = 0; i < files.size(); ++i) {
    const KnownProgram& known = KnownPrograms()[i];
    EXPECT_EQ(known.path, files[i]);
    EXPECT_EQ(known.contents, ReadProgram(files[i].substr(std::string("corpus/").size())).contents);
  }
}

// Whose defect a finding on a kernel tree is, and where.
TEST(KnownProgramsTest, EachTreeHasADefectLine) {
  for (const KnownOfDesign& known : KnownByDesign()) {
    const Design* design = FindDesign(known.design);
    for (const KnownFinding& finding : known.findings) {
      EXPECT_EQ(finding.defect == nullptr, design != nullptr)
          << finding.program->path << ": " << known.design << " has no or an idle 'defect' line";
    }
  }
}

// A tree that a 'defect' line names has its folder, whose release can be read, and no folder is
// idle.
TEST(KnownProgramsTest, TreesHaveTheirFolder) {
  std::set<std::string> named;
  for (const KnownProgram& known : KnownPrograms()) {
    for (const Defect& defect : known.contents.defects) named.insert(defect.tree);
  }
  std::set<std::string> read;
  for (const KnownTree& tree : KnownTrees()) read.insert(tree.name);
  EXPECT_EQ(read, named);
  std::set<std::string> folders;
  for (const auto& entry : std::filesystem::directory_iterator(CorpusPath("trees"))) {
    folders.insert(entry.path().filename().string());
  }
  EXPECT_EQ(folders, read);
}

// The reason of a race may be a program.
TEST(KnownProgramsTest, RacesNameProgramsThatExist) {
  constexpr char kPath[] = "corpus/known/";
  int named = 0;
  for (const KnownTree& tree : KnownTrees()) {
    std::ifstream races(CorpusPath(absl::StrCat("trees/", tree.name, "/races")));
    for (std::string word; races >> word;) {
      if (!word.starts_with(kPath)) continue;
      if (word.ends_with(",")) word.pop_back();
      ++named;
      EXPECT_TRUE(std::any_of(KnownPrograms().begin(), KnownPrograms().end(),
                              [&](const KnownProgram& known) { return known.path == word; }))
          << tree.name << ": " << word;
    }
  }
  EXPECT_GT(named, 0);
}

TEST(KnownProgramsTest, PropertiesExist) {
  const auto exists = [](const KnownProgram& known, const std::string& id) {
    EXPECT_NE(FindProperty(id), nullptr) << known.path << ": " << id;
  };
  for (const KnownProgram& known : KnownPrograms()) {
    for (const Expectation& expected : known.contents.expectations) {
      exists(known, expected.property);
    }
    for (const Never& never : known.contents.nevers) {
      for (const std::string& id : never.properties) exists(known, id);
      EXPECT_TRUE(never.design.empty() || FindDesign(never.design) != nullptr) << never.design;
    }
  }
}

// A program is named for what happens in it. On which design that violates which property is said
// in its lines, which may grow.
TEST(KnownProgramsTest, NamesSayNoDesignAndNoProperty) {
  std::vector<std::string> words = {"linux"};
  for (const Design& design : Designs()) words.push_back(design.name);
  for (const Property& property : Properties()) words.emplace_back(property.id);
  for (const KnownProgram& known : KnownPrograms()) {
    const std::string name = absl::AsciiStrToLower(
        absl::StrCat("-", std::filesystem::path(known.path).stem().string(), "-"));
    for (const std::string& word : words) {
      EXPECT_FALSE(absl::StrContains(name, absl::StrCat("-", absl::AsciiStrToLower(word), "-")))
          << known.path << " is named for " << word;
    }
  }
}

TEST(KnownProgramsTest, AreGroupedByDesign) {
  std::set<std::string> designs;
  size_t expectations = 0;
  for (const KnownOfDesign& known : KnownByDesign()) {
    EXPECT_TRUE(designs.insert(known.design).second) << known.design;
    int line = 0;
    for (const KnownFinding& finding : known.findings) {
      EXPECT_EQ(finding.properties, ExpectedOf(finding.program->contents, known.design));
      expectations += finding.properties.size();
      if (finding.defect == nullptr) continue;
      EXPECT_EQ(DesignOfTree(finding.defect->tree), known.design);
      EXPECT_LE(line, finding.defect->line);
      line = finding.defect->line;
    }
  }
  size_t lines = 0;
  for (const KnownProgram& known : KnownPrograms()) lines += known.contents.expectations.size();
  EXPECT_EQ(expectations, lines);
  EXPECT_GT(lines, 0u);
}

}  // namespace
}  // namespace groupfuzz
