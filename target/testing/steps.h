// Steps of a row: calls of a Machine as values with names, and machines in a few words.
//
// Users' acts (Bind, Add, ...) keep the callers' contract as target/system/users.h does, and return
// kRefused where they may not act. The kernel's functions (Use, GroupClaim, ...) are called as they
// are, whatever the contract says.
//
// Thread-safety: one OS thread.
#ifndef GROUPFUZZ_TARGET_TESTING_STEPS_H_
#define GROUPFUZZ_TARGET_TESTING_STEPS_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "target/testing/machine.h"
#include "target/types/configuration.h"
#include "target/types/op.h"

namespace groupfuzz::port_test {

// Cookies of owners.
inline constexpr uint8_t kA = 0;
inline constexpr uint8_t kB = 1;

// A Configuration, said in few words: Devices(2).Direct(0).Default(DomainType::kIdentity).
struct Devices : Configuration {
  explicit Devices(int count) { device_count = static_cast<uint8_t>(count); }
  Devices Absent(int device) const;
  Devices Prefers(int device, Preference preference) const;
  Devices Untrusted(int device) const;
  Devices Direct(int device) const;
  Devices Deferred(int device) const;
  Devices Managed(int device) const;
  Devices WithPasids(int device) const;
  Devices NoDeferredFlush(int device) const;
  Devices Default(DomainType type) const;
  Devices Identity(Support support) const;
  Devices Blocked(Support support) const;
  Devices ForcesIdentity() const;
  Devices FinalizeAttaches() const;
  Devices MapsOnlyAttached() const;
  Devices KeepsOnFailure() const;
};

// What a system may have beside its functions, and a step or an expectation may need.
enum Reach : uint8_t {
  kInside = 1 << 0,   // the objects of the port
  kFaults = 1 << 1,   // a driver whose calls fail as planned
  kThreads = 1 << 2,  // calls that others interrupt, and locks that stop them
  kEvents = 1 << 3,   // what a call does on its way
  kAbsent = 1 << 4,   // functions that are given devices that are not there
};
inline constexpr uint8_t kEverything = kInside | kFaults | kThreads | kEvents | kAbsent;

struct Step {
  std::string name;
  std::function<int64_t(Machine&)> run;
  bool may_fail = false;  // a step of a row's setup must return 0 otherwise
  uint8_t needs = 0;      // of Reach
  // Of what the step calls, for systems that have less than the port.
  uint8_t device = kNoDevice;  // the call goes through it
  bool probes = false;         // ... and makes it appear
  bool boots = false;          // the machine starts anew
  bool releases = false;       // ... and disappears, behind the back of its users
};

// Whether a system without kAbsent can be asked that: a device that it does not have is no argument
// of its functions, and one that it has does not appear.
bool IsPossible(const Machine& machine, const Step& step);

// Runs `step`; kNeverReturned where its thread was stopped.
int64_t RunStep(Machine& machine, const Step& step);

// The attribute. A write that succeeds with exactly the count it was given returns 0 here; any
// other count is returned as it is.
Step Store(std::string_view text, Capabilities capabilities = Capabilities::kBoth);
Step StorePadded(std::string_view text, int padding);
// 0 where the attribute reads as `text` and a newline.
Step Shows(std::string_view text);
// Writes, and complains where the attribute does not show `shown` then, whatever the write gave.
Step StoreThenShows(std::string_view text, int padding, Capabilities capabilities,
                    std::string_view shown);

// Users' acts.
Step Bind(int device);
Step BindFails(int device);  // probe returns an error
Step Unbind(int device);
Step Vfio(int device, uint8_t cookie);  // claims the group through `device`
Step Add(int device);
Step Remove(int device);
Step Act(OpKind kind, int device, int domain = 0, int pasid = 1);

// Functions of the kernel. What `given` names is set in `call`; a domain is allocated first.
struct Given {
  int device = -1;  // the call goes through it
  int domain = -1;
};
Step Make(const Given& given, Call call);
Step Boot();
Step Use(int device);
Step Unuse(int device);
Step GroupClaim(uint8_t cookie);
Step GroupRelease();
Step DeviceClaim(int device, uint8_t cookie);
Step DeviceRelease(int device);
Step Claimed();
Step AttachDevice(int device, int domain);
Step DetachDevice(int device, int domain);
Step AttachGroup(int domain);
Step DetachGroup();
Step ReplaceGroup(int domain);
Step ReplaceGroupByNull();
Step AttachHandle(int domain, bool null_handle = false);
Step DetachHandle();
Step ReplaceHandle(int domain, bool null_handle = false);
Step ReplaceHandleByNull();
Step AttachPasid(int device, int domain, int pasid);
Step DetachPasid(int device, int domain, int pasid);
Step Probe(int device);
Step Release(int device);
Step DmaMap(int device);
Step DmaUnmap(int device);

// From here on, the `first`-th occurrence of `kind` and `count`-1 after it fail.
Step Fail(FaultKind kind, int first, int error, int count = 1);
// The group outlives its devices.
Step HoldGroup();
// default_domain and domain become NULL behind the back of the port.
Step LoseDomains();
Step AttachPrivateIdentity();

// `intruder` runs as another thread at `point` of what follows, and must return `result`.
Step Meanwhile(const Point& point, const Step& intruder, int64_t result = 0);
// Several steps as one; ends at the first that does not return 0.
Step All(std::vector<Step> steps);
// `step`, whose result does not matter.
Step Tried(Step step);
// `step`, which reaches into the port.
Step Inside(Step step);

constexpr Point BeforeLock(kernel::LockClass lock_class, int nth) {
  return {.action = Point::Action::kLock, .lock_class = lock_class, .nth = nth};
}
constexpr Point BeforeRead(int nth) { return {.action = Point::Action::kRacyRead, .nth = nth}; }
constexpr Point BeforeCallback(int nth) { return {.action = Point::Action::kCallback, .nth = nth}; }

}  // namespace groupfuzz::port_test

#endif  // GROUPFUZZ_TARGET_TESTING_STEPS_H_
