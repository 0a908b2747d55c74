// The form of the decision tables of the sequential model. Internal to properties/model*.
//
// A table is a list of rows for one function, tried in order. A row whose condition holds performs
// its effect and, unless it says kGoOn, decides the result. The last row of a table always decides.
//
// Conditions (model_conditions.h) and effects (model_effects.h) know the state, the machine and the
// call, nothing of the design: designs differ by the rows that they list (model_tables.cc).
//
// Thread-safety: constants and plain values.
#ifndef GROUPFUZZ_PROPERTIES_MODEL_MODEL_ROWS_H_
#define GROUPFUZZ_PROPERTIES_MODEL_MODEL_ROWS_H_

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "properties/model/model.h"
#include "target/designs/design.h"
#include "target/types/iommu_api.h"

namespace groupfuzz::model {

inline constexpr int64_t kPageBytes = 4096;  // PAGE_SIZE: the longest write that kernfs passes on

// What a write to the type attribute asks for.
enum class Request : uint8_t { kUnknown, kAuto, kIdentity, kDma, kDmaFq };

// sysfs_streq() of `text` with each of the words.
Request ParseRequest(const WriteBuffer& text);

// One call being evaluated.
struct Step {
  GroupState& state;
  const MachineFacts& machine;
  const Call& call;
  bool between_steps = false;  // Assumption::kBetweenSteps
  Request request = Request::kAuto;
  // Set by the effects that resolve the request; empty: the members refuse it.
  std::optional<DomainType> target = std::nullopt;
  bool claimed = false;  // this write has moved the group to its blocking domain
};

struct Condition {
  const char* text;            // completes "because ..."
  bool (*holds)(const Step&);  // nullptr: always
};

using Effect = void (*)(Step&);  // nullptr: none

// Results that are no constant; every constant result is 0 or a negative errno.
inline constexpr int16_t kGoOn = 1;      // the row does not decide
inline constexpr int16_t kBytes = 2;     // bytes taken by the write
inline constexpr int16_t kShown = 3;     // bytes shown for the default domain's type
inline constexpr int16_t kClaimed = 4;   // whether owner_cnt != 0
inline constexpr int16_t kAnyError = 5;  // the driver's errno
inline constexpr int16_t kAny = 6;       // not specified

struct Row {
  Condition when;
  Effect effect;
  int16_t result;
};

// A table ready for use; see model_evaluate.h.
struct Table {
  Outcome (*evaluate)(Step&);
};

struct Tables {
  Table boot;
  std::array<Table, kFunctions> functions;
  bool looks_at_drivers;  // store_type asks whether the device is bound
};

const Tables& TablesOf(DesignId design);

// The table of a function that the kernel does not have.
Table AbsentFunction();

// --- what conditions and effects share ---

constexpr uint8_t Bit(uint8_t device) { return static_cast<uint8_t>(1u << device); }
constexpr bool Has(uint8_t set, uint8_t device) { return (set & Bit(device)) != 0; }

// 6.1 rules fall back to DMA whatever was asked for.
// REQUIRES: step.target is set.
inline DomainType Allocated61(const Step& step) {
  const bool refused = *step.target == DomainType::kIdentity && step.machine.identity_absent;
  return refused ? DomainType::kDma : *step.target;
}

}  // namespace groupfuzz::model

#endif  // GROUPFUZZ_PROPERTIES_MODEL_MODEL_ROWS_H_
