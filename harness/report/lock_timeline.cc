#include "harness/report/lock_timeline.h"

#include <algorithm>
#include <cstddef>

#include "target/system/names.h"

namespace groupfuzz {
namespace {

NamedLock LockOf(const Event& event) {
  return {static_cast<kernel::LockClass>(event.value), event.device};
}

void Follow(const Event& event, std::vector<NamedLock>* held) {
  if (event.kind == EventKind::kLock) held->push_back(LockOf(event));
  if (event.kind != EventKind::kUnlock) return;
  const auto last = std::find(held->rbegin(), held->rend(), LockOf(event));
  if (last != held->rend()) held->erase(std::next(last).base());
}

}  // namespace

std::string NamedLock::Name() const { return LockName(lock_class, device); }

LockTimeline::LockTimeline(const Trace& trace) : trace_(trace) {
  states_.resize(trace.events.size() + 1);
  for (size_t i = 0; i < trace.events.size(); ++i) {
    states_[i + 1] = states_[i];
    const Event& event = trace.events[i];
    if (event.thread < kMaxThreads) Follow(event, &states_[i + 1][event.thread]);
  }
}

const LockTimeline::Held& LockTimeline::HeldBy(uint8_t thread, int event) const {
  return states_[static_cast<size_t>(event) + 1][thread];
}

std::optional<NamedLock> LockTimeline::WaitsFor(uint8_t thread, int event) const {
  const auto begin = trace_.events.begin();
  const auto next = std::find_if(begin + event + 1, trace_.events.end(),
                                 [&](const Event& later) { return later.thread == thread; });
  if (next == trace_.events.end() || next->kind != EventKind::kLock) return std::nullopt;
  const bool inside = std::any_of(begin, begin + event + 1, [&](const Event& earlier) {
    return earlier.thread == thread && earlier.op == next->op;
  });
  if (!inside) return std::nullopt;
  const NamedLock wanted = LockOf(*next);
  for (uint8_t other = 0; other < kMaxThreads; ++other) {
    const Held& held = HeldBy(other, event);
    if (other != thread && std::find(held.begin(), held.end(), wanted) != held.end()) return wanted;
  }
  return std::nullopt;
}

}  // namespace groupfuzz
