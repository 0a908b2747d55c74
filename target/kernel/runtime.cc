#include "target/kernel/runtime.h"

namespace groupfuzz::kernel {

ScopedRuntime::ScopedRuntime(Runtime& runtime) : previous_(internal::current_runtime) {
  internal::current_runtime = &runtime;
}

ScopedRuntime::~ScopedRuntime() { internal::current_runtime = previous_; }

bool WarnOn(bool condition, WarnSite site) {
  if (condition) {
    runtime().Record({.kind = EventKind::kWarn, .value = static_cast<uint8_t>(site)});
  }
  return condition;
}

}  // namespace groupfuzz::kernel
