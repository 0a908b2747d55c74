// How the suites call RapidCheck. Internal to properties/; heavy to include.
//
// Thread-safety: as RapidCheck.
#ifndef GROUPFUZZ_PROPERTIES_SUITES_SUITE_RAPIDCHECK_H_
#define GROUPFUZZ_PROPERTIES_SUITES_SUITE_RAPIDCHECK_H_

#include <rapidcheck.h>

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "properties/suites/suite_session.h"

namespace groupfuzz {

// Off: RapidCheck only draws, and the first failure goes to the minimizer as it is.
enum class Shrinking : uint8_t { kOff, kOn };

// Says nothing: the report of the suite does.
class QuietListener final : public rc::detail::TestListener {
 public:
  void onTestCaseFinished(const rc::detail::CaseDescription&) override {}
  void onShrinkTried(const rc::detail::CaseDescription&, bool) override {}
  void onTestFinished(const rc::detail::TestMetadata&, const rc::detail::TestResult&) override {}
};

// Whether RC_PARAMS is set and has `key`. RapidCheck fills in what it does not say: a random seed,
// among others.
bool RcParamsSay(std::string_view key);

// What RC_PARAMS says. RapidCheck's own configuration() prints a seed that no suite uses.
// REQUIRES: CheckRcParams(), or it throws.
rc::detail::Configuration RcConfiguration();

// Runs the programs that the session was given, then checks `property` until it fails, the session
// stops or `size.cases` cases have passed. What the cases found is for them to remember.
inline void CheckWithRapidCheck(SuiteSession& session, const SuiteSize& size, Shrinking shrinking,
                                const std::function<void()>& property) {
  session.report().seed = size.seed;
  if (!session.RunGiven()) return;
  const auto one_case = [&] {
    if (session.Stops()) RC_FAIL("stopped");
    if (!session.stopped()) property();  // else RapidCheck shrinks what stopped it
  };
  rc::detail::TestMetadata metadata;
  metadata.id = session.name();
  metadata.description = session.name();
  rc::detail::TestParams params;
  params.seed = size.seed;
  params.maxSuccess = static_cast<int>(size.cases);
  params.maxSize = size.max_size;
  params.disableShrinking = shrinking == Shrinking::kOff;
  std::unordered_map<std::string, rc::detail::Reproduce> reproduce;
  if (RcParamsSay("reproduce")) reproduce = RcConfiguration().reproduce;
  QuietListener listener;
  rc::detail::checkTestable(one_case, metadata, params, listener, reproduce);
}

}  // namespace groupfuzz

#endif  // GROUPFUZZ_PROPERTIES_SUITES_SUITE_RAPIDCHECK_H_
