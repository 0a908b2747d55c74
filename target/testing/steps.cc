#include "target/testing/steps.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "target/kernel/text.h"

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
  buffer.size = static_cast<uint8_t>(text.size());
  buffer.padding = static_cast<uint16_t>(padding);
  std::copy(text.begin(), text.end(), buffer.bytes.begin());
  return buffer;
}

Step StoreBuffer(std::string name, const WriteBuffer& buffer, Capabilities capabilities) {
  return {std::move(name), [buffer, capabilities](Machine& machine) -> int64_t {
            const int64_t count = std::min<int64_t>(buffer.total(), kernel::kPageSize);
            const int64_t result = machine.api().StoreType(buffer, capabilities);
            return result == count ? 0 : result;
          }};
}

// A call that returns nothing.
template <typename Function>
Step Void(std::string name, Function function) {
  return {std::move(name), [function](Machine& machine) -> int64_t {
            function(machine.api());
            return 0;
          }};
}

template <typename Function>
Step Call(std::string name, Function function) {
  return {std::move(name),
          [function](Machine& machine) -> int64_t { return function(machine.api()); }};
}

// ... that is given U<domain>.
template <typename Function>
Step CallWithDomain(std::string_view name, int domain, Function function) {
  return {Named(name, domain), [domain, function](Machine& machine) -> int64_t {
            machine.NeedUserDomain(static_cast<uint8_t>(domain));
            return function(machine.api(), static_cast<uint8_t>(domain));
          }};
}

Step Perform(std::string name, const Op& op) {
  return {std::move(name), [op](Machine& machine) { return machine.Perform(op); }};
}

