// A system small enough to know every one of its interleavings: the engine's own test subject.
//
// A group of one mutex, a count, an owner and a domain. Every op is one section of the mutex, so
// the number of interleavings of a program is the multinomial of its ops. With `split_store`,
// store_type checks in one section and acts in a second: the check-then-act bug that exploration
// must find.
//
// Thread-safety: as System.
#ifndef GROUPFUZZ_HARNESS_EXECUTION_TOY_SYSTEM_H_
#define GROUPFUZZ_HARNESS_EXECUTION_TOY_SYSTEM_H_

#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "target/kernel/lock.h"
#include "target/system/system.h"

namespace groupfuzz {

struct ToyOptions {
  bool split_store = false;
  bool unlocked_show = false;  // show_type counts readers without the mutex: a data race
};

class ToySystem final : public System {
 public:
  explicit ToySystem(ToyOptions options = {}) : options_(options) {}

  void Build(const Configuration& configuration, const Footprint& footprint,
             CallObserver* observer) override;
  int64_t Perform(const Op& op) override;
  void TearDown() override;
  const kernel::Lock* FirstLock(const Op& op) const override;
  void TakeSnapshot(Snapshot* snapshot) const override;
  uint64_t Fingerprint() const override;
  int live_objects() const override { return 0; }

  // Whether a store acted on a group that was in use, in the last execution.
  bool bug() const { return bug_; }

 private:
  int64_t Bind();
  int64_t Unbind();
  int64_t Claim(uint8_t cookie);
  int64_t Release();
  int64_t Show();
  int64_t Store();
  int64_t StoreInTwoSections();
  void SwitchDomain() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  int64_t ShowUnlocked() ABSL_NO_THREAD_SAFETY_ANALYSIS;

  const ToyOptions options_;
  kernel::Mutex mutex_{kernel::LockClass::kGroup};
  int owner_cnt_ ABSL_GUARDED_BY(mutex_) = 0;
  int owner_ ABSL_GUARDED_BY(mutex_) = 0;  // cookie + 1
  int domain_ ABSL_GUARDED_BY(mutex_) = 0;
  int readers_ ABSL_GUARDED_BY(mutex_) = 0;
  bool bug_ = false;
};

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_EXECUTION_TOY_SYSTEM_H_
