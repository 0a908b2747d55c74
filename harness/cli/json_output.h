// What --format=json prints: one JSON document on standard output, whatever happens before its end;
// errors and progress are on standard error. docs/json.md is the schema.
//
// Thread-safety: main thread only.
#ifndef GROUPFUZZ_HARNESS_CLI_JSON_OUTPUT_H_
#define GROUPFUZZ_HARNESS_CLI_JSON_OUTPUT_H_

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "harness/report/execution_json.h"

namespace groupfuzz::cli {

// Whether --format says so; an error where it says neither that nor text.
absl::StatusOr<bool> WantsJson();

// The first keys of every document of `command`: its schema, with the version.
Json DocumentOf(std::string_view command);

// The text of a document, with a newline at its end.
std::string Serialized(const Json& document);

}  // namespace groupfuzz::cli

#endif  // GROUPFUZZ_HARNESS_CLI_JSON_OUTPUT_H_
