// What the tests of the execution engine share: monitors that only look, a system made of lambdas,
// and programs in few words.
//
// Thread-safety: one OS thread.
#ifndef GROUPFUZZ_HARNESS_EXECUTION_EXECUTION_TESTING_H_
#define GROUPFUZZ_HARNESS_EXECUTION_EXECUTION_TESTING_H_

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <vector>

#include "harness/execution/monitor.h"
#include "harness/execution/tsan.h"
#include "harness/program/program.h"
#include "target/kernel/runtime.h"
#include "target/system/system.h"
#include "target/types/hash.h"

namespace groupfuzz {

// Hears everything and remembers nothing.
class NullMonitor : public Monitor {
 public:
  void Begin(const Program&, const System&) override {}
  void OnCall(const Call&) override {}
  void OnReturn(const Call&, int64_t) override {}
  void OnEvent(const Event&) override {}
  void OnOpStart(uint8_t, uint8_t) override {}
  void OnOpEnd(uint8_t, uint8_t, int64_t) override {}
  void OnProblem(ExecutionProblem, uint8_t, kernel::LockClass, kernel::LockClass) override {}
  void OnProgramEnd(bool) override {}
  void End(int) override {}
  uint64_t Fingerprint() const override { return 0; }
};

// Remembers the problems, the results, and how the execution ended.
class RecordingMonitor : public NullMonitor {
 public:
  struct Problem {
    ExecutionProblem kind;
    uint8_t thread;
    kernel::LockClass first;
    kernel::LockClass second;
    friend bool operator==(const Problem&, const Problem&) = default;
  };

  void Begin(const Program&, const System&) override {
    problems.clear();
    events.clear();
    results = 0;
    leaked = -1;
  }
  void OnEvent(const Event& event) override {
    events.push_back(event);
    if (on_event) on_event(event);
  }
  void OnOpEnd(uint8_t thread, uint8_t op, int64_t result) override {
    // A sum: the order in which threads finish their ops is no difference.
    results += Fold(Fold(thread, op), static_cast<uint64_t>(result));
  }
  void OnProblem(ExecutionProblem kind, uint8_t thread, kernel::LockClass first,
                 kernel::LockClass second) override {
    problems.push_back({kind, thread, first, second});
  }
  void OnProgramEnd(bool value) override { abandoned = value; }
  void End(int value) override { leaked = value; }
  uint64_t Fingerprint() const override { return results; }

  std::function<void(const Event&)> on_event;
  std::vector<Problem> problems;
  std::vector<Event> events;
  uint64_t results = 0;
  bool abandoned = false;
  int leaked = -1;
};

// A system whose ops are functions of the test. They find out what to do by op.device and
// kernel::runtime().thread().
class ScriptedSystem : public System {
 public:
  void Build(const Configuration&, const Footprint&, CallObserver*) override {
    if (build) build();
  }
  int64_t Perform(const Op& op) override {
    if (may_die) return perform(op);
    tsan::Ignore ignore;  // what tests keep is no modelled state
    return perform(op);
  }
  void TearDown() override {
    if (tear_down) tear_down();
  }
  const kernel::Lock* FirstLock(const Op& op) const override {
    return first_lock ? first_lock(op) : nullptr;
  }
  void TakeSnapshot(Snapshot* snapshot) const override { *snapshot = {}; }
  uint64_t Fingerprint() const override { return fingerprint ? fingerprint() : 0; }
  int live_objects() const override { return live; }

  std::function<void()> build;
  std::function<int64_t(const Op&)> perform = [](const Op&) { return 0; };
  std::function<void()> tear_down;
  std::function<const kernel::Lock*(const Op&)> first_lock;
  std::function<uint64_t()> fingerprint;
  int live = 0;
  bool may_die = false;  // an op that dies takes no mark of its stack back: it leaves none
};

using OpKinds = std::initializer_list<OpKind>;

inline Program MakeProgram(std::initializer_list<OpKinds> threads) {
  Program program;
  program.thread_count = 0;
  for (const OpKinds& kinds : threads) {
    std::vector<Op>& ops = program.threads[program.thread_count++];
    for (OpKind kind : kinds) ops.emplace_back().kind = kind;
  }
  return program;
}

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_EXECUTION_EXECUTION_TESTING_H_
