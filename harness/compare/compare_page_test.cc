// The page of a comparison: each id of the table leads to an execution that shows it, has its
// sentence, and looks as its design has it: news, or known of the baseline.
#include "harness/compare/compare_page.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"
#include "harness/program/text_codec.h"
#include "harness/verdict/runner.h"

namespace groupfuzz {
namespace {

constexpr char kRace[] =
    "groupfuzz 1\nthread 0\n  store_type \"DMA-FQ\\n\"\nthread 1\n  store_type \"identity\\n\"\n"
    "  bind 0\n";
// What the 2023 patch shows in it is I22, among others.
constexpr char kDirect[] = "groupfuzz 1\ndevice 0 direct\nthread 0\n  store_type \"identity\\n\"\n";

std::vector<ProgramFile> Corpus() {
  std::vector<ProgramFile> corpus(2);
  corpus[0].path = "a<b.txt";
  corpus[0].contents.program = ParseText(kRace, corpus[0].path).value().program;
  corpus[1].path = "direct.txt";
  corpus[1].contents.program = ParseText(kDirect, corpus[1].path).value().program;
  return corpus;
}

PageSubject SubjectOn(const Design& design, const std::string& source) {
  return {.design = design.name, .source = source, .commands = {}};
}

// Of one row, with an example of each id.
std::string PageOf(const Design& design, DesignComparison* row) {
  const std::vector<ProgramFile> corpus = Corpus();
  Runner runner(design);
  *row = CompareDesign(runner, corpus, 1000, nullptr);
  const std::vector<Showcase> examples = OneOfEach(*row, corpus, {}, [] { return true; });
  return ComparePage({*row}, corpus.size(), examples, SubjectOn);
}

// What stands between `before` and the next quote, wherever `before` is.
std::multiset<std::string> Quoted(const std::string& page, const std::string& before) {
  std::multiset<std::string> found;
  for (size_t at = page.find(before); at != std::string::npos; at = page.find(before, at + 1)) {
    const size_t begin = at + before.size();
    found.insert(page.substr(begin, page.find('"', begin) - begin));
  }
  return found;
}

TEST(ComparePageTest, EachIdLeadsToAnExecutionThatShowsIt) {
  DesignComparison row;
  const std::string page = PageOf(*FindDesign("claim-v1"), &row);
  const std::multiset<std::string> anchors = Quoted(page, " id=\"");
  for (const std::string& anchor : anchors) EXPECT_EQ(anchors.count(anchor), 1u) << anchor;
  for (const std::string& link : Quoted(page, "href=\"#")) EXPECT_TRUE(anchors.contains(link));
  EXPECT_TRUE(row.violations.contains("I2") && row.violations.contains("I22"));
  for (const auto& [id, programs] : row.violations) {
    const std::string label = ">" + std::string(id) + "</a>";
    const size_t end = page.find(label);
    ASSERT_NE(end, std::string::npos) << id << " leads nowhere";
    const size_t begin = page.rfind("href=\"#", end) + 7;
    const std::string anchor = page.substr(begin, page.find('"', begin) - begin);
    const size_t example = page.find("<div id=\"" + anchor + "\"");
    const size_t next = page.find("</details>", example);
    const size_t shown = page.find("<span class=\"bad\">" + std::string(id) + "</span>", example);
    EXPECT_LT(shown, next) << anchor << " does not show " << id;
    EXPECT_NE(page.find("<dt id=\"rule-" + std::string(id) + "\""), std::string::npos) << id;
  }
  EXPECT_NE(page.find("minimized from a&lt;b.txt"), std::string::npos);
}

TEST(ComparePageTest, WhatTheBaselineShowsIsGrey) {
  DesignComparison row;
  const Design& claim = *FindDesign("claim-v1");
  const std::string page = PageOf(Against(*FindDesign("locked-claim"), claim), &row);
  ASSERT_TRUE(row.news.empty());
  ASSERT_FALSE(row.violations.empty());
  const size_t table = page.find("</table>");
  EXPECT_LT(page.find("\" class=\"dim\" title=\""), table);
  EXPECT_GT(page.find("\" class=\"bad\" title=\""), table);
}

TEST(ComparePageTest, WithoutAViolationTheTableHasWords) {
  DesignComparison row;
  const std::string page = PageOf(*FindDesign("owner-check"), &row);
  EXPECT_NE(page.find("<td>exhausted</td>"), std::string::npos);
  EXPECT_EQ(page.find("<details>"), std::string::npos);
  EXPECT_EQ(page.find("What the ids say"), std::string::npos);
}

}  // namespace
}  // namespace groupfuzz
