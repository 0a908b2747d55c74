#include "target/linux/linux_host.h"

#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "target/kernel/racy_read.h"
#include "target/kernel/runtime.h"
#include "target/kernel/source_line.h"
#include "target/kernel/unsupported.h"
#include "target/linux/tree_image.h"
#include "target/types/sanitizers.h"

#ifdef GROUPFUZZ_TSAN
#include <sanitizer/tsan_interface.h>

// Part of the runtime's interface, but not of its header.
extern "C" {
void __tsan_ignore_thread_begin();
void __tsan_ignore_thread_end();
}
#endif

namespace groupfuzz {
namespace {

using kernel::Lock;
using kernel::LockMode;
using kernel::runtime;

// Where user space has its memory: what lies outside follows no good pointer.
constexpr uintptr_t kFirstPage = 4096;
constexpr uintptr_t kUserSpaceEnd = uintptr_t{1} << 47;

// More than any loop of the core needs between two locks.
constexpr int kEndless = 1 << 16;

LockMode ModeOf(int shared) { return shared != 0 ? LockMode::kShared : LockMode::kExclusive; }

Domain* AsDomain(void* domain) { return static_cast<Domain*>(domain); }

}  // namespace

LinuxHost* LinuxHost::in_charge_ = nullptr;

void LinuxHost::Reset(const Configuration& configuration) {
  slab_.Reset();
  driver_.Reset(configuration);
  const auto forget = [](Lock& lock) {
    lock.writer = Lock::kNoHolder;
    lock.readers = 0;
  };
  for (kernel::Mutex& lock : device_locks_) forget(lock.state());
  forget(group_lock_.state());
  forget(probe_lock_.state());
  forget(active_.state());
  other_locks_.clear();
  freed_domains_.clear();
  capabilities_.fill(Capabilities::kBoth);
  attach_failed_.fill(false);
  found_.fill(std::nullopt);
  marked_.fill(0);
  looking_ = 0;
  accesses_ = 0;
}

void LinuxHost::BeginCall() {
  after_unlock_[runtime().thread()] = false;
  found_[runtime().thread()].reset();
  marked_[runtime().thread()] = 0;
  accesses_ = 0;
}

void LinuxHost::SetCapabilities(Capabilities capabilities) {
  capabilities_[runtime().thread()] = capabilities;
}

MachineLocks LinuxHost::Locks() {
  MachineLocks locks = {
      .probe = &probe_lock_.state(), .active = &active_.state(), .group = &group_lock_.state()};
  for (int device = 0; device < kMaxDevices; ++device) {
    locks.device[device] = &device_locks_[device].state();
  }
  return locks;
}

LinuxHost::LockName LinuxHost::Classify(const char* name) {
  if (name == group_name_) return LockName::kGroup;
  if (name == probe_name_) return LockName::kProbe;
  const std::string_view text(name == nullptr ? "" : name);
  if (text == "&group->mutex") {
    group_name_ = name;
    return LockName::kGroup;
  }
  if (text == "iommu_probe_device_lock") {
    probe_name_ = name;
    return LockName::kProbe;
  }
  return LockName::kOther;
}

Lock& LinuxHost::LockAt(const void* address, const char* name, int device) {
  if (device >= 0) return device_locks_[device].state();
  switch (Classify(name)) {
    case LockName::kGroup:
      return group_lock_.state();
    case LockName::kProbe:
      return probe_lock_.state();
    case LockName::kOther:
      break;
  }
  for (OtherLock& other : other_locks_) {
    if (other.address == address) return other.lock;
  }
  return other_locks_.emplace_back(OtherLock{address, {kernel::LockClass::kOps}}).lock;
}

void LinuxHost::CheckAccess(const void* address, const void* code) {
  const bool outside =
      reinterpret_cast<uintptr_t>(address) - kFirstPage >= kUserSpaceEnd - kFirstPage;
  if (outside || slab_.IsOutside(address)) [[unlikely]] {
    Misuse(address, code);
  }
}

void LinuxHost::CountAccess() {
  if (++accesses_ > kEndless) [[unlikely]] {
    runtime().RunsOn();
  }
}

// The load of a pointer and the load through it are two steps.
void LinuxHost::Dereference(const void* address) {
  std::optional<uintptr_t>& found = found_[runtime().thread()];
  if (!found || reinterpret_cast<uintptr_t>(address) - *found >= tree_.domain_size) return;
  found.reset();
  if (!runtime().Holds(group_lock_.state())) runtime().RacyReadPoint();
}

// The functions themselves, in the order of struct linux_host.
struct HostFunctions {
  static LinuxHost& Host() { return LinuxHost::InCharge(); }
  static Driver& Hardware() { return Host().driver_; }

