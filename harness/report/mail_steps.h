// The steps of one execution that a mail tells: those without which a reader does not follow how
// the rule broke.
//
// A call of the kernel is a step with its arguments, as it began. Of what is in it there are the
// attaches, the fields of the group that changed, frees, failures and warnings; where another
// thread came in between, or the rule is about locks, locks and unlocked reads, too. What came
// after the rule broke is left out, and so are ops that were refused, results that say success, and
// calls that only looked. No step is told that did not happen, and none in another order.
//
// Thread-safety: plain values and pure functions.
#ifndef GROUPFUZZ_HARNESS_REPORT_MAIL_STEPS_H_
#define GROUPFUZZ_HARNESS_REPORT_MAIL_STEPS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "harness/execution/trace.h"
#include "harness/program/program.h"
#include "harness/report/timeline_rows.h"
#include "properties/invariants/property.h"
#include "target/types/iommu_api.h"

namespace groupfuzz {

// A function of the kernel begins or returns.
struct CallMoment {
  Call call;
  uint8_t thread = 0;
  uint8_t op = 0;
  uint32_t event = 0;  // how many events came before
  bool returns = false;
  int64_t result = 0;
};

struct MailStep {
  uint8_t thread = kBootThread;
  int depth = 0;  // 0: a call
  std::string text;
};

// The steps up to `finding`. REQUIRES: `trace` is of `program` and was recorded with snapshots,
// `calls` are its calls in order, and `finding` is of it.
std::vector<MailStep> MailSteps(const Program& program, const Trace& trace,
                                const std::vector<CallMoment>& calls, const Finding& finding,
                                const DomainNames& names);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_REPORT_MAIL_STEPS_H_
