// For tests: an execution written down event by event, and one that shows a finding.
//
// Thread-safety: plain values.
#ifndef GROUPFUZZ_HARNESS_REPORT_REPORT_TESTING_H_
#define GROUPFUZZ_HARNESS_REPORT_REPORT_TESTING_H_

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "harness/execution/trace.h"
#include "harness/program/program.h"
#include "properties/invariants/property.h"
#include "target/kernel/lock.h"
#include "target/types/guarded_field.h"
#include "target/types/snapshot.h"

namespace groupfuzz {

inline constexpr DomainId kOld = 0x101;
inline constexpr DomainId kNew = 0x205;
inline constexpr Property kNoReplacement = {
    .id = "I2",
    .group = PropertyGroup::kOwnership,
    .statement = "No driver that counted itself ever sees the default domain replaced.",
    .source = "test"};

inline Snapshot State(int32_t owner_cnt, DomainRef domain) {
  Snapshot snapshot;
  snapshot.exists = true;
  snapshot.owner_cnt = owner_cnt;
  snapshot.default_domain = domain;
  snapshot.domain = domain;
  snapshot.members = 1;
  return snapshot;
}

// Writes a trace down event by event.
class Script {
 public:
  void Do(uint8_t thread, Event event, const Snapshot& after) {
    event.thread = thread;
    event.op = 0;
    trace_.events.push_back(event);
    trace_.snapshots.push_back(after);
  }
  void End(uint8_t thread, uint32_t first_event, int64_t result) {
    trace_.ops.push_back({thread, 0, result, first_event, Size()});
  }
  uint32_t Size() const { return static_cast<uint32_t>(trace_.events.size()); }
  const Trace& trace() const { return trace_; }

 private:
  Trace trace_;
};

inline WriteBuffer Text(std::string_view text) {
  WriteBuffer buffer;
  if (text.size() > buffer.bytes.size()) std::abort();
  buffer.size = static_cast<uint8_t>(text.size());
  std::copy(text.begin(), text.end(), buffer.bytes.begin());
  return buffer;
}

inline Op Bind() {
  Op op;
  op.kind = OpKind::kBind;
  return op;
}

inline Event LockEvent(EventKind kind) {
  return {.kind = kind, .value = static_cast<uint8_t>(kernel::LockClass::kGroup)};
}

// A driver binds in the middle of a write that then replaces the domain.
struct Race {
  Race() {
    program.thread_count = 2;
    program.threads[0].push_back({.kind = OpKind::kStoreType, .text = Text("identity\n")});
    program.threads[1].push_back(Bind());
    const DomainRef dma{kOld, DomainType::kDma};
    const DomainRef identity{kNew, DomainType::kIdentity};
    const auto identity_type = static_cast<uint8_t>(DomainType::kIdentity);
    script.Do(kBootThread, {.kind = EventKind::kAttach, .device = 0, .domain = kOld},
              State(0, dma));
    const auto default_domain = static_cast<uint8_t>(GuardedField::kDefaultDomain);
    script.Do(0, {.kind = EventKind::kRacyRead, .value = default_domain}, State(0, dma));
    script.Do(1, LockEvent(EventKind::kLock), State(0, dma));
    script.Do(1, LockEvent(EventKind::kUnlock), State(1, dma));
    script.End(1, 2, 0);
    script.Do(0, LockEvent(EventKind::kLock), State(1, dma));
    script.Do(0, {.kind = EventKind::kDomainAlloc, .value = identity_type, .domain = kNew},
              State(1, dma));
    script.Do(0, {.kind = EventKind::kAttach, .device = 0, .domain = kNew}, State(1, dma));
    script.Do(0, LockEvent(EventKind::kUnlock), State(1, identity));
    finding = {.property = &kNoReplacement,
               .thread = 0,
               .op = 0,
               .event = script.Size() - 1,
               .roles = 0,
               .detail = "owner_cnt is 1 and domain {257} was replaced by domain {517}"};
    script.Do(0, {.kind = EventKind::kDomainFree, .domain = kOld}, State(1, identity));
    script.End(0, 1, 9);
  }

  Program program;
  Script script;
  Finding finding;
};

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_REPORT_REPORT_TESTING_H_
