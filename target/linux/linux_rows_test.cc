// The kernels themselves are held to the rows of the behaviour tables: the iommu.c of each tree, as
// the design that it is judged as.
//
// The rows are those of target/testing; this is their main() with the trees registered before tests
// are made of them.
#include <gtest/gtest.h>

#include <cstdio>

#include "target/designs/design.h"
#include "target/linux/trees.h"
#include "target/testing/rows.h"

namespace {

// 6.1 has no PASIDs and handles, and so less rows.
constexpr int kFewest = 240;

}  // namespace

int main(int argc, char** argv) {
  groupfuzz::RegisterLinuxTrees();
  testing::InitGoogleTest(&argc, argv);
  int status = RUN_ALL_TESTS();
  for (const auto& [design, rows] : groupfuzz::port_test::Run()) {
    std::printf("%s: %d rows\n", design.c_str(), rows);
    if (!groupfuzz::FindDesign(design)->kernel || rows >= kFewest) continue;
    std::printf("FAILED: less than %d rows on a kernel\n", kFewest);
    status = 1;
  }
  for (const auto& [reason, rows] : groupfuzz::port_test::NotRun()) {
    std::printf("not run: %d, %s\n", rows, reason.c_str());
  }
  return status;
}
