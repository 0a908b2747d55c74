// Which site of a WARN() of a tree is which of those that have a name.
#include <string_view>

#include "target/kernel/runtime.h"
#include "target/kernel/source_line.h"
#include "target/linux/linux_host.h"

namespace groupfuzz {
namespace {

using kernel::runtime;
using kernel::WarnSite;

// WARN()s by the function they stand in; see WarnSite.
struct KnownWarning {
  std::string_view function;
  WarnSite site;
  // Of WARN() with a text in the same function, and of WARN_ON() after a failed attach.
  WarnSite with_text;
  WarnSite after_failed_attach;
};
constexpr KnownWarning Always(std::string_view function, WarnSite site) {
  return {function, site, site, site};
}
constexpr KnownWarning kKnownWarnings[] = {
    Always("iommu_device_unuse_default_domain", WarnSite::kUnuseUnderflow),
    Always("__iommu_release_dma_ownership", WarnSite::kReleaseUnowned),
    {"iommu_group_release_dma_owner", WarnSite::kReleaseUnowned, WarnSite::kMustSucceed,
     WarnSite::kReleaseUnowned},
    Always("iommu_group_claim_dma_owner", WarnSite::kNullOwner),
    Always("iommu_device_claim_dma_owner", WarnSite::kNullOwner),
    Always("__iommu_group_set_domain", WarnSite::kSetDomainNull),
    {"__iommu_group_set_domain_internal", WarnSite::kSetDomainNull, WarnSite::kSetDomainNull,
     WarnSite::kRollback},
    Always("__iommu_group_set_domain_nofail", WarnSite::kMustSucceed),
    Always("__iommu_group_set_core_domain", WarnSite::kMustSucceed),
    Always("__iommu_attach_group", WarnSite::kRollback),
    Always("iommu_detach_device", WarnSite::kDetachMismatch),
    Always("__iommu_probe_device", WarnSite::kDefaultWithoutDomain),
    Always("__iommu_group_free_device", WarnSite::kGroupNotIdle),
    Always("__iommu_group_remove_device", WarnSite::kGroupNotIdle),
    Always("iommu_group_release", WarnSite::kGroupReleaseDomains),
    Always("iommu_get_def_domain_type", WarnSite::kUntrustedConflict),
    Always("iommu_get_default_domain_type", WarnSite::kUntrustedConflict),
    Always("iommu_setup_default_domain", WarnSite::kMustSucceed),
};

}  // namespace

// Calls that do not return are merged, so that their code alone does not say which it was. What was
// warned in a header has the line of its caller, which its code says.
uint16_t LinuxHost::LineOf(const gf_warning& warning) {
  const std::string_view file(warning.file == nullptr ? "" : warning.file);
  return static_cast<uint16_t>(file.ends_with(".c") ? warning.line : 0);
}

Event LinuxHost::LastWords(const gf_warning& warning) {
  const WarnSite site = warning.file == nullptr ? WarnSite::kPanic : WarnSite::kBug;
  return {.kind = EventKind::kWarn,
          .value = static_cast<uint8_t>(site),
          .line = LineOf(warning),
          .code = kernel::CodeOffset(warning.code)};
}

WarnSite LinuxHost::SiteOf(const gf_warning& warning) const {
  if (warning.list_corrupted != 0) return WarnSite::kListCorrupted;
  if (warning.refcount != 0) return WarnSite::kRefcount;
  if (warning.lock_not_held != 0) return WarnSite::kLockNotHeld;
  for (const KnownWarning& known : kKnownWarnings) {
    if (known.function != warning.function) continue;
    if (warning.has_text != 0) return known.with_text;
    return attach_failed_[runtime().thread()] ? known.after_failed_attach : known.site;
  }
  return WarnSite::kElsewhere;
}

}  // namespace groupfuzz
