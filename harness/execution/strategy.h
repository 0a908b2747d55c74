// Who runs next: the decision at a scheduling point, and which executions are tried.
//
// A Strategy is asked at every scheduling point at which more than one thread can run.
// Implementations: replay of a Schedule (explicit choices, then its tail), random walk, exhaustive
// depth-first search, and the same with a cache of visited states.
//
// Thread-safety: one OS thread.
#ifndef GROUPFUZZ_HARNESS_EXECUTION_STRATEGY_H_
#define GROUPFUZZ_HARNESS_EXECUTION_STRATEGY_H_

#include <array>
#include <cstdint>
#include <vector>

#include "target/types/event.h"

namespace groupfuzz {

// Computes the fingerprint of the whole execution at a choice point: shared state, thread-local
// state, and what the properties remember. Costly; only asked for by strategies that cache.
class StateSource {
 public:
  virtual ~StateSource() = default;
  virtual uint64_t Fingerprint() = 0;
};

struct ChoicePoint {
  // Threads that can run: first the running one if it can, then the others in cyclic order after
  // it.
  std::array<uint8_t, kMaxThreads> threads;
  uint8_t size;          // >= 2
  uint8_t op;            // index of the op that the running thread is in, or at the start of
  bool running_enabled;  // threads[0] is the running thread: any other choice is a preemption
  StateSource* state;
};

// Returned by Choose to say that everything after this point has been explored: the execution is
// completed by staying on the running thread, and is not counted.
inline constexpr int kPrune = -1;

class Strategy {
 public:
  virtual ~Strategy() = default;

  // A new execution begins.
  virtual void Begin() = 0;
  // Returns an index into point.threads, or kPrune.
  virtual int Choose(const ChoicePoint& point) = 0;
  // The execution ended. Returns whether there is another one to try.
  virtual bool End() = 0;

  // Whether Choose will call point.state->Fingerprint(): what that needs is kept only then.
  virtual bool WantsFingerprints() const { return false; }
  // Once End() returned false: whether every interleaving was tried, up to equal states.
  virtual bool Exhaustive() const { return false; }
  // The choices of the execution in progress, for strategies that do not play the program's own
  // schedule and remember them; else nullptr.
  virtual const std::vector<uint8_t>* choices() const { return nullptr; }
  // How much of all that is to be tried lies behind, 0 to 1, roughly; 0 where nobody knows.
  virtual double done() const { return 0; }
  // Distinct states seen at choice points; 0 where they are not counted.
  virtual uint64_t states() const { return 0; }
};

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_EXECUTION_STRATEGY_H_
