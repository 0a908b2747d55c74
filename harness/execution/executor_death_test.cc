// Code under test that dies: each death is a finding, and the next program runs.
#include <gtest/gtest.h>

#include <cstdint>
#include <utility>
#include <vector>

#include "harness/execution/executor_fixture.h"
#include "target/kernel/source_line.h"
#include "target/types/sanitizers.h"

namespace groupfuzz {
namespace {

using kernel::LockClass;
using kernel::Mutex;
using kernel::MutexLock;
using kernel::runtime;

class ExecutorDeathTest : public ExecutorTest {
 protected:
  ExecutorDeathTest() { system_.may_die = true; }
};

// Tells that its stack was unwound.
struct Unwound {
  bool* told;
  ~Unwound() { *told = true; }
};

// Reads what a pointer leads to that no compiler knows.
char Follow(intptr_t address) {
  const volatile char* volatile pointer = reinterpret_cast<const char*>(address);  // NOLINT
  return *pointer;
}

// What is seen of an error pointer: AddressSanitizer looks at its own record of the address first,
// and that lies nowhere.
#ifdef GROUPFUZZ_ASAN
constexpr Reached kErrorPointer = Reached::kNothing;
#else
constexpr Reached kErrorPointer = Reached::kErrorPointer;
#endif

// What the one event of an execution that died says.
Reached ReachedBy(const std::vector<Event>& events) {
  EXPECT_EQ(events.size(), 1u);
  if (events.empty()) return Reached::kGivesUp;
  EXPECT_EQ(events[0].kind, EventKind::kUseAfterFree);
  return static_cast<Reached>(events[0].value);
}

TEST_F(ExecutorDeathTest, CodeThatDiesIsAFindingAndTheNextProgramRuns) {
  constexpr std::pair<intptr_t, Reached> kDeaths[] = {
      {0, Reached::kNull},
      {0x1f8, Reached::kNull},
      {0x8000, Reached::kNothing},
      {-12, kErrorPointer},
      {intptr_t{0x7} << 44, Reached::kNothing},
      {0x5a5a5a5a5a5a5a5a, Reached::kNothing},
  };
  for (const auto& [address, reached] : kDeaths) {
    system_.perform = [address = address](const Op&) -> int64_t { return Follow(address); };
    EXPECT_TRUE(Run(kTwo).abandoned) << address;
    EXPECT_EQ(ReachedBy(monitor_.events), reached) << address;
    EXPECT_EQ(kernel::SourceLineAt(monitor_.events[0].code).file, "executor_death_test.cc");
    system_.perform = [](const Op&) -> int64_t { return 0; };
    EXPECT_FALSE(Run(kTwo).abandoned) << address;
  }
}

TEST_F(ExecutorDeathTest, WhoDiesUnderALockTakesTheOthersAlong) {
  Mutex mutex(LockClass::kGroup);
  bool unwound = false;
  const auto wait = [&]() -> int64_t {
    const Unwound told{&unwound};
    runtime().CallbackPoint();
    MutexLock lock(mutex);
    return 0;
  };
  const auto die = [&]() -> int64_t {
    MutexLock lock(mutex);
    runtime().CallbackPoint();
    return Follow(-12);
  };
  Script({wait, die});
  EXPECT_TRUE(Run(kTwo, {0, 1, 0, 0, 0, 0}).abandoned);
  EXPECT_TRUE(unwound);
  EXPECT_EQ(static_cast<Reached>(monitor_.events.back().value), kErrorPointer);
}

int Recurse(volatile int* depth) {
  volatile char frame[512];
  frame[0] = static_cast<char>(*depth);
  *depth += 1;
  if (*depth < 0) return 0;
  return Recurse(depth) + frame[0];
}

TEST_F(ExecutorDeathTest, ARecursionUsesUpItsStack) {
  volatile int depth = 0;
  system_.perform = [&](const Op&) -> int64_t { return Recurse(&depth); };
  EXPECT_TRUE(Run(kOne).abandoned);
  EXPECT_EQ(ReachedBy(monitor_.events), Reached::kStackEnd);
  EXPECT_GT(depth, 10);
}

// UndefinedBehaviorSanitizer would look for the type of a function before it.
__attribute__((no_sanitize("function"))) int64_t CallNothing() {
  int64_t (*volatile function)() = nullptr;
  return function() + 1;
}

// A call through NULL has left the line that makes it.
TEST_F(ExecutorDeathTest, ACallOfNothingIsToldByItsCaller) {
  system_.perform = [&](const Op&) -> int64_t { return CallNothing(); };
  EXPECT_TRUE(Run(kOne).abandoned);
  EXPECT_EQ(ReachedBy(monitor_.events), Reached::kNull);
  EXPECT_EQ(kernel::SourceLineAt(monitor_.events[0].code).file, "executor_death_test.cc");
}

// Nothing that it has called is unwound.
TEST_F(ExecutorDeathTest, WhoCannotGoOnLandsLikeWhoDies) {
  bool unwound = false;
  system_.perform = [&](const Op&) -> int64_t {
    const Unwound told{&unwound};
    kernel::CrashTrap::Die({.reached = Reached::kStackSmashed, .code = 7});
    return 0;
  };
  EXPECT_TRUE(Run(kOne).abandoned);
  EXPECT_FALSE(unwound);
  EXPECT_EQ(ReachedBy(monitor_.events), Reached::kStackSmashed);
  EXPECT_EQ(monitor_.events[0].code, 7u);
}

TEST_F(ExecutorDeathTest, NobodyWaitsForADeathOfTheHarness) {
  const kernel::CrashTrap::Pause pause;
  kernel::CrashTrap::Die({.reached = Reached::kStackSmashed});
}

TEST_F(ExecutorDeathTest, BootAndTearDownMayDieToo) {
  system_.build = [] { Follow(0); };
  EXPECT_TRUE(Run(kOne).abandoned);
  EXPECT_EQ(ReachedBy(monitor_.events), Reached::kNull);
  EXPECT_EQ(monitor_.events[0].thread, kBootThread);
  system_.build = nullptr;
  system_.perform = [](const Op&) -> int64_t { return 0; };
  system_.tear_down = [] { Follow(-12); };
  Run(kOne);
  EXPECT_EQ(ReachedBy(monitor_.events), kErrorPointer);
}

TEST_F(ExecutorDeathTest, TheHarnessItselfIsNotSurvived) {
  system_.perform = [](const Op&) -> int64_t {
    runtime().Record({.kind = EventKind::kWarn});
    return 0;
  };
  monitor_.on_event = [](const Event&) { Follow(0); };
  EXPECT_DEATH(Run(kOne), "");
}

}  // namespace
}  // namespace groupfuzz
