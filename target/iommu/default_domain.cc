// Choosing, allocating and installing the default domain.
#include <atomic>

#include "target/iommu/core.h"
#include "target/kernel/errno.h"
#include "target/kernel/runtime.h"

namespace groupfuzz::iommu {

using kernel::WarnOn;
using kernel::WarnSite;

namespace {

// iommu_get_dma_cookie(): nothing here needs what is in it, only that it may not be had.
bool GetDmaCookie(const Domain& domain) {
  return !IsDmaDomain(domain.type) || kernel::runtime().InjectedErrno(FaultKind::kCookie) == 0;
}

}  // namespace

// iommu_get_def_domain_type() of 6.1: untrusted beats the driver.
Preference Core::DevicePreference(const Device& device) const {
  if (driver_.device_config(device.index).untrusted) return Preference::kDma;
  return driver_.PreferenceOf(device.index);
}

// The scan of 6.1: the first opinion counts, a different one later voids both for good.
Preference Core::FirstPreference(Group& group) {
  Preference first = Preference::kNone;
  for (GroupDevice* member = group.devices; member != nullptr; member = member->next) {
    const Preference preference = DevicePreference(*member->device);
    if (preference == Preference::kNone) continue;
    if (first == Preference::kNone) first = preference;
    if (first != preference) return Preference::kNone;
  }
  return first;
}

// iommu_get_def_domain_type() and iommu_get_default_domain_type() of 6.12: IDENTITY wins a conflict
// of drivers; an untrusted device must be translated or the group is refused.
Core::GroupPreference Core::CombinedPreference(Group& group) {
  Preference combined = Preference::kNone;
  bool untrusted = false;
  for (GroupDevice* member = group.devices; member != nullptr; member = member->next) {
    const uint8_t index = member->device->index;
    const Preference opinion =
        driver_.default_domain() != nullptr ? Preference::kIdentity : driver_.PreferenceOf(index);
    if (combined == Preference::kNone || opinion == Preference::kIdentity) {
      if (opinion != Preference::kNone) combined = opinion;
    }
    untrusted |= driver_.device_config(index).untrusted;
  }
  if (!untrusted) return {combined, false};
  return {Preference::kDma, combined == Preference::kIdentity};
}

Core::ResolvedType Core::ResolveType(Group& group, RequestedType requested) {
  const GroupPreference preference = rules_.combines_preferences
                                         ? CombinedPreference(group)
                                         : GroupPreference{FirstPreference(group), false};
  if (preference.refused) return {.refused = true, .type = std::nullopt};
  if (preference.type == Preference::kNone) return {.type = requested};
  const DomainType wanted = TypeOf(preference.type);
  if (requested.has_value() && *requested != wanted) return {.refused = true, .type = std::nullopt};
  return {.type = wanted};
}

// __iommu_domain_alloc()
Domain* Core::AllocDomain(DomainType type, int* error) {
  if (rules_.has_static_domains) {
    Domain* fixed = type == DomainType::kIdentity  ? driver_.identity_domain()
                    : type == DomainType::kBlocked ? driver_.blocked_domain()
                                                   : nullptr;
    if (fixed != nullptr) return fixed;
  }
  Domain* domain = driver_.AllocDomain(type, error, __builtin_return_address(0));
  if (domain == nullptr || GetDmaCookie(*domain)) return domain;
  FreeDomain(domain);
  *error = -ENOMEM;
  return nullptr;
}

Domain* Core::AllocDefaultDomain(Group& group, DomainType type) {
  group.mutex.AssertHeld();
  int error = 0;
  Domain* domain = AllocDomain(type, &error);
  if (domain == nullptr && type != DomainType::kDma) domain = AllocDomain(DomainType::kDma, &error);
  return domain;
}

Domain* Core::AllocOrReuse(Group& group, DomainType type, int* error) {
  Domain* current = group.default_domain;
  if (current != nullptr && current->type == type) return current;
  return AllocDomain(type, error);
}

// iommu_group_alloc_default_domain() of 6.12
Domain* Core::ChooseDefaultDomain(Group& group, RequestedType requested, int* error) {
  if (Domain* forced = driver_.default_domain(); forced != nullptr) {
    if (requested.has_value() && *requested != forced->type) *error = -EINVAL;
    return *error == 0 ? forced : nullptr;
  }
  if (requested.has_value()) return AllocOrReuse(group, *requested, error);
  Domain* domain = AllocOrReuse(group, default_type_, error);
  if (domain != nullptr) return domain;
  if (default_type_ == DomainType::kDma) {
    *error = -EINVAL;
    return nullptr;
  }
  *error = 0;
  return AllocOrReuse(group, DomainType::kDma, error);
}

void Core::FreeDomain(Domain* domain) {
  if (domain == nullptr || driver_.Alive(domain)->is_static) return;
  if (std::atomic_ref<int>(domain->holders).fetch_sub(1) > 1) return;
  domain->dying = true;
  driver_.FreeDomain(domain);
}

int Core::CreateDirectMappings(Domain* domain, Device& device) {
  const bool direct = driver_.device_config(device.index).direct;
  if (direct && rules_.refuses_blocking_direct) device.require_direct = true;
  if (!direct || domain == nullptr || !IsDmaDomain(domain->type)) return 0;
  const Page page = DirectPage(device.index);
  if (domain->Translate(page) != kNoPage) return 0;
  return driver_.Map(domain, device.index, page, page);
}

int Core::CreateDirectMappingsAll(Group& group, Domain* domain, OnError on_error) {
  int first = 0;
  for (GroupDevice* member = group.devices; member != nullptr; member = member->next) {
    const int error = CreateDirectMappings(domain, *member->device);
    if (error != 0 && on_error == OnError::kStop) return error;
    if (first == 0) first = error;
  }
  return first;
}

// Undoes a change that could not be finished: `failed` goes, the old domain is the default again.
void Core::RestoreDefaultDomain(Group& group, Domain* old, Domain* failed) {
  FreeDomain(failed);
  group.default_domain = old;
}

// iommu_setup_default_domain()
int Core::SetupDefaultDomain(Group& group, RequestedType requested) {
  group.mutex.AssertHeld();
  const ResolvedType resolved = ResolveType(group, requested);
  if (resolved.refused) return -EINVAL;
  int error = 0;
  Domain* domain = ChooseDefaultDomain(group, resolved.type, &error);
  if (domain == nullptr) return error;
  Domain* old = group.default_domain;
  Domain* current = group.domain;
  if (domain == old) return 0;

  const int unmapped = CreateDirectMappingsAll(group, domain, OnError::kGoOn);
  // Before the attach: a deferred device is left alone only where its target is the default domain.
  group.default_domain = domain;
  if (group.domain == nullptr) {
    error = SetDomain(group, domain, SwitchFlags::kMustSucceed);
    if (error != 0) return error;
  }
  error = SetDomain(group, domain);
  if (error != 0) {
    RestoreDefaultDomain(group, old, domain);
    return error;
  }
  // Some drivers can map only once a device is attached.
  if (unmapped != 0) error = CreateDirectMappingsAll(group, domain, OnError::kStop);
  if (error != 0 && old != nullptr) {
    // Linux does not call the wrapper that warns here: a device that stays behind goes unnoticed.
    Domain* target = rules_.restores_current ? current : old;
    if (rules_.leaves_deferred) group.default_domain = old;
    const int lost = SetDomainWithRollback(group, target, SwitchFlags::kMustSucceed);
    if (rules_.restores_current) WarnOn(lost != 0, WarnSite::kMustSucceed);
    RestoreDefaultDomain(group, old, domain);
    return error;
  }
  FreeDomain(old);
  return error;
}

int Core::SwitchToFlushQueue(Group& group) {
  if (rules_.keeps_untrusted_strict && AnyMember(group, &DeviceConfig::untrusted)) return -EINVAL;
  const int error = driver_.InitFlushQueue(group.default_domain, group.default_domain->type);
  if (error == 0) group.default_domain->type = DomainType::kDmaFq;
  return error;
}

}  // namespace groupfuzz::iommu
