// Hashing of state for fingerprints: the same on every machine and in every build.
//
// A fingerprint names every field of what it is of by a structured binding, which does not compile
// when a field is added: whoever adds one says here whether it is part of the state. Those that are
// not stand in a LeftOut().
//
// Thread-safety: pure functions.
#ifndef GROUPFUZZ_TARGET_TYPES_HASH_H_
#define GROUPFUZZ_TARGET_TYPES_HASH_H_

#include <cstdint>
#include <type_traits>

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

// Bits that tell the values of T apart.
template <typename T>
inline constexpr int kBitsOf = std::is_same_v<T, bool> ? 1 : 8 * sizeof(T);

// Packs numbers, bools and enumerators side by side into words, which it folds: no two of them
// share a bit, whatever their types become.
class FieldHash {
 public:
  constexpr explicit FieldHash(uint64_t hash) : hash_(hash) {}

  template <typename T>
  constexpr void Add(T value) {
    static_assert(std::is_integral_v<T> || std::is_enum_v<T>);
    if (used_ + kBitsOf<T> > kWord) FoldWord();
    auto bits = static_cast<uint64_t>(static_cast<int64_t>(value));
    if constexpr (kBitsOf<T> < kWord) bits &= (uint64_t{1} << kBitsOf<T>)-1;
    word_ |= bits << used_;
    used_ += kBitsOf<T>;
  }
  constexpr uint64_t Get() {
    FoldWord();
    return hash_;
  }

 private:
  static constexpr int kWord = 64;

  constexpr void FoldWord() {
    hash_ = Fold(hash_, word_);
    word_ = 0;
    used_ = 0;
  }

  uint64_t hash_;
  uint64_t word_ = 0;
  int used_ = 0;
};

// `hash` with all of `fields` in it.
template <typename... Fields>
constexpr uint64_t FoldFields(uint64_t hash, Fields... fields) {
  FieldHash all(hash);
  (all.Add(fields), ...);
  return all.Get();
}

// Fields that are no part of the state; the comment beside says why.
template <typename... Fields>
constexpr void LeftOut(const Fields&...) {}

}  // namespace groupfuzz

#endif  // GROUPFUZZ_TARGET_TYPES_HASH_H_
