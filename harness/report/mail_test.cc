// One finding as a mail: who did what in which order, and nothing that did not happen.
#include "harness/report/mail.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "harness/report/report_testing.h"

namespace groupfuzz {
namespace {

CallMoment Begins(uint8_t thread, Function function, uint32_t event) {
  return {.call = {.function = function}, .thread = thread, .op = 0, .event = event};
}

CallMoment Returns(uint8_t thread, Function function, uint32_t event, int64_t result) {
  CallMoment moment = Begins(thread, function, event);
  moment.returns = true;
  moment.result = result;
  return moment;
}

std::vector<CallMoment> CallsOfRace() {
  return {Begins(0, Function::kStoreType, 1), Begins(1, Function::kUseDefaultDomain, 2),
          Returns(1, Function::kUseDefaultDomain, 4, 0), Returns(0, Function::kStoreType, 9, 9)};
}

std::string MailOfRace(const Race& race, const MailSubject& subject = {.opening = "So:"}) {
  return Mail(subject, race.program, race.script.trace(), CallsOfRace(), {race.finding});
}

void ExpectNarrow(const std::string& text) {
  size_t start = 0;
  for (size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', start)) {
    EXPECT_LE(end - start, kMailColumns) << text.substr(start, end - start);
    start = end + 1;
  }
  EXPECT_EQ(start, text.size()) << "the last line has no end";
}

// Begins with a line break that is not part of it.
constexpr char kMailOfRace[] = R"(
So:

At first default_domain and domain of the group are D0:DMA, owner_cnt is 0.

CPU0                                   CPU1
----                                   ----
iommu_group_store_type("identity\n")
  read default_domain unlocked
                                       iommu_device_use_default_domain(dev0)
                                         owner_cnt is now 1
  mutex_lock(&group->mutex)
  attach dev0 to D1
  default_domain is now D1:identity
  domain is now D1:identity
  mutex_unlock(&group->mutex)

(D0, D1: domains, in the order in which they appear)

What is wrong then: owner_cnt is 1 and domain D0 was replaced by domain D1.
The rule (I2): No driver that counted itself ever sees the default domain
replaced.
Its source: test.

The program, race.txt:

    groupfuzz 1
    thread 0
      store_type "identity\n"
    thread 1
      bind 0
)";

TEST(MailTest, TwoThreadsHaveAColumnEach) { EXPECT_EQ(MailOfRace(Race()), kMailOfRace + 1); }

TEST(MailTest, WhatCameAfterTheRuleBrokeIsNotTold) {
  Race race;
  EXPECT_EQ(MailOfRace(race).find("free D0"), std::string::npos);
  race.finding.event = race.script.Size() - 1;
  EXPECT_NE(MailOfRace(race).find("  free D0\n"), std::string::npos);
}

TEST(MailTest, WithoutAnInterruptionLocksAndReadsSayNothing) {
  Race race;
  Trace trace = race.script.trace();
  for (Event& event : trace.events) {
    if (event.thread == 1) event.thread = 0;
  }
  const std::vector<CallMoment> calls = {Begins(0, Function::kStoreType, 1)};
  const std::string text = Mail({.opening = "So:"}, race.program, trace, calls, {race.finding});
  EXPECT_EQ(text.find("CPU"), std::string::npos) << text;
  EXPECT_EQ(text.find("unlocked"), std::string::npos) << text;
  EXPECT_EQ(text.find("mutex_lock"), std::string::npos) << text;
  EXPECT_NE(text.find("\n    attach dev0 to D1\n"), std::string::npos) << text;
  // A rule about locks is not told without them.
  Property about_locks = kNoReplacement;
  about_locks.group = PropertyGroup::kLocking;
  race.finding.property = &about_locks;
  const std::string locking = Mail({.opening = "So:"}, race.program, trace, calls, {race.finding});
  EXPECT_NE(locking.find("mutex_lock(&group->mutex)"), std::string::npos) << locking;
}

// Another thread looks while the owner of the mutex has changed something and goes on later.
TEST(MailTest, AChangeIsOfWhoHasTheMutex) {
  const DomainRef dma{kOld, DomainType::kDma};
  Script script;
  script.Do(0, LockEvent(EventKind::kLock), State(0, dma));
  script.Do(1, {.kind = EventKind::kRacyRead}, State(1, dma));
  script.Do(0, LockEvent(EventKind::kUnlock), State(1, dma));
  Race race;
  race.finding.event = 2;
  race.finding.detail = "so";
  const std::string text =
      Mail({.opening = "So:"}, race.program, script.trace(),
           {Begins(0, Function::kStoreType, 0), Begins(1, Function::kUseDefaultDomain, 1)},
           {race.finding});
  EXPECT_NE(text.find("\n  owner_cnt is now 1\n"), std::string::npos) << text;
}

TEST(MailTest, MoreThreadsShareOneColumn) {
  Race race;
  Trace trace = race.script.trace();
  race.program.thread_count = 3;
  race.program.threads[2].push_back(Bind());
  std::vector<CallMoment> calls = CallsOfRace();
  calls.insert(calls.begin() + 3, Begins(2, Function::kUseDefaultDomain, 4));
  const std::string text = Mail({.opening = "So:"}, race.program, trace, calls, {race.finding});
  EXPECT_NE(text.find("\nCPU2: iommu_device_use_default_domain(dev0)\nCPU0:   mutex_lock("),
            std::string::npos)
      << text;
}

TEST(MailTest, OnlyWhatIsNewIsSaidToBeWrong) {
  Race race;
  Finding other = race.finding;
  Property known = kNoReplacement;
  known.id = "I9";
  other.property = &known;
  other.detail = "something else";
  const auto mail = [&](std::vector<std::string_view> ids) {
    return Mail({.opening = "So:", .property = &kNoReplacement, .ids = std::move(ids)},
                race.program, race.script.trace(), CallsOfRace(), {other, race.finding});
  };
  EXPECT_NE(mail({}).find("  I9   something else\n"), std::string::npos);
  EXPECT_EQ(mail({"I2"}).find("I9"), std::string::npos);
}

TEST(MailTest, NoLineIsTooLongAndWhatIsFoldedIsSaid) {
  Race race;
  race.finding.detail = std::string(60, 'x') + " " + std::string(90, 'y');
  race.program.schedule.choices.assign(60, 1);
  const std::string text =
      MailOfRace(race, {.opening = std::string(100, 'z'), .commands = {std::string(99, 'c')}});
  ExpectNarrow(text);
  EXPECT_NE(text.find("1 \\\n"), std::string::npos) << text;
  EXPECT_NE(text.find("A line that ends in a backslash goes on in the next one.\n"),
            std::string::npos);
}

}  // namespace
}  // namespace groupfuzz
