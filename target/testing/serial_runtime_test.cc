// The Runtime of table-driven tests: locks, faults, and intruders at a point.
#include "target/testing/serial_runtime.h"

#include <cerrno>
#include <vector>

#include "gtest/gtest.h"

namespace groupfuzz {
namespace {

using kernel::LockClass;
using kernel::Mutex;
using kernel::MutexLock;
using kernel::ReaderLock;
using kernel::RwSemaphore;
using Problem = SerialRuntime::Problem;

std::vector<EventKind> KindsOf(const SerialRuntime& runtime) {
  std::vector<EventKind> kinds;
  for (const Event& event : runtime.events()) kinds.push_back(event.kind);
  return kinds;
}

class SerialRuntimeTest : public testing::Test {
 protected:
  SerialRuntime runtime_;
  kernel::ScopedRuntime scope_{runtime_};
  Mutex mutex_{LockClass::kGroup};
};

TEST_F(SerialRuntimeTest, RecordsLocksAndWhatIsHeld) {
  Mutex device(LockClass::kDevice, 2);
  {
    MutexLock outer(device);
    MutexLock inner(mutex_);
    kernel::runtime().Record({.kind = EventKind::kProbeFinalize});
  }
  const std::vector<EventKind> expected = {EventKind::kLock, EventKind::kLock,
                                           EventKind::kProbeFinalize, EventKind::kUnlock,
                                           EventKind::kUnlock};
  EXPECT_EQ(KindsOf(runtime_), expected);
  EXPECT_EQ(runtime_.events()[0].device, 2);
  const int both =
      1 << static_cast<int>(LockClass::kDevice) | 1 << static_cast<int>(LockClass::kGroup);
  EXPECT_EQ(runtime_.events()[2].held, both);
  EXPECT_TRUE(runtime_.HoldsNothing());
}

TEST_F(SerialRuntimeTest, RelockingIsASelfDeadlock) ABSL_NO_THREAD_SAFETY_ANALYSIS {
  MutexLock lock(mutex_);
  EXPECT_THROW(mutex_.Acquire(), kernel::Abandoned);
  EXPECT_EQ(runtime_.problem(), Problem::kSelfDeadlock);
}

TEST_F(SerialRuntimeTest, UseAfterFreeIsRecordedAndThrown) {
  EXPECT_THROW(runtime_.UseAfterFree(7), kernel::Abandoned);
  EXPECT_EQ(runtime_.problem(), Problem::kUseAfterFree);
  ASSERT_EQ(runtime_.events().size(), 1u);
  EXPECT_EQ(runtime_.events()[0].domain, 7);
}

TEST_F(SerialRuntimeTest, ReadersShareAndWritersDoNot) ABSL_NO_THREAD_SAFETY_ANALYSIS {
  RwSemaphore semaphore(LockClass::kKernfs);
  bool read = false;
  bool wrote = false;
  runtime_.Interrupt({.action = Point::Action::kCallback}, [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    {
      ReaderLock lock(semaphore);
      read = true;
    }
    semaphore.Acquire();
    wrote = true;
  });
  {
    ReaderLock lock(semaphore);
    runtime_.CallbackPoint();
  }
  EXPECT_TRUE(read);
  EXPECT_FALSE(wrote);
  EXPECT_EQ(runtime_.problem(), Problem::kNone);
}

TEST_F(SerialRuntimeTest, FaultsAreCountedFromWhereTheyWereSet) {
  EXPECT_EQ(runtime_.InjectedErrno(FaultKind::kAttach), 0);
  FaultPlan plan;
  plan.size = 1;
  plan.faults[0] = {.kind = FaultKind::kAttach, .first = 2, .count = 2, .error = EIO};
  runtime_.SetFaults(plan);
  EXPECT_EQ(runtime_.InjectedErrno(FaultKind::kAttach), 0);
  EXPECT_EQ(runtime_.InjectedErrno(FaultKind::kMap), 0);
  EXPECT_EQ(runtime_.InjectedErrno(FaultKind::kAttach), EIO);
  EXPECT_EQ(runtime_.InjectedErrno(FaultKind::kAttach), EIO);
  EXPECT_EQ(runtime_.InjectedErrno(FaultKind::kAttach), 0);
}

TEST_F(SerialRuntimeTest, AnIntruderRunsOnceAtItsPoint) {
  int runs = 0;
  runtime_.Interrupt({.lock_class = LockClass::kGroup, .nth = 2}, [&] {
    ++runs;
    MutexLock lock(mutex_);
    EXPECT_EQ(runtime_.thread(), SerialRuntime::kIntruderThread);
  });
  {
    MutexLock lock(mutex_);
  }
  EXPECT_EQ(runs, 0);
  EXPECT_TRUE(runtime_.intruder_waits());
  {
    MutexLock lock(mutex_);
  }
  {
    MutexLock lock(mutex_);
  }
  EXPECT_EQ(runs, 1);
  EXPECT_FALSE(runtime_.intruder_waits());
  EXPECT_EQ(runtime_.thread(), SerialRuntime::kMainThread);
}

TEST_F(SerialRuntimeTest, ReleasingWhatIsNotHeldIsAWarning) ABSL_NO_THREAD_SAFETY_ANALYSIS {
  mutex_.Release();
  ASSERT_EQ(runtime_.events().size(), 1u);
  EXPECT_EQ(runtime_.events()[0].kind, EventKind::kWarn);
}

}  // namespace
}  // namespace groupfuzz
