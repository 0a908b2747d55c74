#include "harness/report/mail_steps.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "harness/program/text_codec.h"
#include "target/kernel/lock.h"
#include "target/system/names.h"

namespace groupfuzz {
namespace {

using kernel::Lock;
using kernel::LockClass;
using OpKey = std::pair<uint8_t, uint8_t>;

std::string UserDomain(const Call& call) { return absl::StrCat("U", call.domain); }

// As a maintainer knows the function: what of its arguments tells calls apart.
std::string Arguments(const Call& call, const Op& op) {
  std::string device = DeviceName(call.device);
  switch (call.function) {
    case Function::kStoreType:
      return FormatOp(op).substr(std::string(TraitsOf(op.kind).name).size() + 1);
    case Function::kGroupClaim:
      return "owner " + OwnerName(call.cookie);
    case Function::kDeviceClaim:
      return absl::StrCat(device, ", owner ", OwnerName(call.cookie));
    case Function::kAttachDevice:
    case Function::kDetachDevice:
      return absl::StrCat(UserDomain(call), ", ", device);
    case Function::kAttachGroup:
    case Function::kDetachGroup:
    case Function::kReplaceGroup:
    case Function::kDetachHandle:
    case Function::kFreeDomain:
      return UserDomain(call);
    case Function::kAttachHandle:
    case Function::kReplaceHandle:
      return UserDomain(call) + (call.null_handle ? ", no handle" : "");
    case Function::kAttachPasid:
    case Function::kDetachPasid:
      return absl::StrCat(UserDomain(call), ", ", device, ", PASID ", call.pasid);
    case Function::kShowType:
    case Function::kGroupClaimed:
    case Function::kGroupRelease:
    case Function::kAllocDomain:
      return "";
    default:
      return device;
  }
}

// Only looks: without a bad result it says nothing.
bool OnlyLooks(Function function) {
  return function == Function::kShowType || function == Function::kGroupClaimed;
}

std::string LockStep(const Event& event) {
  const bool locks = event.kind == EventKind::kLock;
  switch (static_cast<LockClass>(event.value)) {
    case LockClass::kGroup:
      return locks ? "mutex_lock(&group->mutex)" : "mutex_unlock(&group->mutex)";
    case LockClass::kProbe:
      return locks ? "lock iommu_probe_device_lock" : "unlock iommu_probe_device_lock";
    case LockClass::kDevice:
      return absl::StrCat(locks ? "device_lock(" : "device_unlock(", DeviceName(event.device), ")");
    default:
      return absl::StrCat(locks ? "take " : "drop ",
                          LockName(static_cast<LockClass>(event.value), event.device));
  }
}

// "A"; a writer of the attribute owns the group by an address of its own.
std::string OwnerWord(uint8_t owner) { return owner == kStoreTypeOwner ? "set" : OwnerName(owner); }

bool SameDomain(const DomainRef& a, const DomainRef& b) { return a.id == b.id && a.type == b.type; }

// What of the group is not as it was: "owner_cnt is now 1".
std::vector<std::string> Changes(const Snapshot& before, const Snapshot& after,
                                 const DomainNames& names) {
  std::vector<std::string> changes;
  if (!after.exists || before.corrupt != Corrupt::kNo || after.corrupt != Corrupt::kNo) return {};
  const bool other_owner = before.exists && before.owner != after.owner;
  const std::string owner = after.owner == kNobody ? "NULL" : OwnerWord(after.owner);
  if (before.owner_cnt != after.owner_cnt) {
    changes.push_back(
        absl::StrCat("owner_cnt is now ", after.owner_cnt, other_owner ? ", owner " + owner : ""));
  } else if (other_owner) {
    changes.push_back("owner is now " + owner);
  }
  const auto domain = [&](const char* field, const DomainRef& was, const DomainRef& is) {
    if (SameDomain(was, is)) return;
    changes.push_back(absl::StrCat(field, " is now ", is ? names.Typed(is) : "NULL"));
  };
  domain("default_domain", before.default_domain, after.default_domain);
  domain("domain", before.domain, after.domain);
  return changes;
}

// "WARN at iommu.c:12", without what stands there.
std::string WithoutSource(const std::string& text) {
  const size_t at = text.find(" at ");
  return at == std::string::npos ? text : text.substr(0, text.find(": ", at));
}

class StepBuilder {
 public:
  StepBuilder(const Program& program, const Trace& trace, const std::vector<CallMoment>& calls,
              const Finding& finding, const DomainNames& names)
      : program_(program), trace_(trace), calls_(calls), finding_(finding), names_(names) {
    in_program_ = finding.thread < kMaxThreads;
    const auto size = static_cast<uint32_t>(trace.events.size());
    end_ = in_program_ ? std::min(finding.event + 1, size) : size;
    for (const Row& row : AllRows(program, trace, names)) {
      if (row.kind != RowKind::kOpStart && row.kind != RowKind::kOpEnd && row.event >= 0) {
        texts_[row.event] = row.what;
      }
    }
    FindInterrupted();
  }

