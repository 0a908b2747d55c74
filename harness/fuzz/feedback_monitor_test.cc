// What the fuzzer is told of the states that an execution goes through.
#include "harness/fuzz/feedback_monitor.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "gtest/gtest.h"
#include "harness/execution/executor.h"
#include "harness/execution/strategies/replay_strategy.h"
#include "harness/program/text_codec.h"
#include "properties/invariants/checker.h"
#include "target/designs/design.h"

namespace groupfuzz {
namespace {

constexpr char kCentralRace[] =
    "groupfuzz 1\n"
    "thread 0\n"
    "  store_type \"DMA-FQ\\n\"\n"
    "thread 1\n"
    "  store_type \"identity\\n\"\n"
    "  bind 0\n";

TEST(FeedbackMonitorTest, StatesThatMatterAreToldApart) {
  Snapshot none;
  Snapshot idle;
  idle.exists = true;
  idle.default_domain = {.id = 1, .type = DomainType::kDma};
  idle.domain = idle.default_domain;
  Snapshot bound = idle;
  bound.owner_cnt = 1;
  Snapshot claimed = bound;
  claimed.owner = 0;
  Snapshot blocked = claimed;
  blocked.blocking_domain = {.id = 2, .type = DomainType::kBlocked};
  blocked.domain = blocked.blocking_domain;
  Snapshot lazy = idle;
  lazy.default_domain.type = DomainType::kDmaFq;
  std::vector<uint32_t> states;
  for (const Snapshot& snapshot : {none, idle, bound, claimed, blocked, lazy}) {
    states.push_back(CoarseState(snapshot));
  }
  std::sort(states.begin(), states.end());
  EXPECT_EQ(std::unique(states.begin(), states.end()), states.end());
}

TEST(FeedbackMonitorTest, AnExecutionLeavesTransitions) {
  const Design& design = *FindDesign("owner-check");
  std::vector<uint8_t> counters(64);
  Checker checker(design);
  FeedbackMonitor monitor(checker, counters);
  const std::unique_ptr<System> system = design.make();
  Executor executor;
  const Program program = ParseText(kCentralRace, "race.txt").value().program;
  ReplayStrategy replay(program.schedule);
  executor.Run(program, *system, replay, monitor);
  EXPECT_GT(std::count(counters.begin(), counters.end(), 1), 0);
}

}  // namespace
}  // namespace groupfuzz
