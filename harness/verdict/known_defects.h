// What corpus/known says of defects of real kernels: for each tree that a program has findings on,
// a line of its title such as
//
//   # Defect of linux-source-6.1: iommu.c:415 iommu_release_device(); repaired by A, B.
//
// which names the faulty statement and the variants of the tree (target/linux/repairs/) in which
// the findings are gone. "Latent defect": nothing in that tree reaches it.
//
// Thread-safety: functions of their arguments and of the file system.
#ifndef GROUPFUZZ_HARNESS_VERDICT_KNOWN_DEFECTS_H_
#define GROUPFUZZ_HARNESS_VERDICT_KNOWN_DEFECTS_H_

#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/program/text_codec.h"

namespace groupfuzz {

struct KnownDefect {
  std::string tree;  // "linux-source-6.1"
  bool latent = false;
  std::string file;  // "iommu.c", in drivers/iommu
  int line = 0;
  std::string function;
  std::vector<std::string> repairs;
  std::set<std::string> properties;  // that the program violates on the tree
};

// In the order of the lines. An error is one line: a line that cannot be read, or an expectation on
// a tree without its line, or the other way round.
absl::StatusOr<std::vector<KnownDefect>> KnownDefectsOf(const TextProgram& program);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_VERDICT_KNOWN_DEFECTS_H_
