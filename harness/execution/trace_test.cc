// The hash of a trace covers everything and never changes.
#include "harness/execution/trace.h"

#include <gtest/gtest.h>

#include <functional>

namespace groupfuzz {
namespace {

Trace Sample() {
  Trace trace;
  trace.events.push_back({.kind = EventKind::kAttach,
                          .thread = 1,
                          .device = 2,
                          .value = 3,
                          .domain = 0x1234,
                          .result = -16,
                          .op = 5,
                          .held = 0x10});
  trace.ops.push_back({.thread = 1, .op = 5, .result = -1, .first_event = 0, .end_event = 1});
  return trace;
}

// Findings are mailed with this number: it may never change.
TEST(TraceTest, HashIsTheSameForever) {
  EXPECT_EQ(Trace().Hash(), 0xa706dd2f4d197e6fu);
  EXPECT_EQ(Sample().Hash(), 0x4a83be49415f4f37u);
}

TEST(TraceTest, HashCoversEveryFieldOfAnEvent) {
  const std::function<void(Event&)> kChanges[] = {
      [](Event& event) { event.kind = EventKind::kDetach; },
      [](Event& event) { ++event.thread; },
      [](Event& event) { ++event.device; },
      [](Event& event) { ++event.value; },
      [](Event& event) { ++event.domain; },
      [](Event& event) { ++event.result; },
      [](Event& event) { ++event.op; },
      [](Event& event) { ++event.held; },
  };
  for (const auto& change : kChanges) {
    Trace trace = Sample();
    change(trace.events[0]);
    EXPECT_NE(trace.Hash(), Sample().Hash());
  }
}

TEST(TraceTest, HashCoversResultsAndOrder) {
  Trace other_result = Sample();
  other_result.ops[0].result = 0;
  EXPECT_NE(other_result.Hash(), Sample().Hash());

  Trace two = Sample();
  two.events.push_back(two.events[0]);
  two.events[1].thread = 0;
  Trace swapped = two;
  std::swap(swapped.events[0], swapped.events[1]);
  EXPECT_NE(two.Hash(), swapped.Hash());
}

TEST(TraceTest, ClearForgetsEverything) {
  Trace trace = Sample();
  trace.choices.push_back(1);
  trace.snapshots.emplace_back();
  trace.preemptions = 1;
  trace.Clear();
  EXPECT_EQ(trace.Hash(), Trace().Hash());
  EXPECT_TRUE(trace.choices.empty());
  EXPECT_TRUE(trace.snapshots.empty());
  EXPECT_EQ(trace.preemptions, 0);
}

}  // namespace
}  // namespace groupfuzz
