// The data of a kernel tree as its initcalls left them, to be put back between executions.
//
// What initcalls allocate lives as long as the process, and is part of the image.
//
// Thread-safety: one OS thread.
#ifndef GROUPFUZZ_TARGET_LINUX_TREE_IMAGE_H_
#define GROUPFUZZ_TARGET_LINUX_TREE_IMAGE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "target/linux/boundary.h"

namespace groupfuzz {

class TreeImage {
 public:
  // The image of `tree`, whose initcalls run when it is asked for first.
  static TreeImage& Of(const linux_tree& tree);

  void Restore() const;
  // Hash of all of it as it is now.
  uint64_t Fingerprint() const;

  // Memory for initcalls; nullptr while none run.
  static void* AllocateWhileBooting(size_t size);
  static bool IsBooting();

 private:
  struct Part {
    char* address;
    size_t size;
    std::unique_ptr<char[]> copy;
  };

  explicit TreeImage(const linux_tree& tree);
  void* Allocate(size_t size);
  void Keep(char* address, size_t size);

  const linux_tree& tree_;
  std::unique_ptr<char[]> memory_;
  size_t used_ = 0;
  std::vector<Part> parts_;
};

}  // namespace groupfuzz

#endif  // GROUPFUZZ_TARGET_LINUX_TREE_IMAGE_H_
