// Timelines and findings as they are printed.
#include "harness/report/report.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "gtest/gtest.h"
#include "harness/report/report_testing.h"
#include "target/kernel/runtime.h"
#include "target/system/names.h"

namespace groupfuzz {
namespace {

// Begins with a line break that is not part of it.
constexpr char kRaceTimeline[] = R"(
 step what                                                 cnt owner default      current      mutex
    0 T0 store_type "identity\n"                             0 -     D0:DMA       D0:DMA       -
    1 T0   read default_domain unlocked                      0 -     D0:DMA       D0:DMA       -
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

TEST(ReportTest, WhatAnOpReturnsIsSaidWithItsName) {
  const Race race;
  const std::string text = Timeline(race.program, race.script.trace(), {}, {.all_events = true});
  EXPECT_NE(text.find("T1 bind = 0"), std::string::npos) << text;
  EXPECT_NE(text.find("T0 store_type = 9"), std::string::npos) << text;
}

TEST(ReportTest, TheFunctionsThatOpsCalledAreNamed) {
  const Race race;
  Trace trace = race.script.trace();
  const auto call = [&](OpKind kind, Function function) {
    trace.calls[static_cast<size_t>(kind)] |= 1u << static_cast<unsigned>(function);
  };
  call(OpKind::kBind, Function::kUseDefaultDomain);
  call(OpKind::kBind, Function::kUnuseDefaultDomain);
  call(OpKind::kStoreType, Function::kStoreType);
  const std::string text = Timeline(race.program, trace, {});
  EXPECT_TRUE(
      text.ends_with("\nstore_type: iommu_group_store_type(); bind: "
                     "iommu_device_use_default_domain(),\n"
                     "iommu_device_unuse_default_domain().\n"))
      << text;
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
    EXPECT_FALSE(LockName(static_cast<kernel::LockClass>(i), kNoDevice).empty()) << i;
  }
  for (int i = 0; i < kernel::kWarnSites; ++i) {
    EXPECT_FALSE(WarnName(static_cast<kernel::WarnSite>(i)).empty()) << i;
  }
}

}  // namespace
}  // namespace groupfuzz
