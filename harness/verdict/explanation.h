// One execution explained to a person who has not read this tool's code: what is wrong, who ran
// when and where each thread was stopped, every step with the state after it, and how far the calls
// can be put in an order that is legal.
//
// Plain text of at most kReportColumns columns, made to be mailed.
//
// Thread-safety: as Runner.
#ifndef GROUPFUZZ_HARNESS_VERDICT_EXPLANATION_H_
#define GROUPFUZZ_HARNESS_VERDICT_EXPLANATION_H_

#include <string>

#include "harness/program/program.h"
#include "harness/report/report.h"
#include "harness/verdict/runner.h"

namespace groupfuzz {

// Runs `program` with its own schedule. REQUIRES: it is normalized.
std::string Explain(Runner& runner, const Program& program, const ReportOptions& options);

// The calls of the last execution of `checker` as a history: the longest legal prefix, the first
// call that has no legal place, what it was expected to return and what it did. Empty where there
// was one thread only.
std::string DescribeHistory(const Checker& checker);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_VERDICT_EXPLANATION_H_
