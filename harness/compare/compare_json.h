// The comparison of designs for scripts; docs/json.md says what each key means.
//
// Thread-safety: one OS thread.
#ifndef GROUPFUZZ_HARNESS_COMPARE_COMPARE_JSON_H_
#define GROUPFUZZ_HARNESS_COMPARE_COMPARE_JSON_H_

#include <vector>

#include "harness/compare/compare.h"
#include "harness/compare/showcase.h"
#include "harness/program/program_file.h"
#include "harness/report/execution_json.h"

namespace groupfuzz {

// What FormatTable, DescribeNews and DescribeEffort say of one row. `corpus` is what was compared;
// `base` as BaseOf() has it.
Json DesignJson(const DesignComparison& row, const std::vector<ProgramFile>& corpus,
                const DesignComparison* base = nullptr);

// What FormatShowcase says.
Json ShowcaseJson(const Showcase& showcase);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_COMPARE_COMPARE_JSON_H_
