// Why a property looks away: every excuse by name, with the kernels that have it and the reason.
// Internal to properties/.
//
// An excuse is a hole in what is found, so it is kept small and is seen: a property names its
// excuses in its row (Rule::excuses) and the checker grants it these and no others. excuse_test
// demands, for each property and each of its excuses, a program on a design of the kernel which the
// property would blame without it, and that the same behaviour is found where a later kernel is
// judged: what nothing needs, or what reaches too far, fails.
//
// Thread-safety: pure functions.
#ifndef GROUPFUZZ_PROPERTIES_INVARIANTS_EXCUSES_H_
#define GROUPFUZZ_PROPERTIES_INVARIANTS_EXCUSES_H_

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string_view>

#include "properties/invariants/ledger.h"
#include "target/kernel/runtime.h"

namespace groupfuzz::invariants {

// In the order of AllExcuses().
enum class Excuse : uint8_t {
  kLeftBehind,
  kPutsBackAll,
  kKeepsDomains,
  kDmaApiStays,
  kFinalizeServesDma,
  kFinalizeAttaches,
  kNoDefaultDomain,
  kProbedMeanwhile,
  kFallsBackToDma,
  kOpinionsCancelOut,
  kAllocatorDecides,
  kMapsAnywhere,
  kWayBackFailed,
  kCouldNotMap,
  kUnlockedAttach,
  kRefusedUnseen,
  kFirstSwitch,
  kAnythingWarns,
  kSharedMapping,
  kUnownedRelease,
  kCount,
};
inline constexpr int kExcuses = static_cast<int>(Excuse::kCount);
static_assert(kExcuses <= std::numeric_limits<Excuses>::digits);

template <typename... Rest>
constexpr Excuses Excused(Rest... excuses) {
  return ((Excuses{1} << static_cast<int>(excuses)) | ... | Excuses{0});
}

struct ExcuseRow {
  Excuse excuse;
  std::string_view name;  // "left-behind"
  std::string_view reason;
  // The first version that has it no more; nothing: every version has it.
  std::optional<Version> until;
};
std::span<const ExcuseRow> AllExcuses();

// Whether the property that is being asked may be given `excuse` on this kernel.
bool Grants(const Ledger& ledger, Excuse excuse);

// The ones that look at something, each with its condition.
bool IsLeftBehind(const Ledger& ledger, int device);
bool WayBackFailed(const Ledger& ledger, Facts facts);
// Its probe_finalize attaches a domain of its own, from within `call`.
bool FinalizeAttaches(const Ledger& ledger, const ActiveCall* call);
bool HasNoDefaultDomain(const Ledger& ledger);
bool WasProbedMeanwhile(const Ledger& ledger, const ActiveCall& call);
bool CouldNotMap(const Ledger& ledger, uint8_t device, DomainId domain);
bool ReleasesUnowned(const Ledger& ledger, const ActiveCall* call, kernel::WarnSite site);
bool SharesMapping(const Ledger& ledger, kernel::WarnSite site);

}  // namespace groupfuzz::invariants

#endif  // GROUPFUZZ_PROPERTIES_INVARIANTS_EXCUSES_H_
