// Protocols of store_type that each do one thing wrong, on the rules of the reference design.
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

int64_t IgnoresUsers(Core& core, Group& group, RequestedType type, const StoreRequest& request) {
  MutexLock lock(group.mutex);
  return ErrnoOrCount(core.SetupDefaultDomain(group, type), request);
}

int64_t LocksTwice(Core& core, Group& group, RequestedType type, const StoreRequest& request) {
  {
    MutexLock lock(group.mutex);
    if (group.owner_cnt != 0) return -EPERM;
  }
  return IgnoresUsers(core, group, type, request);
}

int64_t TypeBeforeQueue(Core& core, Group& group, RequestedType, const StoreRequest& request) {
  MutexLock lock(group.mutex);
  group.default_domain->type = DomainType::kDmaFq;
  return ErrnoOrCount(core.SwitchToFlushQueue(group), request);
}

int64_t OwnerWithoutCount(Core&, Group& group, RequestedType, const StoreRequest& request) {
  MutexLock lock(group.mutex);
  group.owner = request.text;
  return request.count;
}

int64_t ClaimsWithoutLooking(Core&, Group& group, RequestedType, const StoreRequest& request) {
  MutexLock lock(group.mutex);
  group.owner = request.text;
  group.owner_cnt = 1;
  return request.count;
}

// A user of the attribute waits for its users to leave.
int64_t RemovesItsGroup(Core& core, Group&, RequestedType, const StoreRequest& request) {
  core.ReleaseDevice(core.device(0));
  return request.count;
}

const char* ShowsCurrent(const Group& group) ABSL_NO_THREAD_SAFETY_ANALYSIS {
  return group.domain == nullptr ? "unknown" : DomainTypeName(group.domain->type);
}

int64_t CountWithoutOwner(Core&, Group& group, RequestedType, const StoreRequest& request) {
  MutexLock lock(group.mutex);
  group.owner_cnt = 0;
  return request.count;
}

int64_t CountsItself(Core&, Group& group, RequestedType, const StoreRequest& request) {
  MutexLock lock(group.mutex);
  ++group.owner_cnt;
  return request.count;
}

int64_t CountsBelowZero(Core&, Group& group, RequestedType, const StoreRequest& request) {
  MutexLock lock(group.mutex);
  group.owner_cnt = -1;
  return request.count;
}

int64_t LeavesBlocking(Core& core, Group& group, RequestedType, const StoreRequest& request) {
  MutexLock lock(group.mutex);
  return ErrnoOrCount(core.SetDomain(group, group.default_domain), request);
}

int64_t ClaimsInPublic(Core& core, Group& group, RequestedType type, const StoreRequest& request) {
  if (const int error = core.GroupClaimDmaOwner(group, request.text); error != 0) return error;
  {
    MutexLock lock(group.mutex);
    core.SetupDefaultDomain(group, type);
  }
  core.GroupReleaseDmaOwner(group);
  return request.count;
}

int64_t ForgetsToRestore(Core& core, Group& group, RequestedType type,
                         const StoreRequest& request) {
  MutexLock lock(group.mutex);
  Domain* old = group.default_domain;
  Domain* replacement = core.AllocDefaultDomain(group, *type);
  group.default_domain = replacement;
  if (const int error = core.SetDomain(group, replacement); error != 0) return error;
  core.FreeDomain(old);
  return request.count;
}

int64_t SwallowsError(Core& core, Group& group, RequestedType type, const StoreRequest& request) {
  MutexLock lock(group.mutex);
  core.SetupDefaultDomain(group, type);
  return request.count;
}

int64_t AttachesUnlocked(Core& core, Group& group, RequestedType,
                         const StoreRequest& request) ABSL_NO_THREAD_SAFETY_ANALYSIS {
  core.driver().Attach(group.domain, 0);
  return request.count;
}

int64_t AttachesAgain(Core& core, Group& group, RequestedType, const StoreRequest& request) {
  MutexLock lock(group.mutex);
  return ErrnoOrCount(core.AttachMembers(group, group.domain), request);
}

int64_t FinalizesLocked(Core& core, Group& group, RequestedType, const StoreRequest& request) {
  MutexLock lock(group.mutex);
  core.ProbeFinalizeAllUnlocked(group);
  return request.count;
}

int64_t FinalizesUnlocked(Core& core, Group& group, RequestedType, const StoreRequest& request) {
  core.ProbeFinalizeAllUnlocked(group);
  return request.count;
}

// The device lock is taken outside the mutex by everybody else.
int64_t InvertsLocks(Core& core, Group& group, RequestedType, const StoreRequest& request) {
  MutexLock lock(group.mutex);
  MutexLock device_lock(core.device(0).lock);
  return request.count;
}

