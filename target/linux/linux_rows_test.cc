// The kernels themselves are held to the rows of the behaviour tables: the iommu.c of each tree, as
// the design that it is judged as.
//
// The rows are those of target/testing; this is their main() with the trees registered before tests
// are made of them.
#include <gtest/gtest.h>

#include "target/linux/trees.h"
#include "target/testing/rows.h"

int main(int argc, char** argv) {
  groupfuzz::RegisterLinuxTrees();
  testing::InitGoogleTest(&argc, argv);
  const int status = RUN_ALL_TESTS();
  return groupfuzz::port_test::ReportRun(/*added=*/"") ? status : 1;
}
