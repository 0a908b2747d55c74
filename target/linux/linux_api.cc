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
  switch (function) {
    case Function::kDeviceClaim:
    case Function::kDeviceRelease:
      return (tree_.provides & GF_HAS_DEVICE_CLAIM) != 0;
    case Function::kAttachPasid:
    case Function::kDetachPasid:
      return (tree_.provides & GF_HAS_PASID) != 0;
    case Function::kReplaceGroup:
      return (tree_.provides & GF_HAS_REPLACE_GROUP) != 0;
    case Function::kAttachHandle:
    case Function::kDetachHandle:
    case Function::kReplaceHandle:
      return (tree_.provides & GF_HAS_HANDLES) != 0;
    default:
      return true;
  }
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
