// What happened in one execution, in order.
//
// A Trace is compact and always recorded. The hash covers every event and every op result; the same
// program on the same design has the same hash in every build, on every machine.
//
// Thread-safety: plain values.
#ifndef GROUPFUZZ_HARNESS_EXECUTION_TRACE_H_
#define GROUPFUZZ_HARNESS_EXECUTION_TRACE_H_

#include <array>
#include <cstdint>
#include <vector>

#include "target/types/event.h"
#include "target/types/op.h"
#include "target/types/snapshot.h"

namespace groupfuzz {

struct OpRecord {
  uint8_t thread = 0;
  uint8_t op = 0;
  int64_t result = 0;
  uint32_t first_event = 0;  // index of the first event at or after the op's start
  uint32_t end_event = 0;    // index past the last event before the op's end

  friend bool operator==(const OpRecord&, const OpRecord&) = default;
};

struct Trace {
  std::vector<Event> events;
  std::vector<OpRecord> ops;        // in order of completion
  std::vector<uint8_t> choices;     // what the strategy chose; replays this execution
  std::vector<Snapshot> snapshots;  // state after each event; only when asked for
  // Of each kind of op, the functions that it called: bits of Function. No part of the hash.
  std::array<uint32_t, kOpKinds> calls{};
  uint32_t boot_events = 0;  // how many of the first events are of boot
  int preemptions = 0;       // choices away from a thread that could have gone on

  // Keeps the memory.
  void Clear();
  uint64_t Hash() const;
};

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_EXECUTION_TRACE_H_