  static void* Allocate(unsigned long size, const void* code) {
    void* boot = TreeImage::AllocateWhileBooting(size);
    return boot != nullptr ? boot : Host().slab_.Allocate(size, code);
  }
  static void Free(const void* memory) {
    if (!TreeImage::IsBooting()) Host().slab_.Free(const_cast<void*>(memory));
  }
  static int Fails(FaultKind kind) {
    if (TreeImage::IsBooting()) return 0;
    return static_cast<int>(runtime().InjectedErrno(kind) != 0);
  }
  static int AllocationFails() { return Fails(FaultKind::kAllocate); }
  static int CookieFails() { return Fails(FaultKind::kCookie); }

  static void Acquire(void* lock, const char* name, int device, int shared) {
    runtime().Acquire(Host().LockAt(lock, name, device), ModeOf(shared));
    Host().attach_failed_[runtime().thread()] = false;
    Host().found_[runtime().thread()].reset();
    Host().accesses_ = 0;
    Host().after_unlock_[runtime().thread()] = false;
  }
  static int TryAcquire(void* lock, const char* name, int device, int shared) {
    runtime().RacyReadPoint();
    if (!runtime().FindFree(Host().LockAt(lock, name, device), ModeOf(shared))) return 0;
    Acquire(lock, name, device, shared);
    return 1;
  }
  static void Release(void* lock, const char* name, int device, int shared) {
    kernel::Lock& released = Host().LockAt(lock, name, device);
    runtime().Release(released, ModeOf(shared));
    if (&released == &Host().group_lock_.state()) Host().after_unlock_[runtime().thread()] = true;
  }
  static int Holds(void* lock, const char* name, int device) {
    return static_cast<int>(runtime().Holds(Host().LockAt(lock, name, device)));
  }
  static void BeginDrain() { runtime().Acquire(Host().active_.state(), LockMode::kExclusive); }
  static void EndDrain() { runtime().Release(Host().active_.state(), LockMode::kExclusive); }
  static void Order([[maybe_unused]] void* address) {
#ifdef GROUPFUZZ_TSAN
    __tsan_acquire(address);
    __tsan_release(address);
#endif
  }

  static void LookAway([[maybe_unused]] int begin) {
#ifdef GROUPFUZZ_TSAN
    begin != 0 ? __tsan_ignore_thread_begin() : __tsan_ignore_thread_end();
#endif
  }

  static void MarkReads(int begin) {
    if (!TreeImage::IsBooting()) Host().marked_[runtime().thread()] += begin != 0 ? 1 : -1;
  }

  static int Capable(int capability) {
    const Capabilities has = Host().capabilities_[runtime().thread()];
    const Capabilities lacks =
        capability == GF_SYS_ADMIN ? Capabilities::kNoSysAdmin : Capabilities::kNoSysRawio;
    return static_cast<int>(has != Capabilities::kNone && has != lacks);
  }
  static void Warn(const gf_warning* warning) {
    runtime().Record({.kind = EventKind::kWarn,
                      .value = static_cast<uint8_t>(Host().SiteOf(*warning)),
                      .line = LinuxHost::LineOf(*warning),
                      .code = kernel::CodeOffset(warning->code)});
  }
  static void Die(const gf_warning* last_words) {
    const Event event = LinuxHost::LastWords(*last_words);
    runtime().Record(event);
    runtime().Misuse({.reached = Reached::kGivesUp, .code = event.code});
  }
  static void Smashed(const void* code) {
    const BadAccess death{.reached = Reached::kStackSmashed, .code = kernel::CodeOffset(code)};
    kernel::CrashTrap::Die(death);
    runtime().Misuse(death);
  }
  static void Missing(const char* name, const void* code) {
    throw kernel::Unsupported{
        .what = "calls " + std::string(name) + "(), for which there is no stand-in",
        .code = kernel::CodeOffset(code)};
  }
  static void Access(const void* address, gf_field field, int writes, const void* code) {
    if (TreeImage::IsBooting()) return;
    LinuxHost& host = Host();
    if (host.looking_ > 0) return;
    host.CountAccess();
    host.Dereference(address);
    if (host.after_unlock_[runtime().thread()] && field == GF_NO_FIELD) {
      host.TouchAfterUnlock(address);
    }
    host.CheckAccess(address, code);
    if (field == GF_NO_FIELD || runtime().Holds(host.group_lock_.state())) return;
    host.AccessUnlocked(address, field, writes != 0, code);
  }
  static void Check(const void* address, const void* code) {
    if (!TreeImage::IsBooting() && Host().looking_ == 0) Host().CheckAccess(address, code);
  }

