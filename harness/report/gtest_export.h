// A program as the source of a GoogleTest case that keeps its finding: it compiles against
// groupfuzz::harness, and fails once the design does not show the finding any more.
//
// Thread-safety: pure function.
#ifndef GROUPFUZZ_HARNESS_REPORT_GTEST_EXPORT_H_
#define GROUPFUZZ_HARNESS_REPORT_GTEST_EXPORT_H_

#include <string>
#include <vector>

#include "harness/program/program.h"
#include "target/designs/design.h"

namespace groupfuzz {

// `properties`: ids of what the program violates on `design`; empty: the case expects it clean.
std::string GtestCase(const Program& program, const Design& design,
                      const std::vector<std::string>& properties);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_REPORT_GTEST_EXPORT_H_
