// Searches all orders of a history of calls for one that the sequential model explains.
// Internal to properties/linearizability.cc; use LinearizabilityMonitor.
//
// Thread-safety: one OS thread.
#ifndef GROUPFUZZ_PROPERTIES_LINEARIZATION_SEARCH_H_
#define GROUPFUZZ_PROPERTIES_LINEARIZATION_SEARCH_H_

#include <vector>

#include "properties/linearizability.h"

namespace groupfuzz {

// `end` is the number of invocations and returns in `history`.
LinearizabilityVerdict SearchLinearization(const Model& initial,
                                           const std::vector<RecordedCall>& history, uint32_t end,
                                           const Snapshot* final_state);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_PROPERTIES_LINEARIZATION_SEARCH_H_
