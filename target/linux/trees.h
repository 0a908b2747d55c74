// The kernel trees that were given to the build (-DLINUX_SOURCE); none by default.
//
// Thread-safety: as RegisterDesign.
#ifndef GROUPFUZZ_TARGET_LINUX_TREES_H_
#define GROUPFUZZ_TARGET_LINUX_TREES_H_

#include <memory>
#include <string_view>
#include <vector>

#include "target/designs/design.h"

namespace groupfuzz {

// The designs "linux:FOLDER" of the trees, in the order of LINUX_SOURCE; the first call appends
// them to Designs().
//
// A tree is judged as the design of the port that is its model, chosen by what its headers have:
// device-lock before device claims, v6.12 from replaceable domains on, v6.4 between.
const std::vector<const Design*>& RegisterLinuxTrees();

// The mutants of the trees that the bank has some for, once. REQUIRES: RegisterLinuxTrees().
void RegisterLinuxMutants();

// The tree of the bank in `folder` with the mutant `id` switched on; with 0 it must behave as the
// tree does. nullptr where it is not built in.
std::unique_ptr<System> MakeMutatedTree(std::string_view folder, int id);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_TARGET_LINUX_TREES_H_
