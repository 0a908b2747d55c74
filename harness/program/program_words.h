// Tables that tie a yes/no field of a program to its word in the text codec, its bit in the byte
// codec and its place in the mutator.
//
// A flag is present in the text, and its bit is set, where the field differs from its default; so
// "nothing said" and "all bits zero" are the plainest machine. Append only: bits are indices.
//
// Thread-safety: constants.
#ifndef GROUPFUZZ_HARNESS_PROGRAM_PROGRAM_WORDS_H_
#define GROUPFUZZ_HARNESS_PROGRAM_PROGRAM_WORDS_H_

#include <array>

#include "harness/program/program.h"

namespace groupfuzz {

template <typename Struct>
struct Flag {
  const char* word;
  bool Struct::* field;
  bool present;  // value of the field where the flag is present

  constexpr bool In(const Struct& value) const { return value.*field == present; }
  constexpr void Set(Struct* value, bool on) const { value->*field = on == present; }
};

inline constexpr std::array<Flag<DriverConfig>, 4> kDriverFlags = {{
    {"forces-identity", &DriverConfig::forces_identity, true},
    {"finalize-attaches", &DriverConfig::finalize_attaches, true},
    {"maps-only-attached", &DriverConfig::maps_only_attached, true},
    {"failed-attach-keeps", &DriverConfig::failed_attach_detaches, false},
}};

inline constexpr std::array<Flag<DeviceConfig>, 7> kDeviceFlags = {{
    {"untrusted", &DeviceConfig::untrusted, true},
    {"direct", &DeviceConfig::direct, true},
    {"deferred", &DeviceConfig::deferred, true},
    {"managed", &DeviceConfig::managed, true},
    {"pasids", &DeviceConfig::pasids, true},
    {"no-deferred-flush", &DeviceConfig::no_deferred_flush, true},
    {"absent", &DeviceConfig::present, false},
}};

// A value of an enum and its word; index 0 is the default, the index is what bytes store.
template <typename Enum>
struct Word {
  const char* word;
  Enum value;
};

inline constexpr std::array<Word<DomainType>, 3> kDefaultTypes = {{
    {"DMA", DomainType::kDma},
    {"DMA-FQ", DomainType::kDmaFq},
    {"identity", DomainType::kIdentity},
}};

inline constexpr std::array<Word<Support>, 3> kIdentitySupports = {{
    {"allocatable", Support::kAllocatable},
    {"static", Support::kStatic},
    {"absent", Support::kAbsent},
}};

inline constexpr std::array<Word<Support>, 3> kBlockedSupports = {{
    {"static", Support::kStatic},
    {"allocatable", Support::kAllocatable},
    {"absent", Support::kAbsent},
}};

inline constexpr std::array<Word<Preference>, 3> kPreferences = {{
    {"none", Preference::kNone},
    {"DMA", Preference::kDma},
    {"identity", Preference::kIdentity},
}};

inline constexpr std::array<Word<Capabilities>, 4> kCapabilities = {{
    {"both", Capabilities::kBoth},
    {"no-sys-admin", Capabilities::kNoSysAdmin},
    {"no-sys-rawio", Capabilities::kNoSysRawio},
    {"none", Capabilities::kNone},
}};

// Index of `value`; every value of the enum that a normalized program can hold is in its table.
template <typename Enum, size_t kSize>
constexpr uint8_t IndexOf(const std::array<Word<Enum>, kSize>& words, Enum value) {
  for (size_t i = 0; i < kSize; ++i) {
    if (words[i].value == value) return static_cast<uint8_t>(i);
  }
  return 0;
}

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_PROGRAM_PROGRAM_WORDS_H_
