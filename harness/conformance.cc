#include "harness/conformance.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "harness/explorer.h"
#include "harness/names.h"
#include "harness/strategies/cached_exhaustive_strategy.h"
#include "harness/strategies/replay_strategy.h"

namespace groupfuzz {
namespace {

bool IsCallback(const Event& event) {
  switch (event.kind) {
    case EventKind::kCall:
    case EventKind::kReturn:
    case EventKind::kLock:
    case EventKind::kUnlock:
    case EventKind::kRacyRead:
      return false;
    default:
      return true;
  }
}

// What the driver and the observer of both sides can see alike: who held which lock is the
// scheduler's business, the line of a WARN the kernel's. What a paging domain is for, the driver is
// told by some kernels only.
Event Visible(Event event) {
  event.held = 0;
  event.line = 0;
  if (event.kind == EventKind::kDomainAlloc && IsPaging(static_cast<DomainType>(event.value))) {
    event.value = static_cast<uint8_t>(DomainType::kUnmanaged);
  }
  return event;
}

class Recorder final : public Monitor {
 public:
  explicit Recorder(Behaviour& behaviour) : behaviour_(behaviour) {}

  void Begin(const Program&, const System& system) override {
    system_ = &system;
    behaviour_ = {};
    Close(0);
  }
  void OnEvent(const Event& event) override {
    if (IsCallback(event)) callbacks_.push_back(Visible(event));
  }
  void OnCall(const Call&) override {}
  void OnReturn(const Call&, int64_t) override {}
  void OnOpStart(uint8_t, uint8_t) override {}
  void OnOpEnd(uint8_t, uint8_t, int64_t result) override { Close(result); }
  void OnProblem(ExecutionProblem problem, uint8_t, kernel::LockClass, kernel::LockClass) override {
    // Lock order is learned, not shown by one op.
    if (problem != ExecutionProblem::kLockOrder) behaviour_.abandoned = true;
  }
  void OnProgramEnd(bool abandoned) override {
    behaviour_.abandoned |= abandoned;
    if (abandoned) Close(0);
  }
  void End(int leaked) override {
    behaviour_.leaked = leaked;
    if (!behaviour_.abandoned) Close(0);
  }
  uint64_t Fingerprint() const override { return 0; }

 private:
  void Close(int64_t result) {
    OpOutcome& op = behaviour_.ops.emplace_back();
    op.result = result;
    system_->TakeSnapshot(&op.after);
    op.callbacks = std::exchange(callbacks_, {});
  }

  Behaviour& behaviour_;
  const System* system_ = nullptr;
  std::vector<Event> callbacks_;
};

// --- what differs, in words ---

std::string Text(const DomainRef& domain) {
  if (!domain) return "none";
  return absl::StrCat(domain.freed ? "freed " : "", DomainTypeName(domain.type), " ", domain.id);
}

std::string Text(const Event& event) {
  return absl::StrCat("kind ", event.kind, " dev", event.device, " value ", event.value, " domain ",
                      event.domain, " = ", ResultName(event.result));
}

// Collects the first difference of a pair of values.
class Differ {
 public:
  explicit Differ(int op) : op_(op) {}

  template <typename Value>
  void Field(const std::string& where, const Value& port, const Value& kernel) {
    if (found_ || port == kernel) return;
    if constexpr (requires { Text(port); }) {
      found_ = BehaviourDifference{op_, where, Text(port), Text(kernel)};
    } else {
      found_ = BehaviourDifference{op_, where, absl::StrCat(port), absl::StrCat(kernel)};
    }
  }

  std::optional<BehaviourDifference> Take() { return std::move(found_); }