// Nobody's opinion is asked, not even whether anything changes.
int64_t ReplacesAndMapsLate(Core& core, Group& group, RequestedType type,
                            const StoreRequest& request) {
  MutexLock lock(group.mutex);
  Domain* old = group.default_domain;
  Domain* replacement = core.AllocDefaultDomain(group, *type);
  group.default_domain = replacement;
  core.SetDomain(group, replacement);
  core.CreateDirectMappingsAll(group, replacement, Core::OnError::kGoOn);
  core.FreeDomain(old);
  return request.count;
}

int64_t FallsBackToDma(Core& core, Group& group, RequestedType type, const StoreRequest& request) {
  MutexLock lock(group.mutex);
  int error = core.SetupDefaultDomain(group, type);
  if (error != 0) error = core.SetupDefaultDomain(group, DomainType::kDma);
  return ErrnoOrCount(error, request);
}

// Walks the devices of the bus, not those of the group.
int64_t SetsUpOthers(Core& core, Group& group, RequestedType, const StoreRequest& request) {
  MutexLock lock(group.mutex);
  for (uint8_t i = 0; i < kMaxDevices; ++i) core.SetupDmaOps(core.device(i), group.domain);
  return request.count;
}

int64_t SetsDmaOpsLate(Core& core, Group& group, RequestedType type,
                       const StoreRequest& request) ABSL_NO_THREAD_SAFETY_ANALYSIS {
  {
    MutexLock lock(group.mutex);
    if (group.devices == nullptr || group.owner_cnt != 0) return -EPERM;
    if (const int error = core.SetupDefaultDomain(group, type); error != 0) return error;
  }
  core.SetupDmaOpsAll(group);
  return request.count;
}

int64_t KeepsMutex(Core&, Group& group, RequestedType,
                   const StoreRequest&) ABSL_NO_THREAD_SAFETY_ANALYSIS {
  group.mutex.Acquire();
  return -EBUSY;
}

int64_t CountsUnlocked(Core&, Group& group, RequestedType,
                       const StoreRequest& request) ABSL_NO_THREAD_SAFETY_ANALYSIS {
  return group.owner_cnt != 0 ? -EPERM : request.count;
}

int64_t NeverEnds(Core&, Group&, RequestedType, const StoreRequest&) {
  for (;;) kernel::runtime().CallbackPoint();
}

int64_t ReturnsNothing(Core&, Group&, RequestedType, const StoreRequest&) { return 0; }

constexpr std::string_view kBoundWrite = R"(
device 0
thread 0
  bind 0
  store_type "identity"
)";
constexpr std::string_view kClaimedWrite = R"(
device 0
thread 0
  group_claim 0 A
  store_type "identity"
)";
constexpr std::string_view kWriteAndBind = R"(
device 0
thread 0
  store_type "identity"
thread 1
  bind 0
)";
constexpr std::string_view kWriteAndRemove = R"(
device 0
device 1
thread 0
  store_type "identity"
thread 1
  remove_device 0
)";
constexpr std::string_view kLazyFails = R"(
device 0
thread 0
  store_type "DMA-FQ"
fault flush_queue 1 ENOMEM
)";

// A second identity domain, which no member is attached to.
int64_t ReplacesWithoutSwitch(Core& core, Group& group, RequestedType,
                              const StoreRequest& request) {
  MutexLock lock(group.mutex);
  group.default_domain = core.AllocDefaultDomain(group, DomainType::kIdentity);
  return request.count;
}

constexpr iommu::Rules AnyIdentityIsDefault() {
  iommu::Rules rules = iommu::kRulesToday;
  rules.strict_default = false;
  return rules;
}

