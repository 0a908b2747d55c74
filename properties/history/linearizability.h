// Judges whether the calls of a concurrent execution could have happened one at a time.
//
// A history is linearizable when its calls can be put in one order that respects real time (a call
// that returned before another began comes first), in which every result is the one that the
// sequential model gives, and after which the model's state is the one that the system ended in.
//
// Use a LinearizabilityMonitor: tell it every call, every point at which a call releases the lock
// that makes its effect visible, and every return; ask for the verdict at the end.
//
// The fast way: a witness model performs each call at its last point, or at its return if it has
// none. As long as every result is the witness's, its order is a linearization and nothing else is
// done. Only when the witness fails is the whole history searched, one return after the other,
// keeping every state that some order of the overlapping calls explains (just-in-time
// linearization). The search is complete up to kMaxConfigurations states and kMaxCalls calls.
//
// Promises:
//   kOk         a linearization exists
//   kViolation  none exists; `prefix` calls returned as some order explains, the next did not
//   kUnknown    not judged: tainted by an injected failure, outside the specification, or too big
//
// A call in which an injected failure fires is outside the model. Who saw what it did to the group
// says so (OnFailedReturn): the call then takes effect in the state that it was seen to begin in
// and leaves the one it was seen to leave. Who did not see it taints the history.
//
// Thread-safety: one OS thread.
#ifndef GROUPFUZZ_PROPERTIES_HISTORY_LINEARIZABILITY_H_
#define GROUPFUZZ_PROPERTIES_HISTORY_LINEARIZABILITY_H_

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "properties/model/model.h"
#include "target/types/event.h"
#include "target/types/iommu_api.h"
#include "target/types/snapshot.h"

namespace groupfuzz {

inline constexpr int kMaxCalls = 256;             // longest history that is searched
inline constexpr int kMaxConfigurations = 20000;  // states that a search visits

// What a call in which an injected failure fired was seen to do.
struct Effect {
  bool acted = false;  // where not, the states mean nothing
  Snapshot before;
  Snapshot after;

  uint64_t Hash() const;
};

struct RecordedCall {
  static constexpr uint32_t kNever = UINT32_MAX;
  static constexpr uint16_t kModelled = UINT16_MAX;

  Call call;
  int64_t result = 0;
  uint32_t invoked = 0;         // position among all invocations and returns
  uint32_t returned = kNever;   // kNever: the execution ended inside the call
  uint32_t point = kNever;      // order in which calls took effect, as far as the points tell
  uint16_t effect = kModelled;  // else an index into the effects of the history
  uint8_t thread = 0;
};

struct LinearizabilityVerdict {
  enum class Kind : uint8_t { kOk, kViolation, kUnknown };
  // Why a history was not judged.
  enum class Unknown : uint8_t { kJudged, kTainted, kUnspecified, kTooManyCalls, kTooManyStates };
  static constexpr int kFinalState = -1;

  Kind kind = Kind::kOk;
  Unknown unknown = Unknown::kJudged;
  int prefix = 0;  // kViolation: calls that returned before the one that nothing explains
  // kViolation: index in history() of the call without a place, or kFinalState when all results are
  // explained and the state that the system ended in is not.
  int call = kFinalState;
  std::vector<Outcome> expected;    // what the orders that explain the prefix allow it to return
  std::vector<Model> final_states;  // kFinalState: the states that the orders end in
};

// A history that was not judged, and why.
LinearizabilityVerdict NotJudged(LinearizabilityVerdict::Unknown why);

// "-EPERM, because owner_cnt is not zero; or 4, because ..."
std::string DescribeExpected(const LinearizabilityVerdict& verdict);

class LinearizabilityMonitor {
 public:
  LinearizabilityMonitor();

  // A new history begins in the state of `initial`.
  void Begin(const Model& initial);

  // Calls of one thread do not overlap; a call made inside another one is part of it.
  // REQUIRES: thread < kMaxThreads.
  void OnCall(uint8_t thread, const Call& call);
  // The call in progress lets go of the lock under which it took effect. May come more than once.
  void OnPoint(uint8_t thread);
  void OnReturn(uint8_t thread, int64_t result) { Return(thread, result, nullptr); }
  // An injected failure fired in the call.
  void OnFailedReturn(uint8_t thread, int64_t result, const Effect& effect) {
    Return(thread, result, &effect);
  }
  // An injected failure fired, and nobody saw what it led to.
  void Taint() { tainted_ = true; }

  // Judges the history. `final_state` is the state after all calls, or nullptr where the execution
  // was abandoned; calls that have not returned are then free to have happened or not.
  LinearizabilityVerdict End(const Snapshot* final_state);

  // Whether the witness explains everything so far.
  bool explained() const { return !broken_ && !tainted_; }
  const Model& witness() const { return witness_; }
  const std::vector<RecordedCall>& history() const { return history_; }

  // Hash of what future verdicts depend on: the witness's state, the calls in progress and
  // the results that wait for them; the whole history once the witness has failed.
  uint64_t Fingerprint() const;

 private:
  // A call in progress.
  struct Pending {
    uint8_t depth = 0;  // nesting of OnCall
    uint32_t call = 0;  // index in history_
    uint32_t point = RecordedCall::kNever;
  };

  // `effect` is nullptr where no failure fired.
  void Return(uint8_t thread, int64_t result, const Effect* effect);
  // Whether the witness could perform `call`.
  bool Perform(const RecordedCall& call);
  // Lets the witness perform the waiting calls that no call in progress can come before.
  void Drain();
  // Threads whose call in progress has a point before `point`.
  uint8_t Before(uint32_t point) const;

  Model initial_;
  Model witness_;
  std::array<Pending, kMaxThreads> pending_;
  std::vector<RecordedCall> history_;
  std::vector<Effect> effects_;
  std::vector<uint32_t> waiting_;  // returned calls that the witness has not performed, by point
  uint32_t clock_ = 0;             // invocations and returns so far
  uint32_t points_ = 0;
  bool broken_ = false;  // some result is not the witness's
  bool tainted_ = false;
  bool overflow_ = false;
};

}  // namespace groupfuzz

#endif  // GROUPFUZZ_PROPERTIES_HISTORY_LINEARIZABILITY_H_
