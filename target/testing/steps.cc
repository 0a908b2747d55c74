#include "target/testing/steps.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <utility>

#include "target/kernel/text.h"
#include "target/system/names.h"

namespace groupfuzz::port_test {
namespace {

template <typename Function>
Devices With(Devices devices, Function change) {
  change(devices);
  return devices;
}

std::string Named(std::string_view name, int number) {
  return std::string(name) + " " + std::to_string(number);
}

WriteBuffer BufferOf(std::string_view text, int padding) {
  WriteBuffer buffer;
  assert(text.size() <= buffer.bytes.size());
  buffer.size = static_cast<uint8_t>(text.size());
  buffer.padding = static_cast<uint16_t>(padding);
  std::copy(text.begin(), text.end(), buffer.bytes.begin());
  return buffer;
}

Step StoreBuffer(std::string name, const WriteBuffer& buffer, Capabilities capabilities) {
  return {std::move(name), [buffer, capabilities](Machine& machine) -> int64_t {
            const int64_t count = std::min<int64_t>(buffer.total(), kernel::kPageSize);
            const int64_t result = machine.api().Perform(
                {.function = Function::kStoreType, .capabilities = capabilities, .text = &buffer});
            return result == count ? 0 : result;
          }};
}

Step Perform(std::string name, const Op& op) {
  return {std::move(name), [op](Machine& machine) { return machine.Perform(op); }};
}

// A user domain that nobody allocates: NULL.
constexpr uint8_t kNoSuchDomain = kUserDomains - 1;

}  // namespace

Devices Devices::Absent(int device) const {
  return With(*this, [&](Devices& to) { to.devices[device].present = false; });
}
Devices Devices::Prefers(int device, Preference preference) const {
  return With(*this, [&](Devices& to) { to.devices[device].preference = preference; });
}
Devices Devices::Untrusted(int device) const {
  return With(*this, [&](Devices& to) { to.devices[device].untrusted = true; });
}
Devices Devices::Direct(int device) const {
  return With(*this, [&](Devices& to) { to.devices[device].direct = true; });
}
Devices Devices::Deferred(int device) const {
  return With(*this, [&](Devices& to) { to.devices[device].deferred = true; });
}
Devices Devices::Managed(int device) const {
  return With(*this, [&](Devices& to) { to.devices[device].managed = true; });
}
Devices Devices::WithPasids(int device) const {
  return With(*this, [&](Devices& to) { to.devices[device].pasids = true; });
}
Devices Devices::NoDeferredFlush(int device) const {
  return With(*this, [&](Devices& to) { to.devices[device].no_deferred_flush = true; });
}
Devices Devices::Default(DomainType type) const {
  return With(*this, [&](Devices& to) { to.default_type = type; });
}
Devices Devices::Identity(Support support) const {
  return With(*this, [&](Devices& to) { to.driver.identity = support; });
}
Devices Devices::Blocked(Support support) const {
  return With(*this, [&](Devices& to) { to.driver.blocked = support; });
}
Devices Devices::ForcesIdentity() const {
  return With(*this, [&](Devices& to) { to.driver.forces_identity = true; });
}
Devices Devices::FinalizeAttaches() const {
  return With(*this, [&](Devices& to) { to.driver.finalize_attaches = true; });
}
Devices Devices::MapsOnlyAttached() const {
  return With(*this, [&](Devices& to) { to.driver.maps_only_attached = true; });
}
Devices Devices::KeepsOnFailure() const {
  return With(*this, [&](Devices& to) { to.driver.failed_attach_detaches = false; });
}

bool IsPossible(const Machine& machine, const Step& step) {
  if (step.device == kNoDevice) return true;
  return machine.snapshot().devices[step.device].member != step.probes;
}

int64_t RunStep(Machine& machine, const Step& step) {
  try {
    return step.run(machine);
  } catch (const kernel::Abandoned&) {
    return kNeverReturned;
  }
}

Step Store(std::string_view text, Capabilities capabilities) {
  return StoreBuffer("store " + std::string(text), BufferOf(text, 0), capabilities);
}
Step StorePadded(std::string_view text, int padding) {
  return StoreBuffer("store " + std::string(text) + " padded", BufferOf(text, padding),
                     Capabilities::kBoth);
}
Step Shows(std::string_view text) {
  const std::string expected = std::string(text) + "\n";
  return {"show_type", [expected](Machine& machine) -> int64_t {
            char out[kShowTypeBytes] = {};
            const int64_t result =
                machine.api().Perform({.function = Function::kShowType, .shown = out});
            if (result < 0) return result;
            if (std::string(out, static_cast<size_t>(result)) == expected) return 0;
            machine.Complain("show_type says " + std::string(out));
            return result;
          }};
}

Step StoreThenShows(std::string_view text, int padding, Capabilities capabilities,
                    std::string_view shown) {
  Step step = StoreBuffer("store " + std::string(text), BufferOf(text, padding), capabilities);
  step.run = [store = step.run, shows = Shows(shown)](Machine& machine) {
    const int64_t result = store(machine);
    shows.run(machine);
    return result;
  };
  return step;
}

Step Act(OpKind kind, int device, int domain, int pasid) {
  Op op;
  op.kind = kind;
  op.device = static_cast<uint8_t>(device);
  op.domain = static_cast<uint8_t>(domain);
  op.pasid = static_cast<uint8_t>(pasid);
  return Perform(Named("act on device", device), op);
}
Step Bind(int device) { return Act(OpKind::kBind, device); }
Step BindFails(int device) {
  Op op;
  op.kind = OpKind::kBind;
  op.device = static_cast<uint8_t>(device);
  op.flag = true;
  return Perform(Named("bind, with a failing probe,", device), op);
}
Step Unbind(int device) { return Act(OpKind::kUnbind, device); }
Step Vfio(int device, uint8_t cookie) {
  Op op;
  op.kind = OpKind::kGroupClaim;
  op.device = static_cast<uint8_t>(device);
  op.cookie = cookie;
  return Perform(Named("claim through", device), op);
}
Step Add(int device) { return Act(OpKind::kAddDevice, device); }
Step Remove(int device) { return Act(OpKind::kRemoveDevice, device); }

Step Boot() {
  Step step = {"boot", [](Machine& machine) {
                 machine.Boot();
                 return 0;
               }};
  step.boots = true;
  return step;
}
Step Make(const Given& given, Call call) {
  if (given.device >= 0) call.device = static_cast<uint8_t>(given.device);
  if (given.domain >= 0) call.domain = static_cast<uint8_t>(given.domain);
  Step step = {std::string(KernelName(call.function)),
               [call, allocated = given.domain >= 0](Machine& machine) {
                 if (allocated) machine.NeedUserDomain(call.domain);
                 return machine.api().Perform(call);
               }};
  if (given.device >= 0) {
    step.device = call.device;
    step.name += " " + std::to_string(given.device);
  }
  step.probes = call.function == Function::kProbeDevice;
  step.releases = call.function == Function::kReleaseDevice;
  return step;
}
Step Use(int device) { return Make({.device = device}, {.function = Function::kUseDefaultDomain}); }
Step Unuse(int device) {
  return Make({.device = device}, {.function = Function::kUnuseDefaultDomain});
}
Step GroupClaim(uint8_t cookie) {
  return Make({}, {.function = Function::kGroupClaim, .cookie = cookie});
}
Step GroupRelease() { return Make({}, {.function = Function::kGroupRelease}); }
Step DeviceClaim(int device, uint8_t cookie) {
  return Make({.device = device}, {.function = Function::kDeviceClaim, .cookie = cookie});
}
Step DeviceRelease(int device) {
  return Make({.device = device}, {.function = Function::kDeviceRelease});
}
Step Claimed() { return Make({}, {.function = Function::kGroupClaimed}); }
Step AttachDevice(int device, int domain) {
  return Make({.device = device, .domain = domain}, {.function = Function::kAttachDevice});
}
Step DetachDevice(int device, int domain) {
  return Make({.device = device, .domain = domain}, {.function = Function::kDetachDevice});
}
Step AttachGroup(int domain) {
  return Make({.domain = domain}, {.function = Function::kAttachGroup});
}
Step DetachGroup() { return Make({}, {.function = Function::kDetachGroup}); }
Step ReplaceGroup(int domain) {
  return Make({.domain = domain}, {.function = Function::kReplaceGroup});
}
Step ReplaceGroupByNull() {
  return Make({}, {.function = Function::kReplaceGroup, .domain = kNoSuchDomain});
}
Step AttachHandle(int domain, bool null_handle) {
  return Make({.domain = domain},
              {.function = Function::kAttachHandle, .null_handle = null_handle});
}
Step DetachHandle() { return Make({}, {.function = Function::kDetachHandle}); }
Step ReplaceHandle(int domain, bool null_handle) {
  return Make({.domain = domain},
              {.function = Function::kReplaceHandle, .null_handle = null_handle});
}
Step ReplaceHandleByNull() {
  return Make({}, {.function = Function::kReplaceHandle, .domain = kNoSuchDomain});
}
Step AttachPasid(int device, int domain, int pasid) {
  return Make({.device = device, .domain = domain},
              {.function = Function::kAttachPasid, .pasid = static_cast<uint8_t>(pasid)});
}
Step DetachPasid(int device, int domain, int pasid) {
  return Make({.device = device, .domain = domain},
              {.function = Function::kDetachPasid, .pasid = static_cast<uint8_t>(pasid)});
}
// What it makes appear disappears in Machine::Finish().
Step Probe(int device) {
  Step probe = Make({.device = device}, {.function = Function::kProbeDevice});
  probe.run = [device](Machine& machine) -> int64_t {
    return machine.Probe(static_cast<uint8_t>(device));
  };
  return probe;
}
Step Release(int device) {
  return Make({.device = device}, {.function = Function::kReleaseDevice});
}
Step DmaMap(int device) { return Make({.device = device}, {.function = Function::kDmaMap}); }
Step DmaUnmap(int device) { return Make({.device = device}, {.function = Function::kDmaUnmap}); }

Step Fail(FaultKind kind, int first, int error, int count) {
  Step step = {"fault", [=](Machine& machine) {
                 machine.Fail(kind, first, error, count);
                 return 0;
               }};
  step.needs = kFaults;
  return step;
}
Step HoldGroup() {
  return Inside({"hold the group", [](Machine& machine) {
                   machine.HoldGroup();
                   return 0;
                 }});
}
Step LoseDomains() {
  return Inside({"lose the domains", [](Machine& machine) {
                   machine.LoseDomains();
                   return 0;
                 }});
}
Step AttachPrivateIdentity() {
  return Inside({"attach a private identity domain",
                 [](Machine& machine) -> int64_t { return machine.AttachPrivateIdentity(); }});
}

Step Meanwhile(const Point& point, const Step& intruder, int64_t result) {
  Step step = {"meanwhile " + intruder.name, [point, intruder, result](Machine& machine) {
                 machine.runtime().Interrupt(point, [&machine, intruder, result] {
                   const int64_t got = RunStep(machine, intruder);
                   if (got == result) return;
                   machine.Complain("intruder: " + intruder.name + " returned " + ResultText(got) +
                                    ", not " + ResultText(result));
                 });
                 return 0;
               }};
  step.needs = intruder.needs | kThreads;
  return step;
}
Step All(std::vector<Step> steps) {
  Step all;
  for (const Step& step : steps) {
    all.name += (all.name.empty() ? "" : ", ") + step.name;
    all.needs |= step.needs;
    all.releases = all.releases || step.releases;
  }
  all.run = [steps = std::move(steps)](Machine& machine) -> int64_t {
    for (const Step& step : steps) {
      const int64_t result = step.run(machine);
      if (result != 0 && !step.may_fail) return result;
    }
    return 0;
  };
  return all;
}
Step Tried(Step step) {
  step.may_fail = true;
  return step;
}
Step Inside(Step step) {
  step.needs |= kInside;
  return step;
}

}  // namespace groupfuzz::port_test
