#include "harness/cli/json_output.h"

#include <nlohmann/json.hpp>
#include <string>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "harness/cli/flags.h"

namespace groupfuzz::cli {
namespace {

// Of all documents; see docs/json.md for when it changes.
constexpr int kVersion = 1;
constexpr int kIndent = 1;

}  // namespace

absl::StatusOr<bool> WantsJson() {
  const std::string format = absl::GetFlag(FLAGS_format);
  if (format == "json") return true;
  if (format == "text") return false;
  return absl::InvalidArgumentError(
      absl::StrCat("unknown format '", format, "'; expected text or json"));
}

Json DocumentOf(std::string_view command) {
  return {{"schema", absl::StrCat("groupfuzz.", std::string(command))}, {"version", kVersion}};
}

std::string Serialized(const Json& document) {
  // A path need not be UTF-8; JSON must.
  return document.dump(kIndent, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace) + "\n";
}

}  // namespace groupfuzz::cli