 private:
  int op_;
  std::optional<BehaviourDifference> found_;
};

void DiffDevices(const DeviceSnapshot& port, const DeviceSnapshot& kernel, const std::string& name,
                 Differ* differ) {
  differ->Field(name + ".member", port.member, kernel.member);
  differ->Field(name + ".deferred", port.deferred, kernel.deferred);
  differ->Field(name + ".direct_mapped", port.direct_mapped, kernel.direct_mapped);
  differ->Field(name + ".has_mapping", port.has_mapping, kernel.has_mapping);
  differ->Field(name + ".mapping_works", port.mapping_works, kernel.mapping_works);
  differ->Field(name + ".uses_dma_api", port.uses_dma_api, kernel.uses_dma_api);
  differ->Field(name + ".occupant", static_cast<int>(port.occupant),
                static_cast<int>(kernel.occupant));
  // The hardware knows no flush queues.
  differ->Field(name + ".hw", port.hw.id, kernel.hw.id);
}

void DiffSnapshots(const Snapshot& port, const Snapshot& kernel, Differ* differ) {
  differ->Field("exists", port.exists, kernel.exists);
  differ->Field("owner_cnt", port.owner_cnt, kernel.owner_cnt);
  differ->Field("owner", OwnerName(port.owner), OwnerName(kernel.owner));
  differ->Field("default_domain", port.default_domain, kernel.default_domain);
  differ->Field("blocking_domain", port.blocking_domain, kernel.blocking_domain);
  differ->Field("domain", port.domain, kernel.domain);
  differ->Field("pasids", int{port.pasids}, int{kernel.pasids});
  differ->Field("members", int{port.members}, int{kernel.members});
  for (int i = 0; i < kMaxDevices; ++i) {
    DiffDevices(port.devices[i], kernel.devices[i], DeviceName(static_cast<uint8_t>(i)), differ);
  }
  for (int i = 0; i < kUserDomains; ++i) {
    differ->Field(absl::StrCat("U", i), port.user_domains[i], kernel.user_domains[i]);
  }
}

std::optional<BehaviourDifference> Compare(int index, const OpOutcome& port,
                                           const OpOutcome& kernel) {
  Differ differ(index);
  const size_t common = std::min(port.callbacks.size(), kernel.callbacks.size());
  for (size_t i = 0; i < common; ++i) {
    differ.Field(absl::StrCat("callback ", i), port.callbacks[i], kernel.callbacks[i]);
  }
  differ.Field("number of callbacks", port.callbacks.size(), kernel.callbacks.size());
  differ.Field("result", ResultName(port.result), ResultName(kernel.result));
  DiffSnapshots(port.after, kernel.after, &differ);
  return differ.Take();
}

std::optional<BehaviourDifference> Compare(const Behaviour& port, const Behaviour& kernel) {
  const size_t common = std::min(port.ops.size(), kernel.ops.size());
  for (size_t i = 0; i < common; ++i) {
    std::optional<BehaviourDifference> difference =
        Compare(static_cast<int>(i) - 1, port.ops[i], kernel.ops[i]);
    if (difference) return difference;
  }
  Differ differ(static_cast<int>(common) - 1);
  differ.Field("abandoned", port.abandoned, kernel.abandoned);
  differ.Field("number of ops", port.ops.size(), kernel.ops.size());
  differ.Field("leaked objects", port.leaked != 0, kernel.leaked != 0);
  return differ.Take();
}

// --- the table ---

bool Boots(const Program&, const BehaviourDifference& difference) { return difference.op == -1; }

constexpr AcceptedDifference kAccepted[] = {
    {DesignId::kV6_12,
     "iommu_device_register() takes everything back when a group gets no default domain at boot; "
     "the port's machine boots on, so that such groups can be studied",
     Boots},
};

bool IsAccepted(DesignId judged_as, const Program& program, const BehaviourDifference& difference) {
  return std::any_of(
      std::begin(kAccepted), std::end(kAccepted), [&](const AcceptedDifference& accepted) {
        return accepted.judged_as == judged_as && accepted.applies(program, difference);
      });
}

// One thread, and no failing kzalloc(): the kernel allocates more often than the port does.
Program Comparable(const Program& program) {
  Program cut = program;
  cut.thread_count = 1;
  uint8_t kept = 0;
  for (int i = 0; i < cut.faults.size; ++i) {
    if (cut.faults.faults[i].kind != FaultKind::kAllocate) {
      cut.faults.faults[kept++] = cut.faults.faults[i];
    }
  }
  cut.faults.size = kept;
  Normalize(&cut);
  return cut;
}

}  // namespace

std::span<const AcceptedDifference> AcceptedDifferences() { return kAccepted; }

Conformance::Conformance(const Design& port, const Design& kernel)
    : port_{port, port.make()}, kernel_{kernel, kernel.make()} {}

Behaviour Conformance::Run(Side& side, const Program& program) {
  Behaviour behaviour;
  Recorder recorder(behaviour);
  ReplayStrategy replay(program.schedule);
  executor_.Run(program, *side.system, replay, recorder);
  return behaviour;
}

std::optional<BehaviourDifference> Conformance::Compare(const Program& program) {
  Program comparable = Comparable(program);
  comparable.configuration = kernel_.system->MachineOf(comparable.configuration);
  const Behaviour port = Run(port_, comparable);
  const Behaviour kernel = Run(kernel_, comparable);
  ops_ += port.ops.size();
  std::optional<BehaviourDifference> difference = groupfuzz::Compare(port, kernel);
  if (!difference || !IsAccepted(kernel_.design.judged_as, comparable, *difference)) {
    return difference;
  }
  ++accepted_;
  return std::nullopt;
}

bool Conformance::CollectOutcomes(Side& side, const Program& program, uint64_t max_executions,
                                  std::set<std::string>* outcomes, uint64_t* executions) {
  Behaviour behaviour;
  Recorder recorder(behaviour);
  CachedExhaustiveStrategy strategy;
  ExploreCallbacks callbacks;
  callbacks.on_execution = [&](const Executor::Result& result) {
    // Where exactly a thread was when it was stopped is for the scheduler to say.
    if (result.abandoned) outcomes->insert("abandoned");
    if (result.abandoned || behaviour.ops.size() < 2) return Seen::kClean;
    std::string outcome;
    const Snapshot& last = behaviour.ops[behaviour.ops.size() - 2].after;
    absl::StrAppend(&outcome, " cnt ", last.owner_cnt, " owner ", OwnerName(last.owner),
                    " default ", DomainTypeName(last.default_domain.type), " current ",
                    DomainTypeName(last.domain.type), " members ", last.members);
    outcomes->insert(std::move(outcome));
    return Seen::kClean;
  };
  const Exploration exploration = Explore(program, *side.system, strategy, executor_, recorder,
                                          callbacks, {.max_executions = max_executions});
  *executions += exploration.executions;
  return exploration.complete;
}

std::optional<Conformance::Outcomes> Conformance::SetsOfOutcomes(const Program& program,
                                                                 uint64_t max_executions) {
  Outcomes outcomes;
  const bool complete =
      CollectOutcomes(port_, program, max_executions, &outcomes.port, &outcomes.executions) &&
      CollectOutcomes(kernel_, program, max_executions, &outcomes.kernel, &outcomes.executions);
  if (!complete) return std::nullopt;
  return outcomes;
}

std::string Describe(const BehaviourDifference& difference) {
  return absl::StrCat("op ", difference.op, ": ", difference.where, " is ", difference.port,
                      " on the port, ", difference.kernel, " in the kernel");
}

}  // namespace groupfuzz
