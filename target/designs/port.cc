#include "target/designs/port.h"

#include <cstring>

#include "target/kernel/errno.h"
#include "target/kernel/written_text.h"
#include "target/types/snapshot.h"

namespace groupfuzz {

Port::Port(const iommu::Rules& rules, const designs::Protocol& protocol, Driver& driver,
           kernel::Slab& slab)
    : protocol_(protocol), slab_(slab), core_(rules, driver, slab) {}

bool Port::Provides(Function function) const {
  const iommu::Rules& rules = core_.rules();
  Features features = kEveryKernel;
  if (rules.has_device_claims) features |= kDeviceClaims;
  if (rules.has_pasids) features |= kPasids;
  if (rules.has_handles) features |= kReplacing | kHandles;
  return HasFunction(features, function);
}

int64_t Port::Perform(const Call& call) {
  iommu::Device& device = core_.device(call.device);
  // Looked at by calls that are given one: nothing else orders them after its allocation.
  const auto domain = [&] { return user_domains_[call.domain]; };
  const auto group = [this]() -> iommu::Group& { return *core_.group(); };
  switch (call.function) {
    case Function::kStoreType:
      return StoreType(*call.text, call.capabilities);
    case Function::kShowType:
      return ShowType(call.shown);
    case Function::kUseDefaultDomain:
      return core_.UseDefaultDomain(device);
    case Function::kUnuseDefaultDomain:
      return Done([&] { core_.UnuseDefaultDomain(device); });
    case Function::kGroupClaim:
      return core_.GroupClaimDmaOwner(group(), OwnerOf(call.cookie));
    case Function::kGroupRelease:
      return Done([&] { core_.GroupReleaseDmaOwner(group()); });
    case Function::kDeviceClaim:
      return core_.DeviceClaimDmaOwner(device, OwnerOf(call.cookie));
    case Function::kDeviceRelease:
      return Done([&] { core_.DeviceReleaseDmaOwner(device); });
    case Function::kGroupClaimed:
      return core_.GroupDmaOwnerClaimed(group()) ? 1 : 0;
    case Function::kAttachDevice:
      return core_.AttachDevice(domain(), device);
    case Function::kDetachDevice:
      return Done([&] { core_.DetachDevice(domain(), device); });
    case Function::kAttachGroup:
      return core_.AttachGroup(domain(), group());
    case Function::kDetachGroup:
      return Done([&] { core_.DetachGroup(group()); });
    case Function::kReplaceGroup:
      return core_.ReplaceGroup(domain(), group());
    case Function::kAttachHandle:
      return core_.AttachHandle(domain(), group(), call.null_handle);
    case Function::kDetachHandle:
      return Done([&] { core_.DetachHandle(group()); });
    case Function::kReplaceHandle:
      return core_.ReplaceHandle(domain(), group(), call.null_handle);
    case Function::kAttachPasid:
      return core_.AttachPasid(domain(), device, call.pasid);
    case Function::kDetachPasid:
      return Done([&] { core_.DetachPasid(device, call.pasid); });
    case Function::kProbeDevice:
      return ProbeDevice(device);
    case Function::kReleaseDevice:
      return Done([&] { ReleaseDevice(device); });
    case Function::kDmaMap:
      return core_.DmaMap(device);
    case Function::kDmaUnmap:
      return Done([&] { core_.DmaUnmap(device); });
    case Function::kAllocDomain:
      return AllocDomain(call.domain);
    case Function::kFreeDomain:
      return Done([&] { FreeDomain(call.domain); });
  }
  return kRefused;
}

int64_t Port::StoreType(const WriteBuffer& text, Capabilities capabilities) {
  const kernel::WrittenText written(slab_, text);
  kernel::ReaderLock active(core_.active());
  iommu::Group* group = core_.AttributeGroup();
  if (group == nullptr) return -ENODEV;
  if (text.total() == 0) return 0;  // sysfs does not call the attribute
  return protocol_.StoreType(core_, *group, {written.bytes(), written.count(), capabilities});
}

int64_t Port::ShowType(char* out) {
  kernel::ReaderLock active(core_.active());
  iommu::Group* group = core_.AttributeGroup();
  if (group == nullptr) return -ENODEV;
  kernel::MutexLock lock(group->mutex);
  const char* word = protocol_.ShownType(*group);
  const size_t length = std::strlen(word);
  std::memcpy(out, word, length);
  out[length] = '\n';
  out[length + 1] = '\0';
  return static_cast<int64_t>(length + 1);
}

const void* Port::OwnerOf(uint8_t cookie) const {
  return cookie == kNullCookie ? nullptr : &cookies_[cookie];
}

uint8_t Port::CookieOf(const void* owner) const {
  if (owner == nullptr) return kNobody;
  for (uint8_t cookie = 0; cookie < kCookies; ++cookie) {
    if (owner == &cookies_[cookie]) return cookie;
  }
  return kStoreTypeOwner;
}

int Port::ProbeDevice(iommu::Device& device) {
  device.plugged = true;
  const int error = core_.ProbeDevice(device);
  device.plugged = error == 0;
  return error;
}

void Port::ReleaseDevice(iommu::Device& device) {
  core_.ReleaseDevice(device);
  device.plugged = false;
}

int Port::AllocDomain(uint8_t domain) {
  int error = 0;
  user_domains_[domain] = core_.driver().AllocDomain(DomainType::kUnmanaged, &error, nullptr);
  return error;
}

void Port::FreeDomain(uint8_t domain) {
  core_.FreeDomain(user_domains_[domain]);
  user_domains_[domain] = nullptr;
}

}  // namespace groupfuzz
