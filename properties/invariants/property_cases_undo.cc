// What fails or ends and is undone, and the text of the type attribute.
#include <cerrno>

#include "properties/invariants/property_cases.h"

namespace groupfuzz {
namespace {

using kernel::WarnSite;

constexpr uint8_t kPasid = 1;

// A call that fails after `edit`.
template <typename Edit>
void Fail(Script& s, Function function, Edit edit) {
  s.Section(function, edit, -ENOMEM);
}

// A claim of a device that can neither be blocked nor put back.
void LoseDevice(Script& s, bool last_resort) {
  s.Claim();
  s.Section(
      Function::kAttachGroup,
      [&s] {
        s.Fault(FaultKind::kAttach);
        s.Attach(0, kUserDomain, ENOMEM);
        s.Attach(0, kBlockingDomain, ENOMEM);
        s.Warn(WarnSite::kRollback);
      },
      -ENOMEM);
  s.Section(Function::kDeviceRelease, [&s, last_resort] {
    s.state().owner = kNobody;
    s.state().owner_cnt = 0;
    s.Attach(0, kBootDomain, ENOMEM);
    if (last_resort) s.Attach(0, kBlockingDomain, ENOMEM);
    s.state().domain = kBootDomain;
    s.Warn(WarnSite::kMustSucceed);
  });
}

void FailedProbe(Script& s, bool releases) {
  s.config().device_count = 2;
  s.config().devices[1].present = false;
  s.Call(Function::kProbeDevice, 1);
  s.Record({.kind = EventKind::kProbeDevice, .device = 1});
  s.Locked([&] {
    if (releases) s.Record({.kind = EventKind::kReleaseDevice, .device = 1});
  });
  s.Return(-ENOMEM);
}

// One of two devices leaves.
void Leave(Script& s, bool uses_dma_api) {
  s.config().device_count = 2;
  s.Boot();
  s.device(0).uses_dma_api = s.device(1).uses_dma_api = true;
  auto leave = [&] {
    s.Record({.kind = EventKind::kReleaseDevice, .device = 1});
    s.device(1) = {};
    s.device(1).uses_dma_api = uses_dma_api;
    --s.state().members;
  };
  s.Section(Function::kReleaseDevice, leave, 0, 1);
}

// An attach with a handle that fails, after it made its entry before it took the mutex; it leaves
// `pasids`.
void FailedEarlyEntry(Script& s, uint8_t pasids) {
  s.Call(Function::kAttachHandle);
  s.state().pasids = 1;
  s.Locked([&s, pasids] { s.state().pasids = pasids; });
  s.Return(-ENOMEM);
}

// ... and that erases its entry after it dropped the mutex.
void FailedLateErase(Script& s, bool erases) {
  s.Call(Function::kAttachHandle);
  s.Locked([&s] { s.state().pasids = 1; });
  if (erases) s.state().pasids = 0;
  s.Return(-ENOMEM);
}

// A PASID is attached to two devices, of which the second one fails; `undo` comes next.
template <typename Undo>
void FailedPasid(Script& s, Undo undo) {
  s.config().device_count = 2;
  for (int device : {0, 1}) s.config().devices[device].pasids = true;
  Fail(s, Function::kAttachPasid, [&] {
    s.SetPasid(0, kUserDomain, kPasid);
    s.Fault(FaultKind::kSetPasid);
    s.SetPasid(1, kUserDomain, kPasid, ENOMEM);
    undo();
  });
}

void UndonePasid(Script& s) {
  FailedPasid(s, [&] { s.RemovePasid(0, kPasid); });
}

template <bool kHas = true>
void AttachPasid(Script& s) {
  s.config().devices[0].pasids = kHas;
  s.Section(Function::kAttachPasid, [&] {
    s.SetPasid(0, kUserDomain, kPasid);
    s.state().pasids = 1u << kPasid;
  });
}

template <bool kRemoves>
void DetachPasid(Script& s) {
  AttachPasid(s);
  s.Section(Function::kDetachPasid, [&] {
    if (kRemoves) s.RemovePasid(0, kPasid);
    s.state().pasids = 0;
  });
}

constexpr PropertyCase kCases[] = {
    {"E1", "owner_stays", [](Script& s) { Fail(s, Function::kGroupClaim, [] {}); },
     [](Script& s) { Fail(s, Function::kGroupClaim, [&] { s.state().owner = 0; }); }},
    {"E1", "attached", [](Script& s) { Fail(s, Function::kAttachHandle, [] {}); },
     [](Script& s) { Fail(s, Function::kAttachHandle, [&] { s.MoveTo(kUserDomain); }); }},
    {"E1", "handle_of_reserved_entry", [](Script& s) { Fail(s, Function::kReplaceHandle, [] {}); },
     [](Script& s) {
       s.Boot();
       s.Section(Function::kAttachHandle, [&] {
         s.MoveTo(kUserDomain);
         s.state().pasids = s.state().reserved = 1;
       });
       Fail(s, Function::kReplaceHandle, [&] { s.state().reserved = 0; });
     }},
    {"E1", "early_entry", [](Script& s) { FailedEarlyEntry(s, 0); },
     [](Script& s) { FailedEarlyEntry(s, 1u << kPasid); }},
    {"E1", "late_erase", [](Script& s) { FailedLateErase(s, true); },
     [](Script& s) { FailedLateErase(s, false); }},
    {"E1", "counted", [](Script& s) { Fail(s, Function::kUseDefaultDomain, [] {}); },
     [](Script& s) { Fail(s, Function::kUseDefaultDomain, [&] { ++s.state().owner_cnt; }); }},
    {"E1", "pasid_stays", [](Script& s) { Fail(s, Function::kAttachPasid, [] {}); },
     [](Script& s) { Fail(s, Function::kAttachPasid, [&] { s.state().pasids = 1u << kPasid; }); }},
    {"E2", "not_blocked", [](Script& s) { LoseDevice(s, true); },
     [](Script& s) { LoseDevice(s, false); }},
    {"E3", "not_released", [](Script& s) { FailedProbe(s, true); },
     [](Script& s) { FailedProbe(s, false); }},
    {"E4", "still_set_up", [](Script& s) { Leave(s, false); }, [](Script& s) { Leave(s, true); }},
    {"P1", "never_set", UndonePasid,
     [](Script& s) {
       FailedPasid(s, [&] {
         s.RemovePasid(0, kPasid);
         s.RemovePasid(1, kPasid);
       });
     }},
    {"P1", "after_a_detach", DetachPasid<true>,
     [](Script& s) {
       s.config().device_count = 2;
       AttachPasid(s);
       s.Section(Function::kDetachPasid, [&] {
         s.RemovePasid(0, kPasid);
         s.RemovePasid(1, kPasid);
         s.state().pasids = 0;
       });
     }},
    {"P3", "no_pasids", AttachPasid<true>, AttachPasid<false>},
    {"P3", "too_large", AttachPasid<true>,
     [](Script& s) {
       AttachPasid(s);
       s.Section(Function::kAttachPasid, [&] { s.SetPasid(0, kUserDomain, kMaxPasids, EINVAL); });
     }},
    {"P4", "second_device", UndonePasid,
     [](Script& s) {
       s.config().device_count = 2;
       s.config().devices[1].pasids = true;
       AttachPasid(s);
     }},
    {"P2", "not_undone", UndonePasid, [](Script& s) { FailedPasid(s, [] {}); }},
    {"P2", "not_detached", DetachPasid<true>, DetachPasid<false>},
    {"I23", "at_a_pasid",
     [](Script& s) {
       DetachPasid<true>(s);
       s.Free(kUserDomain);
     },
     [](Script& s) {
       AttachPasid(s);
       s.Free(kUserDomain);
     }},
    {"R3", "another_word", [](Script& s) { s.Show("DMA\n"); },
     [](Script& s) { s.Show("DMA-FQ\n"); }},
    {"R3", "no_newline", [](Script& s) { s.Show("DMA\n"); }, [](Script& s) { s.Show("DMA"); }},
    {"R3", "without_a_domain",
     [](Script& s) {
       s.state().exists = true;
       s.Show("unknown\n");
     },
     [](Script& s) {
       s.state().exists = true;
       s.Show("DMA\n");
     }},
};

}  // namespace

std::span<const PropertyCase> UndoCases() { return kCases; }

}  // namespace groupfuzz
