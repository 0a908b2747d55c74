// One thing that a system under test did, as small as it can be said.
//
// Traces and reports are made of events, and properties hear of them as they happen, beside calls
// (CallObserver) and snapshots. They are plain 16-byte values, so that recording is always on.
// Every event carries the program thread that did it; kBootThread stands for set-up and tear-down.
//
// Thread-safety: plain values.
#ifndef GROUPFUZZ_TARGET_TYPES_EVENT_H_
#define GROUPFUZZ_TARGET_TYPES_EVENT_H_

#include <cstdint>

namespace groupfuzz {

inline constexpr int kMaxThreads = 4;
inline constexpr uint8_t kBootThread = kMaxThreads;
inline constexpr uint8_t kNoDevice = 0xff;

// Names one domain object within one execution; 0 stands for NULL. An id is made of the thread and
// the op that allocated the domain, so that executions that differ only in the order of independent
// steps give the same id to the same domain.
using DomainId = uint16_t;
inline constexpr DomainId kNoDomain = 0;

// The values go into the hash of a trace, which findings are mailed with: they never change.
enum class EventKind : uint8_t {
  kLock = 2,       // a lock is taken                   value: LockClass
  kUnlock,         // a lock is about to be released    value: LockClass
  kRacyRead,       // a field is read without its lock; value: GuardedField, for people only
  kDomainAlloc,    // a domain came to life             domain, value: DomainType, result
  kDomainFree,     // a domain is freed                 domain, value: DomainType
  kAttach,         // attach_dev returned               device, domain, result
  kDetach,         // detach_dev (6.1)                  device, domain
  kMap,            // a direct region was mapped        device, domain, result
  kFlushQueue,     // iommu_dma_init_fq() returned      domain, value: DomainType, result
  kSetPasid,       // set_dev_pasid returned            device, domain, value: pasid, result
  kRemovePasid,    // remove_dev_pasid                  device, value: pasid
  kProbeDevice,    // ops.probe_device returned         device, result
  kReleaseDevice,  // ops.release_device                device
  kProbeFinalize,  // ops.probe_finalize                device
  kFault,          // an injected failure fired         value: FaultKind, result
  kWarn,           // WARN_ON() fired                   value: WarnSite, line, code
  kUseAfterFree,   // memory is used that is not there  value: Reached, domain, code,
                   //                                   result: the address, if it says anything
  kDma,            // a driver's DMA was tried          device, result: 0 or -EFAULT
  kUnguarded,      // a field's lock is not held        value: GuardedField, code,
                   //                                   result: 1 where it is written
};
inline constexpr int kEventKinds = 21;  // one more than the last

struct Event {
  EventKind kind = EventKind::kLock;
  uint8_t thread = kBootThread;
  uint8_t device = kNoDevice;
  uint8_t value = 0;
  DomainId domain = kNoDomain;
  int16_t result = 0;
  uint8_t op = 0;     // index of the op in its thread
  uint8_t held = 0;   // set of LockClass bits held by the thread
  uint16_t line = 0;  // of the kernel's source, where that is what runs
  // The instruction, as an offset into this program: its file is looked up where it is reported. No
  // part of what the event says, as it differs between builds.
  uint32_t code = 0;

  friend bool operator==(const Event&, const Event&) = default;
};
static_assert(sizeof(Event) == 16);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_TARGET_TYPES_EVENT_H_
