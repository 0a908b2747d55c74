#include "target/kernel/lock.h"

#include "target/kernel/runtime.h"

namespace groupfuzz::kernel {

void Mutex::Acquire() ABSL_NO_THREAD_SAFETY_ANALYSIS {
  runtime().Acquire(lock_, LockMode::kExclusive);
}

void Mutex::Release() ABSL_NO_THREAD_SAFETY_ANALYSIS {
  runtime().Release(lock_, LockMode::kExclusive);
}

void Mutex::AssertHeld() const ABSL_NO_THREAD_SAFETY_ANALYSIS {
  WarnOn(!runtime().Holds(lock_), WarnSite::kLockNotHeld);
}

void RwSemaphore::AcquireShared() ABSL_NO_THREAD_SAFETY_ANALYSIS {
  runtime().Acquire(lock_, LockMode::kShared);
}

void RwSemaphore::ReleaseShared() ABSL_NO_THREAD_SAFETY_ANALYSIS {
  runtime().Release(lock_, LockMode::kShared);
}

void RwSemaphore::Acquire() ABSL_NO_THREAD_SAFETY_ANALYSIS {
  runtime().Acquire(lock_, LockMode::kExclusive);
}

void RwSemaphore::Release() ABSL_NO_THREAD_SAFETY_ANALYSIS {
  runtime().Release(lock_, LockMode::kExclusive);
}

}  // namespace groupfuzz::kernel
