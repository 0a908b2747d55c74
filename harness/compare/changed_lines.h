// Whether what a change touched has run: the lines in which the source of a design differs from
// that of its baseline, and which of them were executed in this process.
//
// A line counts where it is new or changed, or follows what was taken away, and has code. That it
// ran says that an instruction of it may have run (target/linux/block_coverage.h).
//
// Thread-safety: one OS thread.
#ifndef GROUPFUZZ_HARNESS_COMPARE_CHANGED_LINES_H_
#define GROUPFUZZ_HARNESS_COMPARE_CHANGED_LINES_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "target/designs/design.h"
#include "target/system/system.h"

namespace groupfuzz {

struct ChangedFunction {
  std::string file;         // "drivers/iommu/iommu.c"
  std::string name;         // "iommu_group_store_type"; empty: outside of functions
  bool called = false;      // anything of it ran
  std::map<int, bool> ran;  // of each line that counts
};

struct ChangedLines {
  bool any = false;                        // the sources differ
  std::vector<ChangedFunction> functions;  // in the order of the source

  int count() const;
  int ran() const;
  // The change has code, and none of it ran: nothing is known of it.
  bool untouched() const { return count() > 0 && ran() == 0; }
};

// nullopt where the sources are not at hand, or nobody counted what ran.
std::optional<ChangedLines> LinesThatChanged(const std::vector<FileCoverage>& before,
                                             const std::vector<FileCoverage>& after);
// Of a kernel tree whose baseline is one, too.
std::optional<ChangedLines> LinesThatChanged(const Design& design);

// "7 of 9 changed lines ran; iommu_group_store_type(): 3012-3014 did not; x() was never called"
std::string Describe(const ChangedLines& changed);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_COMPARE_CHANGED_LINES_H_
