// What an access of a tree's code to memory of the group means, where it means something.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>

#include "target/kernel/crash_trap.h"
#include "target/kernel/guarded.h"
#include "target/kernel/racy_read.h"
#include "target/kernel/runtime.h"
#include "target/kernel/source_line.h"
#include "target/linux/known_unlocked.h"
#include "target/linux/linux_host.h"
#include "target/types/guarded_field.h"

namespace groupfuzz {
namespace {

using kernel::runtime;

std::optional<GuardedField> FieldOf(gf_field field) {
  switch (field) {
    case GF_DEVICES_FIELD:
      return GuardedField::kDevices;
    case GF_DEFAULT_DOMAIN:
      return GuardedField::kDefaultDomain;
    case GF_BLOCKING_DOMAIN:
      return GuardedField::kBlockingDomain;
    case GF_DOMAIN:
      return GuardedField::kDomain;
    case GF_OWNER_CNT:
      return GuardedField::kOwnerCnt;
    case GF_OWNER:
      return GuardedField::kOwner;
    case GF_NO_FIELD:
    case GF_OTHER_FIELD:
      break;
  }
  return std::nullopt;
}

}  // namespace

// What lay at `address`, told by its size.
BadAccess LinuxHost::Outside(const void* address) const {
  const auto* byte = static_cast<const std::byte*>(address);
  for (const FreedDomain& freed : freed_domains_) {
    if (byte >= freed.begin && byte < freed.begin + freed.size) return {.domain = freed.id};
  }
  const size_t size = slab_.SizeAt(address);
  if (size == 0) return {.reached = Reached::kBeyondEnd};
  if (size == tree_.group_size) return {.reached = Reached::kFreedGroup};
  if (size == tree_.device_size) return {.reached = Reached::kFreedDevice};
  const auto* end = std::end(tree_.member_sizes);
  const bool of_member = std::find(std::begin(tree_.member_sizes), end, size) != end;
  return {.reached = of_member ? Reached::kFreedObject : Reached::kFreedMemory};
}

void LinuxHost::Misuse(const void* address, const void* code) {
  BadAccess access = slab_.IsOutside(address) ? Outside(address) : kernel::AccessTo(address);
  access.code = kernel::CodeOffset(code);
  runtime().Misuse(access);
}

void LinuxHost::AccessUnlocked(const void* address, gf_field field, bool writes, const void* code) {
  const std::optional<GuardedField> guarded = FieldOf(field);
  const bool marked = !writes && marked_[runtime().thread()] > 0;
  if (!guarded || marked || (!writes && IsKnownUnlocked(kernel::CodeOffset(code), *guarded))) {
    kernel::RacyReadPoint(guarded ? static_cast<uint8_t>(*guarded) : kNoGuardedField,
                          kernel::CodeOffset(code));
  } else {
    const auto access = writes ? kernel::Access::kWrite : kernel::Access::kRead;
    kernel::AccessUnlocked(group_lock_.state(), *guarded, access, code);
  }
  CheckAccess(address, code);
  // What it follows from here on was found without the lock.
  after_unlock_[runtime().thread()] = false;
  found_[runtime().thread()] = kernel::ReadUnseen(*static_cast<const uintptr_t*>(address));
}

// Who follows after the unlock what was found under the lock does so at a time of its own: others
// may have freed it by then. What nobody else can find is its own.
void LinuxHost::TouchAfterUnlock(const void* address) {
  if (!slab_.Contains(address)) return;
  bool reached = false;
  const bool looked = kernel::CrashTrap::CanLook([&] {
    const Looking looking(*this);
    reached = tree_.reaches(address) != 0;
  });
  if (looked && !reached) return;
  after_unlock_[runtime().thread()] = false;
  if (!runtime().Holds(group_lock_.state())) runtime().RacyReadPoint();
}

}  // namespace groupfuzz
