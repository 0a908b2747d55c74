// What of a ledger future verdicts depend on, as a number.
#include "properties/invariants/ledger.h"
#include "properties/model/snapshot_hash.h"
#include "target/types/hash.h"

namespace groupfuzz::invariants {
namespace {

uint64_t HashOf(const Section& section) {
  const auto& [open, doubtful, facts, warnings, before, attaches, maps, allocated] = section;
  LeftOut(open);  // only those that are
  uint64_t hash = FoldFields(HashOf(before), facts, warnings, doubtful);
  for (const auto& [device, domain, failed, was_deferred] : attaches) {
    hash = FoldFields(hash, device, domain, failed, was_deferred);
  }
  for (const auto& [device, domain, failed] : maps) {
    hash = FoldFields(hash, device, domain, failed);
  }
  for (const auto& [domain, type] : allocated) hash = FoldFields(hash, domain, type);
  return FoldFields(hash, attaches.overflowed(), maps.overflowed(), allocated.overflowed());
}

uint64_t HashOf(const ActiveCall& active) {
  const auto& [call, held, facts, changes, request, saw_section, changed_default, changed_current,
               steady, saw_writer_as_owner, alloc_failed, queue_failed, fault, attach_failed,
               saw_probe, found_idle, acting_sections, count_change, obstacle, pasids,
               pasids_changed, members, finalized, types, allocated, freed, attached, first_default,
               first_current, last_default, last_current, bound_on] = active;
  LeftOut(call, facts, request);  // the thread's op says them
  uint64_t hash = 0;
  for (const uint8_t locks : held) hash = FoldFields(hash, locks);
  hash =
      FoldFields(hash, changes, saw_section, changed_default, changed_current, steady,
                 saw_writer_as_owner, alloc_failed, queue_failed, fault, attach_failed, saw_probe,
                 found_idle, acting_sections, count_change, obstacle, pasids, pasids_changed);
  hash = FoldFields(hash, members, finalized, types, allocated, freed, attached);
  for (const DomainRef* domain :
       {&first_default, &first_current, &last_default, &last_current, &bound_on}) {
    hash = Fold(hash, HashOf(*domain));
  }
  return hash;
}

uint64_t HashOf(const Ledger::Thread& thread) {
  const auto& [in_op, op, kind, held, calls, section] = thread;
  LeftOut(in_op, op, kind, held);  // the executor's own state says where the threads are
  uint64_t hash = section.open ? HashOf(section) : 0;
  for (const ActiveCall& call : calls) hash = Fold(hash, HashOf(call));
  return hash;
}

}  // namespace

uint64_t Ledger::Fingerprint() const {
  const auto& [its_design, its_version, its_excuses, its_program, its_machine, its_devices,
               its_direct, its_may_defer, its_events, its_over, its_fault_fired, its_open_sections,
               its_at_unlock, its_latest, its_counted, its_writer, its_pending, its_released,
               its_probed, its_stranded, its_released_by, its_hw, its_hw_pasids, its_mapped_in,
               its_unmapped, its_freed, its_queued, its_threads] = *this;
  // The same for every execution of a program.
  LeftOut(its_design, its_version, its_excuses, its_program, its_machine, its_devices, its_direct,
          its_may_defer);
  LeftOut(its_events);  // names events; what is found does not depend on it
  // Equal states of the system and equal positions of the threads imply them: which domains are
  // alive, what is attached where, who holds the mutex.
  LeftOut(its_open_sections, its_at_unlock, its_hw, its_freed, its_queued);
  uint64_t hash = FoldFields(HashOf(its_latest->default_domain), its_latest->owner, its_over,
                             its_fault_fired, its_counted, its_writer);
  hash = FoldFields(hash, its_pending, its_released, its_probed, its_stranded);
  for (uint8_t thread : its_released_by) hash = FoldFields(hash, thread);
  for (const auto& pasids : its_hw_pasids) {
    for (DomainId domain : pasids) hash = FoldFields(hash, domain);
  }
  // In any order.
  uint64_t regions = 0;
  for (const auto& [device, domain] : its_unmapped) regions ^= FoldFields(0, device, domain);
  hash = Fold(hash, regions);
  for (DomainId domain : its_mapped_in) hash = FoldFields(hash, domain);
  for (const Thread& thread : its_threads) hash = Fold(hash, HashOf(thread));
  return hash;
}

}  // namespace groupfuzz::invariants