  static void* DomainAlloc(unsigned type, int* error, const void* code) {
    return Hardware().AllocDomain(static_cast<DomainType>(type), error, code);
  }
  static void* StaticDomain(unsigned type) {
    return type == static_cast<unsigned>(DomainType::kIdentity) ? Hardware().identity_domain()
                                                                : Hardware().blocked_domain();
  }
  static void DomainFree(void* domain, unsigned type, const void* kernel, unsigned long size) {
    Domain* freed = AsDomain(domain);
    if (freed->is_static) return;
    // Strict to lazy edits the type of a live domain.
    freed->type = static_cast<DomainType>(type);
    const DomainId id = freed->id;
    Hardware().FreeDomain(freed);
    Host().freed_domains_.push_back({static_cast<const std::byte*>(kernel), size, id});
  }
  static int Attach(void* domain, unsigned type, int device) {
    Domain* attached = AsDomain(domain);
    if (!attached->is_static) attached->type = static_cast<DomainType>(type);
    const int error = Hardware().Attach(attached, static_cast<uint8_t>(device));
    if (error != 0) Host().attach_failed_[runtime().thread()] = true;
    return error;
  }
  static void Detach(void* domain, int device) {
    Hardware().Detach(AsDomain(domain), static_cast<uint8_t>(device));
  }
  static int Map(void* domain, int device, unsigned iova, unsigned physical) {
    return Hardware().Map(AsDomain(domain), static_cast<uint8_t>(device), static_cast<Page>(iova),
                          static_cast<Page>(physical));
  }
  static void Unmap(void* domain, unsigned iova) {
    Hardware().Unmap(AsDomain(domain), static_cast<Page>(iova));
  }
  static unsigned IovaToPhysical(void* domain, unsigned iova) {
    return Hardware().Alive(AsDomain(domain))->Translate(static_cast<Page>(iova));
  }
  static int SetPasid(void* domain, int device, int pasid) {
    return Hardware().SetPasid(AsDomain(domain), static_cast<uint8_t>(device),
                               static_cast<uint8_t>(pasid));
  }
  static void RemovePasid(int device, int pasid) {
    Hardware().RemovePasid(static_cast<uint8_t>(device), static_cast<uint8_t>(pasid));
  }
  static int ProbeDevice(int device) {
    return Hardware().ProbeDevice(static_cast<uint8_t>(device));
  }
  static void ReleaseDevice(int device) { Hardware().ReleaseDevice(static_cast<uint8_t>(device)); }
  static void ProbeFinalize(int device) { Hardware().ProbeFinalize(static_cast<uint8_t>(device)); }
  static int IsAttachDeferred(int device) {
    return static_cast<int>(Hardware().IsAttachDeferred(static_cast<uint8_t>(device)));
  }
  static int InitFlushQueue(void* domain, unsigned type) {
    return Hardware().InitFlushQueue(AsDomain(domain), static_cast<DomainType>(type));
  }
  static void Dma(int device, unsigned iova) {
    const auto index = static_cast<uint8_t>(device);
    const bool reached = Hardware().Translate(index, static_cast<Page>(iova)) == DmaBuffer(index);
    runtime().Record({.kind = EventKind::kDma,
                      .device = index,
                      .result = static_cast<int16_t>(reached ? 0 : -EFAULT)});
  }
};

const linux_host& LinuxHost::Functions() {
  static constexpr linux_host functions = {
      .allocate = HostFunctions::Allocate,
      .free = HostFunctions::Free,
      .allocation_fails = HostFunctions::AllocationFails,
      .cookie_fails = HostFunctions::CookieFails,
      .lock = HostFunctions::Acquire,
      .try_lock = HostFunctions::TryAcquire,
      .unlock = HostFunctions::Release,
      .holds = HostFunctions::Holds,
      .begin_drain = HostFunctions::BeginDrain,
      .end_drain = HostFunctions::EndDrain,
      .order = HostFunctions::Order,
      .look_away = HostFunctions::LookAway,
      .mark_reads = HostFunctions::MarkReads,
      .capable = HostFunctions::Capable,
      .warn = HostFunctions::Warn,
      .die = HostFunctions::Die,
      .smashed = HostFunctions::Smashed,
      .missing = HostFunctions::Missing,
      .access = HostFunctions::Access,
      .check = HostFunctions::Check,
      .domain_alloc = HostFunctions::DomainAlloc,
      .static_domain = HostFunctions::StaticDomain,
      .domain_free = HostFunctions::DomainFree,
      .attach = HostFunctions::Attach,
      .detach = HostFunctions::Detach,
      .map = HostFunctions::Map,
      .unmap = HostFunctions::Unmap,
      .iova_to_physical = HostFunctions::IovaToPhysical,
      .set_pasid = HostFunctions::SetPasid,
      .remove_pasid = HostFunctions::RemovePasid,
      .probe_device = HostFunctions::ProbeDevice,
      .release_device = HostFunctions::ReleaseDevice,
      .probe_finalize = HostFunctions::ProbeFinalize,
      .is_attach_deferred = HostFunctions::IsAttachDeferred,
      .init_flush_queue = HostFunctions::InitFlushQueue,
      .dma = HostFunctions::Dma,
  };
  return functions;
}

}  // namespace groupfuzz
