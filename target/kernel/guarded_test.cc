// Fields that say where they are touched without their lock.
#include "target/kernel/guarded.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "target/kernel/source_line.h"
#include "target/kernel/unscheduled_runtime.h"

namespace groupfuzz::kernel {
namespace {

// Counts scheduling points and keeps events; the lock is held while `holds` is set.
class Recorder final : public UnscheduledRuntime {
 public:
  bool Holds(const Lock&) const override { return holds; }
  void RacyReadPoint() override { ++points; }
  void Record(Event event) override { events.push_back(event); }
  [[noreturn]] void Misuse(const BadAccess&) override { throw Abandoned{}; }

  bool holds = false;
  int points = 0;
  std::vector<Event> events;
};

class GuardedTest : public ::testing::Test {
 protected:
  // "read 61": what was done to the field, and on which line of this file.
  std::string Unguarded(const std::function<void()>& access) {
    recorder_.events.clear();
    recorder_.points = 0;
    access();
    std::string text;
    for (const Event& event : recorder_.events) {
      if (event.kind != EventKind::kUnguarded) continue;
      EXPECT_EQ(static_cast<GuardedField>(event.value), GuardedField::kOwnerCnt);
      const SourceLine& place = SourceLineAt(event.code);
      EXPECT_EQ(place.file, "guarded_test.cc");
      text += event.result == static_cast<int16_t>(Access::kWrite) ? "write " : "read ";
      text += std::to_string(place.line) + " ";
    }
    return text;
  }
  static std::string At(const char* what, int line) { return what + std::to_string(line) + " "; }

  Recorder recorder_;
  const ScopedRuntime runtime_{recorder_};
  const Lock lock_{LockClass::kGroup};
  Guarded<int, GuardedField::kOwnerCnt> field_{lock_, 4};
};

TEST_F(GuardedTest, UnderTheLockIsSilent) {
  recorder_.holds = true;
  const auto everything = [this] {
    field_ = field_ + 1;
    ++field_;
    --field_;
    field_.Locked() = 7;
  };
  EXPECT_EQ(Unguarded(everything), "");
  EXPECT_EQ(recorder_.points, 0);
  EXPECT_EQ(field_, 7);
}

TEST_F(GuardedTest, EachAccessSaysItsLine) {
  int seen = 0;
  EXPECT_EQ(Unguarded([&] { seen = field_; }), At("read ", __LINE__));
  EXPECT_EQ(seen, 4);
  EXPECT_EQ(recorder_.points, 1);
  EXPECT_EQ(Unguarded([&] { field_ = 5; }), At("write ", __LINE__));
  EXPECT_EQ(Unguarded([&] { field_.Locked() = 6; }), At("write ", __LINE__));
  EXPECT_EQ(Unguarded([&] { ++field_; }), At("read ", __LINE__) + At("write ", __LINE__));
  EXPECT_EQ(recorder_.points, 2);
}

TEST_F(GuardedTest, WhatIsMarkedIsNoFinding) {
  EXPECT_EQ(Unguarded([&] { EXPECT_EQ(field_.RacyRead("a reason"), 4); }), "");
  EXPECT_EQ(recorder_.points, 1);
  EXPECT_EQ(Unguarded([&] {
              field_.SetUnlocked(9, "a reason");
              EXPECT_EQ(field_.Unlocked("a reason"), 9);
            }),
            "");
  EXPECT_EQ(recorder_.points, 0);
}

TEST(SourceLineTest, CodeElsewhereHasNone) {
  EXPECT_EQ(SourceLineAt(0).Describe(), "an unknown place");
  const int variable = 0;
  EXPECT_EQ(CodeOffset(&variable), 0u);  // the stack is farther away than 4 GiB
}

}  // namespace
}  // namespace groupfuzz::kernel