const BrokenDesign kBroken[] = {
    {"I1", "no test of owner_cnt", kBoundWrite, IgnoresUsers},
    {"I1", "the mutex is dropped between test and change", kWriteAndBind, LocksTwice},
    {"I2", "no test of owner_cnt", kBoundWrite, IgnoresUsers},
    {"I2", "the mutex is dropped between test and change", kWriteAndBind, LocksTwice},
    {"I3", "the type is changed before the queue is there", kLazyFails, TypeBeforeQueue},
    {"I4", "an owner is set without a count", kOneWrite, OwnerWithoutCount},
    {"I5", "the count goes without the owner", kClaimedWrite, CountWithoutOwner},
    {"I6", "the write counts itself as a driver", kOneWrite, CountsItself},
    {"I7", "the write takes an owned group over", kClaimedWrite, OwnerWithoutCount},
    {"I8", "an owned group goes to its default domain", kClaimedWrite, LeavesBlocking},
    {"E4", "a device that has not joined yet is set up for dma-iommu",
     R"(
device 0
device 1 absent
device 2
thread 0
  store_type "DMA"
  remove_device 2
thread 1
  add_device 1
)",
     SetsUpOthers},
    {"I10", "a group on a foreign domain is claimed",
     "driver finalize-attaches\ndevice 0\nthread 0\n  store_type \"identity\"\n",
     ClaimsWithoutLooking},
    {"I12", "a driver is bound on another identity domain than the default",
     "default identity\ndevice 0\ndevice 1\nthread 0\n  bind 0\n  store_type \"DMA-FQ\"\n  bind "
     "1\n",
     ReplacesWithoutSwitch, AnyIdentityIsDefault()},
    {"I13", "owner_cnt falls below zero", kOneWrite, CountsBelowZero},
    {"I15", "an attach that fails is not reported",
     "device 0\nthread 0\n  store_type \"identity\"\nfault attach 1 ENOMEM\n", SwallowsError},
    {"I17", "a failed write keeps the new default domain",
     "device 0\nthread 0\n  store_type \"identity\"\nfault attach 1 ENOMEM\n", ForgetsToRestore},
    {"I19", "attach_dev without the mutex", kOneWrite, AttachesUnlocked},
    {"I20", "a switch to the current domain attaches", kOneWrite, AttachesAgain},
    {"I25", "a domain is freed with a live mapping in it",
     "device 0\nthread 0\n  bind 0\n  dma_map 0\n  store_type \"identity\"\n", IgnoresUsers},
    {"I27", "the members are walked without the mutex", kWriteAndRemove, FinalizesUnlocked},
    {"I27", "the DMA ops of the members are set after the mutex was dropped", kOneWrite,
     SetsDmaOpsLate},
    {"I43", "the DMA ops of the members are set after the mutex was dropped", kOneWrite,
     SetsDmaOpsLate},
    {"D1", "the DMA ops of the members are set after the mutex was dropped",
     R"(
device 0
thread 0
  store_type "identity"
thread 1
  bind 0
  dma_map 0
)",
     SetsDmaOpsLate},
    {"I43", "owner_cnt is tested without the mutex", kOneWrite, CountsUnlocked},
    {"I47", "an error is returned and the mutex is kept", kOneWrite, KeepsMutex},
    {"I31", "probe_finalize is called with the mutex held", kOneWrite, FinalizesLocked},
    {"I32", "a device lock is taken inside the mutex", kWriteAndBind, InvertsLocks},
    {"X1", "a device lock is taken inside the mutex", kWriteAndBind, InvertsLocks},
    {"I33", "the mutex is dropped between test and change", kWriteAndBind, LocksTwice},
    {"I33", "the group is claimed with the public helper", kOneWrite, ClaimsInPublic},
    {"I34", "the group is claimed with the public helper",
     "device 0\nthread 0\n  store_type \"identity\"\nthread 1\n  store_type \"DMA\"\n",
     ClaimsInPublic},
    {"I35", "the group is claimed with the public helper", kWriteAndBind, ClaimsInPublic},
    {"L1", "the group is claimed with the public helper", kWriteAndBind, ClaimsInPublic},
    {"I36", "a write removes the last device of its group", kOneWrite, RemovesItsGroup},
    {"I37", "a type that cannot be had is replaced by DMA",
     "driver identity=absent\ndevice 0\nthread 0\n  store_type \"identity\"\n", FallsBackToDma},
    {"I38", "the opinion of a device is not asked",
     "device 0 prefers=DMA\nthread 0\n  store_type \"identity\"\n", ReplacesAndMapsLate},
    {"I40", "direct regions are mapped after the attach",
     "default identity\ndevice 0 direct\nthread 0\n  store_type \"DMA\"\n", ReplacesAndMapsLate},
    {"I41", "success returns 0", kOneWrite, ReturnsNothing},
    {"I42", "the current type is installed anew", "device 0\nthread 0\n  store_type \"DMA\"\n",
     ReplacesAndMapsLate},
    {.property = "R3",
     .defect = "a read shows the type of the current domain",
     .program = "device 0\nthread 0\n  group_claim 0 A\n  show_type\n",
     .show = ShowsCurrent},
    {"X2", "the write goes on for ever", kOneWrite, NeverEnds},
    {"R1", "success where the group is in use", kBoundWrite, CountsItself},
    {"R2", "success that changes nothing", kOneWrite, AttachesAgain},
};

}  // namespace

std::span<const BrokenDesign> BrokenProtocols() { return kBroken; }

}  // namespace groupfuzz
