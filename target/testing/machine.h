// A machine to test a design on: a Configuration made into a System, booted, on a SerialRuntime.
//
// Use Perform() for what well-behaved users do, and api() for calls that no user would make. Of a
// port there is more to reach, by core(); a kernel is what it is. State(), Facts() and Trace() say
// in one line what is and what happened, for comparison with a line in a table:
//
//   State   cnt=1 owner=A dd=DMA cur=blocked bd=blocked hw=blocked,blocked
//   Facts   0:api+direct 1:none
//   Trace   lock(group) alloc(identity) attach(0:identity) attach(1:identity)!EIO unlock(group)
//
// A domain is called by the type it was allocated as ("DMA", then "DMA#2"), a user's by its number
// ("U0"); a type that was edited since follows in parentheses: "DMA(DMA-FQ)". Events of an
// intruder are in brackets. The active reference of the attribute, the injected faults themselves
// and the allocation of users' domains are left out.
//
// Thread-safety: one OS thread; one Machine at a time runs.
#ifndef GROUPFUZZ_TARGET_TESTING_MACHINE_H_
#define GROUPFUZZ_TARGET_TESTING_MACHINE_H_

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "target/designs/design.h"
#include "target/designs/port_system.h"
#include "target/testing/serial_runtime.h"

namespace groupfuzz {

// The result of a call that never returned; and of one whose result the system leaves open: some
// error, or anything at all.
inline constexpr int64_t kNeverReturned = -10000;
inline constexpr int64_t kSomeError = -10001;
inline constexpr int64_t kAnything = -10002;

// "-EPERM", "refused", "never returned", or the number.
std::string ResultText(int64_t result);

class Machine {
 public:
  Machine(const Design& design, const Configuration& configuration);
  ~Machine();
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  // Power-on, possibly again; the constructor boots too.
  void Boot();
  int64_t Perform(const Op& op) { return system_->Perform(op); }
  IommuApi& api() { return *system_->api(); }
  // REQUIRES: the design is a port.
  iommu::Core& core() { return port_->port().core(); }
  SerialRuntime& runtime() { return runtime_; }

  // Makes a fault part of the plan; all faults are counted from the last call.
  void Fail(FaultKind kind, int first, int error, int count = 1);
  // A device appears that no user knows; it disappears in Finish().
  int64_t Probe(uint8_t device);
  // Allocates U<domain> unless it is there.
  void NeedUserDomain(uint8_t domain);
  // Somebody holds on to the group, so that it survives its devices; until Finish().
  void HoldGroup();
  // default_domain and domain become NULL behind the back of the port; until Finish().
  void LoseDomains();
  // A driver of the group attaches an identity domain of its own; until Finish().
  int AttachPrivateIdentity();
  // Remembers something that a step found wrong.
  void Complain(std::string complaint) { complaints_.push_back(std::move(complaint)); }
  const std::vector<std::string>& complaints() const { return complaints_; }

  Snapshot snapshot() const;
  std::string State() const;
  std::string Facts() const;
  // Trace() and recent() begin here.
  void StartTrace() {
    trace_start_ = runtime_.events().size();
    at_start_ = snapshot();
  }
  std::string Trace() const;
  std::vector<Event> recent() const;

  // Gives everything back and removes all devices. Returns how many objects are left: 0.
  int Finish();

 private:
  static DomainRef AsGroupKnows(const Snapshot& now, const DomainRef& hw);
  void FindDomains();
  // A static domain of the driver is no event's: it is called as its type.
  std::string StaticName(DomainId id) const;
  std::string NameOf(DomainId id) const;
  std::string NameOf(const DomainRef& domain) const;
  std::string TextOf(const Event& event) const;
  std::map<DomainId, std::string> Names() const;

  SerialRuntime runtime_;
  kernel::ScopedRuntime scope_{runtime_};
  Configuration configuration_;
  std::unique_ptr<System> system_;
  PortSystem* port_;  // the same, or nullptr
  FaultPlan faults_;
  std::array<DomainId, kUserDomains> user_domains_{};
  std::array<bool, kMaxDevices> probed_{};
  iommu::Group* held_group_ = nullptr;
  Domain* lost_domain_ = nullptr;
  Domain* private_identity_ = nullptr;
  std::vector<std::string> complaints_;
  size_t trace_start_ = 0;
  Snapshot at_start_;
};

}  // namespace groupfuzz

#endif  // GROUPFUZZ_TARGET_TESTING_MACHINE_H_
