#include "properties/history/linearization_search.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "properties/history/linearizability.h"
#include "target/types/hash.h"

namespace groupfuzz {
namespace {

using Kind = LinearizabilityVerdict::Kind;
using Unknown = LinearizabilityVerdict::Unknown;

constexpr int kIdle = -1;

// One way in which the history up to now can have happened.
struct Explanation {
  Model model;
  uint8_t done = 0;                           // threads whose call in progress has taken effect
  std::array<Outcome, kMaxThreads> outcomes;  // of those calls

  bool Has(uint8_t thread) const { return (done >> thread & 1) != 0; }

  uint64_t Hash() const {
    uint64_t hash = Fold(model.Hash(), done);
    for (uint8_t thread = 0; thread < kMaxThreads; ++thread) {
      if (!Has(thread)) continue;
      const Outcome& outcome = outcomes[thread];
      hash = Fold(hash,
                  static_cast<uint64_t>(outcome.result) << 8 | static_cast<uint64_t>(outcome.kind));
    }
    return hash;
  }
};

bool SameResult(const Outcome& a, const Outcome& b) {
  return a.kind == b.kind && a.result == b.result;
}

class Search {
 public:
  Search(const std::vector<RecordedCall>& history, const std::vector<Effect>& effects, uint32_t end)
      : history_(history), effects_(effects), moments_(end) {
    active_.fill(kIdle);
    for (size_t i = 0; i < history.size(); ++i) {
      const int call = static_cast<int>(i);
      moments_[history[i].invoked] = {call, false};
      if (history[i].returned != RecordedCall::kNever) moments_[history[i].returned] = {call, true};
    }
  }

  LinearizabilityVerdict Run(const Model& initial, const Snapshot* final_state) {
    current_.push_back({.model = initial, .outcomes = {}});
    for (const Moment& moment : moments_) {
      const uint8_t thread = history_[moment.call].thread;
      if (!moment.is_return) {
        active_[thread] = moment.call;
        continue;
      }
      Explain(thread);
      if (visits_ > kMaxConfigurations) return NotJudged(Unknown::kTooManyStates);
      if (next_.empty()) return NoPlace(moment.call);
      std::swap(current_, next_);
      active_[thread] = kIdle;
      ++returned_;
    }
    return Final(final_state);
  }

 private:
  struct Moment {
    int call;
    bool is_return;
  };

  // Fills next_ with the explanations in which the call of `thread` has taken effect and returned
  // what it did. Calls in progress take effect before it in every possible order.
  void Explain(uint8_t thread) {
    next_.clear();
    seen_.clear();
    expected_.clear();
    for (size_t i = 0; i < current_.size() && visits_ <= kMaxConfigurations; ++i) {
      if (current_[i].Has(thread)) {
        Return(current_[i], thread);
        continue;
      }
      for (uint8_t other = 0; other < kMaxThreads; ++other) {
        if (active_[other] != kIdle && !current_[i].Has(other)) TakeEffect(i, other);
      }
    }
  }

  // Extends current_ by what follows when the call of `thread` takes effect in current_[from].
  void TakeEffect(size_t from, uint8_t thread) {
    const RecordedCall& call = history_[active_[thread]];
    if (call.effect != RecordedCall::kModelled) return AddSeen(from, thread, call);
    const bool alternative = current_[from].model.HasAlternative(call.call) &&
                             (current_[from].model.state().exists || OverlapsRemoval(call));
    Add(from, thread, Assumption::kNone);
    if (alternative) Add(from, thread, Assumption::kBetweenSteps);
  }

  void Add(size_t from, uint8_t thread, Assumption assumption) {
    Explanation next = current_[from];
    const RecordedCall& call = history_[active_[thread]];
    const Outcome outcome = next.model.Apply(call.call, assumption);
    next.model.FollowResult(call.call, call.result);
    Push(next, thread, outcome);
  }

  // The model does not say what a call with a failure in it returns.
  void AddSeen(size_t from, uint8_t thread, const RecordedCall& call) {
    Explanation next = current_[from];
    if (!groupfuzz::TakeEffect(next.model, call, effects_[call.effect])) return;
    Push(next, thread, {.kind = Outcome::Kind::kAny});
  }

  void Push(Explanation& next, uint8_t thread, const Outcome& outcome) {
    next.outcomes[thread] = outcome;
    next.done |= static_cast<uint8_t>(1u << thread);
    ++visits_;
    if (seen_.insert(next.Hash()).second) current_.push_back(next);
  }

  void Return(Explanation explanation, uint8_t thread) {
    const Outcome& outcome = explanation.outcomes[thread];
    auto same = [&](const Outcome& other) { return SameResult(outcome, other); };
    if (std::none_of(expected_.begin(), expected_.end(), same)) expected_.push_back(outcome);
    if (!outcome.Allows(history_[active_[thread]].result)) return;
    explanation.done &= static_cast<uint8_t>(~(1u << thread));
    auto equal = [hash = explanation.Hash()](const Explanation& e) { return e.Hash() == hash; };
    if (std::none_of(next_.begin(), next_.end(), equal)) next_.push_back(explanation);
  }

  // The attribute of a group without devices answers until the removal returns.
  bool OverlapsRemoval(const RecordedCall& call) const {
    return std::any_of(history_.begin(), history_.end(), [&](const RecordedCall& other) {
      return other.call.function == Function::kReleaseDevice && other.invoked < call.returned &&
             call.invoked < other.returned;
    });
  }

  LinearizabilityVerdict NotJudged(Unknown why) const {
    return {.kind = Kind::kUnknown, .unknown = why, .expected = {}, .final_states = {}};
  }

  LinearizabilityVerdict NoPlace(int call) const {
    return {.kind = Kind::kViolation,
            .prefix = returned_,
            .call = call,
            .expected = expected_,
            .final_states = {}};
  }

  LinearizabilityVerdict Final(const Snapshot* final_state) const {
    LinearizabilityVerdict verdict;
    verdict.kind = Kind::kViolation;
    verdict.prefix = returned_;
    bool lost = false;
    for (const Explanation& explanation : current_) {
      lost = lost || explanation.model.lost();
      if (explanation.model.lost()) continue;
      if (final_state == nullptr || !Compare(explanation.model, *final_state)) return {};
      verdict.final_states.push_back(explanation.model);
    }
    return lost ? NotJudged(Unknown::kUnspecified) : verdict;
  }

  const std::vector<RecordedCall>& history_;
  const std::vector<Effect>& effects_;
  std::vector<Moment> moments_;
  std::array<int, kMaxThreads> active_;  // the call in progress of each thread, or kIdle
  std::vector<Explanation> current_;
  std::vector<Explanation> next_;
  absl::flat_hash_set<uint64_t> seen_;
  std::vector<Outcome> expected_;
  int visits_ = 0;
  int returned_ = 0;
};

}  // namespace

bool TakeEffect(Model& model, const RecordedCall& call, const Effect& effect) {
  if (!effect.acted) return true;
  if (Compare(model, effect.before)) return false;
  model.AdoptGroup(effect.after);
  const Function function = call.call.function;
  if (function == Function::kUseDefaultDomain && call.result == 0) {
    model.SetBound(call.call.device, true);
  }
  if (function == Function::kUnuseDefaultDomain) model.SetBound(call.call.device, false);
  return true;
}

LinearizabilityVerdict SearchLinearization(const Model& initial,
                                           const std::vector<RecordedCall>& history,
                                           const std::vector<Effect>& effects, uint32_t end,
                                           const Snapshot* final_state) {
  return Search(history, effects, end).Run(initial, final_state);
}

}  // namespace groupfuzz