  std::vector<MailStep> Build() {
    for (uint32_t i = 0; i < end_; ++i) {
      AddCalls(i);
      AddChanges(i);
      AddEvent(i);
    }
    AddLastReturns();
    return std::move(steps_);
  }

 private:
  struct Span {
    uint32_t first = std::numeric_limits<uint32_t>::max();
    uint32_t last = 0;
  };

  bool IsHistory() const { return finding_.property->group == PropertyGroup::kHistory; }

  bool IsOfFinding(const OpKey& op) const {
    return in_program_ && op == OpKey{finding_.thread, finding_.op};
  }

  // The ops in which another thread did something before the rule broke.
  void FindInterrupted() {
    std::map<OpKey, Span> spans;
    const auto widen = [&](const OpKey& op, uint32_t event) {
      Span& span = spans[op];
      span.first = std::min(span.first, event);
      span.last = std::max(span.last, event);
    };
    for (const CallMoment& moment : calls_) {
      if (moment.event < end_) widen({moment.thread, moment.op}, moment.event);
    }
    for (uint32_t i = trace_.boot_events; i < end_; ++i) {
      if (trace_.events[i].thread < kMaxThreads) {
        widen({trace_.events[i].thread, trace_.events[i].op}, i);
      }
    }
    for (const auto& [op, span] : spans) {
      detailed_[op] = (IsOfFinding(op) && finding_.property->group == PropertyGroup::kLocking);
      for (uint32_t i = span.first; i < span.last; ++i) {
        const uint8_t other = trace_.events[i].thread;
        if (other < kMaxThreads && other != op.first) detailed_[op] = true;
      }
    }
  }

  bool Detailed(const OpKey& op) const {
    const auto found = detailed_.find(op);
    return found != detailed_.end() && found->second;
  }

  void Add(uint8_t thread, int depth, std::string text) {
    const bool again = !steps_.empty() && steps_.back().thread == thread &&
                       steps_.back().text == text && text.starts_with("read ");
    if (again) return;
    steps_.push_back({thread, depth, std::move(text)});
  }

  void AddInside(uint8_t thread, std::string text) {
    Add(thread, thread < kMaxThreads ? depth_[thread] : 0, std::move(text));
  }

  // Those that come before event `index`.
  void AddCalls(uint32_t index) {
    for (; next_call_ < calls_.size() && calls_[next_call_].event <= index; ++next_call_) {
      AddCall(calls_[next_call_]);
    }
  }

  bool IsShown(const CallMoment& moment) const {
    const OpKey op{moment.thread, moment.op};
    if (!OnlyLooks(moment.call.function) || IsHistory() || IsOfFinding(op)) return true;
    return Detailed(op);
  }

  void AddCall(const CallMoment& moment) {
    if (!IsShown(moment)) return;
    int& depth = depth_[moment.thread];
    if (!moment.returns) {
      const Op& op = program_.threads[moment.thread][moment.op];
      steps_.push_back({moment.thread, depth,
                        absl::StrCat(std::string(KernelName(moment.call.function)), "(",
                                     Arguments(moment.call, op), ")")});
      ++depth;
      return;
    }
    if (moment.result < 0 || IsHistory() || moment.call.function == Function::kGroupClaimed) {
      AddInside(moment.thread, "returns " + ResultName(moment.result));
    }
    depth = std::max(depth - 1, 0);
  }

  // What the op that broke the rule returned next is a part of how it broke.
  void AddLastReturns() {
    for (; next_call_ < calls_.size() && calls_[next_call_].event <= end_; ++next_call_) {
      const CallMoment& moment = calls_[next_call_];
      const bool own = in_program_ && moment.returns && moment.thread == finding_.thread;
      if (!own && in_program_) return;
      AddCall(moment);
    }
  }

  // The mutex says who changed the group; where nobody had it, it was whoever ran before and after.
  void AddChanges(uint32_t index) {
    if (index == 0 || index < trace_.boot_events) return;
    const Event& event = trace_.events[index];
    const Event& before = trace_.events[index - 1];
    const uint8_t who = holder_ != Lock::kNoHolder      ? holder_
                        : before.thread == event.thread ? event.thread
                                                        : kBootThread;
    if (who >= kMaxThreads) return;
    for (std::string& change :
         Changes(trace_.snapshots[index - 1], trace_.snapshots[index], names_)) {
      AddInside(who, std::move(change));
    }
  }

