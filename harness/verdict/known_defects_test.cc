// Every finding of corpus/known on a kernel tree says whose defect it is, and where.
#include "harness/verdict/known_defects.h"

#include "gtest/gtest.h"
#include "harness/verdict/corpus_testing.h"

namespace groupfuzz {
namespace {

absl::StatusOr<std::vector<KnownDefect>> Read(const std::string& title,
                                              const std::string& expectations) {
  const std::string text =
      title + "groupfuzz 1\nthread 0\n  store_type \"identity\\n\"\n" + expectations;
  return KnownDefectsOf(*ParseText(text, "test"));
}

TEST(KnownDefects, AreRead) {
  const auto defects = Read(
      "# Why.\n# Defect of linux-source-6.1: iommu.c:415 iommu_release_device(); repaired by a-b, "
      "c.\n"
      "# Latent defect of patched: iommu.c:7 f(); repaired by d.\n",
      "expect linux:linux-source-6.1 I27\nexpect v6.4 I14\nexpect linux:linux-source-6.1 I28\n"
      "expect linux:patched W1\n");
  ASSERT_TRUE(defects.ok()) << defects.status();
  ASSERT_EQ(defects->size(), 2u);
  const KnownDefect& first = defects->front();
  EXPECT_EQ(first.tree, "linux-source-6.1");
  EXPECT_FALSE(first.latent);
  EXPECT_EQ(first.file, "iommu.c");
  EXPECT_EQ(first.line, 415);
  EXPECT_EQ(first.function, "iommu_release_device");
  EXPECT_EQ(first.repairs, (std::vector<std::string>{"a-b", "c"}));
  EXPECT_EQ(first.properties, (std::set<std::string>{"I27", "I28"}));
  EXPECT_TRUE(defects->back().latent);
}

TEST(KnownDefects, WhatIsMissingIsSaid) {
  const std::string line = "# Defect of patched: iommu.c:7 f(); repaired by d.\n";
  EXPECT_EQ(Read("# Why.\n", "expect linux:patched W1\n").status().message(),
            "linux:patched has no line 'Defect of patched: ...'");
  EXPECT_EQ(Read(line, "").status().message(),
            "a defect of patched without 'expect linux:patched'");
  EXPECT_EQ(
      Read("# Defect of patched: iommu.c f().\n", "expect linux:patched W1\n").status().message(),
      "found 'Defect of patched: iommu.c f().', expected 'Defect of TREE: FILE:LINE "
      "FUNCTION(); repaired by NAME, NAME.'");
}

class KnownDefectsTest : public ::testing::TestWithParam<std::string> {};

TEST_P(KnownDefectsTest, SaysWhoseDefectItIs) {
  const auto defects = KnownDefectsOf(ReadProgram(GetParam()).contents);
  EXPECT_TRUE(defects.ok()) << defects.status();
}

INSTANTIATE_TEST_SUITE_P(Corpus, KnownDefectsTest, ::testing::ValuesIn(ProgramsIn("known")),
                         TestName);

}  // namespace
}  // namespace groupfuzz
