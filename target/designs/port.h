// The port as an IommuApi: one protocol on one set of core rules over one mock driver.
//
// Port resolves the small numbers of the API into objects (devices, cookies, user domains) and does
// what kernfs does around the type attribute; all behaviour of the group is in target/iommu.
//
// Thread-safety: as IommuApi.
#ifndef GROUPFUZZ_TARGET_DESIGNS_PORT_H_
#define GROUPFUZZ_TARGET_DESIGNS_PORT_H_

#include <array>

#include "target/designs/protocol.h"
#include "target/driver/driver.h"
#include "target/iommu/core.h"
#include "target/kernel/slab.h"
#include "target/types/iommu_api.h"

namespace groupfuzz {

class Port : public IommuApi {
 public:
  // REQUIRES: a ScopedRuntime is alive, `driver` has been reset to the configuration to be booted.
  Port(const iommu::Rules& rules, const designs::Protocol& protocol, Driver& driver,
       kernel::Slab& slab);

  // Returns whether the machine has an IOMMU after it.
  bool Boot(const Configuration& configuration) {
    core_.BusProbe(configuration);
    return core_.registered();
  }
  // Frees what the machine itself still holds. REQUIRES: all devices are released.
  void PowerOff() { core_.FreeArmMapping(); }

  bool Provides(Function function) const override;
  int64_t Perform(const Call& call) override;

  iommu::Core& core() { return core_; }
  const iommu::Core& core() const { return core_; }
  // U<domain>, or nullptr where it is not allocated.
  const Domain* user_domain(uint8_t domain) const { return user_domains_[domain]; }
  // The number of the cookie that `owner` is, kStoreTypeOwner for anything else that is not NULL.
  uint8_t CookieOf(const void* owner) const;

 private:
  int64_t StoreType(const WriteBuffer& text, Capabilities capabilities);
  int64_t ShowType(char* out);
  int AllocDomain(uint8_t domain);
  void FreeDomain(uint8_t domain);
  int ProbeDevice(iommu::Device& device);
  void ReleaseDevice(iommu::Device& device);
  const void* OwnerOf(uint8_t cookie) const;

  const designs::Protocol& protocol_;
  kernel::Slab& slab_;
  iommu::Core core_;
  std::array<char, kCookies> cookies_{};
  std::array<Domain*, kUserDomains> user_domains_{};
};

}  // namespace groupfuzz

#endif  // GROUPFUZZ_TARGET_DESIGNS_PORT_H_
