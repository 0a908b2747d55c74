// The conditions of the decision tables. Internal to properties/model*.
//
// Thread-safety: constants.
#ifndef GROUPFUZZ_PROPERTIES_MODEL_MODEL_CONDITIONS_H_
#define GROUPFUZZ_PROPERTIES_MODEL_MODEL_CONDITIONS_H_

#include <algorithm>

#include "properties/model/model_rows.h"

namespace groupfuzz::model::when {

inline constexpr Condition kAlways{"nothing forbids it", nullptr};

// --- the call itself ---

inline constexpr Condition kNoBytes{"the write has no bytes",
                                    [](const Step& step) { return step.call.text->total() == 0; }};
inline constexpr Condition kLacksCapability{
    "the caller lacks CAP_SYS_ADMIN or CAP_SYS_RAWIO",
    [](const Step& step) { return step.call.capabilities != Capabilities::kBoth; }};
inline constexpr Condition kUnknownText{
    "the text is none of identity, DMA, DMA-FQ, auto",
    [](const Step& step) { return step.request == Request::kUnknown; }};
inline constexpr Condition kNullCookie{"the owner is NULL", [](const Step& step) {
                                         return step.call.cookie == groupfuzz::kNullCookie;
                                       }};
inline constexpr Condition kNullHandle{"the handle is NULL",
                                       [](const Step& step) { return step.call.null_handle; }};
inline constexpr Condition kNoSuchDomain{"the domain was never allocated", [](const Step& step) {
                                           return !Has(step.state.users, step.call.domain);
                                         }};
inline constexpr Condition kPasidZero{"the PASID is 0",
                                      [](const Step& step) { return step.call.pasid == 0; }};
inline constexpr Condition kPasidTooLarge{
    "the PASID is more than a member supports", [](const Step& step) {
      return step.call.pasid >= kMaxPasids &&
             (step.machine.pasid_capable & step.state.member_set) != 0;
    }};
inline constexpr Condition kPasidLacking{
    "a member does not have the PASID", [](const Step& step) {
      const uint8_t have = step.call.pasid < kMaxPasids ? step.machine.pasid_capable : 0;
      return (step.state.member_set & ~have) != 0;
    }};
inline constexpr Condition kPasidPresent{"the PASID is in use", [](const Step& step) {
                                           return Has(step.state.pasids, step.call.pasid);
                                         }};
inline constexpr Condition kHandlePresent{
    "PASID 0 is in use", [](const Step& step) { return Has(step.state.pasids, 0); }};

// --- membership ---

inline constexpr Condition kGone{"there is no group", [](const Step& step) {
                                   return !step.state.exists && !step.between_steps;
                                 }};
inline constexpr Condition kIommuGone{"the boot was taken back, and the IOMMU with it",
                                      [](const Step& step) { return step.machine.iommu_gone; }};
inline constexpr Condition kEmpty{"the group has no device",
                                  [](const Step& step) { return step.state.members == 0; }};
inline constexpr Condition kNotSingle{"the group has not exactly one device",
                                      [](const Step& step) { return step.state.members != 1; }};
inline constexpr Condition kMember{"the device is in the group", [](const Step& step) {
                                     return Has(step.state.member_set, step.call.device);
                                   }};
inline constexpr Condition kNotMember{"the device is in no group",
                                      [](const Step& step) { return !kMember.holds(step); }};

// --- ownership ---

inline constexpr Condition kCounted{"owner_cnt is not zero",
                                    [](const Step& step) { return step.state.owner_cnt != 0; }};
inline constexpr Condition kCountAboveOne{
    "owner_cnt is more than one", [](const Step& step) { return step.state.owner_cnt > 1; }};
inline constexpr Condition kUncounted{"owner_cnt is zero",
                                      [](const Step& step) { return step.state.owner_cnt == 0; }};
inline constexpr Condition kUncountedOrPasids{
    "owner_cnt is zero or PASIDs are attached",
    [](const Step& step) { return kUncounted.holds(step) || step.state.pasids != 0; }};
inline constexpr Condition kUnowned{"nobody owns the group",
                                    [](const Step& step) { return step.state.owner == kNobody; }};
inline constexpr Condition kOwnedByCookie{
    "the caller owns the group",
    [](const Step& step) { return kCounted.holds(step) && step.state.owner == step.call.cookie; }};
inline constexpr Condition kNothingToRelease{
    "nobody owns the group",
    [](const Step& step) { return kUncounted.holds(step) || kUnowned.holds(step); }};
inline constexpr Condition kNothingToReleaseOrPasids{
    "nobody owns the group, or PASIDs are attached",
    [](const Step& step) { return kNothingToRelease.holds(step) || step.state.pasids != 0; }};
inline constexpr Condition kUsedOtherwise{
    "the group is owned, or used off its default domain", [](const Step& step) {
      const bool on_default = step.state.cur == Place::kDefault;
      return kCounted.holds(step) && (!kUnowned.holds(step) || !on_default);
    }};
inline constexpr Condition kUsedOtherwiseOrPasids{
    "the group is owned, used off its default domain, or used with PASIDs", [](const Step& step) {
      return kUsedOtherwise.holds(step) || (kCounted.holds(step) && step.state.pasids != 0);
    }};

// --- where the devices are ---

inline constexpr Condition kNoDefault{"the group has no default domain",
                                      [](const Step& step) { return !step.state.has_default; }};
inline constexpr Condition kNowhereToGo{
    "there is no default domain to go back to",
    [](const Step& step) { return kNoDefault.holds(step) && kUnowned.holds(step); }};
inline constexpr Condition kHasDomain{
    "the group is attached", [](const Step& step) { return step.state.cur != Place::kNowhere; }};
inline constexpr Condition kOffDefault{"domain is not the default domain", [](const Step& step) {
                                         return step.state.cur != Place::kDefault;
                                       }};
inline constexpr Condition kForeign{
    "domain is neither NULL nor the default domain",
    [](const Step& step) { return kHasDomain.holds(step) && kOffDefault.holds(step); }};
inline constexpr Condition kForeignOrPasids{
    "domain is neither NULL nor the default domain, or PASIDs are attached",
    [](const Step& step) { return kForeign.holds(step) || step.state.pasids != 0; }};
inline constexpr Condition kAttached{
    "somebody's domain is attached",
    [](const Step& step) { return kForeign.holds(step) && step.state.cur != Place::kBlocking; }};
inline constexpr Condition kNotThisDomain{"another domain is attached", [](const Step& step) {
                                            return step.state.cur != UserPlace(step.call.domain);
                                          }};
inline constexpr Condition kInUse{"the group or a device is on this domain", [](const Step& step) {
                                    const Place place = UserPlace(step.call.domain);
                                    const auto& hw = step.state.hw;
                                    return step.state.cur == place ||
                                           std::find(hw.begin(), hw.end(), place) != hw.end();
                                  }};
inline constexpr Condition kMustNotBlock{
    "the device has direct mappings and the group is blocked", [](const Step& step) {
      return step.state.cur == Place::kBlocking && Has(step.state.require_direct, step.call.device);
    }};
inline constexpr Condition kDirectIntoOwned{
    "the device has direct mappings and the group is owned", [](const Step& step) {
      return step.state.owner != kNobody && Has(step.state.require_direct, step.call.device);
    }};
inline constexpr Condition kIntoPasids{
    "the device has PASIDs and the group uses some", [](const Step& step) {
      constexpr unsigned kHandle = 1;
      return Has(step.machine.pasid_capable, step.call.device) && step.state.pasids > kHandle;
    }};
inline constexpr Condition kUntrustedIntoLax{
    "the device is untrusted and the group is not translated strictly", [](const Step& step) {
      return Has(step.machine.untrusted, step.call.device) && step.state.has_default &&
             step.state.default_type != DomainType::kDma;
    }};
inline constexpr Condition kSomeMustNotBlock{
    "a member has direct mappings and may not be blocked",
    [](const Step& step) { return (step.state.require_direct & step.state.member_set) != 0; }};
inline constexpr Condition kDeferredPending{
    "the attach was deferred until now", [](const Step& step) {
      return kMember.holds(step) && Has(step.state.pending, step.call.device) &&
             step.state.has_default;
    }};

inline constexpr Condition kCannotMap{
    "the driver maps only into domains that a device is attached to", [](const Step& step) {
      const auto& hw = step.state.hw;
      const bool nobody = std::find(hw.begin(), hw.end(), Place::kDefault) == hw.end();
      return step.machine.maps_only_attached && kMember.holds(step) &&
             (nobody || step.machine.finalize_attaches);
    }};

// --- the type change ---

inline constexpr Condition kStrictToLazy{"DMA becomes DMA-FQ", [](const Step& step) {
                                           return step.request == Request::kDmaFq &&
                                                  step.state.has_default &&
                                                  step.state.default_type == DomainType::kDma;
                                         }};
inline constexpr Condition kUntrustedToLazy{
    "DMA becomes DMA-FQ under an untrusted device", [](const Step& step) {
      return kStrictToLazy.holds(step) && (step.machine.untrusted & step.state.member_set) != 0;
    }};
inline constexpr Condition kBoundNotLazy{
    "a driver is bound to the device", [](const Step& step) {
      const uint8_t maybe = step.between_steps ? step.machine.managed : 0;
      return Has(step.state.bound | maybe, step.state.order[0]) && !kStrictToLazy.holds(step);
    }};
inline constexpr Condition kNeedsClaim{"this write claims the group",
                                       [](const Step& step) { return !kStrictToLazy.holds(step); }};
inline constexpr Condition kClaimCounted{
    "this write claims the group and owner_cnt is not zero",
    [](const Step& step) { return kNeedsClaim.holds(step) && kCounted.holds(step); }};
inline constexpr Condition kClaimForeign{
    "this write claims the group and it is off its default domain, or PASIDs are attached",
    [](const Step& step) { return kNeedsClaim.holds(step) && kForeignOrPasids.holds(step); }};

// The following need a resolved target.
inline constexpr Condition kUnresolved{"the members' preferences refuse this type",
                                       [](const Step& step) { return !step.target; }};
inline constexpr Condition kSameType{
    "the default domain has this type already", [](const Step& step) {
      return step.state.has_default && step.state.default_type == *step.target;
    }};
inline constexpr Condition kLazyTarget{"DMA becomes DMA-FQ", [](const Step& step) {
                                         return *step.target == DomainType::kDmaFq &&
                                                step.state.has_default &&
                                                step.state.default_type == DomainType::kDma;
                                       }};
inline constexpr Condition kCannotAllocate{
    "the driver has no identity domain", [](const Step& step) {
      return *step.target == DomainType::kIdentity && step.machine.identity_absent &&
             !step.machine.forces_identity;
    }};
inline constexpr Condition kMapsTooEarly{
    "a direct region cannot be mapped before the attach", [](const Step& step) {
      return step.machine.maps_only_attached &&
             (step.machine.direct & step.state.member_set) != 0 && IsDmaDomain(Allocated61(step));
    }};
inline constexpr Condition kNeverMapped{
    "a direct region cannot be mapped, as every attach is deferred", [](const Step& step) {
      return step.machine.maps_only_attached &&
             (step.machine.direct & step.state.member_set) != 0 && IsDmaDomain(*step.target) &&
             step.state.pending == step.state.member_set;
    }};

}  // namespace groupfuzz::model::when

#endif  // GROUPFUZZ_PROPERTIES_MODEL_MODEL_CONDITIONS_H_
