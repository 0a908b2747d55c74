// Which rules want to hear of what: by event, moment and fact. Internal to properties/.
//
// Thread-safety: immutable once made.
#ifndef GROUPFUZZ_PROPERTIES_INVARIANTS_DISPATCH_H_
#define GROUPFUZZ_PROPERTIES_INVARIANTS_DISPATCH_H_

#include <array>
#include <bit>
#include <cstddef>
#include <span>

#include "properties/invariants/invariants.h"
#include "properties/invariants/ledger.h"
#include "target/types/event.h"

namespace groupfuzz::invariants {

template <size_t N>
using Interest = std::array<RuleSet, N>;

template <size_t N, typename Wanted>
Interest<N> InterestIn(Wanted wanted) {
  Interest<N> interest{};
  const std::span<const Rule> rules = invariants::Rules();
  for (size_t rule = 0; rule < rules.size(); ++rule) {
    const auto bits = wanted(rules[rule]);
    for (size_t i = 0; i < N; ++i) {
      if (bits >> i & 1) interest[i] |= RuleSet{1} << rule;
    }
  }
  return interest;
}

// Who wants to hear of what.
struct Dispatch {
  Interest<kEventKinds> events =
      InterestIn<kEventKinds>([](const Rule& rule) { return rule.events; });
  Interest<moment::kBits> moments =
      InterestIn<moment::kBits>([](const Rule& rule) { return rule.moments; });
  Interest<fact::kBits> facts =
      InterestIn<fact::kBits>([](const Rule& rule) { return rule.facts; });

  RuleSet Concerned(Facts new_facts) const {
    RuleSet concerned = 0;
    for (; new_facts != 0; new_facts &= new_facts - 1) {
      concerned |= facts[std::countr_zero(new_facts)];
    }
    return concerned;
  }
};

inline const Dispatch& TheDispatch() {
  static const Dispatch dispatch;
  return dispatch;
}

}  // namespace groupfuzz::invariants

#endif  // GROUPFUZZ_PROPERTIES_INVARIANTS_DISPATCH_H_
