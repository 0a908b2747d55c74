// Designs that are wrong on purpose, one way each: what every property is seen to fire on.
//
// A broken design is the reference design with one thing changed: its protocol (a write does
// something it must not), its rules (the core of an older kernel shows through), or its mock driver
// (a callback that breaks its contract). The same program is clean on the reference.
//
// Thread-safety: constants.
#ifndef GROUPFUZZ_PROPERTIES_INVARIANTS_BROKEN_BROKEN_DESIGN_H_
#define GROUPFUZZ_PROPERTIES_INVARIANTS_BROKEN_BROKEN_DESIGN_H_

#include <array>
#include <cstdint>
#include <ostream>
#include <span>
#include <string_view>

#include "target/designs/design.h"
#include "target/designs/port_system.h"
#include "target/designs/protocol.h"
#include "target/iommu/rules.h"

namespace groupfuzz {

struct BrokenDesign {
  // A write of the type attribute after its text was understood; nullptr: as the reference.
  using Store = int64_t (*)(iommu::Core& core, iommu::Group& group, iommu::RequestedType type,
                            const designs::StoreRequest& request);

  std::string_view property;  // what must fire
  std::string_view defect;    // what is wrong, in a few words
  std::string_view program;   // in text form, without its first line
  Store store = nullptr;
  iommu::Rules rules = iommu::kRulesToday;
  PortSystem::DriverFactory driver = nullptr;
  // The word that a read gives; nullptr: that of the default domain's type.
  const char* (*show)(const iommu::Group& group) = nullptr;
};

// A write on a machine of one device.
inline constexpr std::string_view kOneWrite = R"(
device 0
thread 0
  store_type "identity"
)";

inline void PrintTo(const BrokenDesign& broken, std::ostream* out) { *out << broken.defect; }

std::span<const BrokenDesign> BrokenMemory();
std::span<const BrokenDesign> BrokenProtocols();
std::span<const BrokenDesign> BrokenRules();
std::span<const BrokenDesign> BrokenDrivers();
// All of them.
std::array<std::span<const BrokenDesign>, 4> BrokenDesigns();

// It as a design, judged as the reference: "broken:I1:no-test-of-owner-cnt", a name of its own.
// Its systems do not outlive the last copy of it.
Design DesignOf(const BrokenDesign& broken);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_PROPERTIES_INVARIANTS_BROKEN_BROKEN_DESIGN_H_
