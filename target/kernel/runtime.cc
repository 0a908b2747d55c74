#include "target/kernel/runtime.h"

namespace groupfuzz::kernel {
namespace {

Runtime* current_runtime = nullptr;

}  // namespace

Runtime& runtime() { return *current_runtime; }

ScopedRuntime::ScopedRuntime(Runtime& runtime) : previous_(current_runtime) {
  current_runtime = &runtime;
}

ScopedRuntime::~ScopedRuntime() { current_runtime = previous_; }

bool WarnOn(bool condition, WarnSite site) {
  if (condition) {
    runtime().Record({.kind = EventKind::kWarn, .value = static_cast<uint8_t>(site)});
  }
  return condition;
}

}  // namespace groupfuzz::kernel
