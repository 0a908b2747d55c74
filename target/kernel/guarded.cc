#include "target/kernel/guarded.h"

#include "target/kernel/source_line.h"

namespace groupfuzz::kernel {

const void* CodeHere() { return __builtin_return_address(0); }

void AccessUnlocked(const Lock& lock, GuardedField field, Access access, const void* code) {
  if (runtime().Holds(lock)) return;
  runtime().RacyReadPoint();
  runtime().Record({.kind = EventKind::kUnguarded,
                    .value = static_cast<uint8_t>(field),
                    .result = static_cast<int16_t>(access),
                    .code = CodeOffset(code)});
}

}  // namespace groupfuzz::kernel
