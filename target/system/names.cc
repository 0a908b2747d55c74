#include "target/system/names.h"

#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "target/kernel/errno.h"
#include "target/kernel/guarded.h"
#include "target/types/guarded_field.h"
#include "target/types/snapshot.h"

namespace groupfuzz {
namespace {

constexpr std::pair<int, std::string_view> kErrnoNames[] = {
    {EPERM, "EPERM"},           {ENOENT, "ENOENT"},       {EIO, "EIO"},
    {ENXIO, "ENXIO"},           {E2BIG, "E2BIG"},         {EAGAIN, "EAGAIN"},
    {ENOMEM, "ENOMEM"},         {EACCES, "EACCES"},       {EFAULT, "EFAULT"},
    {EBUSY, "EBUSY"},           {EEXIST, "EEXIST"},       {ENODEV, "ENODEV"},
    {EINVAL, "EINVAL"},         {ENOSPC, "ENOSPC"},       {ERANGE, "ERANGE"},
    {EOPNOTSUPP, "EOPNOTSUPP"}, {ETIMEDOUT, "ETIMEDOUT"}, {kernel::kEProbeDefer, "EPROBE_DEFER"},
};

constexpr std::array<std::string_view, kernel::kLockClasses> kLockNames = {
    "kernfs active reference", "device_lock", "iommu_probe_device_lock", "ops_rwsem",
    "group->mutex"};

constexpr std::array<std::string_view, kernel::kWarnSites> kWarnNames = {
    "a driver gives back the default domain, but nobody uses it",
    "ownership is released, but nobody holds it",
    "a claim without a cookie",
    "the group is set to no domain, but the driver cannot detach",
    "a switch that must not fail failed",
    "re-attaching the old domain failed",
    "detach by its device of a domain that is not attached, or that others are on",
    "a device is added: the group has a default domain but no domain",
    "the last device leaves a group that is in use",
    "the group is released with domains left",
    "the first entry of an empty device list is taken",
    "an untrusted device on a driver that cannot translate",
    "the first attach of the group failed",
    "a lock that must be held is not",
    "a lock is released by a thread that does not hold it",
    "the kernel's code warns",
    "a list is corrupted",
    "the kernel's code gives up",
    "a reference count leaves its range",
    "the kernel's code gives up",
};

template <typename Enum, size_t N>
std::string_view Lookup(const std::array<std::string_view, N>& names, Enum value) {
  const auto index = static_cast<size_t>(value);
  return index < N ? names[index] : "?";
}

}  // namespace

std::string ResultName(int64_t result) {
  if (result == kRefused) return "refused";
  if (result >= 0) return absl::StrCat(result);
  for (const auto& [number, name] : kErrnoNames) {
    if (number == -result) return "-" + std::string(name);
  }
  return absl::StrCat(result);
}

std::string_view KernelName(Function function) { return Lookup(kKernelNames, function); }

std::string LockName(kernel::LockClass lock_class, uint8_t device) {
  std::string name(Lookup(kLockNames, lock_class));
  if (device != kNoDevice) absl::StrAppend(&name, "(", DeviceName(device), ")");
  return name;
}

std::string DescribeUnguarded(const Event& event, std::string_view place) {
  const auto field = static_cast<GuardedField>(event.value);
  const bool written = event.result == static_cast<int16_t>(kernel::Access::kWrite);
  const auto lock = GuardedByDevice(field) ? kernel::LockClass::kDevice : kernel::LockClass::kGroup;
  return absl::StrCat(std::string(FieldName(field)), written ? " is written" : " is read",
                      " without ", LockName(lock, kNoDevice), " at ", std::string(place));
}

std::string DescribeBadAccess(const Event& event, std::string_view domain, std::string_view place) {
  const auto reached = static_cast<Reached>(event.value);
  std::string text = place.empty() ? "" : std::string(place) + ": ";
  if (!domain.empty()) {
    absl::StrAppend(&text, std::string(domain), " is used after it was freed");
  } else if (reached == Reached::kFreedObject) {
    absl::StrAppend(&text, "a device is used after it was released");
  } else {
    absl::StrAppend(&text, std::string(ReachedSentence(reached)));
  }
  if (event.result != 0) absl::StrAppend(&text, ", to address ", event.result);
  return text;
}

std::string DescribeWarning(const Event& event, std::string_view place) {
  using kernel::WarnSite;
  const auto site = static_cast<WarnSite>(event.value);
  std::string text = site == WarnSite::kBug ? "BUG" : site == WarnSite::kPanic ? "panic()" : "WARN";
  if (!place.empty()) absl::StrAppend(&text, " at ", std::string(place));
  // A line of its own says what is wrong, and so does the death of the kernel.
  if (!place.empty() && (event.line != 0 || kernel::IsDeath(site))) return text;
  return absl::StrCat(text, ": ", std::string(WarnName(site)));
}

std::string_view WarnName(kernel::WarnSite site) { return Lookup(kWarnNames, site); }

std::string DeviceName(uint8_t device) { return absl::StrCat("dev", device); }

std::string Counted(uint64_t count, std::string_view noun) {
  return absl::StrCat(count, " ", std::string(noun), count == 1 ? "" : "s");
}

std::string OwnerName(uint8_t owner) {
  if (owner == kNobody) return "-";
  if (owner == kStoreTypeOwner) return "store";
  return std::string(1, static_cast<char>('A' + owner));
}

}  // namespace groupfuzz
