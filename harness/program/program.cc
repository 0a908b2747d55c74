#include "harness/program/program.h"

#include <algorithm>

#include "target/kernel/errno.h"

namespace groupfuzz {
namespace {

constexpr std::array<const char*, kFaultKinds> kFaultNames = {
    "allocate",    "domain_alloc", "attach",    "map",
    "flush_queue", "probe_device", "set_pasid", "cookie"};

// What a driver's callbacks return in practice; ENOMEM is all that a failed kzalloc() can mean.
constexpr std::array<ErrnoName, 9> kErrnos = {{{ENOMEM, "ENOMEM"},
                                               {EINVAL, "EINVAL"},
                                               {ENODEV, "ENODEV"},
                                               {EBUSY, "EBUSY"},
                                               {EIO, "EIO"},
                                               {EOPNOTSUPP, "EOPNOTSUPP"},
                                               {ENOSPC, "ENOSPC"},
                                               {EPERM, "EPERM"},
                                               {kernel::kEProbeDefer, "EPROBE_DEFER"}}};

// The value modulo `count`. Nearly every value is in range, and a division costs.
uint8_t Folded(uint8_t value, int count) {
  return value < count ? value : static_cast<uint8_t>(value % count);
}

// Brings an enum whose values are 0..count-1 into range.
template <typename Enum>
void Fold(Enum* value, int count) {
  *value = static_cast<Enum>(Folded(static_cast<uint8_t>(*value), count));
}

void NormalizeConfiguration(Configuration* configuration) {
  configuration->device_count =
      std::clamp<uint8_t>(configuration->device_count, 1, uint8_t{kMaxDevices});
  for (int i = 0; i < kMaxDevices; ++i) {
    if (i >= configuration->device_count) configuration->devices[i] = DeviceConfig{};
    Fold(&configuration->devices[i].preference, 3);
  }
  DriverConfig& driver = configuration->driver;
  Fold(&driver.identity, 3);
  Fold(&driver.blocked, 3);
  if (driver.forces_identity) driver.identity = Support::kStatic;
  const DomainType type = configuration->default_type;
  if (type != DomainType::kDmaFq && type != DomainType::kIdentity) {
    configuration->default_type = DomainType::kDma;
  }
}

void NormalizeText(WriteBuffer* text) {
  text->size = std::min<uint8_t>(text->size, uint8_t{kMaxTextBytes});
  std::fill(text->bytes.begin() + text->size, text->bytes.end(), '\0');
}

void NormalizeOp(Op* op, int device_count) {
  Fold(&op->kind, kOpKinds);
  const OpTraits& traits = TraitsOf(op->kind);
  op->device = traits.device ? Folded(op->device, device_count) : 0;
  op->cookie = traits.cookie ? Folded(op->cookie, kCookies) : 0;
  op->domain = traits.domain ? Folded(op->domain, kUserDomains) : 0;
  op->pasid = traits.pasid ? std::clamp<uint8_t>(op->pasid, 1, uint8_t{kMaxPasids}) : 1;
  op->flag = op->flag && traits.flag != nullptr;
  if (traits.text) {
    Fold(&op->capabilities, 4);
    NormalizeText(&op->text);
  } else {
    op->capabilities = Capabilities::kBoth;
    op->text = WriteBuffer{};
  }
}

void NormalizeFault(Fault* fault) {
  Fold(&fault->kind, kFaultKinds);
  fault->first = std::max<uint8_t>(fault->first, 1);
  fault->count = std::max<uint8_t>(fault->count, 1);
  const std::span<const ErrnoName> errnos = FaultErrnos(fault->kind);
  const bool known = std::any_of(errnos.begin(), errnos.end(),
                                 [&](const ErrnoName& e) { return e.value == fault->error; });
  if (!known) fault->error = errnos[0].value;
}

void NormalizeFaults(FaultPlan* plan) {
  const int size = std::min<int>(plan->size, kMaxFaults);
  FaultPlan result;
  for (int i = 0; i < size; ++i) {
    Fault fault = plan->faults[i];
    NormalizeFault(&fault);
    const auto end = result.faults.begin() + result.size;
    if (std::any_of(result.faults.begin(), end,
                    [&](const Fault& other) { return FaultsOverlap(other, fault); })) {
      continue;
    }
    const auto place = std::upper_bound(result.faults.begin(), end, fault, FaultBefore);
    std::move_backward(place, end, end + 1);
    *place = fault;
    ++result.size;
  }
  *plan = result;
}

void NormalizeSchedule(Schedule* schedule, int thread_count) {
  if (thread_count == 1) {
    schedule->choices.clear();
    schedule->tail = Tail::kContinue;
  }
  Fold(&schedule->tail, 2);
  if (schedule->choices.size() > kMaxChoices) schedule->choices.resize(kMaxChoices);
  for (uint8_t& choice : schedule->choices) choice = Folded(choice, thread_count);
  if (schedule->tail == Tail::kRandom) return;
  schedule->seed = 0;
  while (!schedule->choices.empty() && schedule->choices.back() == 0) schedule->choices.pop_back();
}

}  // namespace

constexpr std::array<OpTraits, kOpKinds> kOpTraits = {{
    {.name = "store_type", .text = true},
    {.name = "show_type"},
    {.name = "bind", .device = true, .flag = "probe-fails"},
    {.name = "unbind", .device = true},
    {.name = "group_claim", .device = true, .cookie = true},
    {.name = "group_release", .device = true, .flag = "unowned"},
    {.name = "device_claim", .device = true, .cookie = true},
    {.name = "device_release", .device = true, .flag = "unowned"},
    {.name = "claimed_query"},
    {.name = "attach_device", .device = true, .domain = true},
    {.name = "detach_device", .device = true},
    {.name = "attach_group", .device = true, .domain = true},
    {.name = "detach_group", .device = true},
    {.name = "replace_group", .device = true, .domain = true},
    {.name = "attach_handle", .device = true, .domain = true, .flag = "null-handle"},
    {.name = "detach_handle", .device = true},
    {.name = "replace_handle", .device = true, .domain = true, .flag = "null-handle"},
    {.name = "attach_pasid", .device = true, .domain = true, .pasid = true},
    {.name = "detach_pasid", .device = true, .pasid = true},
    {.name = "add_device", .device = true},
    {.name = "remove_device", .device = true},
    {.name = "dma_map", .device = true},
    {.name = "dma_unmap", .device = true},
    {.name = "free_domain", .domain = true},
}};
static_assert(kOpTraits.back().name != nullptr, "an op has no row");

bool FaultsOverlap(const Fault& a, const Fault& b) {
  if (a.kind != b.kind) return false;
  const Fault& low = a.first <= b.first ? a : b;
  const Fault& high = a.first <= b.first ? b : a;
  return low.count == kEveryOccurrence || high.first < low.first + low.count;
}

bool FaultBefore(const Fault& a, const Fault& b) {
  return a.kind != b.kind ? a.kind < b.kind : a.first < b.first;
}

void Normalize(Program* program) {
  NormalizeConfiguration(&program->configuration);
  program->thread_count = std::clamp<uint8_t>(program->thread_count, 1, uint8_t{kMaxThreads});
  for (int t = 0; t < kMaxThreads; ++t) {
    std::vector<Op>& ops = program->threads[t];
    const size_t limit = t < program->thread_count ? kMaxOps : 0;
    if (ops.size() > limit) ops.resize(limit);
    for (Op& op : ops) NormalizeOp(&op, program->configuration.device_count);
  }
  NormalizeFaults(&program->faults);
  NormalizeSchedule(&program->schedule, program->thread_count);
}

Footprint FootprintOf(const Program& program) {
  Footprint footprint;
  for (int t = 0; t < program.thread_count; ++t) {
    Footprint::Thread& thread = footprint.threads[t];
    for (const Op& op : program.threads[t]) {
      const uint32_t bit = OpBit(op.kind);
      thread.op_kinds |= bit;
      if (TraitsOf(op.kind).device) thread.device_ops[op.device] |= bit;
    }
  }
  return footprint;
}

int OpCount(const Program& program) {
  size_t count = 0;
  for (int t = 0; t < program.thread_count; ++t) count += program.threads[t].size();
  return static_cast<int>(count);
}

const char* FaultName(FaultKind kind) { return kFaultNames[static_cast<size_t>(kind)]; }

std::span<const ErrnoName> FaultErrnos(FaultKind kind) {
  const bool allocation =
      kind == FaultKind::kAllocate || kind == FaultKind::kFlushQueue || kind == FaultKind::kCookie;
  return std::span(kErrnos).first(allocation ? 1 : kErrnos.size());
}

}  // namespace groupfuzz
