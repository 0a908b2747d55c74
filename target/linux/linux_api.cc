#include "target/linux/linux_api.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "target/kernel/written_text.h"

namespace groupfuzz {
namespace {

// A page for an attribute to print into, for the length of a call.
class AttributePage {
 public:
  explicit AttributePage(kernel::Slab& slab)
      : slab_(slab), bytes_(static_cast<char*>(slab.Allocate(kernel::kPageSize))) {}
  ~AttributePage() { slab_.Free(bytes_); }
  AttributePage(const AttributePage&) = delete;
  AttributePage& operator=(const AttributePage&) = delete;

  char* bytes() const { return bytes_; }

 private:
  kernel::Slab& slab_;
  char* bytes_;
};

}  // namespace

bool LinuxApi::Provides(Function function) const {
  static_assert(GF_HAS_DEVICE_CLAIM == kDeviceClaims && GF_HAS_PASID == kPasids &&
                GF_HAS_REPLACE_GROUP == kReplacing && GF_HAS_HANDLES == kHandles);
  return HasFunction(tree_.provides, function);
}

int64_t LinuxApi::Perform(const Call& call) {
  host_.BeginCall();
  const auto null_handle = static_cast<int>(call.null_handle);
  switch (call.function) {
    case Function::kStoreType:
      return StoreType(*call.text, call.capabilities);
    case Function::kShowType:
      return ShowType(call.shown);
    case Function::kUseDefaultDomain:
      return tree_.use_default_domain(call.device);
    case Function::kUnuseDefaultDomain:
      return Done([&] { tree_.unuse_default_domain(call.device); });
    case Function::kGroupClaim:
      return tree_.group_claim(call.cookie);
    case Function::kGroupRelease:
      return Done([&] { tree_.group_release(); });
    case Function::kDeviceClaim:
      return tree_.device_claim(call.device, call.cookie);
    case Function::kDeviceRelease:
      return Done([&] { tree_.device_release(call.device); });
    case Function::kGroupClaimed:
      return tree_.group_claimed();
    case Function::kAttachDevice:
      return tree_.attach_device(call.device, call.domain);
    case Function::kDetachDevice:
      return Done([&] { tree_.detach_device(call.device, call.domain); });
    case Function::kAttachGroup:
      return tree_.attach_group(call.domain);
    case Function::kDetachGroup:
      return Done([&] { tree_.detach_group(call.domain); });
    case Function::kReplaceGroup:
      return tree_.replace_group(call.domain);
    case Function::kAttachHandle:
      return tree_.attach_handle(call.domain, null_handle);
    case Function::kDetachHandle:
      return Done([&] { tree_.detach_handle(call.domain); });
    case Function::kReplaceHandle:
      return tree_.replace_handle(call.domain, null_handle);
    case Function::kAttachPasid:
      return tree_.attach_pasid(call.device, call.domain, call.pasid);
    case Function::kDetachPasid:
      return Done([&] { tree_.detach_pasid(call.device, call.domain, call.pasid); });
    case Function::kProbeDevice:
      return tree_.probe_device(call.device);
    case Function::kReleaseDevice:
      return Done([&] { tree_.release_device(call.device); });
    case Function::kDmaMap:
      return tree_.dma_map(call.device);
    case Function::kDmaUnmap:
      return Done([&] { tree_.dma_unmap(call.device); });
    case Function::kAllocDomain:
      return tree_.alloc_domain(call.device, call.domain);
    case Function::kFreeDomain:
      return Done([&] { tree_.free_domain(call.domain); });
  }
  return kRefused;
}

int64_t LinuxApi::StoreType(const WriteBuffer& text, Capabilities capabilities) {
  const kernel::WrittenText written(host_.slab(), text);
  kernel::ReaderLock active(host_.active());
  host_.SetCapabilities(capabilities);
  if (text.total() == 0) return tree_.has_type() != 0 ? 0 : -ENODEV;
  return tree_.store_type(written.bytes(), static_cast<unsigned long>(written.count()));
}

int64_t LinuxApi::ShowType(char* out) {
  const AttributePage page(host_.slab());
  kernel::ReaderLock active(host_.active());
  const int64_t length = tree_.show_type(page.bytes());
  if (length < 0) return length;
  const auto size = static_cast<size_t>(std::min<int64_t>(length, kShowTypeBytes - 1));
  std::memcpy(out, page.bytes(), size);
  out[size] = '\0';
  return length;
}

}  // namespace groupfuzz