Step Through(int device, Step step) {
  step.device = static_cast<uint8_t>(device);
  return step;
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
            const int64_t result = machine.api().ShowType(out);
            if (result < 0) return result;
            if (std::string(out, static_cast<size_t>(result)) == expected) return 0;
            machine.Complain("show_type says " + std::string(out));
            return result;
          }};
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
  op.probe_fails = true;
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
Step Use(int device) {
  return Through(device, Call(Named("use_default_domain", device), [device](IommuApi& api) {
                   return api.UseDefaultDomain(static_cast<uint8_t>(device));
                 }));
}
Step Unuse(int device) {
  return Through(device, Void(Named("unuse_default_domain", device), [device](IommuApi& api) {
                   api.UnuseDefaultDomain(static_cast<uint8_t>(device));
                 }));
}
Step GroupClaim(uint8_t cookie) {
  return Call("group_claim", [cookie](IommuApi& api) { return api.GroupClaim(cookie); });
}
Step GroupRelease() {
  return Void("group_release", [](IommuApi& api) { api.GroupRelease(); });
}
Step DeviceClaim(int device, uint8_t cookie) {
  return Through(device, Call(Named("device_claim", device), [device, cookie](IommuApi& api) {
                   return api.DeviceClaim(static_cast<uint8_t>(device), cookie);
                 }));
}
Step DeviceRelease(int device) {
  return Through(device, Void(Named("device_release", device), [device](IommuApi& api) {
                   api.DeviceRelease(static_cast<uint8_t>(device));
                 }));
}
Step Claimed() {
  return Call("dma_owner_claimed", [](IommuApi& api) { return api.GroupClaimed() ? 1 : 0; });
}
Step AttachDevice(int device, int domain) {
  return Through(device,
                 CallWithDomain("attach_device", domain, [device](IommuApi& api, uint8_t id) {
                   return api.AttachDevice(static_cast<uint8_t>(device), id);
                 }));
}
Step DetachDevice(int device, int domain) {
  return Through(device,
                 CallWithDomain("detach_device", domain, [device](IommuApi& api, uint8_t id) {
                   api.DetachDevice(static_cast<uint8_t>(device), id);
                   return 0;
                 }));
}
Step AttachGroup(int domain) {
  return CallWithDomain("attach_group", domain,
                        [](IommuApi& api, uint8_t id) { return api.AttachGroup(id); });
}
Step DetachGroup() {
  return Void("detach_group", [](IommuApi& api) { api.DetachGroup(0); });
}
Step ReplaceGroup(int domain) {
  return CallWithDomain("replace_domain", domain,
                        [](IommuApi& api, uint8_t id) { return api.ReplaceGroup(id); });
}
Step ReplaceGroupByNull() {
  return Call("replace_domain NULL", [](IommuApi& api) { return api.ReplaceGroup(kNoSuchDomain); });
}
Step AttachHandle(int domain, bool null_handle) {
  return CallWithDomain("attach_group_handle", domain, [null_handle](IommuApi& api, uint8_t id) {
    return api.AttachHandle(id, null_handle);
  });
}
Step DetachHandle() {
  return Void("detach_group_handle", [](IommuApi& api) { api.DetachHandle(0); });
}
Step ReplaceHandle(int domain, bool null_handle) {
  return CallWithDomain("replace_group_handle", domain, [null_handle](IommuApi& api, uint8_t id) {
    return api.ReplaceHandle(id, null_handle);
  });
}
Step ReplaceHandleByNull() {
  return Call("replace_group_handle NULL",
              [](IommuApi& api) { return api.ReplaceHandle(kNoSuchDomain, false); });
}
Step AttachPasid(int device, int domain, int pasid) {
  return Through(
      device, CallWithDomain("attach_pasid", domain, [device, pasid](IommuApi& api, uint8_t id) {
        return api.AttachPasid(static_cast<uint8_t>(device), id, static_cast<uint8_t>(pasid));
      }));
}
Step DetachPasid(int device, int domain, int pasid) {
  return Through(device,
                 CallWithDomain("detach_pasid", domain, [device, pasid](IommuApi& api, uint8_t id) {
                   api.DetachPasid(static_cast<uint8_t>(device), id, static_cast<uint8_t>(pasid));
                   return 0;
                 }));
}
Step Probe(int device) {
  Step step =
      Through(device, {Named("probe_device", device), [device](Machine& machine) -> int64_t {
                         return machine.Probe(static_cast<uint8_t>(device));
                       }});
  step.probes = true;
  return step;
}
Step Release(int device) {
  Step step = Through(device, Void(Named("release_device", device), [device](IommuApi& api) {
                        api.ReleaseDevice(static_cast<uint8_t>(device));
                      }));
  step.releases = true;
  return step;
}
Step DmaMap(int device) {
  return Through(device, Call(Named("dma_map", device), [device](IommuApi& api) {
                   return api.DmaMap(static_cast<uint8_t>(device));
                 }));
}
Step DmaUnmap(int device) {
  return Through(device, Void(Named("dma_unmap", device), [device](IommuApi& api) {
                   api.DmaUnmap(static_cast<uint8_t>(device));
                 }));
}

Step Fail(FaultKind kind, int first, int error, int count) {
  return {"fault", [=](Machine& machine) {
            machine.Fail(kind, first, error, count);
            return 0;
          }};
}
Step HoldGroup() {
  return PortOnly({"hold the group", [](Machine& machine) {
                     machine.HoldGroup();
                     return 0;
                   }});
}
Step LoseDomains() {
  return PortOnly({"lose the domains", [](Machine& machine) {
                     machine.LoseDomains();
                     return 0;
                   }});
}
Step AttachPrivateIdentity() {
  return PortOnly({"attach a private identity domain",
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
  step.port_only = intruder.port_only;
  return step;
}
Step All(std::vector<Step> steps) {
  Step all;
  for (const Step& step : steps) {
    all.name += (all.name.empty() ? "" : ", ") + step.name;
    all.port_only = all.port_only || step.port_only;
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
Step PortOnly(Step step) {
  step.port_only = true;
  return step;
}

}  // namespace groupfuzz::port_test
