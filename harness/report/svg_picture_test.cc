// The picture of an execution: self-contained, no wider than it says, text that stays text, locks
// as bars, who waits for whom, each violated rule with its sentence.
#include "harness/report/svg_picture.h"

#include <string>
#include <string_view>

#include "gtest/gtest.h"
#include "harness/report/report_testing.h"

namespace groupfuzz {
namespace {

const PageSubject kSubject{.design = "a<b", .source = "race & \"co\".txt", .commands = {}};

std::string PictureOf(const Race& race) {
  return SvgPicture(kSubject, race.program, race.script.trace(), {race.finding});
}

size_t CountOf(std::string_view text, std::string_view what) {
  size_t count = 0;
  for (size_t at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1)) {
    ++count;
  }
  return count;
}

int WidthOf(const std::string& picture) {
  const std::string_view lead = " width=\"";
  return std::stoi(picture.substr(picture.find(lead) + lead.size()));
}

TEST(SvgPictureTest, NeedsNothingButItself) {
  const std::string picture = PictureOf(Race());
  EXPECT_EQ(CountOf(picture, "http"), 1u) << "the name of its kind";
  EXPECT_EQ(CountOf(picture, "<script") + CountOf(picture, "href") + CountOf(picture, "url(") +
                CountOf(picture, "@import") + CountOf(picture, "@font-face"),
            0u);
  EXPECT_EQ(CountOf(picture, "prefers-color-scheme:dark"), 1u);
  EXPECT_EQ(picture, PictureOf(Race()));
}

TEST(SvgPictureTest, TextStaysText) {
  const std::string picture = PictureOf(Race());
  EXPECT_NE(picture.find("<title id=\"title\">a&lt;b: violates I2</title>"), std::string::npos);
  EXPECT_NE(picture.find(">race &amp; &quot;co&quot;.txt; "), std::string::npos);
  EXPECT_NE(picture.find(">store_type &quot;identity\\n&quot;</text>"), std::string::npos);
  EXPECT_EQ(CountOf(picture, "<text "), CountOf(picture, "</text>"));
  EXPECT_EQ(CountOf(picture, "<title"), CountOf(picture, "</title>"));
}

// It stands below the step, with what was seen and what should be.
TEST(SvgPictureTest, AViolationHasItsSentence) {
  const std::string picture = PictureOf(Race());
  const size_t step = picture.find(">unlock group-&gt;mutex</text>");
  const size_t seen = picture.find(">owner_cnt is 1 and domain D0 was replaced by domain D1.<");
  const size_t rule = picture.find(">No driver that counted itself ever sees the default domain");
  const size_t next = picture.find(">free D0</text>");
  ASSERT_NE(step, std::string::npos);
  EXPECT_LT(step, seen);
  EXPECT_LT(seen, rule);
  EXPECT_LT(rule, next);
  EXPECT_LT(next, std::string::npos);
}

// T1 comes to the mutex while T0 has it, and waits for two steps.
TEST(SvgPictureTest, WhoHoldsALockAndWhoWaits) {
  Race race;
  Script script;
  const Snapshot state = State(0, {kOld, DomainType::kDma});
  script.Do(0, LockEvent(EventKind::kLock), state);
  script.Do(1, {.kind = EventKind::kRacyRead}, state);
  script.Do(0, {.kind = EventKind::kRacyRead}, state);
  script.Do(0, {.kind = EventKind::kRacyRead}, state);
  script.Do(0, LockEvent(EventKind::kUnlock), State(1, {kOld, DomainType::kDma}));
  script.Do(1, LockEvent(EventKind::kLock), state);
  const std::string picture = SvgPicture(kSubject, race.program, script.trace(), {});
  EXPECT_EQ(CountOf(picture, ">waits for T0 (group-&gt;mutex)</text>"), 1u) << picture;
  EXPECT_EQ(CountOf(picture, "<path class=\"waits\""), 1u) << picture;
  EXPECT_EQ(CountOf(picture, "<title>T0 holds group-&gt;mutex</title>"), 1u) << picture;
}

TEST(SvgPictureTest, IsNoWiderThanItSays) {
  Race race;
  EXPECT_LE(WidthOf(PictureOf(race)), kPictureWidth);
  race.program.thread_count = 4;
  race.program.threads[0][0].text = Text("a type no kernel has yet");
  const std::string wide = PictureOf(race);
  EXPECT_LE(WidthOf(wide), kPictureWidth);
  EXPECT_EQ(wide.find("a type no kernel has yet"), std::string::npos) << "not broken";
}

}  // namespace
}  // namespace groupfuzz
