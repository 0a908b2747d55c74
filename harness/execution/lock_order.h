// The order in which lock classes are taken, as lockdep learns it.
//
// An edge "a before b" is learnt when a thread that holds a lock of class a takes one of class b. A
// cycle of edges means that some interleaving can deadlock, even when this one did not. Locks of
// one class have no order among themselves.
//
// Thread-safety: one OS thread.
#ifndef GROUPFUZZ_HARNESS_EXECUTION_LOCK_ORDER_H_
#define GROUPFUZZ_HARNESS_EXECUTION_LOCK_ORDER_H_

#include <array>
#include <bit>
#include <cstdint>

#include "target/kernel/lock.h"
#include "target/types/hash.h"

namespace groupfuzz {

// A set of lock classes, one bit each.
using LockClasses = uint8_t;

constexpr LockClasses LockClassBit(kernel::LockClass lock_class) {
  return static_cast<LockClasses>(1 << static_cast<int>(lock_class));
}

class LockOrder {
 public:
  void Clear() { *this = {}; }

  // A thread that holds `held` takes a lock of class `taken`. Returns those of `held` with which
  // `taken` is in a cycle that shows for the first time; each pair of classes is returned once.
  LockClasses Take(LockClasses held, kernel::LockClass taken) {
    const int index = static_cast<int>(taken);
    const LockClasses learnt = held & ~before_[index] & ~LockClassBit(taken);
    return learnt == 0 ? 0 : Learn(learnt, index);
  }

  uint64_t Fingerprint() const {
    uint64_t hash = 0;
    const auto& [before, reported] = *this;
    for (LockClasses classes : before) hash = FoldFields(hash, classes);
    for (LockClasses classes : reported) hash = FoldFields(hash, classes);
    return hash;
  }

 private:
  LockClasses Learn(LockClasses learnt, int taken) {
    before_[taken] |= learnt;
    LockClasses cycles = 0;
    for (LockClasses rest = learnt; rest != 0; rest &= rest - 1) {
      const int held = std::countr_zero(rest);
      if ((AllBefore(held) >> taken & 1) == 0 || (reported_[held] >> taken & 1) != 0) continue;
      reported_[held] |= static_cast<LockClasses>(1 << taken);
      reported_[taken] |= static_cast<LockClasses>(1 << held);
      cycles |= static_cast<LockClasses>(1 << held);
    }
    return cycles;
  }

  // Every class from which edges lead to `lock_class`.
  LockClasses AllBefore(int lock_class) const {
    LockClasses all = before_[lock_class];
    for (int step = 0; step < kernel::kLockClasses; ++step) {
      for (LockClasses rest = all; rest != 0; rest &= rest - 1) {
        all |= before_[std::countr_zero(rest)];
      }
    }
    return all;
  }

  std::array<LockClasses, kernel::kLockClasses> before_{};
  std::array<LockClasses, kernel::kLockClasses> reported_{};
};

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_EXECUTION_LOCK_ORDER_H_
