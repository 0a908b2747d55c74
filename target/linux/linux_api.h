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
  int64_t Perform(const Call& call) override;

 private:
  int64_t StoreType(const WriteBuffer& text, Capabilities capabilities);
  int64_t ShowType(char* out);

  const linux_tree& tree_;
  LinuxHost& host_;
};

}  // namespace groupfuzz

#endif  // GROUPFUZZ_TARGET_LINUX_LINUX_API_H_
