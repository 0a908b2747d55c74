// Random histories: those that the model made are linearizable, and for spoiled ones the verdict
// and its prefix agree with a search of all permutations.
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "properties/history/linearizability.h"
#include "properties/model/model_testing.h"

namespace groupfuzz {
namespace {

using testing::After;
using testing::AllDesigns;
using testing::Alloc;
using testing::Attach;
using testing::Claim;
using testing::Detach;
using testing::Machines;
using testing::NameOf;
using testing::Release;
using testing::Render;
using testing::Show;
using testing::Store;
using testing::Unuse;
using testing::Use;
using Kind = LinearizabilityVerdict::Kind;

constexpr int kCallsPerThread = 3;
constexpr int kThreads = 3;

class RandomHistory {
 public:
  RandomHistory(DesignId design, uint32_t seed)
      : random_(seed), initial_(After(Machines(2), design, {Alloc(0)})), model_(initial_) {
    while (Step()) {
    }
  }

  const Model& initial() const { return initial_; }
  const Model& model() const { return model_; }
  std::vector<RecordedCall>& calls() { return calls_; }

  // Tells the history to a monitor; `points` says when calls took effect.
  void Tell(LinearizabilityMonitor& monitor, bool points) const {
    monitor.Begin(initial_);
    for (const Moment& moment : moments_) {
      const RecordedCall& call = calls_[moment.call];
      if (moment.kind == kInvoke) monitor.OnCall(call.thread, call.call);
      if (moment.kind == kEffect && points) monitor.OnPoint(call.thread);
      if (moment.kind == kReturn) monitor.OnReturn(call.thread, call.result);
    }
  }

  // Replaces a result by that of another kind of outcome.
  void Mutate() {
    static constexpr int64_t kResults[] = {0, -EPERM, -EBUSY, -EINVAL, 1, 3, 4, 6, 8};
    RecordedCall& call = calls_[random_() % calls_.size()];
    const int64_t old = call.result;
    while (call.result == old) call.result = kResults[random_() % std::size(kResults)];
  }

 private:
  enum What : uint8_t { kInvoke, kEffect, kReturn };
  struct Moment {
    size_t call;
    What kind;
  };
  struct Thread {
    int made = 0;
    size_t call = 0;
    What next = kInvoke;
  };

  Call RandomCall() {
    static const std::vector<Call> kPool = {
        Store("identity"),
        Store("DMA"),
        Store("DMA-FQ"),
        Store("auto"),
        Show(),
        Use(0),
        Use(1),
        Unuse(0),
        Unuse(1),
        Claim(0),
        Claim(1),
        Release(),
        Attach(0),
        Detach(0),
    };
    return kPool[random_() % kPool.size()];
  }

  // One step of a random thread; false when all are done.
  bool Step() {
    std::vector<uint8_t> runnable;
    for (uint8_t i = 0; i < kThreads; ++i) {
      if (threads_[i].made < kCallsPerThread || threads_[i].next != kInvoke) runnable.push_back(i);
    }
    if (runnable.empty()) return false;
    const uint8_t index = runnable[random_() % runnable.size()];
    Thread& thread = threads_[index];
    if (thread.next == kInvoke) {
      thread.call = calls_.size();
      ++thread.made;
      calls_.push_back({.call = RandomCall(), .invoked = Clock(), .thread = index});
    } else if (thread.next == kEffect) {
      calls_[thread.call].result = model_.Apply(calls_[thread.call].call).result;
    } else {
      calls_[thread.call].returned = Clock();
    }
    moments_.push_back({thread.call, thread.next});
    thread.next = thread.next == kReturn ? kInvoke : static_cast<What>(thread.next + 1);
    return true;
  }

  uint32_t Clock() { return clock_++; }

