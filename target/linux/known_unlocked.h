// Where real kernels read a field of a group without its mutex, each with the reason why that is no
// news: the data of corpus/trees/TREE/unlocked, collected by the build. Any other access without
// the mutex is a finding (I43, I27).
//
// An access is known by its function and the field, in every tree: what one release of Linux does
// the next one may do too, and a patched tree has a name of its own.
//
// Thread-safety: one OS thread.
#ifndef GROUPFUZZ_TARGET_LINUX_KNOWN_UNLOCKED_H_
#define GROUPFUZZ_TARGET_LINUX_KNOWN_UNLOCKED_H_

#include <cstdint>
#include <span>

#include "target/linux/known_races.h"
#include "target/types/guarded_field.h"

namespace groupfuzz {

struct KnownUnlocked {
  const char* function;
  const char* field;  // FieldName()
  const char* tree;   // in which it is seen
  RaceClass what;
  const char* reason;
};

std::span<const KnownUnlocked> KnownUnlockedReads();

// Whether the code that `code` points into (Event::code) is known to read `field` so.
bool IsKnownUnlocked(uint32_t code, GuardedField field);

// At how many places of its tree KnownUnlockedReads()[index] has been seen in this process.
int UnlockedReads(int index);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_TARGET_LINUX_KNOWN_UNLOCKED_H_
