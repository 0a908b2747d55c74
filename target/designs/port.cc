#include "target/designs/port.h"

#include <cstring>

#include "target/kernel/errno.h"
#include "target/kernel/written_text.h"
#include "target/types/snapshot.h"

namespace groupfuzz {
namespace {}  // namespace

Port::Port(const iommu::Rules& rules, const designs::Protocol& protocol, Driver& driver,
           kernel::Slab& slab)
    : protocol_(protocol), slab_(slab), core_(rules, driver, slab) {}

bool Port::Provides(Function function) const {
  switch (function) {
    case Function::kDeviceClaim:
    case Function::kDeviceRelease:
      return core_.rules().has_device_claims;
    case Function::kAttachPasid:
    case Function::kDetachPasid:
      return core_.rules().has_pasids;
    case Function::kReplaceGroup:
    case Function::kAttachHandle:
    case Function::kDetachHandle:
    case Function::kReplaceHandle:
      return core_.rules().has_handles;
    default:
      return true;
  }
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

int Port::UseDefaultDomain(uint8_t device) { return core_.UseDefaultDomain(core_.device(device)); }

void Port::UnuseDefaultDomain(uint8_t device) { core_.UnuseDefaultDomain(core_.device(device)); }

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

int Port::GroupClaim(uint8_t cookie) {
  return core_.GroupClaimDmaOwner(*core_.group(), OwnerOf(cookie));
}

void Port::GroupRelease() { core_.GroupReleaseDmaOwner(*core_.group()); }

int Port::DeviceClaim(uint8_t device, uint8_t cookie) {
  return core_.DeviceClaimDmaOwner(core_.device(device), OwnerOf(cookie));
}

void Port::DeviceRelease(uint8_t device) { core_.DeviceReleaseDmaOwner(core_.device(device)); }

bool Port::GroupClaimed() { return core_.GroupDmaOwnerClaimed(*core_.group()); }

int Port::AttachDevice(uint8_t device, uint8_t domain) {
  return core_.AttachDevice(user_domains_[domain], core_.device(device));
}

void Port::DetachDevice(uint8_t device, uint8_t domain) {
  core_.DetachDevice(user_domains_[domain], core_.device(device));
}

int Port::AttachGroup(uint8_t domain) {
  return core_.AttachGroup(user_domains_[domain], *core_.group());
}

void Port::DetachGroup(uint8_t) { core_.DetachGroup(*core_.group()); }

int Port::ReplaceGroup(uint8_t domain) {
  return core_.ReplaceGroup(user_domains_[domain], *core_.group());
}

int Port::AttachHandle(uint8_t domain, bool null_handle) {
  return core_.AttachHandle(user_domains_[domain], *core_.group(), null_handle);
}

void Port::DetachHandle(uint8_t) { core_.DetachHandle(*core_.group()); }

int Port::ReplaceHandle(uint8_t domain, bool null_handle) {
  return core_.ReplaceHandle(user_domains_[domain], *core_.group(), null_handle);
}

int Port::AttachPasid(uint8_t device, uint8_t domain, uint8_t pasid) {
  return core_.AttachPasid(user_domains_[domain], core_.device(device), pasid);
}

void Port::DetachPasid(uint8_t device, uint8_t, uint8_t pasid) {
  core_.DetachPasid(core_.device(device), pasid);
}

int Port::ProbeDevice(uint8_t device) {
  iommu::Device& probed = core_.device(device);
  probed.plugged = true;
  const int error = core_.ProbeDevice(probed);
  probed.plugged = error == 0;
  return error;
}

void Port::ReleaseDevice(uint8_t device) {
  iommu::Device& released = core_.device(device);
  core_.ReleaseDevice(released);
  released.plugged = false;
}

int Port::DmaMap(uint8_t device) { return core_.DmaMap(core_.device(device)); }

void Port::DmaUnmap(uint8_t device) { core_.DmaUnmap(core_.device(device)); }

int Port::AllocDomain(uint8_t, uint8_t domain) {
  int error = 0;
  user_domains_[domain] = core_.driver().AllocDomain(DomainType::kUnmanaged, &error);
  return error;
}

void Port::FreeDomain(uint8_t domain) {
  core_.FreeDomain(user_domains_[domain]);
  user_domains_[domain] = nullptr;
}

}  // namespace groupfuzz
