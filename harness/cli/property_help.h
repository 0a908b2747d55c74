// What the commands say of the ids of properties.
//
// Thread-safety: pure functions.
#ifndef GROUPFUZZ_HARNESS_CLI_PROPERTY_HELP_H_
#define GROUPFUZZ_HARNESS_CLI_PROPERTY_HELP_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace groupfuzz::cli {

// A letter and a number, as "I22" and also "i22": no id there is need have it.
bool LooksLikeId(std::string_view word);

// What the property is, whose word that is, and where it is checked; empty where there is none.
std::string DescribeProperty(std::string_view id);

// "unknown property 'L7'; the nearest is L1; see `groupfuzz list properties`".
absl::Status UnknownProperty(std::string_view id);

// That `id` is of a property, or empty.
absl::Status CheckProperty(std::string_view id);

}  // namespace groupfuzz::cli

#endif  // GROUPFUZZ_HARNESS_CLI_PROPERTY_HELP_H_
