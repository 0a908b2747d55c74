// Executions made by hand, for tests of properties: events and states as a test says them, without
// a kernel behind.
//
// A Script plays them to a Checker. Its state is what snapshots show; steps such as MoveTo() change
// it and tell the events that a correct kernel would record, so that a test spells out only what is
// special. The first step boots the machine described by config().
//
// Thread-safety: one OS thread; a Script is the current kernel::Runtime while it lives.
#ifndef GROUPFUZZ_PROPERTIES_INVARIANTS_SCRIPT_H_
#define GROUPFUZZ_PROPERTIES_INVARIANTS_SCRIPT_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "harness/program/program.h"
#include "properties/invariants/checker.h"
#include "target/designs/design.h"
#include "target/kernel/unscheduled_runtime.h"
#include "target/system/system.h"
#include "target/types/snapshot.h"

namespace groupfuzz {

constexpr DomainRef Domain(DomainId id, DomainType type) { return {.id = id, .type = type}; }

// The default domain after boot, and others that tests use.
inline constexpr DomainRef kBootDomain = Domain(1, DomainType::kDma);
inline constexpr DomainRef kBlockingDomain = Domain(2, DomainType::kBlocked);
inline constexpr DomainRef kIdentityDomain = Domain(3, DomainType::kIdentity);
inline constexpr DomainRef kLazyDomain = Domain(4, DomainType::kDmaFq);
inline constexpr DomainRef kStrictDomain = Domain(5, DomainType::kDma);
inline constexpr DomainRef kUserDomain = Domain(6, DomainType::kUnmanaged);

class Script : public kernel::UnscheduledRuntime {
 public:
  explicit Script(DesignId design = DesignId::kOwnerCheck);
  ~Script() override;

  // Before the first step.
  Configuration& config() { return program_.configuration; }
  // One thread only: calls are judged one by one. REQUIRES: no step has been made.
  void SingleThreaded() { program_.threads[1].clear(); }
  // The program injects failures, so that what calls do is watched. REQUIRES: as above.
  void MayFail() { program_.faults.size = 1; }

  Snapshot& state() { return state_; }
  DeviceSnapshot& device(int index) { return state_.devices[index]; }
  const std::vector<Finding>& findings() const { return checker_.findings(); }
  const Finding* Find(std::string_view id) const;
  uint64_t Fingerprint() const { return checker_.Fingerprint(); }

  // Steps go on in `thread`.
  void Boot();
  void In(uint8_t thread);
  void Op(OpKind kind);
  void EndOp();
  void Call(Function function, uint8_t device = 0, uint8_t cookie = 0);
  void Store(std::string_view text);
  // A read of the type attribute that gives `text`. REQUIRES: text.size() < kShowTypeBytes.
  void Show(std::string_view text);
  void Return(int64_t result = 0);
  void Lock();
  void Unlock();
  void TakeLock(kernel::LockClass lock_class, uint8_t device);
  void Record(Event event) override;
  void Warn(kernel::WarnSite site);
  void Fault(FaultKind kind);
  void Problem(ExecutionProblem problem, kernel::LockClass first = kernel::LockClass::kGroup,
               kernel::LockClass second = kernel::LockClass::kGroup);
  void ProgramEnd(bool abandoned = false);
  void End(int leaked = 0);

  // Events with what they do to the state.
  void Alloc(DomainRef domain);
  void Free(DomainRef domain);
  void Attach(uint8_t device, DomainRef domain, int error = 0);
  void MapDirect(uint8_t device, DomainRef domain, int error = 0);
  void SetPasid(uint8_t device, DomainRef domain, uint8_t pasid, int error = 0);
  void RemovePasid(uint8_t device, uint8_t pasid);
  // Every member, then the group.
  void MoveTo(DomainRef domain);
  // What a correct write does under the mutex.
  void ReplaceDefault(DomainRef domain);

  // A function with one section in which `edit` happens.
  template <typename Edit>
  void Section(Function function, Edit edit, int64_t result = 0, uint8_t device = 0,
               uint8_t cookie = 0) {
    Call(function, device, cookie);
    Locked(edit);
    Return(result);
  }
  template <typename Edit>
  void Locked(Edit edit) {
    Lock();
    edit();
    Unlock();
  }
  template <typename Edit>
  void StoreSection(std::string_view text, Edit edit, int64_t result) {
    Store(text);
    Locked(edit);
    Return(result);
  }

  // What correct kernels do.
  void Bind(uint8_t device = 0);
  void Unbind(uint8_t device = 0);
  void Claim(uint8_t cookie = 0, uint8_t device = 0);
  void Release(uint8_t device = 0);

  // kernel::Runtime
  using kernel::UnscheduledRuntime::Release;  // beside the op of that name
  [[noreturn]] void Misuse(const BadAccess& access) override;

 private:
  class System;

  Design design_;
  Program program_;
  Snapshot state_;
  std::unique_ptr<System> system_;
  Checker checker_;
  kernel::ScopedRuntime scoped_{*this};
  WriteBuffer text_;
  std::array<char, kShowTypeBytes> shown_{};
  bool booted_ = false;
  std::array<uint8_t, kMaxThreads + 1> held_{};
  std::array<std::vector<groupfuzz::Call>, kMaxThreads + 1> calls_;
};

}  // namespace groupfuzz

#endif  // GROUPFUZZ_PROPERTIES_INVARIANTS_SCRIPT_H_
