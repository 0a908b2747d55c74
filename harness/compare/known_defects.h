// What is known of the kernels of a comparison: each defect that a row shows, in a line.
//
// Only what the corpus says is told: the name of the program, the place, the versions and repairs
// of its `defect` line. A tree of another name has other lines, and nothing is told of it.
//
// Guarantees: the order is that of the source.
//
// Thread-safety: one OS thread.
#ifndef GROUPFUZZ_HARNESS_COMPARE_KNOWN_DEFECTS_H_
#define GROUPFUZZ_HARNESS_COMPARE_KNOWN_DEFECTS_H_

#include <string>
#include <vector>

#include "harness/compare/compare.h"
#include "harness/program/program_file.h"

namespace groupfuzz {

// "known of linux:..., ...: \n  I44  lazy write meets the last unplug: iommu.c:3073, ..." of each
// row that has such; empty where none has. At most kReportColumns columns.
std::string DescribeKnownDefects(const std::vector<DesignComparison>& rows,
                                 const std::vector<ProgramFile>& corpus);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_COMPARE_KNOWN_DEFECTS_H_
