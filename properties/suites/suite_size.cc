// How much a suite does: options, RC_PARAMS, and the build.
#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "harness/program/strings.h"
#include "properties/suites/suite_rapidcheck.h"
#include "target/types/sanitizers.h"

namespace groupfuzz {
namespace {

#if defined(GROUPFUZZ_ASAN) || defined(GROUPFUZZ_TSAN)
constexpr uint64_t kShare = kSanitizerShare;
#else
constexpr uint64_t kShare = 1;
#endif

const std::string kRcKeys[] = {
    "seed",     "max_success",      "max_size",          "max_discard_ratio",
    "noshrink", "verbose_progress", "verbose_shrinking", "reproduce"};

std::string RcParams() {
  const char* params = std::getenv("RC_PARAMS");
  return params == nullptr ? "" : params;
}

}  // namespace

bool RcParamsSay(std::string_view key) {
  return (" " + RcParams()).find(" " + std::string(key) + "=") != std::string::npos;
}

rc::detail::Configuration RcConfiguration() { return rc::detail::configFromString(RcParams()); }

absl::Status CheckRcParams() {
  const std::string params = RcParams();
  for (const absl::string_view word : absl::StrSplit(params, ' ', absl::SkipEmpty())) {
    const std::string key(word.substr(0, word.find('=')));
    if (std::find(std::begin(kRcKeys), std::end(kRcKeys), key) != std::end(kRcKeys)) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("RC_PARAMS: unknown key '", key, "'", DidYouMean(key, kRcKeys), "; expected ",
                     absl::StrJoin(kRcKeys, ", "), ", each as KEY=VALUE"));
  }
  try {
    RcConfiguration();
  } catch (const rc::detail::ConfigurationException& error) {
    return absl::InvalidArgumentError(absl::StrCat("RC_PARAMS: ", error.what()));
  }
  return absl::OkStatus();
}

SuiteSize SizeOf(const SuiteOptions& options, uint64_t default_cases, int max_size) {
  const rc::detail::TestParams params = RcConfiguration().testParams;
  SuiteSize size{.seed = kFixedSeed, .cases = default_cases / kShare, .max_size = max_size};
  if (RcParamsSay("seed")) size.seed = params.seed;
  if (RcParamsSay("max_success")) size.cases = static_cast<uint64_t>(params.maxSuccess);
  if (RcParamsSay("max_size")) size.max_size = std::min(max_size, params.maxSize);
  if (options.seed) size.seed = *options.seed;
  if (options.cases != 0) size.cases = options.cases;
  return size;
}

}  // namespace groupfuzz
