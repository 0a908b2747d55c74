#include "target/designs/protocol.h"

#include <string_view>

#include "target/kernel/errno.h"
#include "target/kernel/racy_read.h"
#include "target/kernel/text.h"

namespace groupfuzz::designs {
namespace {

constexpr const char* kUnknownType = "unknown";
constexpr const char* kWhyUnlocked = "store_type looks at the default domain before it locks";

struct Word {
  std::string_view text;
  iommu::RequestedType type;
};
constexpr Word kWords[] = {
    {"identity", DomainType::kIdentity},
    {"DMA", DomainType::kDma},
    {"DMA-FQ", DomainType::kDmaFq},
    {"auto", std::nullopt},
};

}  // namespace

const char* Protocol::ShownType(const iommu::Group& group) const {
  if (group.default_domain != nullptr) return DomainTypeName(group.default_domain->type);
  return kUnknownType;
}

int CheckCapabilities(const StoreRequest& request) {
  return request.capabilities == Capabilities::kBoth ? 0 : -EACCES;
}

int ParseType(const StoreRequest& request, iommu::RequestedType* type) {
  for (const Word& word : kWords) {
    if (!kernel::SysfsStreq(request.text, word.text)) continue;
    *type = word.type;
    return 0;
  }
  return -EINVAL;
}

int CheckUnlocked(const iommu::Group& group, const StoreRequest& request,
                  iommu::RequestedType* type) {
  if (const int error = CheckCapabilities(request); error != 0) return error;
  if (!group.RacyDefaultDomain(kWhyUnlocked)) return -EINVAL;
  return ParseType(request, type);
}

bool IsStrictToLazy(iommu::Core& core, const iommu::Group& group, iommu::RequestedType type) {
  if (type != DomainType::kDmaFq) return false;
  // Who looked before taking the mutex may find the last device, and the domain with it, gone.
  return core.driver().Alive(group.default_domain)->type == DomainType::kDma;
}

bool IsStrictToLazyUnlocked(iommu::Core& core, const iommu::Group& group,
                            iommu::RequestedType type) {
  if (type != DomainType::kDmaFq) return false;
  Domain* domain = group.RacyDefaultDomain(kWhyUnlocked).Follow();
  return kernel::ReadUnseen(core.driver().Alive(domain)->type) == DomainType::kDma;
}

}  // namespace groupfuzz::designs
