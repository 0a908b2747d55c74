// What is told of the defects of a kernel: what the corpus says of that tree, and what a row shows.
#include "harness/compare/known_defects.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "target/designs/design.h"

namespace groupfuzz {
namespace {

constexpr char kProgram[] = "anywhere/lazy-write-meets-the-last-unplug.txt";

std::string Describe(const std::string& name, const std::string& path, const char* id) {
  Design design = *FindDesign("v6.12");
  design.name = name;
  DesignComparison row{.design = &design, .violations = {}, .news = {}};
  row.violations[id] = {0};
  std::vector<ProgramFile> corpus(1);
  corpus[0].path = path;
  return DescribeKnownDefects({row}, corpus);
}

TEST(KnownDefectsTest, TellsWhatThePlaceAndSinceWhenAndTheRepair) {
  const std::string text = Describe("linux:linux-source-6.12", kProgram, "I44");
  EXPECT_NE(text.find("known of linux:linux-source-6.12, lines as in 6.12."), std::string::npos);
  EXPECT_NE(
      text.find("\n  I44: lazy write meets the last unplug, iommu.c:3073, since 6.6, repaired "
                "by test-under-mutex\n"),
      std::string::npos)
      << text;
}

TEST(KnownDefectsTest, SaysNotSinceWhenWhereNobodyLooked) {
  const std::string text =
      Describe("linux:linux-source-6.12", "corpus/attribute-before-the-default-domain.txt", "L1");
  EXPECT_NE(text.find("L1: attribute before the default domain, iommu.c:1012, repaired by "
                      "default-domain-first\n"),
            std::string::npos)
      << text;
}

TEST(KnownDefectsTest, SaysNothingOfOtherTreesIdsAndPrograms) {
  EXPECT_EQ(Describe("linux:mine", kProgram, "I44"), "");
  EXPECT_EQ(Describe("linux:linux-source-6.12", kProgram, "I2"), "");
  EXPECT_EQ(Describe("linux:linux-source-6.12", "corpus/other.txt", "I44"), "");
}

}  // namespace
}  // namespace groupfuzz
