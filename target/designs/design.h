// The designs: one locking protocol of store_type on one set of core rules each.
//
// kDesigns is the one list of what can be tested; the command line, the comparison table, the fuzz
// targets and the tests all walk it.
//
// Thread-safety: constants.
#ifndef GROUPFUZZ_TARGET_DESIGNS_DESIGN_H_
#define GROUPFUZZ_TARGET_DESIGNS_DESIGN_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "target/system.h"

namespace groupfuzz {

// Append only.
enum class DesignId : uint8_t { kDeviceLock, kClaimV1, kLockedClaim, kOwnerCheck, kV6_4, kV6_12 };
inline constexpr int kDesignCount = 6;

struct Design {
  DesignId id;
  std::string_view name;     // "owner-check"
  std::string_view rules;    // core rules it stands on: "6.1", "6.2", "6.4", "6.12", "today"
  std::string_view summary;  // one line
  std::unique_ptr<System> (*make)();
};

std::span<const Design> Designs();

// nullptr where no design has that name.
const Design* FindDesign(std::string_view name);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_TARGET_DESIGNS_DESIGN_H_
