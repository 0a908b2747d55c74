// How much a suite does: options, RC_PARAMS, and the build.
#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>

#include "properties/suites/suite_rapidcheck.h"

namespace groupfuzz {
namespace {

#if defined(GROUPFUZZ_TSAN) || __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr uint64_t kShare = kSanitizerShare;
#else
constexpr uint64_t kShare = 1;
#endif

}  // namespace

bool RcParamsSay(std::string_view key) {
  const char* params = std::getenv("RC_PARAMS");
  return params != nullptr &&
         std::string_view(params).find(std::string(key) + "=") != std::string_view::npos;
}

SuiteSize SizeOf(const SuiteOptions& options, uint64_t default_cases, int max_size) {
  const auto params = [] { return rc::detail::configuration().testParams; };
  SuiteSize size{.seed = kFixedSeed, .cases = default_cases / kShare, .max_size = max_size};
  if (RcParamsSay("seed")) size.seed = params().seed;
  if (RcParamsSay("max_success")) size.cases = static_cast<uint64_t>(params().maxSuccess);
  if (RcParamsSay("max_size")) size.max_size = std::min(max_size, params().maxSize);
  if (options.seed) size.seed = *options.seed;
  if (options.cases != 0) size.cases = options.cases;
  return size;
}

}  // namespace groupfuzz
