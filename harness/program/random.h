// A small generator of random numbers that gives the same numbers everywhere: SplitMix64.
//
// Thread-safety: none; one generator belongs to one user.
#ifndef GROUPFUZZ_HARNESS_PROGRAM_RANDOM_H_
#define GROUPFUZZ_HARNESS_PROGRAM_RANDOM_H_

#include <cstddef>
#include <cstdint>
#include <iterator>

namespace groupfuzz {

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t Next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  // 0..n-1. REQUIRES: 0 < n < 2^32.
  size_t Below(size_t n) { return static_cast<size_t>((Next() >> 32) * n >> 32); }
  bool OneIn(size_t n) { return Below(n) == 0; }
  // REQUIRES: `container` is not empty.
  template <typename Container>
  auto& Of(Container& container) {
    return container[Below(std::size(container))];
  }

 private:
  uint64_t state_;
};

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_PROGRAM_RANDOM_H_
