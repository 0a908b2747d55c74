// The designs: one locking protocol of store_type on one set of core rules each.
//
// Designs() is the one list of what can be tested; the command line, the comparison table, the fuzz
// targets and the tests all walk it. It begins with the designs of this folder, in a fixed order;
// a program that has designs of its own appends them before it does anything else:
//
//   RegisterDesign({.judged_as = DesignId::kOwnerCheck,
//                   .name = "mine",
//                   .rules = "today",
//                   .summary = "owner_cnt is tested before the mutex is taken",
//                   .make = [] { return std::make_unique<PortSystem>(kRulesToday, protocol); }});
//
// Designs stay where they are for the life of the process: pointers to them are good for ever.
//
// Thread-safety: RegisterDesign belongs to start-up; constants after it.
#ifndef GROUPFUZZ_TARGET_DESIGNS_DESIGN_H_
#define GROUPFUZZ_TARGET_DESIGNS_DESIGN_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "target/iommu/rules.h"
#include "target/system/system.h"

namespace groupfuzz {

// The designs of this folder, and with them what can be promised of a design: its decision tables
// in the sequential model and the invariants of its kernel version. Append only.
enum class DesignId : uint8_t { kDeviceLock, kClaimV1, kLockedClaim, kOwnerCheck, kV6_4, kV6_12 };
inline constexpr int kDesignCount = 6;

// The kernel version whose rules that design stands on.
constexpr iommu::Version VersionOf(DesignId id) {
  switch (id) {
    case DesignId::kDeviceLock:
      return iommu::Version::k6_1;
    case DesignId::kClaimV1:
    case DesignId::kLockedClaim:
      return iommu::Version::k6_2;
    case DesignId::kV6_4:
      return iommu::Version::k6_4;
    case DesignId::kV6_12:
      return iommu::Version::k6_12;
    case DesignId::kOwnerCheck:
      break;
  }
  return iommu::Version::kToday;
}

struct Design {
  DesignId judged_as;   // whose decision tables and promises it is held to
  std::string name;     // "owner-check"; without spaces
  std::string rules;    // core rules it stands on, for people: "6.1", "6.12", "today"
  std::string summary;  // one line
  std::function<std::unique_ptr<System>()> make;
  // What this design shows and that one shows too is known of it; nullptr where nothing is.
  const Design* baseline = nullptr;
  bool known_by_corpus = true;  // ... and so is what corpus/known expects of it, or of its like
  bool kernel = false;          // the iommu.c of a kernel tree
  // A kernel, or the port of one as it was released; else what is proposed, or planted.
  bool faithful = false;

  // The name for files: no colon in it.
  std::string file_name() const;
};

const std::deque<Design>& Designs();

// Appends a design, in the order of the calls, and returns it.
// REQUIRES: no design has that name.
const Design& RegisterDesign(Design design);

// Appends a design that only FindDesign() knows: a mutant. REQUIRES: as RegisterDesign.
const Design& RegisterUnlisted(Design design);

// The design of this folder that has that id.
const Design& BuiltInDesign(DesignId id);

// `design`, whose findings count where `base` does not show them too; FindDesign() does not know
// it.
const Design& Against(const Design& design, const Design& base);

// nullptr where no design has that name.
const Design* FindDesign(std::string_view name);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_TARGET_DESIGNS_DESIGN_H_
