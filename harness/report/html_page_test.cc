// The page of an execution: self-contained, escaped, and it says who holds what, who waits, what
// changed and which rule is violated where.
#include "harness/report/html_page.h"

#include <string>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"
#include "harness/report/lock_timeline.h"
#include "harness/report/report_testing.h"

namespace groupfuzz {
namespace {

constexpr size_t kMostBytes = size_t{200} << 10;

std::string PageOf(const Race& race) {
  const PageSubject subject{
      .design = "a<b", .source = "race & \"co\".txt", .commands = {"groupfuzz run <file>"}};
  return HtmlPage(subject, race.program, race.script.trace(), {race.finding});
}

size_t CountOf(std::string_view text, std::string_view what) {
  size_t count = 0;
  for (size_t at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1)) {
    ++count;
  }
  return count;
}

TEST(HtmlPageTest, NeedsNothingButItself) {
  const std::string page = PageOf(Race());
  EXPECT_EQ(CountOf(page, "http:") + CountOf(page, "https:"), 0u);
  EXPECT_EQ(CountOf(page, "src=") + CountOf(page, "@import") + CountOf(page, "url("), 0u);
  EXPECT_LT(page.size(), kMostBytes);
  EXPECT_EQ(page, PageOf(Race()));
}

TEST(HtmlPageTest, TextStaysText) {
  const std::string page = PageOf(Race());
  EXPECT_NE(page.find("<title>a&lt;b: violates I2</title>"), std::string::npos);
  EXPECT_NE(page.find("race &amp; &quot;co&quot;.txt"), std::string::npos);
  EXPECT_NE(page.find("groupfuzz run &lt;file&gt;"), std::string::npos);
  EXPECT_NE(page.find("store_type &quot;identity\\n&quot;"), std::string::npos);
}

TEST(HtmlPageTest, EveryElementIsClosed) {
  const std::string page = PageOf(Race());
  for (const std::string element : {"table", "tr", "td", "div", "span", "ul", "li", "p", "pre"}) {
    EXPECT_EQ(CountOf(page, "<" + element + ">") + CountOf(page, "<" + element + " "),
              CountOf(page, "</" + element + ">"))
        << element;
  }
}

// What is wrong leads to the step at which it showed, which says so.
TEST(HtmlPageTest, AViolationIsAtItsStep) {
  const std::string page = PageOf(Race());
  const size_t link = page.find("<a href=\"#s");
  ASSERT_NE(link, std::string::npos);
  const size_t begin = page.find('#', link) + 1;
  const std::string step = page.substr(begin, page.find('"', begin) - begin);
  const size_t row = page.find("<tr id=\"" + step + "\"");
  ASSERT_NE(row, std::string::npos);
  const std::string line = page.substr(row, page.find("</tr>", row) - row);
  EXPECT_NE(line.find("unlock group-&gt;mutex"), std::string::npos) << line;
  EXPECT_NE(line.find("data-bad"), std::string::npos);
  EXPECT_NE(line.find("<td class=\"chg\">D1:identity</td>"), std::string::npos);
  EXPECT_NE(page.find("owner_cnt is 1 and domain D0 was replaced by domain D1"), std::string::npos);
}

// The script sets the class "every" where the style looks for it.
TEST(HtmlPageTest, DetailsAreHiddenInTheirExecution) {
  const std::string page = PageOf(Race());
  EXPECT_NE(page.find("x.classList.toggle('every',"), std::string::npos);
  EXPECT_NE(page.find(".execution:not(.every) tr.detail{display:none}"), std::string::npos);
  EXPECT_EQ(CountOf(page, "<section class=\"execution\""), 1u);
}

TEST(HtmlPageTest, AStepSaysWhoHoldsWhat) {
  const std::string page = PageOf(Race());
  EXPECT_NE(page.find("T0: attach dev0 to D1. T0 holds group-&gt;mutex."), std::string::npos);
}

// T1 comes to the mutex while T0 has it, and gets it next.
TEST(LockTimelineTest, WhoComesToALockThatIsHeldWaits) {
  Script script;
  const Snapshot state;
  script.Do(0, LockEvent(EventKind::kLock), state);
  script.Do(1, {.kind = EventKind::kRacyRead}, state);
  script.Do(0, {.kind = EventKind::kRacyRead}, state);
  script.Do(0, LockEvent(EventKind::kUnlock), state);
  script.Do(1, LockEvent(EventKind::kLock), state);
  const LockTimeline locks(script.trace());
  EXPECT_TRUE(locks.HeldBy(0, -1).empty());
  EXPECT_EQ(locks.HeldBy(0, 2).size(), 1u);
  EXPECT_EQ(locks.HeldBy(0, 2)[0].Name(), "group->mutex");
  EXPECT_FALSE(locks.WaitsFor(1, 0)) << "it has not begun";
  ASSERT_TRUE(locks.WaitsFor(1, 2));
  EXPECT_EQ(locks.WaitsFor(1, 2)->Name(), "group->mutex");
  EXPECT_FALSE(locks.WaitsFor(1, 3)) << "nobody holds it";
  EXPECT_FALSE(locks.WaitsFor(0, 1)) << "it goes on";
  EXPECT_EQ(locks.HeldBy(1, 4).size(), 1u);
}

}  // namespace
}  // namespace groupfuzz
