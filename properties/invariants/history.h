// Compares an execution with the sequential model: call by call where one thread runs, as a whole
// where several do. Internal to properties/.
//
// Calls during which an injected failure fired are outside the model. What such a call was seen to
// do is taken as its effect; a history with one whose effect is not clear is not judged.
//
// Thread-safety: one OS thread.
#ifndef GROUPFUZZ_PROPERTIES_INVARIANTS_HISTORY_H_
#define GROUPFUZZ_PROPERTIES_INVARIANTS_HISTORY_H_

#include <cstdint>
#include <vector>

#include "harness/program/program.h"
#include "properties/history/effect_watch.h"
#include "properties/history/linearizability.h"
#include "properties/invariants/ledger.h"
#include "properties/model/model.h"
#include "target/designs/design.h"
#include "target/system/system.h"

namespace groupfuzz::invariants {

class History {
 public:
  // REQUIRES: `ledger` knows the state after boot.
  void Begin(const Ledger& ledger, const System& system);
  // `kind` is the op that makes the call.
  void OnCall(uint8_t thread, const Call& call, OpKind kind);
  // The group's mutex has just been taken, or is about to be dropped. `alone` where nothing is
  // being done to another group meanwhile.
  void OnLock(uint8_t thread, const Snapshot& state);
  void OnUnlock(uint8_t thread, const Snapshot& state, bool alone);
  void OnFault(uint8_t thread);
  // A device was attached by a thread that does not hold the mutex.
  void OnAttachOutside(uint8_t thread);
  // `call` is the outermost one of `thread`, and `faulty` says whether a failure fired in it.
  // Returns whether result() and difference() have been filled.
  bool OnReturn(uint8_t thread, const Call& call, int64_t result, bool faulty);
  void OnOpEnd(uint8_t thread, const Op& op);
  // Returns whether verdict() has been filled.
  bool OnProgramEnd(const Snapshot& state);

  // Of the call that returned last: what it had to return, and where the state differs.
  const Outcome& expected() const { return expected_; }
  const Model& model() const { return model_; }
  const Snapshot& state() const { return state_; }
  Difference difference() const { return difference_; }

  const LinearizabilityVerdict& verdict() const { return verdict_; }
  // verdict(), or nullptr where the last program was not judged as a whole.
  const LinearizabilityVerdict* linearizability() const { return ended_ ? &verdict_ : nullptr; }
  const std::vector<RecordedCall>& calls() const { return monitor_.history(); }
  // The call that no order explains. REQUIRES: verdict().call >= 0.
  const RecordedCall& misplaced() const { return monitor_.history()[verdict_.call]; }

  // The kind of op that misplaced() belongs to, as a set of one bit; 0 where there is none.
  uint32_t MisplacedRole() const;

  uint64_t Fingerprint() const;

 private:
  // The outermost call of `thread` returns, in a program of several threads.
  void Return(uint8_t thread, int64_t result);

  void NoteProbe(uint8_t thread, bool probe);

  bool concurrent_ = false;
  bool judged_ = true;
  bool ended_ = false;     // verdict_ is of this program
  bool diverged_ = false;  // one call was wrong: the next is judged from the state it left
  bool finalize_attaches_ = false;
  uint8_t in_call_ = 0;  // threads; only kept where probe_finalize attaches
  uint8_t probing_ = 0;
  const System* system_ = nullptr;
  Model model_;
  Outcome expected_;
  Difference difference_;
  Snapshot state_;
  bool may_fail_ = false;  // the program injects failures
  LinearizabilityMonitor monitor_;
  EffectWatch effects_;
  std::vector<OpKind> kinds_;  // by call of monitor_.history()
  LinearizabilityVerdict verdict_;
};

}  // namespace groupfuzz::invariants

#endif  // GROUPFUZZ_PROPERTIES_INVARIANTS_HISTORY_H_
