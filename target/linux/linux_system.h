// The real iommu.c of a kernel tree as a System: a machine with a mock driver, the tree's code on
// it, and its users.
//
// Each Build begins with the tree's data as its initcalls left them, so that one execution, also an
// abandoned one, leaves nothing to the next. A tree has its data once: two systems over the same
// tree may exist, but their executions do not overlap.
//
// Thread-safety: as System; all trees together belong to one OS thread.
#ifndef GROUPFUZZ_TARGET_LINUX_LINUX_SYSTEM_H_
#define GROUPFUZZ_TARGET_LINUX_LINUX_SYSTEM_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "target/linux/block_coverage.h"
#include "target/linux/boundary.h"
#include "target/linux/linux_api.h"
#include "target/linux/linux_host.h"
#include "target/linux/tree_image.h"
#include "target/system/first_actions.h"
#include "target/system/system.h"
#include "target/system/users.h"

namespace groupfuzz {

class LinuxSystem : public System, private DriverCore {
 public:
  using Connect = const linux_tree* (*)(const linux_host* host);
  // `root`: where the files of the tree lie that are not those of another tree; `mutant`: of those
  // that are woven into it (target/mutants).
  explicit LinuxSystem(Connect connect, std::string_view root = "", int mutant = 0);

  Configuration MachineOf(const Configuration& configuration) const override;
  void Build(const Configuration& configuration, const Footprint& footprint,
             CallObserver* observer) override;
  bool Provides(const Op& op) const override;
  int64_t Perform(const Op& op) override { return Provides(op) ? users_.Perform(op) : kRefused; }
  void TearDown() override;
  IommuApi* api() override { return &api_; }
  const kernel::Lock* FirstLock(const Op& op) const override;
  void TakeSnapshot(Snapshot* snapshot) const override;
  uint64_t Fingerprint() const override;
  int live_objects() const override { return host_.slab().live(); }
  std::vector<uint32_t> LiveAllocations() const override { return host_.slab().LiveAllocations(); }
  std::vector<FileCoverage> Coverage() const override { return CoverageOf(tree_, root_); }

 private:
  kernel::Mutex& device_lock(uint8_t device) override { return host_.device_lock(device); }
  void SetBound(uint8_t device, bool bound) override {
    tree_.set_bound(device, static_cast<int>(bound));
  }
  // False where a pointer of the group's leads nowhere.
  bool Fill(gf_group_view* view) const;
  bool LeadsToMemory(const void* domain) const;
  Corrupt CorruptionOf(const gf_group_view& view) const;
  DomainRef RefOf(const void* domain) const;
  void FillDevice(const gf_group_view& view, uint8_t device, const DomainRef& default_domain,
                  DeviceSnapshot* device_view) const;

  const linux_tree& tree_;
  const std::string root_;
  const int mutant_;
  const Locking locking_;
  const bool tries_locks_;
  TreeImage& image_;
  uint8_t device_count_ = 0;
  // Looking at the state runs code of the tree, which counts as looking.
  mutable LinuxHost host_{tree_};
  const MachineLocks locks_ = host_.Locks();
  LinuxApi api_;
  Users users_;
  OpKinds begin_otherwise_ = 0;  // where other kernels begin with the mutex
};

}  // namespace groupfuzz

#endif  // GROUPFUZZ_TARGET_LINUX_LINUX_SYSTEM_H_
