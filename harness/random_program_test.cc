// Random programs on the reference design: nothing may ever be found, in any interleaving that a
// random tail of their schedule takes. A failing program is shrunk by RapidCheck, over ops, faults
// and schedule at once, and printed as text with the next command to type.
#include <string>

#include "gtest/gtest.h"
#include "harness/program_gen.h"
#include "harness/runner.h"
#include "harness/text_codec.h"
#include "rapidcheck/gtest.h"
#include "target/designs/design.h"

namespace groupfuzz {
namespace {

// What a finding on the reference design says; empty where there is none.
std::string FindingText(Runner& runner, const Program& program) {
  const RunOutcome outcome = runner.Run(program);
  std::string text;
  for (const Finding& finding : outcome.findings) {
    text += std::string(finding.property->id) + ": " + finding.detail + "\n";
  }
  if (text.empty()) return text;
  return text + "\n" + FormatText(program) +
         "\nnext: save the program as p.txt, then: groupfuzz minimize --property " +
         std::string(outcome.findings.front().property->id) + " p.txt\n";
}

RC_GTEST_PROP(RandomProgram, SingleThreadHoldsEveryProperty, ()) {
  static Runner runner(*FindDesign("owner-check"));
  const std::string finding = FindingText(runner, *gen::AnyProgram(/*max_threads=*/1));
  if (!finding.empty()) RC_FAIL(finding);
}

RC_GTEST_PROP(RandomProgram, ThreadsHoldEveryProperty, ()) {
  static Runner runner(*FindDesign("owner-check"));
  const std::string finding = FindingText(runner, *gen::AnyProgram());
  if (!finding.empty()) RC_FAIL(finding);
}

// The same property finds the flaws of the 2023 patch: it is able to fail.
TEST(RandomProgramTest, FindsThePatchUnderReview) {
  Runner runner(*FindDesign("claim-v1"));
  int found = 0;
  for (int size = 1; size <= 20; ++size) {
    const rc::Random random(static_cast<uint64_t>(size));
    found += !FindingText(runner, gen::AnyProgram()(random, size).value()).empty();
  }
  EXPECT_GT(found, 0);
}

}  // namespace
}  // namespace groupfuzz
