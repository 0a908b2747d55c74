// Who has the group, and what nobody may do to it meanwhile.
#include <cerrno>

#include "properties/invariants/property_cases.h"

namespace groupfuzz {
namespace {

constexpr uint8_t kCookieA = 0;
constexpr uint8_t kCookieB = 1;

void ChangeToIdentity(Script& s) {
  s.StoreSection("identity", [&] { s.ReplaceDefault(kIdentityDomain); }, 8);
}

void BindTwo(Script& s) {
  s.config().device_count = 2;
  s.Bind(0);
  s.Bind(1);
}

// A write that takes ownership in a section of its own, as claim-v1 does.
void WriterClaims(Script& s) {
  s.Store("identity");
  s.Locked([&] {
    s.state().owner = kStoreTypeOwner;
    s.state().owner_cnt = 1;
    s.state().blocking_domain = kBlockingDomain;
    s.MoveTo(kBlockingDomain);
  });
}

// Device 1 appears in an owned group.
void AddSecondDevice(Script& s, DomainRef domain) {
  s.config().device_count = 2;
  s.config().devices[1].present = false;
  s.Claim(kCookieA, 0);
  auto join = [&s, domain] {
    s.device(1).member = true;
    ++s.state().members;
    s.Attach(1, domain);
  };
  s.Section(Function::kProbeDevice, join, 0, 1);
}

void LeaveLast(Script& s) {
  s.device(0) = {};
  s.state().members = 0;
  s.state().default_domain = s.state().blocking_domain = s.state().domain = {};
}

constexpr PropertyCase kCases[] = {
    {"I1", "owned", ChangeToIdentity,
     [](Script& s) {
       s.Claim();
       ChangeToIdentity(s);
     }},
    {"I1", "without_mutex", ChangeToIdentity,
     [](Script& s) {
       s.Boot();
       s.state().default_domain = s.state().domain = s.device(0).hw = kIdentityDomain;
       s.Section(Function::kShowType, [] {}, 9);
     }},
    {"I1", "stale_writer",
     [](Script& s) {
       s.In(1);
       ChangeToIdentity(s);
     },
     [](Script& s) {
       WriterClaims(s);
       s.In(1);
       ChangeToIdentity(s);
     }},
    {"I2", "bound",
     [](Script& s) {
       s.Bind();
       s.Unbind();
       ChangeToIdentity(s);
     },
     [](Script& s) {
       s.Bind();
       ChangeToIdentity(s);
     }},
    {"I2", "use_without_mutex",
     [](Script& s) {
       s.Bind();
       s.Unbind();
       ChangeToIdentity(s);
     },
     [](Script& s) {
       s.Call(Function::kUseDefaultDomain);
       s.Return();
       ChangeToIdentity(s);
     }},
    {"I4", "claim_without_count", [](Script& s) { s.Claim(); },
     [](Script& s) {
       auto claim = [&] {
         s.state().owner = kCookieA;
         s.state().blocking_domain = kBlockingDomain;
         s.MoveTo(kBlockingDomain);
       };
       s.Section(Function::kGroupClaim, claim);
     }},
    {"I5", "release_keeps_owner",
     [](Script& s) {
       s.Claim();
       s.Release();
     },
     [](Script& s) {
       s.Claim();
       s.Section(Function::kGroupRelease, [&] { s.state().owner_cnt = 0; });
     }},
    {"I6", "lost_unuse", BindTwo,
     [](Script& s) {
       BindTwo(s);
       s.Section(Function::kUnuseDefaultDomain, [] {}, 0, 1);
     }},
    {"I6", "cleared_by_release", BindTwo,
     [](Script& s) {
       s.Bind();
       s.Section(Function::kGroupRelease, [&] { s.state().owner_cnt = 0; });
     }},
    {"I7", "foreign_cookie",
     [](Script& s) {
       s.config().device_count = 2;
       s.Claim(kCookieA, 0);
       s.Claim(kCookieA, 1);
       s.Release(1);
       s.Release(0);
     },
     [](Script& s) {
       s.config().device_count = 2;
       s.Claim(kCookieA, 0);
       s.Claim(kCookieB, 1);
     }},
    {"I7", "claim_over_drivers", [](Script& s) { s.Claim(); },
     [](Script& s) {
       s.Bind();
       s.Section(Function::kGroupClaim, [&] {
         s.state().owner = kCookieA;
         ++s.state().owner_cnt;
       });
     }},
    {"I7", "group_claim_joins", [](Script& s) { s.Claim(); },
     [](Script& s) {
       s.Claim();
       s.Section(Function::kGroupClaim, [&] { ++s.state().owner_cnt; });
     }},
    {"I8", "back_on_default",
     [](Script& s) {
       s.Claim();
       s.Section(Function::kAttachGroup, [&] { s.MoveTo(kUserDomain); });
       s.Section(Function::kDetachGroup, [&] { s.MoveTo(kBlockingDomain); });
     },
     [](Script& s) {
       s.Claim();
       s.Section(Function::kDetachGroup, [&] { s.MoveTo(kBootDomain); });
     }},
    {"I8", "domain_nobody_attached", [](Script& s) { s.Claim(); },
     [](Script& s) {
       s.Claim();
       s.StoreSection("identity", [&] { s.MoveTo(kIdentityDomain); }, 8);
     }},
    {"I9", "joins_default", [](Script& s) { AddSecondDevice(s, kBlockingDomain); },
     [](Script& s) { AddSecondDevice(s, kBootDomain); }},
    {"I10", "foreign_domain", [](Script& s) { s.Claim(); },
     [](Script& s) {
       s.Section(Function::kAttachGroup, [&] { s.MoveTo(kUserDomain); });
       s.Claim();
     }},
    {"I10", "pasids", [](Script& s) { s.Claim(); },
     [](Script& s) {
       s.Section(Function::kAttachPasid, [&] { s.state().pasids = 2; });
       s.Claim();
     }},
    {"I11", "stays_blocked",
     [](Script& s) {
       s.Claim();
       s.Release();
     },
     [](Script& s) {
       s.Claim();
       s.Section(Function::kGroupRelease, [&] {
         s.state().owner = kNobody;
         s.state().owner_cnt = 0;
       });
     }},
    {"I11", "hardware_stays_blocked", [](Script& s) { s.Claim(); },
     [](Script& s) {
       s.Claim();
       s.Section(Function::kGroupRelease, [&] {
         s.state().owner = kNobody;
         s.state().owner_cnt = 0;
         s.state().domain = kBootDomain;
       });
     }},
    {"I11", "release_does_nothing", [](Script& s) { s.Claim(); },
     [](Script& s) {
       s.Claim();
       s.Section(Function::kGroupRelease, [] {});
     }},
    {"I12", "second_on_foreign_domain", BindTwo,
     [](Script& s) {
       s.config().device_count = 2;
       s.Bind(0);
       s.Section(Function::kAttachGroup, [&] { s.MoveTo(kUserDomain); });
       s.Bind(1);
     }},
    {"I12", "into_owned_group", BindTwo,
     [](Script& s) {
       s.Claim();
       s.Bind();
     }},
    {"I12", "beside_pasids", BindTwo,
     [](Script& s) {
       s.config().device_count = 2;
       s.Bind(0);
       s.Section(Function::kAttachPasid, [&] { s.state().pasids = 2; });
       s.Bind(1);
     }},
    {"I13", "unuse_twice",
     [](Script& s) {
       s.Bind();
       s.Unbind();
     },
     [](Script& s) {
       BindTwo(s);
       s.Section(Function::kUnuseDefaultDomain, [&] { s.state().owner_cnt -= 2; }, 0, 1);
     }},
    {"I13", "failed_use_counts",
     [](Script& s) { s.Section(Function::kUseDefaultDomain, [] {}, -EBUSY); },
     [](Script& s) {
       s.Section(Function::kUseDefaultDomain, [&] { ++s.state().owner_cnt; }, -EBUSY);
     }},
    {"I30", "owned", [](Script& s) { s.Section(Function::kReleaseDevice, [&] { LeaveLast(s); }); },
     [](Script& s) {
       s.Claim();
       s.Section(Function::kReleaseDevice, [&] { LeaveLast(s); });
     }},
    {"I30", "warning",
     [](Script& s) { s.Section(Function::kReleaseDevice, [&] { LeaveLast(s); }); },
     [](Script& s) {
       s.Section(Function::kReleaseDevice, [&] {
         LeaveLast(s);
         s.Warn(kernel::WarnSite::kGroupNotIdle);
       });
     }},
    {"I30", "keeps_domain",
     [](Script& s) { s.Section(Function::kReleaseDevice, [&] { LeaveLast(s); }); },
     [](Script& s) {
       s.Section(Function::kReleaseDevice, [&] {
         LeaveLast(s);
         s.state().default_domain = s.state().domain = kBootDomain;
       });
     }},
    {"I35", "bind_refused",
     [](Script& s) {
       s.Claim();
       s.In(1);
       s.Section(Function::kUseDefaultDomain, [] {}, -EBUSY);
     },
     [](Script& s) {
       WriterClaims(s);
       s.In(1);
       s.Section(Function::kUseDefaultDomain, [] {}, -EBUSY);
     }},
    {"I35", "claim_refused",
     [](Script& s) {
       s.Claim(kCookieA);
       s.In(1);
       s.Section(Function::kGroupClaim, [] {}, -EPERM, 0, kCookieB);
     },
     [](Script& s) {
       WriterClaims(s);
       s.In(1);
       s.Section(Function::kGroupClaim, [] {}, -EPERM, 0, kCookieB);
     }},
    {"I35", "claim_by_device_refused",
     [](Script& s) {
       s.Claim(kCookieA);
       s.In(1);
       s.Section(Function::kDeviceClaim, [] {}, -EPERM, 0, kCookieB);
     },
     [](Script& s) {
       WriterClaims(s);
       s.In(1);
       s.Section(Function::kDeviceClaim, [] {}, -EPERM, 0, kCookieB);
     }},
};

}  // namespace

std::span<const PropertyCase> OwnershipCases() { return kCases; }

}  // namespace groupfuzz
