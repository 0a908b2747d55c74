// groupfuzz: one command for people who write or review changes to iommu_group_store_type().
#include "harness/cli/main.h"
#include "target/linux/trees.h"
#include "target/mutants/mutated_port.h"

int main(int argc, char** argv) {
  groupfuzz::RegisterLinuxTrees();
  groupfuzz::RegisterLinuxMutants();
  groupfuzz::mutants::RegisterPortMutants();
  return groupfuzz::cli::Main(argc, argv);
}
