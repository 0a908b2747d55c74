// How a decision table is evaluated. Internal to properties/model*.
//
// The rows of a table are constants, so each table gets an evaluator of its own in which the
// compiler has put the conditions in line.
//
// Thread-safety: functions of the Step they are given.
#ifndef GROUPFUZZ_PROPERTIES_MODEL_MODEL_EVALUATE_H_
#define GROUPFUZZ_PROPERTIES_MODEL_MODEL_EVALUATE_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "properties/model/model_rows.h"

namespace groupfuzz::model {

inline constexpr int32_t kUnknownTypeBytes = 8;  // "unknown\n"

inline int32_t ShownBytes(const GroupState& state) {
  if (!state.has_default) return kUnknownTypeBytes;
  const std::string_view word = DomainTypeName(state.default_type);
  return static_cast<int32_t>(word.size()) + 1;
}

// The result of a row of this kind; the step's effect is done.
template <int16_t kResult>
int32_t ResultOf(const Step& step) {
  if constexpr (kResult == kBytes) {
    return static_cast<int32_t>(std::min(step.call.text->total(), kPageBytes));
  } else if constexpr (kResult == kShown) {
    return ShownBytes(step.state);
  } else if constexpr (kResult == kClaimed) {
    return step.state.owner_cnt != 0;
  } else {
    return kResult <= 0 ? kResult : 0;
  }
}

constexpr Outcome::Kind KindOf(int16_t result) {
  if (result == kAnyError) return Outcome::Kind::kAnyError;
  return result == kAny ? Outcome::Kind::kAny : Outcome::Kind::kExact;
}

// Returns whether the row decided.
template <const auto& kRows, size_t kIndex>
bool Try(Step& step, Outcome& outcome) {
  constexpr Row kRow = kRows[kIndex];
  if constexpr (kRow.when.holds != nullptr) {
    if (!kRow.when.holds(step)) return false;
  }
  if constexpr (kRow.effect != nullptr) kRow.effect(step);
  if constexpr (kRow.result == kGoOn) {
    return false;
  } else {
    outcome.result = ResultOf<kRow.result>(step);
    outcome.kind = KindOf(kRow.result);
    outcome.reason = kRow.when.text;
    return true;
  }
}

template <const auto& kRows>
Outcome Evaluate(Step& step) {
  Outcome outcome;
  [&]<size_t... kIndex>(std::index_sequence<kIndex...>) {
    (void)(Try<kRows, kIndex>(step, outcome) || ...);
  }(std::make_index_sequence<std::size(kRows)>{});
  return outcome;
}

constexpr bool Decides(std::span<const Row> rows) {
  return rows.back().when.holds == nullptr && rows.back().result != kGoOn;
}

template <const auto& kRows>
constexpr Table TableOf() {
  static_assert(Decides(kRows), "the last row of a table must decide");
  return {&Evaluate<kRows>};
}

}  // namespace groupfuzz::model

#endif  // GROUPFUZZ_PROPERTIES_MODEL_MODEL_EVALUATE_H_
