// The parallel suite, which RapidCheck lacks: a prefix, branches that run together, a schedule.
#include "absl/strings/str_cat.h"
#include "harness/execution/strategies/branches_strategy.h"
#include "harness/program/random.h"
#include "harness/program/text_codec.h"
#include "properties/suites/generation.h"
#include "properties/suites/suite_rapidcheck.h"
#include "properties/suites/suite_session.h"

namespace groupfuzz {
namespace {

constexpr uint64_t kHistories = 20'000;

rc::Gen<ParallelCase> AnyCase(DesignId design, const ParallelShape& shape) {
  return [design, &shape](rc::Random random, int) {
    Random draws(random.next());
    return rc::shrinkable::just(DrawParallel(draws, design, shape));
  };
}

void CountBranches(const ParallelCase& drawn, SuiteReport* report) {
  static const std::string kBranches[] = {"1 branch", "2 branches", "3 branches", "4 branches"};
  ++report->reached[kBranches[drawn.program.thread_count - 1]];
  if (drawn.prefix > 0) ++report->reached["with a prefix"];
  if (drawn.program.faults.size > 0) ++report->reached["with failures injected"];
}

void CheckHistory(SuiteSession& session, const Design& design) {
  const ParallelCase drawn = *AnyCase(design.judged_as, session.options().shape);
  BranchesStrategy strategy(drawn.prefix, drawn.seed, drawn.switch_in);
  CountBranches(drawn, &session.report());
  const std::optional<std::string> finding = session.RunUnder(strategy, drawn.program);
  if (finding) RC_FAIL(*finding);
}

}  // namespace

void showValue(const ParallelCase& drawn, std::ostream& os) { os << FormatText(drawn.program); }

SuiteReport CheckParallel(const Design& design, const SuiteOptions& options) {
  // Nobody waits for these cases, and what they find may be easier to understand.
  constexpr uint64_t kMoreCases = 3000;
  SuiteSession session("parallel", design, options, kMoreCases);
  const SuiteSize size = SizeOf(options, kHistories, /*max_size=*/0);
  CheckWithRapidCheck(session, size, Shrinking::kOff, [&] { CheckHistory(session, design); });
  return session.Finish(absl::StrCat(session.report().cases, " histories"));
}

}  // namespace groupfuzz
