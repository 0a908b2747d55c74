#include "harness/execution/trace.h"

#include "target/types/hash.h"

namespace groupfuzz {
namespace {

// Fields, not memory: the hash is the same whatever the byte order and the padding.
uint64_t HashOf(uint64_t hash, const Event& event) {
  // Which field is read tells people more; what was mailed before it was told stays the same.
  const uint8_t value = event.kind == EventKind::kRacyRead ? 0 : event.value;
  const uint64_t what = static_cast<uint64_t>(event.kind) | uint64_t{event.thread} << 8 |
                        uint64_t{event.device} << 16 | uint64_t{value} << 24 |
                        uint64_t{event.domain} << 32 |
                        uint64_t{static_cast<uint16_t>(event.result)} << 48;
  const uint64_t where = uint64_t{event.op} | uint64_t{event.held} << 8;
  return Fold(Fold(hash, what), where);
}

uint64_t HashOf(uint64_t hash, const OpRecord& record) {
  const uint64_t which = uint64_t{record.thread} | uint64_t{record.op} << 8;
  return Fold(Fold(hash, which), static_cast<uint64_t>(record.result));
}

}  // namespace

void Trace::Clear() {
  events.clear();
  ops.clear();
  choices.clear();
  snapshots.clear();
  calls.fill(0);
  boot_events = 0;
  preemptions = 0;
}

uint64_t Trace::Hash() const {
  uint64_t hash = Fold(Mix(events.size()), ops.size());
  for (const Event& event : events) hash = HashOf(hash, event);
  for (const OpRecord& record : ops) hash = HashOf(hash, record);
  return hash;
}

}  // namespace groupfuzz
