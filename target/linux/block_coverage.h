// Which lines of a tree's source ran: from its basic blocks and the line tables of this program.
//
// Guarantees: a line ran if an instruction of it may have run. The compiler merges code: a line may
// have none of its own.
//
// Thread-safety: one OS thread.
#ifndef GROUPFUZZ_TARGET_LINUX_BLOCK_COVERAGE_H_
#define GROUPFUZZ_TARGET_LINUX_BLOCK_COVERAGE_H_

#include <string_view>
#include <vector>

#include "target/linux/boundary.h"
#include "target/system/system.h"

namespace groupfuzz {

// In the order of the names, which are without `root` where a file lies below it. Empty where the
// tree was built without coverage, or its lines are not known.
std::vector<FileCoverage> CoverageOf(const linux_tree& tree, std::string_view root);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_TARGET_LINUX_BLOCK_COVERAGE_H_
