// What devices translate through, and how they get there.
#include <cerrno>

#include "properties/invariants/property_cases.h"

namespace groupfuzz {
namespace {

using kernel::WarnSite;

void ThreeDevices(Script& s) { s.config().device_count = 3; }

// A write in which device 1 of three cannot be attached; `roll_back` puts devices back.
template <typename RollBack>
void FailedWrite(Script& s, RollBack roll_back) {
  ThreeDevices(s);
  auto change = [&] {
    s.Alloc(kIdentityDomain);
    s.Attach(0, kIdentityDomain);
    s.Fault(FaultKind::kAttach);
    s.Attach(1, kIdentityDomain, ENOMEM);
    roll_back();
    s.Free(kIdentityDomain);
  };
  s.StoreSection("identity", change, -ENOMEM);
}

void RolledBack(Script& s) {
  FailedWrite(s, [&] {
    s.Attach(0, kBootDomain);
    s.Attach(1, kBootDomain);
  });
}

// Nothing depends on the order of the way back.
void RolledBackwards(Script& s) {
  FailedWrite(s, [&] {
    s.Attach(1, kBootDomain);
    s.Attach(0, kBootDomain);
  });
}

void RolledBackWhereTheDriverDoesNot(Script& s) {
  s.config().driver.failed_attach_detaches = false;
  FailedWrite(s, [&] { s.Attach(0, kBootDomain); });
}

// A write that goes on to `target`, which fails, and ends where it began.
void FailedWayBack(Script& s, DomainRef target) {
  auto change = [&] {
    s.Alloc(kIdentityDomain);
    s.Attach(0, kIdentityDomain);
    s.Fault(FaultKind::kAttach);
    s.Attach(0, target, ENOMEM);
    s.Attach(0, kBootDomain);
    s.Free(kIdentityDomain);
  };
  s.StoreSection("identity", change, -ENOMEM);
}

// A release of a claimed group in which the attach fails.
void FailedRelease(Script& s, bool reaches_target) {
  s.Claim();
  s.Section(Function::kGroupRelease, [&s, reaches_target] {
    s.state().owner = kNobody;
    s.state().owner_cnt = 0;
    s.Fault(FaultKind::kAttach);
    s.Attach(0, kBootDomain, ENOMEM);
    s.Attach(0, kBlockingDomain);
    if (reaches_target) s.state().domain = kBootDomain;
    s.Warn(WarnSite::kMustSucceed);
  });
}

// A release that does not say that it failed.
void SilentRelease(Script& s) {
  s.Claim();
  s.Section(Function::kGroupRelease, [&s] {
    s.state().owner = kNobody;
    s.state().owner_cnt = 0;
    s.Fault(FaultKind::kAttach);
    s.Attach(0, kBootDomain, ENOMEM);
    s.Attach(0, kBlockingDomain);
  });
}

// A release of two devices, of which the first one fails.
void ReleaseTwo(Script& s, bool tries_second) {
  s.config().device_count = 2;
  s.Claim();
  s.Section(Function::kGroupRelease, [&s, tries_second] {
    s.state().owner = kNobody;
    s.state().owner_cnt = 0;
    s.Fault(FaultKind::kAttach);
    s.Attach(0, kBootDomain, ENOMEM);
    s.Attach(0, kBlockingDomain);
    if (tries_second) s.Attach(1, kBootDomain);
    s.state().domain = kBootDomain;
    s.Warn(WarnSite::kMustSucceed);
  });
}

// An attach with a handle that fails, and what it leaves in pasid_array.
void FailedAttach(Script& s, uint8_t pasids, int64_t result) {
  s.Section(
      Function::kAttachHandle,
      [&s, pasids] {
        s.Fault(FaultKind::kAttach);
        s.Attach(0, kUserDomain, ENOMEM);
        s.Attach(0, kBootDomain);
        s.state().pasids = pasids;
      },
      result);
}

// The same where the entry is made before the mutex is taken, under the lock of the array.
void FailedEarlyEntry(Script& s, uint8_t pasids) {
  s.Call(Function::kAttachHandle);
  s.state().pasids = 1;
  s.Locked([&s, pasids] {
    s.Fault(FaultKind::kAttach);
    s.Attach(0, kUserDomain, ENOMEM);
    s.Attach(0, kBootDomain);
    s.state().pasids = pasids;
  });
  s.Return(-ENOMEM);
}

void ClaimTwo(Script& s) {
  s.config().device_count = 2;
  s.Claim();
}

void Defer(Script& s) { s.config().devices[0].deferred = true; }

void MapDeferred(Script& s) {
  Defer(s);
  s.Bind();
  s.Section(Function::kDmaMap, [&] { s.Attach(0, kBootDomain); });
}

void MapAndUse(Script& s, int result) {
  s.Bind();
  s.Call(Function::kDmaMap);
  s.Record({.kind = EventKind::kDma, .device = 0, .result = static_cast<int16_t>(result)});
  s.device(0).has_mapping = true;
  s.device(0).mapping_works = result == 0;
  s.Return();
}

void ChangeUnderMapping(Script& s) {
  MapAndUse(s, 0);
  s.Locked([&] {
    s.state().default_domain = kIdentityDomain;
    s.MoveTo(kIdentityDomain);
    s.device(0).mapping_works = false;
  });
}

constexpr PropertyCase kCases[] = {
    {"I14", "left_behind", [](Script& s) { s.Claim(); },
     [](Script& s) {
       s.Section(Function::kGroupClaim, [&] {
         s.state().owner = 0;
         s.state().owner_cnt = 1;
         s.state().domain = s.state().blocking_domain = kBlockingDomain;
       });
     }},
    {"I14", "outside_mutex", [](Script& s) { FailedRelease(s, true); },
     [](Script& s) {
       s.Boot();
       s.device(0).hw = kUserDomain;
       s.Section(Function::kShowType, [] {}, 4);
     }},
    {"I14", "at_program_end",
     [](Script& s) {
       s.Boot();
       s.ProgramEnd();
     },
     [](Script& s) {
       s.Boot();
       s.device(0).hw = kUserDomain;
       s.ProgramEnd();
     }},
    {"I15", "not_put_back", RolledBack, [](Script& s) { FailedWrite(s, [] {}); }},
    {"I15", "current_domain_stays_new", RolledBack,
     [](Script& s) {
       FailedWrite(s, [&] {
         s.Attach(0, kBootDomain);
         s.Attach(1, kBootDomain);
         s.state().domain = kIdentityDomain;
       });
     }},
    {"I15", "handle_stays", [](Script& s) { FailedAttach(s, 0, -ENOMEM); },
     [](Script& s) { FailedAttach(s, 1, -ENOMEM); }},
    {"I15", "early_entry", [](Script& s) { FailedEarlyEntry(s, 0); },
     [](Script& s) { FailedEarlyEntry(s, 2); }},
    {"I15", "not_reported", [](Script& s) { FailedAttach(s, 0, -ENOMEM); },
     [](Script& s) { FailedAttach(s, 0, 0); }},
    {"I16", "failing_device_left_out", RolledBack,
     [](Script& s) { FailedWrite(s, [&] { s.Attach(0, kBootDomain); }); }},
    {"I16", "moved_device_left_out", RolledBackWhereTheDriverDoesNot,
     [](Script& s) {
       s.config().driver.failed_attach_detaches = false;
       FailedWrite(s, [&] { s.Attach(1, kBootDomain); });
     }},
    {"I16", "way_back_is_no_switch", [](Script& s) { FailedWayBack(s, kBootDomain); },
     [](Script& s) { FailedWayBack(s, kStrictDomain); }},
    {"I16", "unvisited_device", RolledBack,
     [](Script& s) {
       FailedWrite(s, [&] {
         for (uint8_t i = 0; i < 3; ++i) s.Attach(i, kBootDomain);
       });
     }},
    {"I16", "twice", RolledBackwards,
     [](Script& s) {
       FailedWrite(s, [&] {
         s.Attach(1, kBootDomain);
         s.Attach(0, kBootDomain);
         s.Attach(1, kBootDomain);
       });
     }},
    {"I18", "target_not_reached", [](Script& s) { FailedRelease(s, true); },
     [](Script& s) { FailedRelease(s, false); }},
    {"I18", "without_warning", [](Script& s) { FailedRelease(s, true); }, SilentRelease},
    {"I18", "stops_at_failure", [](Script& s) { ReleaseTwo(s, true); },
     [](Script& s) { ReleaseTwo(s, false); }},
    {"I20", "same_domain", [](Script& s) { s.Section(Function::kDetachGroup, [] {}); },
     [](Script& s) { s.Section(Function::kDetachGroup, [&] { s.MoveTo(kBootDomain); }); }},
    {"I21", "attached_early", MapDeferred,
     [](Script& s) {
       Defer(s);
       s.StoreSection(
           "identity",
           [&] {
             s.Alloc(kIdentityDomain);
             s.Attach(0, kIdentityDomain);
             s.state().default_domain = s.state().domain = kIdentityDomain;
             s.Free(kBootDomain);
           },
           8);
     }},
    {"I21", "still_deferred",
     [](Script& s) {
       Defer(s);
       s.Claim();
       s.Release();
     },
     [](Script& s) {
       Defer(s);
       s.Section(Function::kDmaMap, [&] {
         s.Attach(0, kBootDomain);
         s.device(0).deferred = true;
       });
     }},
    {"I21", "attached_at_boot",
     [](Script& s) {
       Defer(s);
       s.Boot();
     },
     [](Script& s) {
       Defer(s);
       s.state().exists = true;
       s.state().members = 1;
       s.state().default_domain = s.state().domain = s.device(0).hw = kBootDomain;
       s.device(0).member = true;
       s.Boot();
     }},
    {"I22", "blocked",
     [](Script& s) {
       s.config().devices[0].direct = true;
       s.Section(Function::kGroupClaim, [] {}, -EINVAL);
     },
     [](Script& s) {
       s.config().devices[0].direct = true;
       s.Claim();
     }},
    {"I46", "left_behind",
     [](Script& s) {
       FailedRelease(s, /*reaches_target=*/true);
       s.Section(Function::kUseDefaultDomain, [] {}, -EBUSY);
     },
     [](Script& s) {
       FailedRelease(s, /*reaches_target=*/true);
       s.Section(Function::kUseDefaultDomain, [&s] { s.state().owner_cnt = 1; });
     }},
    {"I46", "after_another_driver",
     [](Script& s) {
       ReleaseTwo(s, /*tries_second=*/true);
       s.Bind(1);
     },
     [](Script& s) {
       ReleaseTwo(s, /*tries_second=*/true);
       s.Bind(1);
       s.Bind(0);
     }},
    {"D1", "dma_fails", [](Script& s) { MapAndUse(s, 0); },
     [](Script& s) { MapAndUse(s, -EFAULT); }},
    {"D1", "mapping_lost", [](Script& s) { MapAndUse(s, 0); }, ChangeUnderMapping},
    {"D2", "translates", [](Script& s) { s.Claim(); },
     [](Script& s) {
       s.Claim();
       s.Locked([&] { s.Attach(0, kUserDomain); });
     }},
    {"D3", "on_default_domain", [](Script& s) { s.Claim(); },
     [](Script& s) {
       s.Claim();
       s.Locked([&] { s.Attach(0, kBootDomain); });
     }},
    {"D3", "second_device", ClaimTwo,
     [](Script& s) {
       ClaimTwo(s);
       s.Locked([&] { s.Attach(1, kBootDomain); });
     }},
};

}  // namespace

std::span<const PropertyCase> HardwareCases() { return kCases; }

}  // namespace groupfuzz
