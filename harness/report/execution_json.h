// One execution as JSON: what docs/json.md calls an execution. For scripts; people read report.h.
//
// Keys come in the order in which they are documented, so equal executions give equal bytes.
//
// Thread-safety: pure functions.
#ifndef GROUPFUZZ_HARNESS_REPORT_EXECUTION_JSON_H_
#define GROUPFUZZ_HARNESS_REPORT_EXECUTION_JSON_H_

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "harness/execution/trace.h"
#include "harness/program/program.h"
#include "properties/invariants/property.h"

namespace groupfuzz {

using Json = nlohmann::ordered_json;

// Null where there is nothing to say.
Json TextOrNull(const std::string& text);

// The program, what was found, and the timeline; `all_events` as in ReportOptions.
// REQUIRES: `trace` is of `program` and was recorded with snapshots.
Json ExecutionJson(const Program& program, const Trace& trace, const std::vector<Finding>& findings,
                   bool all_events);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_REPORT_EXECUTION_JSON_H_
