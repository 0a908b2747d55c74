// Policy, and what the sequential model judges.
#include <cerrno>

#include "properties/invariants/property_cases.h"

namespace groupfuzz {
namespace {

void Queue(Script& s, DomainRef domain, int result = 0) {
  s.Record({.kind = EventKind::kFlushQueue,
            .value = static_cast<uint8_t>(domain.type),
            .domain = domain.id,
            .result = static_cast<int16_t>(result)});
}

void MakeLazy(Script& s) {
  s.state().default_domain.type = s.state().domain.type = DomainType::kDmaFq;
  s.device(0).hw.type = DomainType::kDmaFq;
}

void EditInPlace(Script& s) {
  s.StoreSection(
      "DMA-FQ\n",
      [&] {
        Queue(s, kBootDomain);
        MakeLazy(s);
      },
      7);
}

// A machine whose default domain is lazy, and strict after its first write. `ready`: it had served
// the DMA API.
void BootLazy(Script& s, bool ready) {
  s.config().devices[0].no_deferred_flush = true;
  s.state().exists = true;
  s.state().members = 1;
  s.state().default_domain = s.state().domain = s.device(0).hw = kLazyDomain;
  s.device(0).member = true;
  s.device(0).uses_dma_api = ready;
  s.StoreSection("DMA-FQ", [&] { s.state().default_domain.type = DomainType::kDma; }, 6);
}

void Change(Script& s, std::string_view text, DomainRef domain, int64_t result) {
  s.StoreSection(text, [&s, domain] { s.ReplaceDefault(domain); }, result);
}

void ChangeToIdentity(Script& s) { Change(s, "identity", kIdentityDomain, 8); }

// A write that fails while the lazy default domain goes on as `left`.
void FailWhileLazy(Script& s, DomainRef left) {
  ChangeToIdentity(s);
  Change(s, "DMA-FQ", kLazyDomain, 6);
  s.StoreSection("identity", [&s, left] { s.state().default_domain = left; }, -ENOMEM);
}

void Refuse(Script& s) {
  s.StoreSection("identity", [] {}, -EPERM);
}

void NoChange(Script& s, std::string_view text, int64_t result) {
  s.StoreSection(text, [] {}, result);
}

void BootWithoutOpinion(Script& s) { s.Boot(); }

// One write under a machine with a direct region; `map` happens before the attach.
template <typename Map>
void ChangeWithDirectRegion(Script& s, Map map) {
  s.config().devices[0].direct = true;
  s.state().exists = true;
  s.state().members = 1;
  s.device(0).member = true;
  s.state().default_domain = s.state().domain = s.device(0).hw = kIdentityDomain;
  s.StoreSection(
      "DMA",
      [&] {
        s.Alloc(kStrictDomain);
        map();
        s.state().default_domain = kStrictDomain;
        s.MoveTo(kStrictDomain);
        s.Free(kIdentityDomain);
      },
      3);
}

void MapsBeforeAttach(Script& s) {
  ChangeWithDirectRegion(s, [&] {
    s.MapDirect(0, kStrictDomain);
    s.device(0).direct_mapped = true;
  });
}

template <Function kFunction, int64_t kResult>
void Alone(Script& s) {
  s.SingleThreaded();
  s.Section(kFunction, [&] { s.state().owner_cnt += kResult == 0; }, kResult);
}

// Two threads, one of which is told `result` by `function` though nothing is in its way.
void BindThenRefuse(Script& s, Function function) {
  s.Bind();
  s.Unbind();
  s.In(1);
  if (function == Function::kStoreType) {
    Refuse(s);
  } else {
    s.Section(function, [] {}, -EPERM);
  }
  s.ProgramEnd();
}

void BindAndEnd(Script& s) {
  s.Bind();
  s.In(1);
  Refuse(s);
  s.ProgramEnd();
}

// A device with a direct region joins; `map` comes before its attach.
template <typename Map>
void AddDirectMember(Script& s, Map map) {
  s.config().device_count = 2;
  s.config().devices[1].direct = true;
  s.config().devices[1].present = false;
  auto join = [&] {
    s.device(1).member = true;
    ++s.state().members;
    map();
    s.Attach(1, kBootDomain);
  };
  s.Section(Function::kProbeDevice, join, 0, 1);
}

constexpr PropertyCase kCases[] = {
    {"I3", "replaced", EditInPlace, [](Script& s) { Change(s, "DMA-FQ", kLazyDomain, 6); }},
    {"I3", "no_queue", EditInPlace,
     [](Script& s) {
       s.StoreSection(
           "DMA-FQ",
           [&] {
             Queue(s, kBootDomain, -ENOMEM);
             MakeLazy(s);
           },
           -ENOMEM);
     }},
    {"I3", "queue_lost", [](Script& s) { BootLazy(s, /*ready=*/false); },
     [](Script& s) { BootLazy(s, /*ready=*/true); }},
    {"I3", "without_mutex", EditInPlace,
     [](Script& s) {
       s.Boot();
       MakeLazy(s);
       s.Section(Function::kShowType, [] {}, 7);
     }},
    {"I3", "with_a_queue_without_mutex", EditInPlace,
     [](Script& s) {
       s.Locked([&] { Queue(s, kBootDomain); });
       MakeLazy(s);
       s.Section(Function::kShowType, [] {}, 7);
     }},
    {"I3", "back_to_strict", EditInPlace,
     [](Script& s) {
       EditInPlace(s);
       s.StoreSection(
           "DMA",
           [&] {
             s.state().default_domain.type = DomainType::kDma;
             s.state().domain.type = s.device(0).hw.type = DomainType::kDma;
           },
           3);
     }},
    {"I3", "attaches", EditInPlace,
     [](Script& s) {
       s.StoreSection(
           "DMA-FQ",
           [&] {
             Queue(s, kBootDomain);
             MakeLazy(s);
             s.Attach(0, s.state().domain);
           },
           6);
     }},
    {"I17", "default_domain", Refuse,
     [](Script& s) { Change(s, "identity", kIdentityDomain, -ENOMEM); }},
    {"I17", "current_domain", Refuse,
     [](Script& s) { s.StoreSection("identity", [&] { s.MoveTo(kBlockingDomain); }, -ENOMEM); }},
    {"I17", "no_queue",
     [](Script& s) { FailWhileLazy(s, Domain(kLazyDomain.id, DomainType::kDma)); },
     [](Script& s) { FailWhileLazy(s, Domain(kLazyDomain.id, DomainType::kIdentity)); }},
    {"I37", "other_type", ChangeToIdentity,
     [](Script& s) { Change(s, "identity", kStrictDomain, 8); }},
    {"I37", "no_word", Refuse, [](Script& s) { NoChange(s, "DMA\n\n", 5); }},
    {"I37", "no_queue",
     [](Script& s) {
       s.config().devices[0].no_deferred_flush = true;
       ChangeToIdentity(s);
       Change(s, "DMA-FQ", kStrictDomain, 6);
     },
     [](Script& s) {
       ChangeToIdentity(s);
       Change(s, "DMA-FQ", kStrictDomain, 6);
     }},
    {"I38", "ignored", ChangeToIdentity,
     [](Script& s) {
       s.config().devices[0].preference = Preference::kDma;
       ChangeToIdentity(s);
     }},
    {"I38", "untrusted", Refuse,
     [](Script& s) {
       s.config().devices[0].untrusted = true;
       ChangeToIdentity(s);
     }},
    {"I45", "untranslated", ChangeToIdentity,
     [](Script& s) {
       s.config().devices[0].untrusted = true;
       ChangeToIdentity(s);
     }},
    {"I38", "at_boot", BootWithoutOpinion,
     [](Script& s) {
       s.config().devices[0].preference = Preference::kIdentity;
       s.Boot();
     }},
    {"I38", "auto_keeps_type", [](Script& s) { NoChange(s, "auto", 4); },
     [](Script& s) {
       s.config().default_type = DomainType::kIdentity;
       NoChange(s, "auto", 4);
     }},
    {"I3", "type_before_queue", EditInPlace,
     [](Script& s) {
       s.StoreSection(
           "DMA-FQ\n",
           [&] {
             MakeLazy(s);
             Queue(s, s.state().default_domain);
           },
           7);
     }},
    {"I40", "new_member",
     [](Script& s) {
       AddDirectMember(s, [&] {
         s.MapDirect(1, kBootDomain);
         s.device(1).direct_mapped = true;
       });
     },
     [](Script& s) { AddDirectMember(s, [] {}); }},
    {"I40", "unmapped_is_another",
     [](Script& s) { AddDirectMember(s, [&] { s.MapDirect(1, kBootDomain, ENOMEM); }); },
     [](Script& s) {
       s.config().devices[0].direct = true;
       AddDirectMember(s, [&] { s.MapDirect(0, kBootDomain, ENOMEM); });
     }},
    {"I40", "attached_before_mapped", MapsBeforeAttach,
     [](Script& s) { ChangeWithDirectRegion(s, [&] { s.device(0).direct_mapped = true; }); }},
    {"I40", "never_mapped", MapsBeforeAttach,
     [](Script& s) { ChangeWithDirectRegion(s, [&] { s.MapDirect(0, kStrictDomain, ENOMEM); }); }},
    {"I41", "count", ChangeToIdentity,
     [](Script& s) { Change(s, "identity\n", kIdentityDomain, 8); }},
    {"I42", "same_type", [](Script& s) { NoChange(s, "DMA", 3); },
     [](Script& s) { Change(s, "DMA", kStrictDomain, 3); }},
    {"I42", "bounce", [](Script& s) { NoChange(s, "DMA", 3); },
     [](Script& s) {
       s.StoreSection(
           "DMA",
           [&] {
             s.MoveTo(kBlockingDomain);
             s.MoveTo(kBootDomain);
           },
           3);
     }},
    {"R1", "errno", Alone<Function::kUseDefaultDomain, 0>,
     Alone<Function::kUseDefaultDomain, -EBUSY>},
    {"R2", "count", Alone<Function::kUseDefaultDomain, 0>,
     [](Script& s) {
       s.SingleThreaded();
       s.Section(Function::kGroupClaim, [&] { ++s.state().owner_cnt; });
     }},
    {"L1", "errno", BindAndEnd, [](Script& s) { BindThenRefuse(s, Function::kGroupClaim); }},
    {"L1", "final_state", BindAndEnd,
     [](Script& s) {
       s.Bind();
       s.Boot();
       s.state().owner_cnt = 2;
       s.ProgramEnd();
     }},
    {"I34", "spurious_refusal", BindAndEnd,
     [](Script& s) { BindThenRefuse(s, Function::kStoreType); }},
};

}  // namespace

std::span<const PropertyCase> PolicyCases() { return kCases; }

}  // namespace groupfuzz
