// The entry points of a tree's iommu.c as an IommuApi.
//
// LinuxApi does around them what kernfs and the system call layer do: a NUL-terminated copy of what
// is written, at most a page, in memory that is freed when the call is over; an active reference on
// the attribute meanwhile.
//
// Thread-safety: as IommuApi.
#ifndef GROUPFUZZ_TARGET_LINUX_LINUX_API_H_
#define GROUPFUZZ_TARGET_LINUX_LINUX_API_H_

#include "target/linux/boundary.h"
#include "target/linux/linux_host.h"
#include "target/types/iommu_api.h"

namespace groupfuzz {

class LinuxApi : public IommuApi {
 public:
  LinuxApi(const linux_tree& tree, LinuxHost& host) : tree_(tree), host_(host) {}

  bool Provides(Function function) const override;
  int64_t StoreType(const WriteBuffer& text, Capabilities capabilities) override;
  int64_t ShowType(char* out) override;

  int UseDefaultDomain(uint8_t device) override { return tree_.use_default_domain(device); }
  void UnuseDefaultDomain(uint8_t device) override { tree_.unuse_default_domain(device); }
  int GroupClaim(uint8_t cookie) override { return tree_.group_claim(cookie); }
  void GroupRelease() override { tree_.group_release(); }
  int DeviceClaim(uint8_t device, uint8_t cookie) override {
    return tree_.device_claim(device, cookie);
  }
  void DeviceRelease(uint8_t device) override { tree_.device_release(device); }
  bool GroupClaimed() override { return tree_.group_claimed() != 0; }
  int AttachDevice(uint8_t device, uint8_t domain) override {
    return tree_.attach_device(device, domain);
  }
  void DetachDevice(uint8_t device, uint8_t domain) override {
    tree_.detach_device(device, domain);
  }
  int AttachGroup(uint8_t domain) override { return tree_.attach_group(domain); }
  void DetachGroup(uint8_t domain) override { tree_.detach_group(domain); }
  int ReplaceGroup(uint8_t domain) override { return tree_.replace_group(domain); }
  int AttachHandle(uint8_t domain, bool null_handle) override {
    return tree_.attach_handle(domain, static_cast<int>(null_handle));
  }
  void DetachHandle(uint8_t domain) override { tree_.detach_handle(domain); }
  int ReplaceHandle(uint8_t domain, bool null_handle) override {
    return tree_.replace_handle(domain, static_cast<int>(null_handle));
  }
  int AttachPasid(uint8_t device, uint8_t domain, uint8_t pasid) override {
    return tree_.attach_pasid(device, domain, pasid);
  }
  void DetachPasid(uint8_t device, uint8_t domain, uint8_t pasid) override {
    tree_.detach_pasid(device, domain, pasid);
  }
  int ProbeDevice(uint8_t device) override { return tree_.probe_device(device); }
  void ReleaseDevice(uint8_t device) override { tree_.release_device(device); }
  int DmaMap(uint8_t device) override { return tree_.dma_map(device); }
  void DmaUnmap(uint8_t device) override { tree_.dma_unmap(device); }
  int AllocDomain(uint8_t device, uint8_t domain) override {
    return tree_.alloc_domain(device, domain);
  }
  void FreeDomain(uint8_t domain) override { tree_.free_domain(domain); }

 private:
  const linux_tree& tree_;
  LinuxHost& host_;
};

}  // namespace groupfuzz

#endif  // GROUPFUZZ_TARGET_LINUX_LINUX_API_H_
