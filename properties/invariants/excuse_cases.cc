#include "properties/invariants/excuse_cases.h"

namespace groupfuzz::invariants {
namespace {

constexpr ExcuseCase kCases[] = {
    {Excuse::kLeftBehind, "D2", DesignId::kOwnerCheck, R"(
driver failed-attach-keeps
device 0
device 1
device 2
thread 0
  device_claim 2 A
  attach_handle 2 U0
fault attach 5 x2 ENOMEM
)"},
    {Excuse::kLeftBehind, "I11", DesignId::kOwnerCheck, R"(
thread 0
  group_claim 0 A
  group_release 0
fault attach 2 ENOMEM
)"},
    {Excuse::kLeftBehind, "I14", DesignId::kOwnerCheck, R"(
device 0 direct
thread 0
  store_type "DMA-FQ\n"
  store_type "DMA\n"
fault attach 2 ENOMEM
fault map 1 x2 ENOMEM
)"},
    {Excuse::kLeftBehind, "I15", DesignId::kOwnerCheck, R"(
device 0 direct
thread 0
  store_type "DMA-FQ\n"
  store_type "DMA\n"
fault attach 2 ENOMEM
fault map 1 x2 ENOMEM
)"},
    {Excuse::kLeftBehind, "I22", DesignId::kOwnerCheck, R"(
device 0
device 1 direct
thread 0
  group_claim 0 A
fault attach 3 ENOMEM
)"},
    {Excuse::kLeftBehind, "I9", DesignId::kLockedClaim, R"(
device 0
device 1
thread 0
  remove_device 0
  add_device 0
thread 1
  group_claim 1 A
fault attach 2 ENOMEM
schedule 0 0 0 1
)"},
    {Excuse::kPutsBackAll, "I16", DesignId::kLockedClaim, R"(
device 0 direct
thread 0
  store_type "DMA-FQ\n"
  store_type "DMA\n"
fault attach 2 ENOMEM
fault map 1 ENOMEM
)"},
    {Excuse::kKeepsDomains, "I30", DesignId::kDeviceLock, R"(
thread 0
)"},
    {Excuse::kDmaApiStays, "E4", DesignId::kLockedClaim, R"(
default identity
thread 0
  remove_device 0
thread 1
  store_type "DMA\n"
schedule 1 0 0 0 0 0 0 0 0 0 1 1
)"},
    {Excuse::kFinalizeServesDma, "D1", DesignId::kDeviceLock, R"(
driver finalize-attaches
device 0
device 1
thread 0
  bind 1
  dma_map 1
)"},
    {Excuse::kFinalizeAttaches, "I8", DesignId::kV6_4, R"(
driver finalize-attaches
thread 0
  group_claim 0 A
thread 1
  store_type "identity\n"
fault domain_alloc 1 ENOMEM
schedule 1 0 0 1
)"},
    {Excuse::kNoDefaultDomain, "I17", DesignId::kV6_12, R"(
default identity
driver finalize-attaches
device 0 direct
thread 0
  store_type "DMA\n"
fault map 1 x2 ENOMEM
)"},
    {Excuse::kNoDefaultDomain, "I42", DesignId::kLockedClaim, R"(
driver finalize-attaches
device 0
device 1
thread 0
  store_type "DMA\n"
)"},
    {Excuse::kProbedMeanwhile, "I37", DesignId::kV6_4, R"(
device 0
device 1 absent
thread 0
  store_type "DMA-FQ\n"
thread 1
  add_device 1
thread 2
  remove_device 0
schedule 0 0 2 0 1
)"},
    {Excuse::kProbedMeanwhile, "R3", DesignId::kOwnerCheck, R"(
device 0
device 1
thread 0
  remove_device 0
  add_device 0
thread 1
  show_type
thread 2
  remove_device 1
schedule 0 0 1 1
)"},
    {Excuse::kFallsBackToDma, "I37", DesignId::kDeviceLock, R"(
driver identity=absent
thread 0
  store_type "identity\n"
)"},
    {Excuse::kFallsBackToDma, "I38", DesignId::kV6_4, R"(
default DMA-FQ
thread 0
  store_type "identity\n"
  store_type "identity\n"
thread 1
  store_type "auto\n"
fault flush_queue 1 ENOMEM
schedule 0 0 0 0 0 0 1 0 0 0 1
)"},
    {Excuse::kOpinionsCancelOut, "I38", DesignId::kDeviceLock, R"(
device 0 prefers=DMA
device 1 prefers=identity
thread 0
)"},
    {Excuse::kAllocatorDecides, "I38", DesignId::kDeviceLock, R"(
default DMA-FQ
driver identity=static forces-identity
thread 0
)"},
    {Excuse::kAllocatorDecides, "I42", DesignId::kDeviceLock, R"(
driver identity=static forces-identity
thread 0
  store_type "identity\n"
  store_type "auto\n"
)"},
    {Excuse::kMapsAnywhere, "I40", DesignId::kDeviceLock, R"(
driver maps-only-attached
device 0
device 1 direct
thread 0
)"},
    {Excuse::kWayBackFailed, "I16", DesignId::kV6_4, R"(
thread 0
  store_type "identity\n"
fault attach 1 x* ENOMEM
)"},
    {Excuse::kWayBackFailed, "I40", DesignId::kDeviceLock, R"(
device 0 direct absent
thread 0
  add_device 0
fault attach 1 ENOMEM
)"},
    {Excuse::kCouldNotMap, "I40", DesignId::kOwnerCheck, R"(
device 0
device 1 direct absent
thread 0
  add_device 1
fault map 1 ENOMEM
)"},
    {Excuse::kUnlockedAttach, "I19", DesignId::kDeviceLock, R"(
device 0 deferred
thread 0
  bind 0
  dma_map 0
)"},
    {Excuse::kRefusedUnseen, "I20", DesignId::kOwnerCheck, R"(
device 0
device 1 direct
thread 0
  remove_device 0
  group_claim 1 A
)"},
    {Excuse::kFirstSwitch, "I14", DesignId::kDeviceLock, R"(
device 0 deferred
thread 0
  bind 0
  attach_group 0 U0
  dma_map 0
fault attach 1 x2 ENOMEM
)"},
    {Excuse::kAnythingWarns, "W1", DesignId::kClaimV1, R"(
device 0 absent
thread 0
  store_type "identity\n"
thread 1
  add_device 0
fault attach 1 ENOMEM
schedule 1 0 0 0 0 1
)"},
    {Excuse::kSharedMapping, "W1", DesignId::kLockedClaim, R"(
driver finalize-attaches
device 0
device 1 absent
thread 0
  remove_device 0
thread 1
  add_device 1
fault attach 2 ENOMEM
schedule 1 0 0 0 1
)"},
    {Excuse::kUnownedRelease, "W1", DesignId::kOwnerCheck, R"(
device 0
thread 0
  group_release 0 unowned
)"},
};

}  // namespace

std::span<const ExcuseCase> ExcuseCases() { return kCases; }

}  // namespace groupfuzz::invariants
