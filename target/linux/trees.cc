#include "target/linux/trees.h"

#include <memory>
#include <string>

#include "target/designs/design.h"
#include "target/linux/known_races.h"
#include "target/linux/linux_host.h"
#include "target/linux/linux_system.h"
#include "target/mutants/mutant.h"
#include "target/system/names.h"

// One line a tree: const linux_tree* NAME(const linux_host*); WOVEN where its iommu.c has mutants.
#define TREE(connect, folder, root) extern "C" const linux_tree* connect(const linux_host* host);
#define WOVEN(connect, folder, root) TREE(connect, folder, root)
#include "linux_trees.inc"
#undef WOVEN
#undef TREE

namespace groupfuzz {
namespace {

struct Tree {
  const char* folder;
  const char* root;  // where its files lie
  LinuxSystem::Connect connect;
};

constexpr Tree kTrees[] = {
#define TREE(connect, folder, root) {folder, root, connect},
#define WOVEN(connect, folder, root)
#include "linux_trees.inc"
#undef WOVEN
#undef TREE
    {nullptr, nullptr, nullptr}};

constexpr Tree kWovenTrees[] = {
#define TREE(connect, folder, root)
#define WOVEN(connect, folder, root) {folder, root, connect},
#include "linux_trees.inc"
#undef WOVEN
#undef TREE
    {nullptr, nullptr, nullptr}};

DesignId JudgedAs(const linux_tree& tree) {
  if ((tree.provides & GF_HAS_DEVICE_CLAIM) == 0) return DesignId::kDeviceLock;
  return (tree.provides & GF_HAS_SETUP_DEFAULT_DOMAIN) == 0 ? DesignId::kV6_4 : DesignId::kV6_12;
}

Design DesignOf(const Tree& tree) {
  const DesignId judged_as = JudgedAs(*tree.connect(&LinuxHost::Functions()));
  const Design& model = BuiltInDesign(judged_as);
  return {.judged_as = judged_as,
          .name = std::string(kKernelPrefix) + tree.folder,
          .rules = model.rules,
          .summary = "the real iommu.c, judged as " + model.name,
          .make = [&tree] { return std::make_unique<LinuxSystem>(tree.connect, tree.root); },
          .baseline = &model,
          .kernel = true,
          .faithful = true};
}

void RegisterMutantsOf(const Tree& tree) {
  const Design* original = FindDesign(std::string(kKernelPrefix) + tree.folder);
  for (const int* id = tree.connect(&LinuxHost::Functions())->mutants; *id != 0; ++id) {
    const mutants::MutantRow& row = mutants::Bank()[*id - 1];
    mutants::RegisterMutant(row, *original, [&row] { return MakeMutatedTree(row.on, row.id); });
  }
}

}  // namespace

std::unique_ptr<System> MakeMutatedTree(std::string_view folder, int id) {
  for (const Tree& tree : kWovenTrees) {
    if (tree.connect == nullptr || tree.folder != folder) continue;
    return std::make_unique<LinuxSystem>(tree.connect, tree.root, id);
  }
  return nullptr;
}

void RegisterLinuxMutants() {
  static const bool once = [] {
    for (const Tree& tree : kWovenTrees) {
      if (tree.connect != nullptr) RegisterMutantsOf(tree);
    }
    return true;
  }();
  (void)once;
}

const std::vector<const Design*>& RegisterLinuxTrees() {
  static const std::vector<const Design*> designs = [] {
    std::vector<const Design*> registered;
    JudgeRaces();
    for (const Tree& tree : kTrees) {
      if (tree.connect != nullptr) registered.push_back(&RegisterDesign(DesignOf(tree)));
    }
    return registered;
  }();
  return designs;
}

}  // namespace groupfuzz
