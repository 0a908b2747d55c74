// Domains and their end.
#include <cerrno>

#include "properties/invariants/property_cases.h"

namespace groupfuzz {
namespace {

void ChangeToIdentity(Script& s) {
  s.StoreSection("identity", [&] { s.ReplaceDefault(kIdentityDomain); }, 8);
}

// 6.1: the change under the mutex, the rest after it.
template <typename Rest>
void ChangeThen(Script& s, Rest rest) {
  s.Store("identity");
  s.Locked([&] {
    s.Alloc(kIdentityDomain);
    s.state().default_domain = kIdentityDomain;
    s.MoveTo(kIdentityDomain);
  });
  rest();
  s.Return(8);
}

void Finalize(Script& s) { s.Record({.kind = EventKind::kProbeFinalize, .device = 0}); }

void FreeAfterFinalize(Script& s) {
  ChangeThen(s, [&] {
    Finalize(s);
    s.Free(kBootDomain);
  });
}

void FreeBeforeFinalize(Script& s) {
  ChangeThen(s, [&] {
    s.Free(kBootDomain);
    Finalize(s);
  });
}

void ReleaseByDriver(Script& s) { s.Record({.kind = EventKind::kReleaseDevice, .device = 0}); }

// 6.12: the driver lets go of the device in the section in which it leaves.
void Leave(Script& s) {
  s.Section(Function::kReleaseDevice, [&] {
    ReleaseByDriver(s);
    s.device(0) = {};
    s.state().members = 0;
    s.state().default_domain = s.state().domain = {};
    s.Free(kBootDomain);
  });
}

// A detach, after which the user frees the domain.
void FreeWhatWasLeft(Script& s, bool fails) {
  s.Section(Function::kAttachGroup, [&] { s.MoveTo(kUserDomain); });
  s.Section(Function::kDetachGroup, [&] {
    if (!fails) return s.MoveTo(kBootDomain);
    s.Fault(FaultKind::kAttach);
    s.Warn(kernel::WarnSite::kMustSucceed);
  });
  s.Free(kUserDomain);
  s.Section(Function::kShowType, [] {}, 4);
}

void UseAfterFree(Script& s, DomainId domain) {
  s.Record({.kind = EventKind::kUseAfterFree, .domain = domain});
}

void Reach(Script& s, Reached reached) {
  s.Record({.kind = EventKind::kUseAfterFree, .value = static_cast<uint8_t>(reached)});
}

constexpr PropertyCase kCases[] = {
    {"I23", "freed_while_attached", ChangeToIdentity,
     [](Script& s) { s.Locked([&] { s.Free(kBootDomain); }); }},
    {"I23", "default_domain_dangles", ChangeToIdentity,
     [](Script& s) {
       s.StoreSection(
           "identity",
           [&] {
             s.Alloc(kIdentityDomain);
             s.state().default_domain = kIdentityDomain;
             s.Free(kIdentityDomain);
           },
           -ENOMEM);
     }},
    {"I23", "current_domain_dangles",
     [](Script& s) {
       s.Section(Function::kAttachGroup, [&] { s.MoveTo(kUserDomain); });
       s.Section(Function::kDetachGroup, [&] { s.MoveTo(kBootDomain); });
       s.Free(kUserDomain);
     },
     [](Script& s) {
       s.Section(Function::kAttachGroup, [&] { s.MoveTo(kUserDomain); });
       s.Section(Function::kDetachGroup, [&] { s.Warn(kernel::WarnSite::kMustSucceed); });
       s.Free(kUserDomain);
     }},
    {"I23", "device_not_left", [](Script& s) { FreeWhatWasLeft(s, /*fails=*/false); },
     [](Script& s) { FreeWhatWasLeft(s, /*fails=*/true); }, DesignId::kDeviceLock},
    {"I24", "double_free", ChangeToIdentity,
     [](Script& s) {
       ChangeToIdentity(s);
       s.Free(kBootDomain);
     }},
    {"I24", "static_domain_freed", ChangeToIdentity,
     [](Script& s) {
       s.config().driver.identity = Support::kStatic;
       s.Free(kIdentityDomain);
     }},
    {"I24", "leak",
     [](Script& s) {
       s.ProgramEnd();
       s.End(0);
     },
     [](Script& s) {
       s.ProgramEnd();
       s.End(1);
     }},
    {"I25", "live_mapping",
     [](Script& s) {
       s.Boot();
       s.device(0).has_mapping = s.device(0).mapping_works = true;
       s.Section(Function::kShowType, [] {}, 4);
       s.device(0).has_mapping = s.device(0).mapping_works = false;
       ChangeToIdentity(s);
     },
     [](Script& s) {
       s.Boot();
       s.device(0).has_mapping = s.device(0).mapping_works = true;
       s.Section(Function::kShowType, [] {}, 4);
       ChangeToIdentity(s);
     }},
    {"I25", "before_finalize_6_1", FreeAfterFinalize, FreeBeforeFinalize, DesignId::kDeviceLock},
    {"I25", "before_finalize_6_2", FreeAfterFinalize, FreeBeforeFinalize, DesignId::kLockedClaim},
    {"I26", "use_of_freed_domain", ChangeToIdentity,
     [](Script& s) {
       ChangeToIdentity(s);
       UseAfterFree(s, kBootDomain.id);
     }},
    {"I44", "freed_domain_under_mutex", ChangeToIdentity,
     [](Script& s) {
       ChangeToIdentity(s);
       s.Store("DMA");
       s.Lock();
       UseAfterFree(s, kBootDomain.id);
     }},
    {"I27", "device_that_left", Leave,
     [](Script& s) {
       s.Store("identity");
       UseAfterFree(s, kNoDomain);
     }},
    {"I27", "list_unlocked", Leave,
     [](Script& s) {
       s.Record({.kind = EventKind::kUnguarded,
                 .value = static_cast<uint8_t>(GuardedField::kNextDevice)});
     }},
    {"I28", "member_without_driver", Leave,
     [](Script& s) {
       s.In(1);
       s.Call(Function::kReleaseDevice);
       ReleaseByDriver(s);
       s.In(0);
       s.device(0).hw = {};
       s.Section(Function::kShowType, [] {}, 4);
     }},
    {"I28", "released_under_a_section", Leave,
     [](Script& s) {
       s.Store("identity");
       s.Lock();
       s.In(1);
       s.Call(Function::kReleaseDevice);
       ReleaseByDriver(s);
     }},
    {"I28", "device_that_left_under_mutex", Leave,
     [](Script& s) {
       s.Store("identity");
       s.Lock();
       UseAfterFree(s, kNoDomain);
     }},
    {"I44", "null_pointer", ChangeToIdentity,
     [](Script& s) {
       s.Store("identity");
       s.Lock();
       Reach(s, Reached::kNull);
     }},
    {"I44", "group_that_is_gone", Leave, [](Script& s) { Reach(s, Reached::kFreedGroup); }},
    {"I44", "device_that_is_gone", Leave, [](Script& s) { Reach(s, Reached::kFreedDevice); }},
    {"I44", "list_that_leads_nowhere", ChangeToIdentity,
     [](Script& s) {
       s.Boot();
       s.state().corrupt = Corrupt::kMembers;
       s.Section(Function::kShowType, [] {}, 4);
     }},
    {"I28", "use_under_mutex", Leave,
     [](Script& s) {
       s.In(1);
       s.Call(Function::kReleaseDevice);
       ReleaseByDriver(s);
       s.In(0);
       s.Store("identity");
       s.Lock();
       UseAfterFree(s, kNoDomain);
     }},
};

}  // namespace

std::span<const PropertyCase> MemoryCases() { return kCases; }

}  // namespace groupfuzz
