#include "properties/invariants/excuses.h"

#include <array>

namespace groupfuzz::invariants {
namespace {

using kernel::WarnSite;

constexpr ExcuseRow kRows[] = {
    {Excuse::kLeftBehind, "left-behind",
     "A switch that must not fail did: the device stays where its driver left it until a switch "
     "reaches it.",
     std::nullopt},
    {Excuse::kPutsBackAll, "puts-back-all",
     "A failed iommu_attach_group() puts back every device, also those it had not come to.",
     Version::k6_12},
    {Excuse::kKeepsDomains, "keeps-domains", "Domains are freed with the group.", Version::k6_12},
    {Excuse::kDmaApiStays, "dma-api-stays",
     "The core does not know which way the DMA of a device goes: the driver says so.",
     Version::k6_12},
    {Excuse::kFinalizeServesDma, "finalize-serves-dma",
     "A probe_finalize that attaches a mapping sets up the DMA API for it, where the core does "
     "not.",
     Version::k6_12},
    {Excuse::kFinalizeAttaches, "finalize-attaches",
     "A probe_finalize that attaches a mapping does so from within a probe or a write.",
     std::nullopt},
    {Excuse::kNoDefaultDomain, "no-default-domain",
     "The drivers whose probe_finalize attaches a mapping, those of 32-bit ARM, have no default "
     "domain before 6.6 and identity domains only from then on: no write switches there.",
     std::nullopt},
    {Excuse::kProbedMeanwhile, "probed-meanwhile",
     "A device was probed while the call ran: its sections may have seen two groups.",
     std::nullopt},
    {Excuse::kFallsBackToDma, "falls-back-to-dma", "A type that cannot be allocated becomes DMA.",
     Version::k6_12},
    {Excuse::kOpinionsCancelOut, "opinions-cancel-out",
     "Opinions of members that differ count as none, and what cannot be allocated becomes DMA.",
     Version::k6_12},
    {Excuse::kAllocatorDecides, "allocator-decides",
     "A driver that knows only identity domains has no word in the choice of the type.",
     Version::k6_12},
    {Excuse::kMapsAnywhere, "maps-anywhere",
     "Direct regions are mapped before the attach, and drivers are relied on to map into any "
     "domain.",
     Version::k6_12},
    {Excuse::kWayBackFailed, "way-back-failed",
     "The way back from a failed switch failed as well: what was on its way is unfinished.",
     std::nullopt},
    {Excuse::kCouldNotMap, "could-not-map",
     "The driver refused to map the region of a device that joins; only a write must fail then.",
     std::nullopt},
    {Excuse::kUnlockedAttach, "unlocked-attach",
     "The first DMA map of a deferred device takes no lock: iommu_deferred_attach() before commit "
     "5d5388b0e190.",
     Version::kToday},
    {Excuse::kRefusedUnseen, "refused-unseen",
     "A device with a direct region is refused without an attach; putting the others back is then "
     "the first thing that is seen.",
     std::nullopt},
    {Excuse::kFirstSwitch, "first-switch",
     "A group on no domain has nothing to go back to: a first switch that fails leaves its devices "
     "as they are.",
     std::nullopt},
    {Excuse::kAnythingWarns, "anything-warns",
     "A failed attach leaves the group in states in which any other site may warn.",
     Version::k6_12},
    {Excuse::kSharedMapping, "shared-mapping",
     "Drivers whose probe_finalize attaches a mapping put every device into a group of its own "
     "(generic_device_group()): in a larger one the mapping is not theirs to detach.",
     std::nullopt},
    {Excuse::kUnownedRelease, "unowned-release",
     "Who releases what nobody has claimed is told so by the warning.", std::nullopt},
};
static_assert(std::size(kRows) == kExcuses);

}  // namespace

std::span<const ExcuseRow> AllExcuses() { return kRows; }

bool Grants(const Ledger& ledger, Excuse excuse) {
  if ((ledger.excuses & Excused(excuse)) == 0) return false;
  const std::optional<Version>& until = kRows[static_cast<int>(excuse)].until;
  return !until.has_value() || ledger.version < *until;
}

bool IsLeftBehind(const Ledger& ledger, int device) {
  return (ledger.stranded & Bit(device)) != 0 && Grants(ledger, Excuse::kLeftBehind);
}

bool WayBackFailed(const Ledger& ledger, Facts facts) {
  return (facts & fact::kMustSucceedFailed) != 0 && Grants(ledger, Excuse::kWayBackFailed);
}

bool FinalizeAttaches(const Ledger& ledger, const ActiveCall* call) {
  constexpr Functions kCallers =
      FunctionBit(Function::kProbeDevice) | FunctionBit(Function::kStoreType);
  return ledger.configuration().driver.finalize_attaches && call != nullptr && call->Is(kCallers) &&
         Grants(ledger, Excuse::kFinalizeAttaches);
}

bool HasNoDefaultDomain(const Ledger& ledger) {
  return ledger.configuration().driver.finalize_attaches &&
         Grants(ledger, Excuse::kNoDefaultDomain);
}

bool WasProbedMeanwhile(const Ledger& ledger, const ActiveCall& call) {
  return call.saw_probe && Grants(ledger, Excuse::kProbedMeanwhile);
}

bool CouldNotMap(const Ledger& ledger, uint8_t device, DomainId domain) {
  return ledger.CouldNotMap(device, domain) && Grants(ledger, Excuse::kCouldNotMap);
}

bool ReleasesUnowned(const Ledger& ledger, const ActiveCall* call, WarnSite site) {
  const bool asked = site == WarnSite::kReleaseUnowned && call != nullptr && call->call.unowned;
  return asked && Grants(ledger, Excuse::kUnownedRelease);
}

bool SharesMapping(const Ledger& ledger, WarnSite site) {
  const Configuration& machine = ledger.configuration();
  const bool shared = site == WarnSite::kDetachMismatch && machine.driver.finalize_attaches &&
                      machine.device_count > 1;
  return shared && Grants(ledger, Excuse::kSharedMapping);
}

}  // namespace groupfuzz::invariants
