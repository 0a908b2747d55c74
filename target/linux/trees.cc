#include "target/linux/trees.h"

#include <memory>
#include <string>

#include "target/designs/design.h"
#include "target/linux/known_races.h"
#include "target/linux/linux_host.h"
#include "target/linux/linux_system.h"

// One line a tree: const linux_tree* NAME(const linux_host*).
#define TREE(connect, folder) extern "C" const linux_tree* connect(const linux_host* host);
#include "linux_trees.inc"
#undef TREE

namespace groupfuzz {
namespace {

struct Tree {
  const char* folder;
  LinuxSystem::Connect connect;
};

constexpr Tree kTrees[] = {
#define TREE(connect, folder) {folder, connect},
#include "linux_trees.inc"
#undef TREE
    {nullptr, nullptr}};

DesignId JudgedAs(const linux_tree& tree) {
  if ((tree.provides & GF_HAS_DEVICE_CLAIM) == 0) return DesignId::kDeviceLock;
  return (tree.provides & GF_HAS_SETUP_DEFAULT_DOMAIN) == 0 ? DesignId::kV6_4 : DesignId::kV6_12;
}

Design DesignOf(const Tree& tree) {
  const DesignId judged_as = JudgedAs(*tree.connect(&LinuxHost::Functions()));
  const Design& model = BuiltInDesign(judged_as);
  const LinuxSystem::Connect connect = tree.connect;
  return {.judged_as = judged_as,
          .name = std::string("linux:") + tree.folder,
          .rules = model.rules,
          .summary = "the real iommu.c, judged as " + model.name,
          .make = [connect] { return std::make_unique<LinuxSystem>(connect); },
          .baseline = &model};
}

}  // namespace

const std::vector<const Design*>& RegisterLinuxTrees() {
  static const std::vector<const Design*> designs = [] {
    std::vector<const Design*> registered;
    // A program with a tree is linked with what judges the reports of ThreadSanitizer.
    if (KnownRaces().empty()) return registered;
    for (const Tree& tree : kTrees) {
      if (tree.connect != nullptr) registered.push_back(&RegisterDesign(DesignOf(tree)));
    }
    return registered;
  }();
  return designs;
}

}  // namespace groupfuzz
