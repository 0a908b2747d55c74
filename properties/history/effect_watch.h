// Watches what calls do to the group in which an injected failure fires. Internal to properties/.
//
// The sequential model does not say what such a call does, but it can be seen: the state at the
// start of its first hold of the group's mutex, and at the end of its last one. That is the call's
// effect, as long as nothing else acted meanwhile. It is not clear
//   - when another call held the mutex between two holds of this one, or this one between two of
//     another;
//   - when a device was being probed or released meanwhile, for groups come and go outside the
//     mutex. A probe or release in which a failure fires is seen from its call to its return, and
//     is clear if no other call overlaps it;
//   - when two groups were there;
//   - when a call attached a device without the mutex, as the first map of a device does in kernels
//     (iommu_deferred_attach()), and another call overlapped it. A map that is alone is seen from
//     its call to its return.
//
// Thread-safety: one OS thread.
#ifndef GROUPFUZZ_PROPERTIES_HISTORY_EFFECT_WATCH_H_
#define GROUPFUZZ_PROPERTIES_HISTORY_EFFECT_WATCH_H_

#include <array>
#include <cstdint>

#include "harness/program/program.h"
#include "properties/history/linearizability.h"
#include "target/system/system.h"
#include "target/types/iommu_api.h"
#include "target/types/snapshot.h"

namespace groupfuzz {

class EffectWatch {
 public:
  // What is known of a call that returns.
  enum class Seen : uint8_t {
    kNoFailure,  // no failure fired
    kEffect,
    kUnclear,
  };

  // REQUIRES: `system` outlives the history.
  void Begin(const System& system);
  // Calls of one thread do not overlap.
  // REQUIRES: thread < kMaxThreads, here and below.
  void OnCall(uint8_t thread, const Call& call);
  void OnSectionStart(uint8_t thread, const Snapshot& state);
  void OnSectionEnd(uint8_t thread, const Snapshot& state);
  // Sections of two groups overlapped.
  void OnTwoGroups();
  // A device was attached by a thread that does not hold the mutex.
  void OnAttachOutside(uint8_t thread);
  void OnFault(uint8_t thread);
  Seen OnReturn(uint8_t thread, int64_t result);

  // REQUIRES: OnReturn() of `thread` was the last thing told and returned kEffect.
  const Effect& effect(uint8_t thread) const { return calls_[thread].effect; }

  // Something failed whose effect is nowhere to be seen.
  bool lost() const { return lost_; }

  uint64_t Fingerprint() const;

 private:
  // The call in progress of a thread.
  struct Watched {
    bool active = false;
    Function function = Function::kShowType;
    bool failure = false;      // one fired
    bool interrupted = false;  // another call held the mutex after the latest hold of this one
    bool split = false;        // ... and then this one did again
    bool outside = false;      // it attached a device without the mutex
    bool alone = true;         // no other call overlapped it
    bool unclear = false;      // it overlapped a call that was split or moved a device
    // The effect of the call that interrupted it has been taken as whole.
    bool settled = false;
    Effect effect;
  };

  static bool MovesDevice(const Watched& call);
  // Calls `visit` with every call in progress but that of `thread`.
  template <typename Visit>
  void ForOthers(uint8_t thread, Visit visit);

  const System* system_ = nullptr;
  std::array<Watched, kMaxThreads> calls_;
  bool lost_ = false;  // an effect that was told was none, or a failure fired outside any call
};

}  // namespace groupfuzz

#endif  // GROUPFUZZ_PROPERTIES_HISTORY_EFFECT_WATCH_H_
