// The kernel trees that the corpus speaks of: what corpus/trees/TREE/release says of each,
// collected by the build.
//
//   package 6.12.117-1~deb12u1     the version of Debian's package whose lines `defect` lines name
//   rules 6.12                     the version of the rules that it is judged by
//   source iommu.c 96343           bytes of a file of it, by which a test knows that release
//   driver failed-attach-keeps     what it makes of a driver that has no flags; none where none
//
// Thread-safety: constants, after the first call.
#ifndef GROUPFUZZ_HARNESS_VERDICT_KNOWN_TREES_H_
#define GROUPFUZZ_HARNESS_VERDICT_KNOWN_TREES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "target/designs/design.h"
#include "target/iommu/rules.h"
#include "target/types/configuration.h"

namespace groupfuzz {

struct KnownTree {
  std::string name;  // "linux-source-6.12"
  std::string package;
  iommu::Version rules = iommu::Version::kToday;
  std::string source;  // empty: no test has that tree
  int64_t source_bytes = 0;
  DriverConfig driver;
};

const std::vector<KnownTree>& KnownTrees();

// The tree that a kernel such as `design` is a variant of: one of its rules whose drivers behave as
// it has them behave. nullptr where there is none.
const KnownTree* TreeLike(const Design& design);

// `file` is used in messages, such as "corpus/trees/mine/release:2:7: found ...".
absl::StatusOr<KnownTree> ParseRelease(std::string_view text, std::string_view tree,
                                       std::string_view file);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_VERDICT_KNOWN_TREES_H_
