// What of a ledger future verdicts depend on, as a number.
#include "properties/invariants/ledger.h"
#include "properties/model/snapshot_hash.h"
#include "target/types/hash.h"

namespace groupfuzz::invariants {
namespace {

uint64_t HashOf(const Section& section) {
  uint64_t hash =
      Fold(HashOf(section.before),
           uint64_t{section.facts} << 20 | uint64_t{section.warnings} << 1 | section.doubtful);
  for (const AttachSeen& seen : section.attaches) {
    hash = Fold(hash, uint64_t{seen.domain} << 16 | uint64_t{seen.device} << 8 | seen.failed << 1 |
                          seen.was_deferred);
  }
  for (const MapSeen& seen : section.maps) {
    hash = Fold(hash, uint64_t{seen.domain} << 16 | uint64_t{seen.device} << 8 | seen.failed);
  }
  for (const AllocSeen& seen : section.allocated) hash = Fold(hash, seen.domain);
  return hash;
}

uint64_t HashOf(const ActiveCall& call) {
  const uint64_t flags = call.saw_section | call.changed_default << 1 | call.changed_current << 2 |
                         call.steady << 3 | call.saw_writer_as_owner << 4 | call.alloc_failed << 5 |
                         call.queue_failed << 6 | call.fault << 7 | call.attach_failed << 8 |
                         call.saw_probe << 9 | call.found_idle << 10 | uint64_t{call.changes} << 11;
  uint64_t hash = Fold(flags << 8 | static_cast<uint8_t>(call.count_change),
                       uint64_t{call.acting_sections} << 40 | uint64_t{call.members} << 32 |
                           uint64_t{call.finalized} << 24 | call.types);
  hash = Fold(hash, uint64_t{call.allocated} << 32 | uint64_t{call.freed} << 16 | call.attached);
  for (const DomainRef* domain :
       {&call.first_default, &call.first_current, &call.last_default, &call.last_current}) {
    hash = Fold(hash, HashOf(*domain));
  }
  return hash;
}

}  // namespace

// Left out is what equal states of the system and equal positions of the threads imply: which
// domains are alive, what is attached where, and which ops are in progress.
uint64_t Ledger::Fingerprint() const {
  const uint64_t flags = over | fault_fired << 1 | switch_failed << 2;
  uint64_t hash = Fold(flags << 24 | uint64_t{writer} << 16 | uint64_t{pending} << 8 | released,
                       static_cast<uint32_t>(counted));
  hash = Fold(hash, HashOf(latest->default_domain) << 8 | latest->owner);
  hash = Fold(hash, stranded);
  // In any order.
  uint64_t regions = 0;
  for (const auto& [device, domain] : unmapped) regions ^= Fold(device, domain);
  hash = Fold(hash, regions);
  for (DomainId domain : mapped_in) hash = Fold(hash, domain);
  for (const Thread& thread : threads) {
    if (thread.section.open) hash = Fold(hash, HashOf(thread.section));
    for (const ActiveCall& call : thread.calls) hash = Fold(hash, HashOf(call));
  }
  return hash;
}

}  // namespace groupfuzz::invariants
