#include "target/linux/tree_image.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "target/kernel/memory_hash.h"
#include "target/kernel/racy_read.h"

namespace groupfuzz {
namespace {

constexpr size_t kBootBytes = size_t{16} << 10;
constexpr size_t kAlignment = 16;

TreeImage* booting = nullptr;

// The tree's data lie between poisoned redzones, which a sanitizer's memcpy would not pass.
GROUPFUZZ_UNSEEN __attribute__((no_builtin("memcpy"))) void Copy(const char* from, char* to,
                                                                 size_t size) {
  constexpr size_t kWord = sizeof(uint64_t);
  size_t at = 0;
  for (; at + kWord <= size; at += kWord) {
    *reinterpret_cast<uint64_t*>(to + at) = *reinterpret_cast<const uint64_t*>(from + at);
  }
  for (; at < size; ++at) to[at] = from[at];
}

}  // namespace

TreeImage& TreeImage::Of(const linux_tree& tree) {
  static std::vector<std::unique_ptr<TreeImage>> images;
  for (const auto& image : images) {
    if (&image->tree_ == &tree) return *image;
  }
  images.emplace_back(new TreeImage(tree));
  return *images.back();
}

TreeImage::TreeImage(const linux_tree& tree) : tree_(tree), memory_(new char[kBootBytes]()) {
  booting = this;
  tree.initcalls();
  booting = nullptr;
  for (const gf_memory& data : tree.data) {
    Keep(data.begin, static_cast<size_t>(data.end - data.begin));
  }
  Keep(memory_.get(), used_);
}

void* TreeImage::AllocateWhileBooting(size_t size) {
  return booting == nullptr ? nullptr : booting->Allocate(size);
}

bool TreeImage::IsBooting() { return booting != nullptr; }

void* TreeImage::Allocate(size_t size) {
  void* object = memory_.get() + used_;
  used_ += (size + kAlignment - 1) / kAlignment * kAlignment;
  if (used_ > kBootBytes) {
    std::fprintf(stderr, "groupfuzz: initcalls allocated more than %zu bytes\n", kBootBytes);
    std::abort();
  }
  return object;
}

void TreeImage::Keep(char* address, size_t size) {
  parts_.push_back({address, size, std::make_unique<char[]>(size)});
  Copy(address, parts_.back().copy.get(), size);
}

void TreeImage::Restore() const {
  for (const Part& part : parts_) Copy(part.copy.get(), part.address, part.size);
}

uint64_t TreeImage::Fingerprint() const {
  uint64_t hash = 0;
  for (const Part& part : parts_) hash = kernel::FoldMemory(hash, part.address, part.size);
  return hash;
}

}  // namespace groupfuzz