  std::mt19937 random_;
  Model initial_;
  Model model_;
  std::array<Thread, kThreads> threads_;
  std::vector<RecordedCall> calls_;
  std::vector<Moment> moments_;
  uint32_t clock_ = 0;
};

constexpr uint32_t kSeeds = 400;

TEST(RandomHistoryTest, WhatTheModelDidIsLinearizable) {
  LinearizabilityMonitor monitor;
  for (DesignId design : AllDesigns()) {
    for (uint32_t seed = 0; seed < kSeeds; ++seed) {
      RandomHistory history(design, seed);
      const Snapshot final_state = Render(history.model());
      history.Tell(monitor, /*points=*/true);
      EXPECT_TRUE(monitor.explained()) << NameOf(design) << ", seed " << seed;
      EXPECT_EQ(monitor.witness(), history.model());
      EXPECT_EQ(monitor.End(&final_state).kind, Kind::kOk);
      history.Tell(monitor, /*points=*/false);
      EXPECT_EQ(monitor.End(&final_state).kind, Kind::kOk) << NameOf(design) << ", seed " << seed;
    }
  }
}

// Tries every order of the calls invoked before `cut`: those that have returned by then must be in
// it with their results, the others may be in it with any result.
class BruteForce {
 public:
  BruteForce(const std::vector<RecordedCall>& calls, uint32_t cut) : calls_(calls), cut_(cut) {
    for (const RecordedCall& call : calls) must_ += call.returned < cut;
  }

  bool Explains(const Model& model, const Snapshot* final_state) {
    if (placed_must_ == must_ && (final_state == nullptr || !Compare(model, *final_state))) {
      return true;
    }
    for (size_t i = 0; i < calls_.size(); ++i) {
      const RecordedCall& call = calls_[i];
      Model after = model;
      if (!MayComeNext(i)) continue;
      const bool allowed = after.Apply(call.call).Allows(call.result);
      if (Returned(call) && !allowed) continue;
      placed_[i] = true;
      placed_must_ += Returned(call);
      const bool found = Explains(after, final_state);
      placed_must_ -= Returned(call);
      placed_[i] = false;
      if (found) return true;
    }
    return false;
  }

 private:
  bool Returned(const RecordedCall& call) const { return call.returned < cut_; }

  bool MayComeNext(size_t index) const {
    if (placed_[index] || calls_[index].invoked >= cut_) return false;
    for (size_t i = 0; i < calls_.size(); ++i) {
      if (!placed_[i] && Returned(calls_[i]) && calls_[i].returned < calls_[index].invoked) {
        return false;
      }
    }
    return true;
  }

  const std::vector<RecordedCall>& calls_;
  uint32_t cut_;
  std::array<bool, kThreads * kCallsPerThread> placed_{};
  int must_ = 0;
  int placed_must_ = 0;
};

// The moment just after the n-th return.
uint32_t AfterReturn(const std::vector<RecordedCall>& calls, int n) {
  std::vector<uint32_t> returns;
  returns.reserve(calls.size());
  for (const RecordedCall& call : calls) returns.push_back(call.returned);
  std::sort(returns.begin(), returns.end());
  return n == 0 ? 0 : returns[static_cast<size_t>(n) - 1] + 1;
}

TEST(RandomHistoryTest, AgreesWithBruteForce) {
  LinearizabilityMonitor monitor;
  int violations = 0;
  int judged = 0;
  for (DesignId design : AllDesigns()) {
    for (uint32_t seed = 0; seed < kSeeds; ++seed) {
      SCOPED_TRACE(std::string(NameOf(design)) + ", seed " + std::to_string(seed));
      RandomHistory history(design, seed);
      const Snapshot final_state = Render(history.model());
      const Snapshot* const wanted = seed % 2 == 0 ? &final_state : nullptr;
      history.Mutate();
      const std::vector<RecordedCall>& calls = history.calls();
      history.Tell(monitor, /*points=*/seed % 3 != 0);
      const LinearizabilityVerdict verdict = monitor.End(wanted);
      const bool explained =
          BruteForce(calls, RecordedCall::kNever).Explains(history.initial(), wanted);
      ASSERT_EQ(verdict.kind, explained ? Kind::kOk : Kind::kViolation);
      ++judged;
      if (explained) continue;
      ++violations;
      BruteForce legal(calls, AfterReturn(calls, verdict.prefix));
      EXPECT_TRUE(legal.Explains(history.initial(), nullptr));
      if (verdict.call == LinearizabilityVerdict::kFinalState) continue;
      BruteForce too_long(calls, AfterReturn(calls, verdict.prefix + 1));
      EXPECT_FALSE(too_long.Explains(history.initial(), nullptr));
    }
  }
  EXPECT_GT(violations, judged / 2);
}

}  // namespace
}  // namespace groupfuzz
