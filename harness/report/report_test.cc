// Timelines and findings as they are printed.
#include "harness/report/report.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "gtest/gtest.h"
#include "target/kernel/runtime.h"
#include "target/system/names.h"

namespace groupfuzz {
namespace {

using kernel::LockClass;

constexpr DomainId kOld = 0x101;
constexpr DomainId kNew = 0x205;
constexpr Property kNoReplacement = {
    .id = "I2",
    .group = PropertyGroup::kOwnership,
    .statement = "No driver that counted itself ever sees the default domain replaced.",
    .source = "test"};

Snapshot State(int32_t owner_cnt, DomainRef domain) {
  Snapshot snapshot;
  snapshot.exists = true;
  snapshot.owner_cnt = owner_cnt;
  snapshot.default_domain = domain;
  snapshot.domain = domain;
  snapshot.members = 1;
  return snapshot;
}

// Writes a trace down event by event.
class Script {
 public:
  void Do(uint8_t thread, Event event, const Snapshot& after) {
    event.thread = thread;
    event.op = 0;
    trace_.events.push_back(event);
    trace_.snapshots.push_back(after);
  }
  void End(uint8_t thread, uint32_t first_event, int64_t result) {
    trace_.ops.push_back({thread, 0, result, first_event, Size()});
  }
  uint32_t Size() const { return static_cast<uint32_t>(trace_.events.size()); }
  const Trace& trace() const { return trace_; }

 private:
  Trace trace_;
};

WriteBuffer Text(std::string_view text) {
  WriteBuffer buffer;
  buffer.size = static_cast<uint8_t>(text.size());
  std::copy(text.begin(), text.end(), buffer.bytes.begin());
  return buffer;
}

Op Bind() {
  Op op;
  op.kind = OpKind::kBind;
  return op;
}

Event LockEvent(EventKind kind) {
  return {.kind = kind, .value = static_cast<uint8_t>(LockClass::kGroup)};
}

// A driver binds in the middle of a write that then replaces the domain.
struct Race {
  Race() {
    program.thread_count = 2;
    program.threads[0].push_back({.kind = OpKind::kStoreType, .text = Text("identity\n")});
    program.threads[1].push_back(Bind());
    const DomainRef dma{kOld, DomainType::kDma};
    const DomainRef identity{kNew, DomainType::kIdentity};
    const auto identity_type = static_cast<uint8_t>(DomainType::kIdentity);
    script.Do(kBootThread, {.kind = EventKind::kAttach, .device = 0, .domain = kOld},
              State(0, dma));
    script.Do(0, {.kind = EventKind::kRacyRead}, State(0, dma));
    script.Do(1, LockEvent(EventKind::kLock), State(0, dma));
    script.Do(1, LockEvent(EventKind::kUnlock), State(1, dma));
    script.End(1, 2, 0);
    script.Do(0, LockEvent(EventKind::kLock), State(1, dma));
    script.Do(0, {.kind = EventKind::kDomainAlloc, .value = identity_type, .domain = kNew},
              State(1, dma));
    script.Do(0, {.kind = EventKind::kAttach, .device = 0, .domain = kNew}, State(1, dma));
    script.Do(0, LockEvent(EventKind::kUnlock), State(1, identity));
    finding = {.property = &kNoReplacement,
               .thread = 0,
               .op = 0,
               .event = script.Size() - 1,
               .roles = 0,
               .detail = "owner_cnt is 1 and domain {257} was replaced by domain {517}"};
    script.Do(0, {.kind = EventKind::kDomainFree, .domain = kOld}, State(1, identity));
    script.End(0, 1, 9);
  }

