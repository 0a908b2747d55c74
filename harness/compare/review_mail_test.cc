// Which hunk of a patch an answer quotes, and what its file is called.
#include "harness/compare/review_mail.h"

#include <string>

#include "gtest/gtest.h"

namespace groupfuzz {
namespace {

// A removed line that looks like a head of a file, then two hunks of what is built.
constexpr char kPatch[] =
    "diff --git a/Documentation/x b/Documentation/x\n--- a/Documentation/x\n+++ b/Documentation/x\n"
    "@@ -1,2 +1,1 @@\n--- a/fake\n same\n"
    "diff --git a/drivers/iommu/iommu.c b/drivers/iommu/iommu.c\n--- a/drivers/iommu/iommu.c\n"
    "+++ b/drivers/iommu/iommu.c\n@@ -5,2 +5,3 @@ f()\n one\n+two\n three\n@@ -90 +91 @@ g()\n-x\n"
    "+y\n";
constexpr char kHead[] = "> --- a/drivers/iommu/iommu.c\n> +++ b/drivers/iommu/iommu.c\n";

std::string QuotedWhere(int ran) {
  return QuotedHunk(kPatch, [&](const std::string& file, int line) {
    return file == "drivers/iommu/iommu.c" && line == ran;
  });
}

TEST(ReviewMailTest, TheHunkOfALineThatRanIsQuoted) {
  EXPECT_EQ(QuotedWhere(91), std::string(kHead) + "> @@ -90 +91 @@ g()\n> -x\n> +y\n");
}

TEST(ReviewMailTest, ElseTheFirstHunkOfWhatIsBuilt) {
  const std::string first =
      std::string(kHead) + "> @@ -5,2 +5,3 @@ f()\n>  one\n> +two\n>  three\n";
  EXPECT_EQ(QuotedWhere(0), first);
  EXPECT_EQ(QuotedWhere(5), first) << "a line that the patch does not add says nothing";
  EXPECT_EQ(QuotedWhere(6), first);
}

TEST(ReviewMailTest, WhatHasNoHunkIsNotQuoted) {
  EXPECT_EQ(QuotedHunk("text\n", [](const std::string&, int) { return true; }), "");
}

TEST(ReviewMailTest, AFileIsNamedAfterItsPatch) {
  const Review review{.tree = "linux:t",
                      .patches = {{.step = "patch-1", .title = "iommu: Use it (v2)!"}}};
  EXPECT_EQ(MailFileName(review, 0), "0001-iommu-use-it-v2.mail");
}

}  // namespace
}  // namespace groupfuzz
