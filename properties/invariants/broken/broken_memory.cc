// Writes that follow pointers which lead nowhere, or free domains wrongly, on the rules of the
// reference design.
#include <bit>
#include <cerrno>

#include "properties/invariants/broken/broken_design.h"
#include "target/kernel/errno.h"

namespace groupfuzz {
namespace {

using designs::ErrnoOrCount;
using designs::StoreRequest;
using iommu::Core;
using iommu::Group;
using iommu::RequestedType;
using kernel::MutexLock;

// As if the ERR_PTR() of an allocation that failed were a domain.
Domain* ErrorPointer(int error) { return std::bit_cast<Domain*>(static_cast<intptr_t>(-error)); }

int64_t FollowsErrorPointer(Core&, Group& group, RequestedType, const StoreRequest& request) {
  MutexLock lock(group.mutex);
  Domain* volatile allocated = ErrorPointer(ENOMEM);
  allocated->type = DomainType::kDma;
  return request.count;
}

int64_t FollowsNull(Core&, Group& group, RequestedType, const StoreRequest& request) {
  MutexLock lock(group.mutex);
  Domain* volatile missing = nullptr;
  missing->type = DomainType::kDma;
  return request.count;
}

int64_t KeepsErrorPointer(Core&, Group& group, RequestedType, const StoreRequest& request) {
  MutexLock lock(group.mutex);
  group.default_domain = ErrorPointer(ENOMEM);
  return request.count;
}

int64_t FreesTooEarly(Core& core, Group& group, RequestedType type, const StoreRequest& request) {
  MutexLock lock(group.mutex);
  Domain* replacement = core.AllocDefaultDomain(group, *type);
  core.driver().FreeDomain(group.default_domain);
  group.default_domain = replacement;
  return ErrnoOrCount(core.SetDomain(group, replacement), request);
}

int64_t KeepsFreedDefault(Core& core, Group& group, RequestedType, const StoreRequest& request) {
  Domain* freed;
  {
    MutexLock lock(group.mutex);
    freed = core.AllocDefaultDomain(group, DomainType::kDma);
    core.FreeDomain(freed);
  }
  core.driver().Alive(freed);
  return request.count;
}

int64_t FreesTwice(Core& core, Group& group, RequestedType, const StoreRequest& request) {
  MutexLock lock(group.mutex);
  Domain* domain = core.AllocDefaultDomain(group, DomainType::kDma);
  core.FreeDomain(domain);
  core.FreeDomain(domain);
  return request.count;
}

int64_t LosesNew(Core& core, Group& group, RequestedType, const StoreRequest& request) {
  MutexLock lock(group.mutex);
  core.AllocDefaultDomain(group, DomainType::kDma);
  return request.count;
}

const BrokenDesign kBroken[] = {
    {"I23", "the old domain is freed before the devices leave it", kOneWrite, FreesTooEarly},
    {"I24", "a new domain is lost", kOneWrite, LosesNew},
    {"I26", "a freed domain is looked at", kOneWrite, KeepsFreedDefault},
    {"I44", "a domain is freed twice", kOneWrite, FreesTwice},
    {"I44", "the error pointer of a failed allocation is followed", kOneWrite, FollowsErrorPointer},
    {"I44", "NULL is followed", kOneWrite, FollowsNull},
    {"I44", "the default domain is an error pointer", kOneWrite, KeepsErrorPointer},
};

}  // namespace

std::span<const BrokenDesign> BrokenMemory() { return kBroken; }

}  // namespace groupfuzz
