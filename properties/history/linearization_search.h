// Searches all orders of a history of calls for one that the sequential model explains.
// Internal to properties/history/linearizability.cc; use LinearizabilityMonitor.
//
// Thread-safety: one OS thread.
#ifndef GROUPFUZZ_PROPERTIES_HISTORY_LINEARIZATION_SEARCH_H_
#define GROUPFUZZ_PROPERTIES_HISTORY_LINEARIZATION_SEARCH_H_

#include <vector>

#include "properties/history/linearizability.h"

namespace groupfuzz {

// Lets `call`, in which an injected failure fired, take effect as it was seen to do. Returns false
// where it was seen to begin in another state than that of `model`.
bool TakeEffect(Model& model, const RecordedCall& call, const Effect& effect);

// `end` is the number of invocations and returns in `history`.
LinearizabilityVerdict SearchLinearization(const Model& initial,
                                           const std::vector<RecordedCall>& history,
                                           const std::vector<Effect>& effects, uint32_t end,
                                           const Snapshot* final_state);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_PROPERTIES_HISTORY_LINEARIZATION_SEARCH_H_