  void AddEvent(uint32_t index) {
    const Event& event = trace_.events[index];
    if (IsGroupLock(event)) {
      holder_ = event.kind == EventKind::kLock ? event.thread : Lock::kNoHolder;
    }
    if (event.thread >= kMaxThreads) {
      if (index >= trace_.boot_events && !in_program_ && index == finding_.event) {
        Add(kBootThread, 0, texts_[static_cast<int>(index)]);
      }
      return;
    }
    if (event.kind == EventKind::kUnlock && DropEmptySection(event)) return;
    if (!IsNeeded(event, index)) return;
    AddInside(event.thread, TextOf(event, index));
  }

  static bool IsGroupLock(const Event& event) {
    return (event.kind == EventKind::kLock || event.kind == EventKind::kUnlock) &&
           static_cast<LockClass>(event.value) == LockClass::kGroup;
  }

  // Those of the harness around iommu.c matter where locks do.
  bool IsToldLock(const Event& event) const {
    const auto lock = static_cast<LockClass>(event.value);
    return (lock != LockClass::kKernfs && lock != LockClass::kOps) ||
           finding_.property->group == PropertyGroup::kLocking;
  }

  static bool IsUserDomain(const Event& event) {
    return static_cast<DomainType>(event.value) == DomainType::kUnmanaged;
  }

  // A section in which nothing that is told happened.
  bool DropEmptySection(const Event& event) {
    Event lock = event;
    lock.kind = EventKind::kLock;
    if (steps_.empty() || steps_.back().thread != event.thread ||
        steps_.back().text != LockStep(lock)) {
      return false;
    }
    if (IsOfFinding({event.thread, event.op}) &&
        finding_.property->group == PropertyGroup::kLocking) {
      return false;
    }
    steps_.pop_back();
    return true;
  }

  // Whether the same op gives `domain` to a device before the rule breaks, which says enough.
  bool IsAttachedLater(const Event& event, uint32_t index) const {
    return std::any_of(trace_.events.begin() + index, trace_.events.begin() + end_,
                       [&](const Event& later) {
                         return later.kind == EventKind::kAttach && later.domain == event.domain &&
                                later.thread == event.thread && later.op == event.op;
                       });
  }

  // The failure that is injected into the next event, which says so.
  bool IsInjected(const Event& event, uint32_t index) const {
    if (event.kind != EventKind::kAttach || event.result == 0 || index == 0) return false;
    const Event& before = trace_.events[index - 1];
    return before.kind == EventKind::kFault && before.thread == event.thread &&
           static_cast<FaultKind>(before.value) == FaultKind::kAttach &&
           before.result == event.result;
  }

  bool IsNeeded(const Event& event, uint32_t index) const {
    const OpKey op{event.thread, event.op};
    if (index == finding_.event && event.kind != EventKind::kLock) return true;
    switch (event.kind) {
      case EventKind::kLock:
      case EventKind::kUnlock:
        return Detailed(op) && IsToldLock(event);
      case EventKind::kRacyRead:
      case EventKind::kUnguarded:
      case EventKind::kProbeFinalize:
        return Detailed(op);
      case EventKind::kDomainAlloc:
        return event.result != 0 || IsUserDomain(event) || !IsAttachedLater(event, index);
      case EventKind::kProbeDevice:
        return event.result != 0;
      case EventKind::kFault:
        return index + 1 >= end_ || !IsInjected(trace_.events[index + 1], index + 1);
      default:
        return true;
    }
  }

  std::string TextOf(const Event& event, uint32_t index) const {
    const std::string& text = texts_.at(static_cast<int>(index));
    switch (event.kind) {
      case EventKind::kLock:
      case EventKind::kUnlock:
        return LockStep(event);
      case EventKind::kFault:
        return absl::StrCat("injected failure: ", FaultName(static_cast<FaultKind>(event.value)),
                            " = ", ResultName(event.result));
      case EventKind::kAttach:
        return text + (IsInjected(event, index) ? " (injected)" : "");
      case EventKind::kProbeFinalize:
      case EventKind::kProbeDevice:
      case EventKind::kReleaseDevice:
        return "ops->" + text;
      case EventKind::kWarn:
        return WithoutSource(text);
      default:
        return text;
    }
  }

  const Program& program_;
  const Trace& trace_;
  const std::vector<CallMoment>& calls_;
  const Finding& finding_;
  const DomainNames& names_;
  bool in_program_ = false;  // a program thread broke the rule
  uint32_t end_ = 0;         // events that are told
  std::map<int, std::string> texts_;
  std::map<OpKey, bool> detailed_;
  std::array<int, kMaxThreads> depth_{};
  size_t next_call_ = 0;
  uint8_t holder_ = Lock::kNoHolder;
  std::vector<MailStep> steps_;
};

}  // namespace

std::vector<MailStep> MailSteps(const Program& program, const Trace& trace,
                                const std::vector<CallMoment>& calls, const Finding& finding,
                                const DomainNames& names) {
  return StepBuilder(program, trace, calls, finding, names).Build();
}

}  // namespace groupfuzz
