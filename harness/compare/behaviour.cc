#include "harness/compare/behaviour.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "target/system/names.h"
#include "target/types/iommu_api.h"

namespace groupfuzz {
namespace {

// As both sides can show it alike: the line of a WARN is the kernel's own. What a paging domain is
// for, the driver is told by some kernels only.
Event Visible(Event event) {
  event.line = 0;
  event.code = 0;
  if (event.kind == EventKind::kUseAfterFree) event.result = 0;
  if (event.kind == EventKind::kDomainAlloc && IsPaging(static_cast<DomainType>(event.value))) {
    event.value = static_cast<uint8_t>(DomainType::kUnmanaged);
  }
  return event;
}

std::string Text(const DomainRef& domain) {
  if (!domain) return "none";
  return absl::StrCat(domain.freed ? "freed " : "", DomainTypeName(domain.type), " ", domain.id);
}

std::string Text(const Event& event) {
  return absl::StrCat("T", event.thread, " kind ", event.kind, " dev", event.device, " value ",
                      event.value, " domain ", event.domain, " held ", event.held, " = ",
                      ResultName(event.result));
}

// Collects the first difference of a pair of values.
class Differ {
 public:
  explicit Differ(BehaviourDifference at) : found_(std::move(at)) {}

  template <typename Value>
  void Field(const std::string& where, const Value& port, const Value& kernel) {
    if (differs_ || port == kernel) return;
    differs_ = true;
    found_.where = where;
    if constexpr (requires { Text(port); }) {
      found_.port = Text(port);
      found_.kernel = Text(kernel);
    } else {
      found_.port = absl::StrCat(port);
      found_.kernel = absl::StrCat(kernel);
    }
  }

  std::optional<BehaviourDifference> Take() {
    return differs_ ? std::optional(std::move(found_)) : std::nullopt;
  }

 private:
  BehaviourDifference found_;
  bool differs_ = false;
};

void DiffDevices(const DeviceSnapshot& port, const DeviceSnapshot& kernel, const std::string& name,
                 Differ* differ) {
  differ->Field(name + ".member", port.member, kernel.member);
  differ->Field(name + ".deferred", port.deferred, kernel.deferred);
  differ->Field(name + ".direct_mapped", port.direct_mapped, kernel.direct_mapped);
  differ->Field(name + ".has_mapping", port.has_mapping, kernel.has_mapping);
  differ->Field(name + ".mapping_works", port.mapping_works, kernel.mapping_works);
  differ->Field(name + ".uses_dma_api", port.uses_dma_api, kernel.uses_dma_api);
  differ->Field(name + ".bound", port.bound, kernel.bound);
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
  differ->Field("reserved", int{port.reserved}, int{kernel.reserved});
  differ->Field("members", int{port.members}, int{kernel.members});
  for (int i = 0; i < kMaxDevices; ++i) {
    DiffDevices(port.devices[i], kernel.devices[i], DeviceName(static_cast<uint8_t>(i)), differ);
  }
  for (int i = 0; i < kUserDomains; ++i) {
    differ->Field(absl::StrCat("U", i), port.user_domains[i], kernel.user_domains[i]);
  }
}

void DiffOps(const OpOutcome& port, const OpOutcome& kernel, Differ* differ) {
  const size_t common = std::min(port.steps.size(), kernel.steps.size());
  for (size_t i = 0; i < common; ++i) {
    differ->Field(absl::StrCat("step ", i), port.steps[i], kernel.steps[i]);
  }
  differ->Field("number of steps", port.steps.size(), kernel.steps.size());
  differ->Field("thread", int{port.thread}, int{kernel.thread});
  differ->Field("op", int{port.op}, int{kernel.op});
  differ->Field("result", ResultName(port.result), ResultName(kernel.result));
  differ->Field("text", port.shown, kernel.shown);
  DiffSnapshots(port.after, kernel.after, differ);
}

}  // namespace

void BehaviourRecorder::Begin(const Program& program, const System& system) {
  ForwardingMonitor::Begin(program, system);
  system_ = &system;
  behaviour_ = {};
  steps_.clear();
  Close(kBootThread, 0, 0);
}

void BehaviourRecorder::OnEvent(const Event& event) {
  ForwardingMonitor::OnEvent(event);
  steps_.push_back(Visible(event));
}

void BehaviourRecorder::OnReturn(const Call& call, int64_t result) {
  ForwardingMonitor::OnReturn(call, result);
  if (call.function == Function::kShowType && result >= 0) shown_ = call.shown;
}

void BehaviourRecorder::OnOpEnd(uint8_t thread, uint8_t op, int64_t result) {
  ForwardingMonitor::OnOpEnd(thread, op, result);
  Close(thread, op, result);
}

void BehaviourRecorder::OnProblem(ExecutionProblem problem, uint8_t thread, kernel::LockClass first,
                                  kernel::LockClass second) {
  ForwardingMonitor::OnProblem(problem, thread, first, second);
  // Lock order is learned, not shown by one op.
  if (problem != ExecutionProblem::kLockOrder) behaviour_.abandoned = true;
}

void BehaviourRecorder::OnProgramEnd(bool abandoned) {
  ForwardingMonitor::OnProgramEnd(abandoned);
  behaviour_.abandoned |= abandoned;
  if (abandoned) Close(kBootThread, 0, 0);
}

void BehaviourRecorder::End(int leaked) {
  ForwardingMonitor::End(leaked);
  behaviour_.leaked = leaked;
  if (!behaviour_.abandoned) Close(kBootThread, 0, 0);
}

void BehaviourRecorder::Close(uint8_t thread, uint8_t op, int64_t result) {
  OpOutcome& outcome = behaviour_.ops.emplace_back();
  outcome.thread = thread;
  outcome.op = op;
  outcome.result = result;
  outcome.shown = std::exchange(shown_, {});
  system_->Look(&outcome.after);
  outcome.steps = std::exchange(steps_, {});
}

std::optional<BehaviourDifference> FirstDifference(const Behaviour& port, const Behaviour& kernel) {
  const size_t common = std::min(port.ops.size(), kernel.ops.size());
  for (size_t i = 0; i < common; ++i) {
    Differ differ({port.ops[i].thread, port.ops[i].op, i == 0, {}, {}, {}});
    DiffOps(port.ops[i], kernel.ops[i], &differ);
    if (std::optional<BehaviourDifference> difference = differ.Take()) return difference;
  }
  Differ differ({});
  differ.Field("abandoned", port.abandoned, kernel.abandoned);
  differ.Field("number of ops", port.ops.size(), kernel.ops.size());
  differ.Field("leaked objects", port.leaked != 0, kernel.leaked != 0);
  return differ.Take();
}

std::string Describe(const BehaviourDifference& difference) {
  const std::string at = difference.at_boot ? "boot"
                         : difference.thread == kBootThread
                             ? "end"
                             : absl::StrCat("thread ", difference.thread, ", op ", difference.op);
  return absl::StrCat(at, ": ", difference.where, " is ", difference.port, " on the port, ",
                      difference.kernel, " in the kernel");
}

}  // namespace groupfuzz
