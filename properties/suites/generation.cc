#include "properties/suites/generation.h"

#include <algorithm>
#include <array>

#include "harness/program/byte_codec.h"
#include "harness/program/program_words.h"

namespace groupfuzz {
namespace {

// An oddity of a machine comes with a probability of one in so many.
constexpr size_t kOddity = 7;
// How often an op is drawn anew until it has something to do.
constexpr int kTries = 8;
// One op in so many of a branch is drawn without asking whether it has something to do: another
// branch may make it so.
constexpr size_t kBlindOps = 5;

constexpr uint32_t kSeldom = 1;
constexpr uint32_t kUsual = 4;
constexpr uint32_t kOften = 12;
// An op that leads to a rarer state.
constexpr uint32_t kDeeper = 30;

struct KindWeight {
  OpKind kind;
  uint32_t weight;
};
// In the order of OpKind.
constexpr std::array<KindWeight, kOpKinds> kWeights = {{
    {OpKind::kStoreType, 4 * kOften}, {OpKind::kShowType, kSeldom},
    {OpKind::kBind, 2 * kOften},      {OpKind::kUnbind, kUsual},
    {OpKind::kGroupClaim, kOften},    {OpKind::kGroupRelease, kUsual},
    {OpKind::kDeviceClaim, kOften},   {OpKind::kDeviceRelease, kUsual},
    {OpKind::kClaimedQuery, kSeldom}, {OpKind::kAttachDevice, kUsual},
    {OpKind::kDetachDevice, kUsual},  {OpKind::kAttachGroup, kOften},
    {OpKind::kDetachGroup, kUsual},   {OpKind::kReplaceGroup, kUsual},
    {OpKind::kAttachHandle, kUsual},  {OpKind::kDetachHandle, kUsual},
    {OpKind::kReplaceHandle, kUsual}, {OpKind::kAttachPasid, kUsual},
    {OpKind::kDetachPasid, kUsual},   {OpKind::kAddDevice, kUsual},
    {OpKind::kRemoveDevice, kUsual},  {OpKind::kDmaMap, kOften},
    {OpKind::kDmaUnmap, kUsual},      {OpKind::kFreeDomain, kUsual},
}};

constexpr bool InOrder() {
  for (int i = 0; i < kOpKinds; ++i) {
    if (static_cast<int>(kWeights[i].kind) != i) return false;
  }
  return true;
}
static_assert(InOrder());

bool IsUser(Place place) { return place >= Place::kUser0 && place <= Place::kUser2; }

template <typename Enum, size_t kSize>
Enum DrawWord(Random& random, const std::array<Word<Enum>, kSize>& words) {
  return random.OneIn(kOddity) ? random.Of(words).value : words[0].value;
}

template <typename Struct, size_t kSize>
void DrawFlags(Random& random, const std::array<Flag<Struct>, kSize>& flags, Struct* value) {
  for (const Flag<Struct>& flag : flags) {
    if (random.OneIn(kOddity)) flag.Set(value, true);
  }
}

uint8_t DrawDeviceCount(Random& random) {
  constexpr std::array<uint8_t, 8> kCounts = {1, 1, 1, 1, 2, 2, 2, 3};
  return random.OneIn(2 * kCounts.size()) ? uint8_t{kMaxDevices} : random.Of(kCounts);
}

WriteBuffer DrawText(Random& random) {
  constexpr size_t kAccepted = 4;  // the words that store_type takes come first
  constexpr size_t kUnusual = 12;
  const std::span<const WriteBuffer> common = CommonTexts();
  return random.OneIn(kUnusual) ? random.Of(common) : common[random.Below(kAccepted)];
}

// 0 most of the time.
uint8_t DrawSmall(Random& random, size_t count) {
  return static_cast<uint8_t>(random.OneIn(2) ? 0 : random.Below(count));
}

Fault DrawFault(Random& random) {
  constexpr size_t kLatest = 10;
  constexpr std::array<FaultKind, 11> kKinds = {
      FaultKind::kAttach, FaultKind::kAttach,      FaultKind::kAttach,     FaultKind::kAttach,
      FaultKind::kMap,    FaultKind::kDomainAlloc, FaultKind::kFlushQueue, FaultKind::kSetPasid,
      FaultKind::kMap,    FaultKind::kAllocate,    FaultKind::kCookie};
  Fault fault;
  fault.kind = random.Of(kKinds);
  fault.first = static_cast<uint8_t>(1 + random.Below(random.OneIn(2) ? 3 : kLatest));
  fault.count = static_cast<uint8_t>(1 + DrawSmall(random, 3));
  // A region that cannot be mapped is tried again after the attach.
  const size_t lasting = fault.kind == FaultKind::kMap ? 2 : kOddity;
  if (random.OneIn(lasting)) fault.count = kEveryOccurrence;
  const std::span<const ErrnoName> errnos = FaultErrnos(fault.kind);
  fault.error = random.Of(errnos).value;
  return fault;
}

// Draws up to `count` ops from what `machine` says, and performs them there.
void DrawOps(Random& random, size_t count, size_t blind, ReferenceMachine machine,
             std::vector<Op>* ops, ReferenceMachine* after = nullptr) {
  for (size_t i = 0; i < count; ++i) {
    Op op;
    if (blind != 0 && random.OneIn(blind)) {
      op = DrawArguments(random, machine.configuration(), random.Of(kWeights).kind);
    } else {
      op = DrawOp(random, machine);
    }
    machine.Perform(op);
    ops->push_back(op);
  }
  if (after != nullptr) *after = machine;
}

}  // namespace

Configuration DrawConfiguration(Random& random) {
  Configuration configuration;
  configuration.device_count = DrawDeviceCount(random);
  for (int i = 0; i < configuration.device_count; ++i) {
    DeviceConfig& device = configuration.devices[i];
    DrawFlags(random, kDeviceFlags, &device);
    device.preference = DrawWord(random, kPreferences);
    // A device to be added is where much begins.
    if (i > 0 && random.OneIn(4)) device.present = false;
  }
  DrawFlags(random, kDriverFlags, &configuration.driver);
  configuration.driver.identity = DrawWord(random, kIdentitySupports);
  configuration.driver.blocked = DrawWord(random, kBlockedSupports);
  configuration.default_type = kDefaultTypes[DrawSmall(random, kDefaultTypes.size())].value;
  return configuration;
}

FaultPlan DrawFaults(Random& random) {
  FaultPlan plan;
  if (random.OneIn(2)) return plan;
  plan.size = random.OneIn(2) ? 2 : 1;
  for (int i = 0; i < plan.size; ++i) plan.faults[i] = DrawFault(random);
  return plan;
}

Op DrawArguments(Random& random, const Configuration& configuration, OpKind kind) {
  constexpr size_t kSeldomTrue = 8;
  const OpTraits& traits = TraitsOf(kind);
  Op op;
  op.kind = kind;
  if (traits.device) op.device = static_cast<uint8_t>(random.Below(configuration.device_count));
  if (traits.cookie) op.cookie = DrawSmall(random, kCookies);
  if (traits.domain) op.domain = DrawSmall(random, kUserDomains);
  if (traits.pasid) op.pasid = static_cast<uint8_t>(1 + DrawSmall(random, kMaxPasids));
  if (traits.flag != nullptr) op.flag = random.OneIn(kSeldomTrue);
  if (traits.text) {
    op.text = DrawText(random);
    if (random.OneIn(4 * kSeldomTrue)) op.capabilities = random.Of(kCapabilities).value;
  }
  return op;
}

uint32_t WeightOf(OpKind kind, const ReferenceMachine& machine) {
  const GroupState& state = machine.model().state();
  const bool claimed = state.owner != kNobody;
  const bool attached = IsUser(state.cur);
  switch (kind) {
    case OpKind::kAttachGroup:
    case OpKind::kAttachHandle:
      if (claimed && !attached) return kDeeper;
      break;
    case OpKind::kAddDevice:
      if (claimed && attached) return kDeeper;
      break;
    case OpKind::kDmaMap:
      if (state.cur == Place::kDefault && state.owner_cnt > 0) return 2 * kDeeper;
      break;
    case OpKind::kReplaceGroup:
    case OpKind::kReplaceHandle:
    case OpKind::kAttachPasid:
    case OpKind::kDeviceClaim:
      if (claimed && attached && state.members > 1) return kDeeper;
      break;
    default:
      break;
  }
  return kWeights[static_cast<size_t>(kind)].weight;
}

Op DrawOp(Random& random, const ReferenceMachine& machine) {
  std::array<uint32_t, kOpKinds> up_to{};
  uint32_t total = 0;
  for (int kind = 0; kind < kOpKinds; ++kind) {
    total += WeightOf(static_cast<OpKind>(kind), machine);
    up_to[kind] = total;
  }
  for (int i = 0; i < kTries; ++i) {
    const auto* end = std::upper_bound(up_to.begin(), up_to.end(), random.Below(total));
    const auto kind = static_cast<OpKind>(end - up_to.begin());
    const Op op = DrawArguments(random, machine.configuration(), kind);
    if (machine.Permits(op)) return op;
  }
  return DrawArguments(random, machine.configuration(), OpKind::kStoreType);
}

ParallelCase DrawParallel(Random& random, DesignId design, const ParallelShape& shape) {
  ParallelCase drawn;
  Program& program = drawn.program;
  program.configuration = DrawConfiguration(random);
  program.faults = DrawFaults(random);
  Normalize(&program);
  const ReferenceMachine boot(program.configuration, design);
  ReferenceMachine forked(boot);
  drawn.prefix = static_cast<uint8_t>(random.Below(static_cast<size_t>(shape.max_prefix) + 1));
  DrawOps(random, drawn.prefix, 0, boot, &program.threads[0], &forked);
  const size_t more = static_cast<size_t>(shape.max_branches - shape.min_branches) + 1;
  program.thread_count = static_cast<uint8_t>(shape.min_branches + random.Below(more));
  for (int branch = 0; branch < program.thread_count; ++branch) {
    const size_t range = static_cast<size_t>(shape.max_branch_ops - shape.min_branch_ops) + 1;
    const size_t ops = static_cast<size_t>(shape.min_branch_ops) + random.Below(range);
    DrawOps(random, ops, kBlindOps, forked, &program.threads[branch]);
  }
  Normalize(&program);
  drawn.seed = random.Next();
  constexpr std::array<uint32_t, 4> kSwitchIn = {1, 2, 4, 8};
  drawn.switch_in = random.Of(kSwitchIn);
  return drawn;
}

}  // namespace groupfuzz
