// What differs between the kernel versions whose core the port stands for, as one table.
//
// A rule set says how the core switches domains, keeps ownership, chooses default domains and adds
// or removes devices. How store_type uses all that is a protocol (target/designs), kept apart. A
// field is named for what the later kernel does.
//
// Thread-safety: constants.
#ifndef GROUPFUZZ_TARGET_IOMMU_RULES_H_
#define GROUPFUZZ_TARGET_IOMMU_RULES_H_

#include <cstdint>
#include <string_view>

namespace groupfuzz::iommu {

// Kernel versions whose core the port stands for, oldest first. Who asks what a version does or
// promises compares: `version >= Version::k6_12`.
enum class Version : uint8_t { k6_1, k6_2, k6_4, k6_12, kToday };

constexpr std::string_view VersionName(Version version) {
  switch (version) {
    case Version::k6_1:
      return "6.1";
    case Version::k6_2:
      return "6.2";
    case Version::k6_4:
      return "6.4";
    case Version::k6_12:
      return "6.12";
    case Version::kToday:
      return "today";
  }
  return "unknown";
}

struct Rules {
  Version version;

  // Switching.
  bool rolls_back = false;               // a failed switch re-attaches the devices it visited (6.5)
  bool keeps_deferral = false;           // deferral is a flag that any other attach ends (6.9)
  bool refuses_blocking_direct = false;  // a device with a direct region is never blocked (6.6)

  // Ownership.
  bool has_device_claims = false;       // iommu_device_claim_dma_owner() (6.2)
  bool has_pasids = false;              // pasid_array (6.2)
  bool checks_pasids = false;           // only devices that have a PASID are asked (6.9, 6.12.93)
  bool undoes_only_set_pasids = false;  // a failed PASID attach undoes what it did, no more (6.10)
  bool has_handles = false;         // attach handles and iommu_group_replace_domain() (6.6, 6.11)
  bool refuses_null_owner = false;  // a NULL cookie is EINVAL (6.2)
  bool defers_bind = false;         // a bind without a default domain is EPROBE_DEFER
  bool strict_default = false;      // only the default domain itself is the default (6.7)

  // iommu_attach_device() and its like take no reference to the group of their device (6.5)
  bool trusts_caller_with_group = false;

  // Default domain.
  bool strict_type = false;  // a type asked for is given or refused, never replaced by DMA (6.5)
  bool combines_preferences =
      false;  // IDENTITY wins a conflict, an untrusted device may refuse (6.5)
  bool has_static_domains = false;    // ops.identity_domain, blocked_domain, default_domain (6.6)
  bool tests_deferred_flush = false;  // a flush queue needs IOMMU_CAP_DEFERRED_FLUSH (6.5)
  bool core_sets_dma_ops =
      false;  // the core calls iommu_setup_dma_ops(), not probe_finalize (6.10)

  // Lifecycle.
  bool gives_up_at_boot = false;       // a group without a default domain costs it the IOMMU (6.5)
  bool probes_in_one_section = false;  // a device joins under one hold of the mutex (6.5)
  bool releases_under_mutex = false;   // ops.release_device before the mutex is dropped (6.4)
  bool frees_domains_with_last_device = false;  // (6.6)
  bool freezes_ops = false;  // ops.release_device waits for ops_rwsem (2023 series, 1/4)

  // Defects of 6.12 that the reference design does without.
  bool locks_deferred_attach = false;    // the first DMA map takes the mutex
  bool refreshes_dma_ops = false;        // DMA ops follow the group back to its default domain
  bool keeps_reserved_handle = false;    // a failed replace leaves a reserved array entry alone
  bool restores_current = false;         // a late failure goes back to the domain found, or warns
  bool ends_deferral_by_attach = false;  // an attach that fails leaves a device deferred
  bool refuses_direct_in_owned = false;  // a device that cannot be blocked joins no owned group
  bool claims_need_default = false;      // a group whose devices no domain suits is not claimed
  bool hides_unready_groups = false;     // the attribute is there while a default domain is
  bool leaves_on_default = false;        // the last device goes back to the default domain first
  bool holds_domains = false;       // a device that stays behind keeps its domain, and is not used
  bool leaves_deferred = false;     // the way back passes by a device that was never attached
  bool keeps_pasids_whole = false;  // a device with PASIDs joins no group that uses them
  bool keeps_untrusted_strict = false;  // an untrusted device joins no other group, nor turns lazy
  bool detaches_whatever_joined = false;  // iommu_detach_device() leaves no member behind
};

// Linux 6.1.
inline constexpr Rules kRules61 = {.version = Version::k6_1};

// The base of the 2023 series: 6.1 with device claims and PASIDs.
constexpr Rules Rules62() {
  Rules rules = kRules61;
  rules.version = Version::k6_2;
  rules.has_device_claims = true;
  rules.has_pasids = true;
  rules.refuses_null_owner = true;
  return rules;
}
inline constexpr Rules kRules62 = Rules62();

// ... with the per-device semaphore that its first patch adds.
constexpr Rules Rules62Frozen() {
  Rules rules = kRules62;
  rules.freezes_ops = true;
  return rules;
}
inline constexpr Rules kRules62Frozen = Rules62Frozen();

// Linux 6.4: drivers release a device before it leaves the mutex.
constexpr Rules Rules64() {
  Rules rules = kRules62;
  rules.version = Version::k6_4;
  rules.releases_under_mutex = true;
  return rules;
}
inline constexpr Rules kRules64 = Rules64();

// Linux 6.12.
constexpr Rules Rules612() {
  Rules rules = kRules64;
  rules.version = Version::k6_12;
  rules.rolls_back = true;
  rules.has_handles = true;
  rules.keeps_deferral = true;
  rules.refuses_blocking_direct = true;
  rules.checks_pasids = true;
  rules.undoes_only_set_pasids = true;
  rules.defers_bind = true;
  rules.strict_default = true;
  rules.trusts_caller_with_group = true;
  rules.strict_type = true;
  rules.combines_preferences = true;
  rules.has_static_domains = true;
  rules.tests_deferred_flush = true;
  rules.core_sets_dma_ops = true;
  rules.gives_up_at_boot = true;
  rules.probes_in_one_section = true;
  rules.frees_domains_with_last_device = true;
  return rules;
}
inline constexpr Rules kRules612 = Rules612();

// 6.12 with its known defects repaired: what the reference design stands on.
constexpr Rules RulesToday() {
  Rules rules = kRules612;
  rules.version = Version::kToday;
  rules.gives_up_at_boot = false;  // so that such groups can be studied
  rules.locks_deferred_attach = true;
  rules.refreshes_dma_ops = true;
  rules.keeps_reserved_handle = true;
  rules.restores_current = true;
  rules.ends_deferral_by_attach = true;
  rules.refuses_direct_in_owned = true;
  rules.claims_need_default = true;
  rules.hides_unready_groups = true;
  rules.leaves_on_default = true;
  rules.holds_domains = true;
  rules.leaves_deferred = true;
  rules.keeps_pasids_whole = true;
  rules.keeps_untrusted_strict = true;
  rules.detaches_whatever_joined = true;
  return rules;
}
inline constexpr Rules kRulesToday = RulesToday();

}  // namespace groupfuzz::iommu

#endif  // GROUPFUZZ_TARGET_IOMMU_RULES_H_
