// Hashing of state for fingerprints: the same on every machine and in every build.
#ifndef GROUPFUZZ_TARGET_TYPES_HASH_H_
#define GROUPFUZZ_TARGET_TYPES_HASH_H_

#include <cstdint>

namespace groupfuzz {

// The finaliser of SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number
// generators").
constexpr uint64_t Mix(uint64_t value) {
  value += 0x9e3779b97f4a7c15;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

// Folds `value` into `hash`; the order of folds matters.
constexpr uint64_t Fold(uint64_t hash, uint64_t value) { return Mix(hash ^ value); }

}  // namespace groupfuzz

#endif  // GROUPFUZZ_TARGET_TYPES_HASH_H_
