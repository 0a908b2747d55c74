// Which lines of a source changed, and which of them ran.
#include "harness/compare/changed_lines.h"

#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace groupfuzz {
namespace {

constexpr char kBefore[] =
    "/* one */\n"          // 1
    "int first(void)\n"    // 2
    "{\n"                  // 3
    "\tcheck();\n"         // 4
    "\tact();\n"           // 5
    "\treturn 0;\n"        // 6
    "}\n"                  // 7
    "\n"                   // 8
    "int second(int a)\n"  // 9
    "{\n"                  // 10
    "\treturn a;\n"        // 11
    "}\n";                 // 12

// What ran of a file that has `text`.
FileCoverage File(const std::string& where, const std::string& text, std::map<int, bool> ran) {
  const std::string path = testing::TempDir() + "changed_lines_" + where + ".c";
  std::ofstream(path) << text;
  return {.name = "drivers/iommu/iommu.c", .path = path, .ran = std::move(ran)};
}

FileCoverage Before() {
  return File("before", kBefore, {{4, true}, {5, true}, {6, true}, {11, true}});
}

std::string With(const std::string& from, const std::string& to) {
  std::string text = kBefore;
  return text.replace(text.find(from), from.size(), to);
}

ChangedLines Changed(const FileCoverage& after) {
  return LinesThatChanged(std::vector{Before()}, std::vector{after}).value();
}

TEST(ChangedLinesTest, NewLinesCountWhereTheyHaveCode) {
  const ChangedLines changed =
      Changed(File("added", With("\tact();\n", "\t/* why */\n\tif (x)\n\t\tact();\n"),
                   {{4, true}, {6, true}, {7, false}, {8, true}, {13, true}}));
  EXPECT_EQ(changed.count(), 2);
  EXPECT_EQ(changed.ran(), 1);
  ASSERT_EQ(changed.functions.size(), 1u);
  EXPECT_EQ(changed.functions[0].name, "first");
  EXPECT_TRUE(changed.functions[0].called);
  EXPECT_EQ(Describe(changed), "1 of 2 changed lines ran; first(): not 7");
}

TEST(ChangedLinesTest, WhatFollowsCodeThatIsGoneCounts) {
  const ChangedLines changed =
      Changed(File("removed", With("\tcheck();\n", ""), {{4, true}, {5, true}, {10, true}}));
  ASSERT_EQ(changed.count(), 1);
  EXPECT_TRUE(changed.functions[0].ran.contains(4));
  EXPECT_EQ(Describe(changed), "1 of 1 changed line ran");
}

TEST(ChangedLinesTest, AFunctionThatNobodyCalledIsNamed) {
  const ChangedLines changed =
      Changed(File("uncalled", With("\treturn a;\n", "\ta++;\n\treturn a;\n"),
                   {{4, true}, {5, true}, {6, true}, {11, false}, {12, false}}));
  EXPECT_TRUE(changed.untouched());
  EXPECT_EQ(Describe(changed), "0 of 1 changed line ran; second() was never called: 11");
}

TEST(ChangedLinesTest, CommentsAreNoCode) {
  const ChangedLines changed =
      Changed(File("comment", With("/* one */", "/* two */"), Before().ran));
  EXPECT_FALSE(changed.untouched());
  EXPECT_EQ(Describe(changed), "no changed line has code of its own: nobody knows what ran");
  EXPECT_EQ(Describe(Changed(File("same", kBefore, Before().ran))), "the source is the same");
}

TEST(ChangedLinesTest, ANewFileIsAChange) {
  FileCoverage added = File("new", "int third(void)\n{\n\treturn 3;\n}\n", {{3, true}});
  added.name = "drivers/iommu/iommu-priv.h";
  EXPECT_EQ(Describe(Changed(added)), "1 of 1 changed line ran");
}

TEST(ChangedLinesTest, TheSameFileUnderAnotherNameIsNoChange) {
  FileCoverage renamed = Before();
  renamed.name = renamed.path;
  EXPECT_EQ(Describe(Changed(renamed)), "the source is the same");
}

TEST(ChangedLinesTest, NeighboursAreARange) {
  const ChangedLines changed = Changed(
      File("range", With("\tact();\n", "\tone();\n\ttwo();\n\tthree();\n\tfour();\n"),
           {{4, true}, {5, false}, {6, false}, {7, true}, {8, false}, {9, true}, {14, true}}));
  EXPECT_EQ(Describe(changed), "1 of 4 changed lines ran; first(): not 5-6, 8");
}

TEST(ChangedLinesTest, WhereNobodyCountsNothingIsSaid) {
  EXPECT_FALSE(LinesThatChanged({}, {}).has_value());
  const FileCoverage lost = {.name = "drivers/iommu/iommu.c", .path = "/nowhere.c", .ran = {}};
  EXPECT_FALSE(LinesThatChanged(std::vector{Before()}, std::vector{lost}).has_value());
}

}  // namespace
}  // namespace groupfuzz
