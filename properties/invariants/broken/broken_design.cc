#include "properties/invariants/broken/broken_design.h"

#include <cctype>
#include <memory>
#include <string>

namespace groupfuzz {
namespace {

class BrokenProtocol : public designs::Protocol {
 public:
  explicit BrokenProtocol(const BrokenDesign& broken) : store_(broken.store), show_(broken.show) {}

  int64_t StoreType(iommu::Core& core, iommu::Group& group,
                    const designs::StoreRequest& request) const override {
    if (store_ == nullptr) return designs::OwnerCheck().StoreType(core, group, request);
    iommu::RequestedType type;
    if (const int error = designs::CheckUnlocked(group, request, &type); error != 0) return error;
    return store_(core, group, type, request);
  }
  const char* ShownType(const iommu::Group& group) const override
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(group.mutex) {
    return show_ == nullptr ? Protocol::ShownType(group) : show_(group);
  }
  bool takes_device_lock() const override { return store_ != nullptr; }
  bool begins_under_mutex() const override { return store_ == nullptr; }

 private:
  BrokenDesign::Store store_;
  const char* (*show_)(const iommu::Group& group);
};

// "no-test-of-owner-cnt"
std::string SlugOf(std::string_view words) {
  std::string slug;
  for (const char c : words) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0) {
      slug += static_cast<char>(std::tolower(byte));
    } else if (!slug.empty() && slug.back() != '-') {
      slug += '-';
    }
  }
  return slug;
}

}  // namespace

std::array<std::span<const BrokenDesign>, 4> BrokenDesigns() {
  return {BrokenProtocols(), BrokenMemory(), BrokenRules(), BrokenDrivers()};
}

Design DesignOf(const BrokenDesign& broken) {
  struct Parts {
    BrokenDesign broken;
    BrokenProtocol protocol;
  };
  const auto parts = std::make_shared<const Parts>(broken, BrokenProtocol(broken));
  const auto make = [parts]() -> std::unique_ptr<System> {
    const auto& [design, protocol] = *parts;
    if (design.driver == nullptr) return std::make_unique<PortSystem>(design.rules, protocol);
    return std::make_unique<PortSystem>(design.rules, protocol, design.driver);
  };
  return {.judged_as = DesignId::kOwnerCheck,
          .name = "broken:" + std::string(broken.property) + ":" + SlugOf(broken.defect),
          .rules = "today",
          .summary = std::string(broken.defect),
          .make = make};
}

}  // namespace groupfuzz
