// Fibers go on where they stopped, with all that was theirs.
#include "harness/execution/fiber.h"

#include <gtest/gtest.h>

#include <exception>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/execution/tsan.h"
#include "target/types/sanitizers.h"

namespace groupfuzz {
namespace {

// A fiber that runs `step` once a job and goes home.
struct Stepper {
  explicit Stepper(Fiber& home) : home(home), fiber(home, &Stepper::Run, this) {}

  static Fiber* Run(void* argument) {
    tsan::Ignore ignore;  // nothing orders what the tests share
    auto* self = static_cast<Stepper*>(argument);
    self->step();
    return &self->home;
  }
  void Pause() { fiber.SwitchTo(home); }
  void Go() { home.SwitchTo(fiber); }

  Fiber& home;
  Fiber fiber;
  std::function<void()> step = [] {};
};

TEST(FiberTest, RunsItsJobAnewOnEverySwitch) {
  Fiber home;
  Stepper stepper(home);
  int runs = 0;
  stepper.step = [&] { ++runs; };
  for (int i = 0; i < 1000; ++i) stepper.Go();
  EXPECT_EQ(runs, 1000);
}

TEST(FiberTest, GoesOnWhereItStopped) {
  Fiber home;
  Stepper stepper(home);
  std::vector<int> seen;
  stepper.step = [&] {
    for (int i = 0; i < 3; ++i) {
      seen.push_back(i);
      stepper.Pause();
    }
  };
  for (int i = 0; i < 3; ++i) {
    stepper.Go();
    seen.push_back(10 + i);
  }
  stepper.Go();
  EXPECT_EQ(seen, (std::vector<int>{0, 10, 1, 11, 2, 12}));
}

TEST(FiberTest, SwitchesFromFiberToFiber) {
  Fiber home;
  Stepper first(home);
  Stepper second(home);
  std::string seen;
  first.step = [&] {
    seen += "a";
    first.fiber.SwitchTo(second.fiber);
    seen += "c";
  };
  second.step = [&] {
    seen += "b";
    second.fiber.SwitchTo(first.fiber);
    seen += "e";
  };
  first.Go();
  seen += "d";
  second.Go();
  EXPECT_EQ(seen, "abcde");
}

TEST(FiberTest, KeepsFloatingPointAndLocals) {
  Fiber home;
  Stepper stepper(home);
  double sum = 0;
  stepper.step = [&] {
    double local = 1.5;
    for (int i = 0; i < 4; ++i) {
      stepper.Pause();
      local *= 2;
    }
    sum = local;
  };
  double mine = 0.25;
  for (int i = 0; i < 5; ++i) {
    stepper.Go();
    mine *= 2;
  }
  EXPECT_EQ(sum, 24);
  EXPECT_EQ(mine, 8);
}

TEST(FiberTest, CatchesExceptionsOfItsOwn) {
  Fiber home;
  Stepper stepper(home);
  std::string caught;
  stepper.step = [&] {
    try {
      throw std::runtime_error("inside");
    } catch (const std::runtime_error& error) {
      caught = error.what();
    }
  };
  for (int i = 0; i < 100; ++i) stepper.Go();
  EXPECT_EQ(caught, "inside");
}

// Two handlers that are open at once, closed in the order in which they were opened.
TEST(FiberTest, SwitchesInsideHandlers) {
  Fiber home;
  Stepper first(home);
  Stepper second(home);
  std::string seen;
  auto handle = [&](Stepper& stepper, const char* name) {
    try {
      throw std::runtime_error(name);
    } catch (const std::runtime_error&) {
      stepper.Pause();
      try {
        throw;  // the exception that this handler handles
      } catch (const std::runtime_error& error) {
        seen += error.what();
      }
    }
    EXPECT_EQ(std::current_exception(), nullptr);
  };
  first.step = [&] { handle(first, "first "); };
  second.step = [&] { handle(second, "second "); };
  first.Go();
  second.Go();
  EXPECT_EQ(std::current_exception(), nullptr);
  first.Go();
  second.Go();
  EXPECT_EQ(seen, "first second ");
}

TEST(FiberTest, SwitchesWhileUnwinding) {
  struct PauseInDestructor {
    Stepper& stepper;
    ~PauseInDestructor() { stepper.Pause(); }
  };
  Fiber home;
  Stepper stepper(home);
  bool caught = false;
  stepper.step = [&] {
    try {
      PauseInDestructor guard{stepper};
      throw 1;
    } catch (int) {
      caught = true;
    }
  };
  stepper.Go();
  EXPECT_EQ(std::uncaught_exceptions(), 0);
  EXPECT_FALSE(caught);
  stepper.Go();
  EXPECT_TRUE(caught);
}

int MappingCount() {
  std::ifstream maps("/proc/self/maps");
  int lines = 0;
  for (std::string line; std::getline(maps, line);) ++lines;
  return lines;
}

TEST(FiberTest, GivesItsStackBack) {
  Fiber home;
  const auto use_once = [&home] {
    Stepper stepper(home);
    stepper.Go();
  };
  use_once();
  const int before = MappingCount();
  for (int i = 0; i < 200; ++i) use_once();
  EXPECT_LE(MappingCount(), before + 20);
}

TEST(FiberTest, AStackThatNeverRanIsGivenBack) {
  Fiber home;
  for (int i = 0; i < 100; ++i) Stepper stepper(home);
  SUCCEED();
}

__attribute__((noinline)) int Recurse(int depth) {
  volatile char frame[1024];
  frame[0] = static_cast<char>(depth);
  return depth == 0 ? frame[0] : Recurse(depth - 1) + frame[0];
}

TEST(FiberTest, HasRoomForDeepCalls) {
  Fiber home;
  Stepper stepper(home);
  stepper.step = [] { Recurse(50); };
  stepper.Go();
  SUCCEED();
}

TEST(FiberDeathTest, OverflowIsCaught) {
  EXPECT_DEATH(
      {
        Fiber home;
        Stepper stepper(home);
        stepper.step = [] { Recurse(1 << 20); };
        stepper.Go();
      },
      "");
}

#ifdef GROUPFUZZ_ASAN

char* volatile escaped = nullptr;
volatile int index_of_write = 2;

__attribute__((noinline)) void LeaveLocal() {
  volatile char local[32];
  local[index_of_write] = 1;
  escaped = const_cast<char*>(local);
}

TEST(FiberDeathTest, UseAfterReturnAcrossASwitchIsCaught) {
  EXPECT_DEATH(
      {
        Fiber home;
        Stepper stepper(home);
        stepper.step = [&] {
          LeaveLocal();
          stepper.Pause();
          escaped[index_of_write] = 1;
        };
        stepper.Go();
        stepper.Go();
      },
      "stack-use-after-return");
}

TEST(FiberDeathTest, OverflowOfALocalIsCaught) {
  EXPECT_DEATH(
      {
        Fiber home;
        Stepper stepper(home);
        stepper.step = [] {
          volatile char local[8];
          volatile char* past_end = local + sizeof(local);
          past_end[index_of_write] = 1;
        };
        stepper.Go();
      },
      "stack-buffer-overflow");
}

#endif

}  // namespace
}  // namespace groupfuzz
