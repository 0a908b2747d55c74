// groupfuzz: one command for people who write or review changes to iommu_group_store_type().
#include "harness/cli/main.h"

int main(int argc, char** argv) { return groupfuzz::cli::Main(argc, argv); }
