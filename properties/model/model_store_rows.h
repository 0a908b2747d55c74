// The decision tables of store_type and show_type: behaviour 2 and 7.
// Internal to properties/model/model_tables.cc, which puts them together with those of the other
// functions.
//
// Thread-safety: constants.
#ifndef GROUPFUZZ_PROPERTIES_MODEL_MODEL_STORE_ROWS_H_
#define GROUPFUZZ_PROPERTIES_MODEL_MODEL_STORE_ROWS_H_

#include <array>
#include <cerrno>
#include <cstddef>

#include "properties/model/model_conditions.h"
#include "properties/model/model_effects.h"
#include "properties/model/model_rows.h"

namespace groupfuzz::model {

template <size_t... N>
constexpr auto Join(const Row (&... parts)[N]) {
  std::array<Row, (N + ...)> joined{};
  size_t next = 0;
  auto append = [&](const auto& part) {
    for (const Row& row : part) joined[next++] = row;
  };
  (append(parts), ...);
  return joined;
}

inline constexpr Row kWrite[] = {
    {when::kGone, act::Nothing, -ENODEV},
    {when::kNoBytes, act::Nothing, 0},
    {when::kLacksCapability, act::Nothing, -EACCES},
};
inline constexpr Row kDefaultThenText[] = {
    {when::kNoDefault, act::Nothing, -EINVAL},
    {when::kUnknownText, act::Nothing, -EINVAL},
};
inline constexpr Row kTextThenDefault[] = {
    {when::kUnknownText, act::Nothing, -EINVAL},
    {when::kNoDefault, act::Nothing, -EINVAL},
};
inline constexpr Row kLazyInPlace[] = {{when::kStrictToLazy, act::EditInPlace, kBytes}};
// The reference keeps untrusted devices strict.
inline constexpr Row kLazyTrusted[] = {{when::kUntrustedToLazy, act::Nothing, -EINVAL}};
inline constexpr Row kOnlyIdle[] = {
    {when::kEmpty, act::Nothing, -EPERM},
    {when::kCounted, act::Nothing, -EPERM},
};

inline constexpr Row kDeviceLockChange[] = {
    {when::kNotSingle, act::Nothing, -EINVAL},     {when::kBoundNotLazy, act::Nothing, -EBUSY},
    {when::kOffDefault, act::Nothing, -EBUSY},     {when::kAlways, act::ResolveDevice61, kGoOn},
    {when::kUnresolved, act::Nothing, -EINVAL},    {when::kSameType, act::Nothing, kBytes},
    {when::kLazyTarget, act::EditInPlace, kBytes}, {when::kMapsTooEarly, act::Nothing, kAnyError},
    {when::kAlways, act::Replace61, kGoOn},        {when::kAlways, act::Finalize, kBytes},
};

inline constexpr Row kClaimV1Change[] = {
    {when::kEmpty, act::LoseTrack, kAny},
    {when::kClaimCounted, act::Nothing, -EPERM},
    {when::kClaimForeign, act::Nothing, -EBUSY},
    {when::kNeedsClaim, act::Block61, kGoOn},
    {when::kNotSingle, act::Unblock61, -EINVAL},
    {when::kAlways, act::ResolveDevice61, kGoOn},
    {when::kUnresolved, act::Unblock61, -EINVAL},
    {when::kSameType, act::Unblock61, kBytes},
    {when::kLazyTarget, act::EditAndUnblock61, kBytes},
    {when::kMapsTooEarly, act::StrandOnBlocking, kAnyError},
    {when::kAlways, act::Replace61, kGoOn},
    {when::kAlways, act::Finalize, kGoOn},
    {when::kAlways, act::Unblock61, kBytes},
};

inline constexpr Row kLockedClaimChange[] = {
    {when::kForeignOrPasids, act::Nothing, -EBUSY},   {when::kAlways, act::Block61, kGoOn},
    {when::kAlways, act::ResolveGroup61, kGoOn},      {when::kUnresolved, act::Unblock61, -EINVAL},
    {when::kSameType, act::Unblock61, kGoOn},         {when::kSameType, act::Finalize, kBytes},
    {when::kMapsTooEarly, act::Unblock61, kAnyError}, {when::kAlways, act::Replace61, kGoOn},
    {when::kAlways, act::Unblock61, kGoOn},           {when::kAlways, act::Finalize, kBytes},
};

inline constexpr Row kV64Change[] = {
    {when::kAlways, act::ResolveGroup61, kGoOn}, {when::kUnresolved, act::Nothing, -EINVAL},
    {when::kSameType, act::Finalize, kBytes},    {when::kAlways, act::Replace61, kGoOn},
    {when::kAlways, act::Finalize, kBytes},
};

inline constexpr Row kChoose612[] = {
    {when::kAlways, act::ResolveGroup612, kGoOn},
    {when::kUnresolved, act::Nothing, -EINVAL},
    {when::kSameType, act::Nothing, kBytes},
    {when::kCannotAllocate, act::Nothing, -EOPNOTSUPP},
};
// The way back from it attaches who is deferred, and passes by them today.
inline constexpr Row kWayBack612[] = {{when::kNeverMapped, act::RestoreDefault612, kAnyError}};
inline constexpr Row kWayBackToday[] = {{when::kNeverMapped, act::Nothing, kAnyError}};
inline constexpr Row kSetup612[] = {{when::kAlways, act::Setup612, kBytes}};

inline constexpr auto kStoreDeviceLock = Join(kWrite, kDefaultThenText, kDeviceLockChange);
inline constexpr auto kStoreClaimV1 = Join(kWrite, kDefaultThenText, kClaimV1Change);
inline constexpr auto kStoreLockedClaim =
    Join(kWrite, kDefaultThenText, kLazyInPlace, kOnlyIdle, kLockedClaimChange);
inline constexpr auto kStoreOwnerCheck = Join(kWrite, kTextThenDefault, kLazyTrusted, kLazyInPlace,
                                              kOnlyIdle, kChoose612, kWayBackToday, kSetup612);
inline constexpr auto kStoreV64 =
    Join(kWrite, kDefaultThenText, kLazyInPlace, kOnlyIdle, kV64Change);
inline constexpr auto kStoreV612 =
    Join(kWrite, kDefaultThenText, kLazyInPlace, kOnlyIdle, kChoose612, kWayBack612, kSetup612);

inline constexpr Row kShow[] = {
    {when::kGone, act::Nothing, -ENODEV},
    {when::kAlways, act::Nothing, kShown},
};

}  // namespace groupfuzz::model

#endif  // GROUPFUZZ_PROPERTIES_MODEL_MODEL_STORE_ROWS_H_
