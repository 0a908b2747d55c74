// Hash of raw memory that no sanitizer sees being read: also where it is poisoned.
//
// Thread-safety: none of its own; reads what it is given.
#ifndef GROUPFUZZ_TARGET_KERNEL_MEMORY_HASH_H_
#define GROUPFUZZ_TARGET_KERNEL_MEMORY_HASH_H_

#include <bit>
#include <cstddef>
#include <cstdint>

#include "target/kernel/racy_read.h"
#include "target/types/hash.h"

namespace groupfuzz::kernel {

// Folds the `size` bytes at `begin` into `hash`. Equal bytes give equal values; pointers count as
// the numbers they are. Four words at a time, none of which waits for another: the whole memory of
// a kernel is hashed at every step.
GROUPFUZZ_UNSEEN inline uint64_t FoldMemory(uint64_t hash, const void* begin, size_t size) {
  constexpr size_t kLanes = 4;
  constexpr size_t kWord = sizeof(uint64_t);
  constexpr uint64_t kOdd = 0x9e3779b97f4a7c15;
  constexpr int kTurn = 29;
  const auto* bytes = static_cast<const unsigned char*>(begin);
  const auto* end = bytes + size;
  uint64_t lanes[kLanes] = {hash, size, 0, 0};
  for (; bytes + kLanes * kWord <= end; bytes += kLanes * kWord) {
    for (size_t lane = 0; lane < kLanes; ++lane) {
      uint64_t word;
      __builtin_memcpy_inline(&word, bytes + lane * kWord, kWord);
      lanes[lane] = std::rotl((lanes[lane] ^ word) * kOdd, kTurn);
    }
  }
  for (size_t i = 0; bytes < end; ++bytes, ++i) {
    lanes[i % kLanes] = std::rotl((lanes[i % kLanes] ^ *bytes) * kOdd, kTurn);
  }
  return Fold(Fold(Fold(Mix(lanes[0]), lanes[1]), lanes[2]), lanes[3]);
}

}  // namespace groupfuzz::kernel

#endif  // GROUPFUZZ_TARGET_KERNEL_MEMORY_HASH_H_