  Program program;
  Script script;
  Finding finding;
};

// Begins with a line break that is not part of it.
constexpr char kRaceTimeline[] = R"(
 step what                                                 cnt owner default      current      mutex
    0 T0 store_type "identity\n"                             0 -     D0:DMA       D0:DMA       -
    1 T0   read without the lock                             0 -     D0:DMA       D0:DMA       -
    2   T1 bind 0 = 0                                        1 -     D0:DMA       D0:DMA       -
    3 T0   allocate D1 (identity)                            1 -     D0:DMA       D0:DMA       T0
    4 T0   attach dev0 to D1                                 1 -     D0:DMA       D0:DMA       T0
    5 T0   unlock group->mutex                               1 -     D1:identity  D1:identity  -
  >>> I2: owner_cnt is 1 and domain D0 was replaced by domain D1
    6 T0   free D0                                           1 -     D1:identity  D1:identity  -
    7 T0 store_type = 9                                      1 -     D1:identity  D1:identity  -
cnt, owner, default, current: owner_cnt, owner, default_domain, domain of the group; mutex: who
holds group->mutex; all after the step. D0, D1: domains of the core; B: blocking; U0: a user's.
)";

TEST(ReportTest, TimelineOfARace) {
  const Race race;
  EXPECT_EQ(Timeline(race.program, race.script.trace(), {race.finding}), kRaceTimeline + 1);
}

TEST(ReportTest, NoLineIsLongerThanAMailAllows) {
  Race race;
  race.finding.detail = std::string(40, 'x') + " " + std::string(80, 'y') + " end";
  for (const bool all_events : {false, true}) {
    const std::string text =
        Timeline(race.program, race.script.trace(), {race.finding}, {.all_events = all_events});
    size_t start = 0;
    for (size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', start)) {
      EXPECT_LE(end - start, static_cast<size_t>(kReportColumns))
          << text.substr(start, end - start);
      start = end + 1;
    }
  }
}

TEST(ReportTest, WhereEveryOpWasRefusedNothingHappened) {
  Program program;
  program.thread_count = 1;
  program.threads[0].resize(2);
  for (Op& op : program.threads[0]) op.kind = OpKind::kClaimedQuery;
  Trace trace;
  trace.ops = {{0, 0, kRefused, 0, 0}, {0, 1, kRefused, 0, 0}};
  const std::string text = Timeline(program, trace, {}, {});
  EXPECT_NE(text.find("1 T0 claimed_query = refused"), std::string::npos) << text;
}

// Where no op ran, the events alone do not say which of the two they are of.
TEST(ReportTest, BootAndTearDownAreToldApart) {
  const Program program;
  Trace trace;
  trace.events = {{.kind = EventKind::kWarn}, {.kind = EventKind::kWarn}};
  trace.snapshots.resize(2);
  trace.boot_events = 1;
  const std::string text = Timeline(program, trace, {}, {});
  EXPECT_NE(text.find(" 0 boot: WARN"), std::string::npos) << text;
  EXPECT_NE(text.find(" 1 tear-down: WARN"), std::string::npos) << text;
}

TEST(ReportTest, ABootThatShowsNothingHasAPlaceForItsFinding) {
  const Finding finding{.property = &kNoReplacement, .thread = kBootThread, .detail = "it is so"};
  const std::string text = Timeline(Program{}, Trace{}, {finding}, {});
  EXPECT_NE(text.find(" 0 the machine boots\n  >>> I2: it is so\n"), std::string::npos) << text;
}

TEST(ReportTest, AllEventsShowsEveryEvent) {
  const Race race;
  const std::string text = Timeline(race.program, race.script.trace(), {}, {.all_events = true});
  EXPECT_NE(text.find("T1   lock group->mutex"), std::string::npos) << text;
  EXPECT_NE(text.find("unlock group->mutex"), std::string::npos) << text;
}

TEST(ReportTest, AnOpThatNeverReturnsSaysSo) {
  Race race;
  Trace trace = race.script.trace();
  trace.ops.pop_back();
  const std::string text = Timeline(race.program, trace, {});
  EXPECT_NE(text.find("store_type does not return"), std::string::npos) << text;
}

TEST(ReportTest, ColourOnlyWhereAsked) {
  const Race race;
  EXPECT_EQ(Timeline(race.program, race.script.trace(), {race.finding}).find('\033'),
            std::string::npos);
  EXPECT_NE(
      Timeline(race.program, race.script.trace(), {race.finding}, {.colour = true}).find('\033'),
      std::string::npos);
}

TEST(ReportTest, FindingsAreDescribedInWords) {
  const Race race;
  EXPECT_EQ(DescribeFindings(race.program, race.script.trace(), {race.finding}),
            "I2   No driver that counted itself ever sees the default domain replaced.\n"
            "     owner_cnt is 1 and domain D0 was replaced by domain D1\n");
}

TEST(NamesTest, ResultsSpeakTheLanguageOfTheKernel) {
  EXPECT_EQ(ResultName(0), "0");
  EXPECT_EQ(ResultName(4), "4");
  EXPECT_EQ(ResultName(-EPERM), "-EPERM");
  EXPECT_EQ(ResultName(-517), "-EPROBE_DEFER");
  EXPECT_EQ(ResultName(kRefused), "refused");
}

TEST(NamesTest, EveryFunctionLockAndWarningHasAName) {
  for (int i = 0; i < kFunctions; ++i) {
    EXPECT_FALSE(KernelName(static_cast<Function>(i)).empty()) << i;
  }
  for (int i = 0; i < kernel::kLockClasses; ++i) {
    EXPECT_FALSE(LockName(static_cast<LockClass>(i), kNoDevice).empty()) << i;
  }
  for (int i = 0; i < kernel::kWarnSites; ++i) {
    EXPECT_FALSE(WarnName(static_cast<kernel::WarnSite>(i)).empty()) << i;
  }
}

}  // namespace
}  // namespace groupfuzz
