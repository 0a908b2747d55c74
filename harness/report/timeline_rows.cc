#include "harness/report/timeline_rows.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "harness/program/strings.h"
#include "harness/program/text_codec.h"
#include "target/kernel/source_line.h"
#include "target/system/names.h"
#include "target/types/guarded_field.h"

namespace groupfuzz {
namespace {

using kernel::Lock;
using kernel::LockClass;

// Which thread and op did something; program threads only.
using OpKey = std::pair<uint8_t, uint8_t>;

const Op& OpOf(const Program& program, const OpKey& key) {
  return program.threads[key.first][key.second];
}

std::string NameOf(const Op& op) { return TraitsOf(op.kind).name; }

bool IsProgramEvent(const Event& event) { return event.thread < kMaxThreads; }

std::string WithResult(std::string what, int result) {
  if (result != 0) absl::StrAppend(&what, " = ", ResultName(result));
  return what;
}

std::string DeviceEventText(const Event& event, const DomainNames& names) {
  const std::string device = DeviceName(event.device);
  const std::string domain = names.Name(event.domain);
  switch (event.kind) {
    case EventKind::kAttach:
      return WithResult(absl::StrCat("attach ", device, " to ", domain), event.result);
    case EventKind::kDetach:
      return absl::StrCat("detach ", device, " from ", domain);
    case EventKind::kMap:
      return WithResult(absl::StrCat("map a region of ", device, " in ", domain), event.result);
    case EventKind::kSetPasid:
      return WithResult(absl::StrCat("set PASID ", event.value, " of ", device, " to ", domain),
                        event.result);
    case EventKind::kRemovePasid:
      return absl::StrCat("remove PASID ", event.value, " of ", device);
    case EventKind::kProbeDevice:
      return WithResult(absl::StrCat("probe_device(", device, ")"), event.result);
    case EventKind::kReleaseDevice:
      return absl::StrCat("release_device(", device, ")");
    case EventKind::kProbeFinalize:
      return absl::StrCat("probe_finalize(", device, ")");
    case EventKind::kDma:
      return absl::StrCat("DMA of ", device, event.result == 0 ? " works" : " faults");
    default:
      return "?";
  }
}

// Where the code of `event` stands; empty where it has none.
std::string PlaceOf(const Event& event) {
  return event.code == 0 ? "" : kernel::SourceLineAt(event.code).Describe();
}

std::string BadAccessText(const Event& event, const std::string& domain) {
  return absl::StrCat("BAD ACCESS: ", DescribeBadAccess(event, domain, PlaceOf(event)));
}

// Of a tree the place, which is the kernel's.
std::string RacyReadText(const Event& event) {
  const std::string field =
      event.value < kGuardedFields
          ? absl::StrCat(Abseil(FieldName(static_cast<GuardedField>(event.value))), " ")
          : "";
  const std::string place = PlaceOf(event);
  return absl::StrCat("read ", field, "unlocked", place.empty() ? "" : ", " + place);
}

// Real code says itself what is wrong; in the port a site has a name.
std::string WarnText(const Event& event) {
  if (event.code == 0) return DescribeWarning(event, "");
  const kernel::SourceLine line = kernel::SourceLineAt(event.code, event.line);
  const std::string text = line.Text();
  return absl::StrCat(DescribeWarning(event, line.Describe()), text.empty() ? "" : ": " + text);
}

std::string EventText(const Event& event, const DomainNames& names) {
  const std::string domain = names.Name(event.domain);
  const auto lock_class = static_cast<LockClass>(event.value);
  switch (event.kind) {
    case EventKind::kLock:
      return absl::StrCat("lock ", LockName(lock_class, event.device));
    case EventKind::kUnlock:
      return absl::StrCat("unlock ", LockName(lock_class, event.device));
    case EventKind::kRacyRead:
      return RacyReadText(event);
    case EventKind::kUnguarded:
      return DescribeUnguarded(event, kernel::SourceLineAt(event.code).Describe());
    case EventKind::kDomainAlloc:
      return WithResult(
          absl::StrCat("allocate ", event.domain == kNoDomain ? "a domain" : domain, " (",
                       DomainTypeName(static_cast<DomainType>(event.value)), ")"),
          event.result);
    case EventKind::kDomainFree:
      return absl::StrCat("free ", domain);
    case EventKind::kFlushQueue:
      return WithResult(absl::StrCat("flush queue for ", domain), event.result);
    case EventKind::kFault:
      return absl::StrCat("fault: ", FaultName(static_cast<FaultKind>(event.value)),
                          " fails = ", ResultName(event.result));
    case EventKind::kWarn:
      return WarnText(event);
    case EventKind::kUseAfterFree:
      return BadAccessText(event, event.domain == kNoDomain ? "" : domain);
    default:
      return DeviceEventText(event, names);
  }
}

RowKind KindOf(const Event& event) {
  const bool alarm = event.kind == EventKind::kWarn || event.kind == EventKind::kUseAfterFree ||
                     event.kind == EventKind::kUnguarded;
  if (!IsProgramEvent(event)) return alarm ? RowKind::kAlways : RowKind::kDetail;
  switch (event.kind) {
    case EventKind::kLock:
      return RowKind::kBeforeSwitch;
    case EventKind::kUnlock:
      return RowKind::kOnChange;
    default:
      return RowKind::kAlways;
  }
}

// Walks a trace once and writes its rows down.
class RowBuilder {
 public:
  RowBuilder(const Program& program, const Trace& trace, const DomainNames& names)
      : program_(program), trace_(trace), names_(names) {}

  std::vector<Row> Build() {
    IndexRecords();
    const int events = static_cast<int>(trace_.events.size());
    for (int i = 0; i < events; ++i) {
      AddEventlessOps(i);
      AddEvent(i);
      AddEnds(i);
    }
    AddEventlessOps(events);
    AddUnfinished(events - 1);
    return std::move(rows_);
  }

 private:
  struct OpRows {
    bool started = false;
    bool ended = false;
  };

  void IndexRecords() {
    for (const OpRecord& record : trace_.ops) {
      const bool silent = !HasEvents(record);
      (silent ? eventless_ : ends_)[silent ? record.first_event : record.end_event - 1].push_back(
          record);
    }
  }

  bool HasEvents(const OpRecord& record) const {
    const auto begin = trace_.events.begin();
    return std::any_of(
        begin + record.first_event, begin + record.end_event,
        [&](const Event& event) { return event.thread == record.thread && event.op == record.op; });
  }

  void Add(RowKind kind, OpKey key, int event, std::string what) {
    rows_.push_back({kind, key.first, key.second, event, mutex_holder_, std::move(what)});
  }

  void AddStart(OpKey key, int event) {
    if (std::exchange(seen_[key].started, true)) return;
    Add(RowKind::kOpStart, key, event, FormatOp(OpOf(program_, key)));
  }

  void AddEnd(const OpRecord& record, int event) {
    const OpKey key{record.thread, record.op};
    AddStart(key, event);
    seen_[key].ended = true;
    AddResult(key, event, " = " + ResultName(record.result));
  }

  void AddResult(OpKey key, int event, const std::string& result) {
    Add(RowKind::kOpEnd, key, event, NameOf(OpOf(program_, key)) + result);
    rows_.back().result = result;
  }

  void AddEventlessOps(int index) {
    for (const OpRecord& record : eventless_[index]) AddEnd(record, index - 1);
  }

  void AddEnds(int index) {
    for (const OpRecord& record : ends_[index]) AddEnd(record, index);
  }

  void AddEvent(int index) {
    const Event& event = trace_.events[index];
    const OpKey key{event.thread, event.op};
    if (IsProgramEvent(event)) AddStart(key, index - 1);
    FollowMutex(event);
    Add(KindOf(event), key, index, PlaceOf(event, index) + EventText(event, names_));
  }

  std::string PlaceOf(const Event& event, int index) const {
    if (IsProgramEvent(event)) return "";
    return index < static_cast<int>(trace_.boot_events) ? "boot: " : "tear-down: ";
  }

  void FollowMutex(const Event& event) {
    if (static_cast<LockClass>(event.value) != LockClass::kGroup) return;
    if (event.kind == EventKind::kLock) mutex_holder_ = event.thread;
    if (event.kind == EventKind::kUnlock) mutex_holder_ = Lock::kNoHolder;
  }

  void AddUnfinished(int last) {
    for (const auto& [key, rows] : seen_) {
      if (!rows.ended) AddResult(key, last, " does not return");
    }
  }

  const Program& program_;
  const Trace& trace_;
  const DomainNames& names_;
  std::map<uint32_t, std::vector<OpRecord>> ends_;       // by index of the last event
  std::map<uint32_t, std::vector<OpRecord>> eventless_;  // by index of the next event
  std::map<OpKey, OpRows> seen_;
  uint8_t mutex_holder_ = Lock::kNoHolder;
  std::vector<Row> rows_;
};

// Whether the columns of a timeline are the same after both events.
bool SameState(const Trace& trace, int a, int b) {
  if (trace.snapshots.empty()) return true;  // nothing happened
  const Snapshot& left = trace.snapshots[std::max(a, 0)];
  const Snapshot& right = trace.snapshots[std::max(b, 0)];
  return left.exists == right.exists && left.owner_cnt == right.owner_cnt &&
         left.owner == right.owner && left.default_domain == right.default_domain &&
         left.domain == right.domain;
}

bool IsMarked(const Row& row, const std::vector<int>& marked) {
  return std::find(marked.begin(), marked.end(), row.event) != marked.end();
}

// Whether `row` only prepares the end of its op: nothing else is shown before that, and it is shown
// with the same state.
bool EndsWithoutMore(const std::vector<Row>& rows, size_t row, const Trace& trace) {
  for (size_t i = row + 1; i < rows.size(); ++i) {
    if (rows[i].thread != rows[row].thread) return false;
    if (rows[i].kind == RowKind::kOpEnd) return SameState(trace, rows[row].event, rows[i].event);
    if (rows[i].kind != RowKind::kOnChange && rows[i].kind != RowKind::kBeforeSwitch) return false;
  }
  return false;
}

}  // namespace

DomainNames::DomainNames(const Program& program, const Trace& trace) {
  for (const Snapshot& snapshot : trace.snapshots) {
    Add(snapshot.blocking_domain.id, "B", &blocking_domains_);
  }
  for (size_t i = 0; i < trace.events.size(); ++i) {
    const Event& event = trace.events[i];
    if (event.kind == EventKind::kDomainAlloc && IsProgramEvent(event)) {
      const Op& op = program.threads[event.thread][event.op];
      if (TraitsOf(op.kind).domain &&
          static_cast<DomainType>(event.value) == DomainType::kUnmanaged) {
        names_.emplace(event.domain, absl::StrCat("U", op.domain));
      }
    }
    Add(event.domain, "D", &core_domains_);
    if (i < trace.snapshots.size()) AddFromSnapshot(trace.snapshots[i]);
  }
}

void DomainNames::AddFromSnapshot(const Snapshot& snapshot) {
  Add(snapshot.default_domain.id, "D", &core_domains_);
  Add(snapshot.domain.id, "D", &core_domains_);
  for (const DeviceSnapshot& device : snapshot.devices) Add(device.hw.id, "D", &core_domains_);
}

void DomainNames::Add(DomainId id, const std::string& prefix, int* count) {
  if (id == kNoDomain || names_.contains(id)) return;
  const bool plain = prefix == "B" && *count == 0;
  names_.emplace(id, plain ? prefix : absl::StrCat(prefix, *count));
  ++*count;
}

std::string DomainNames::Name(DomainId id) const {
  const auto it = names_.find(id);
  return it == names_.end() ? "none" : it->second;
}

std::string DomainNames::Typed(const DomainRef& ref) const {
  if (!ref) return "-";
  return absl::StrCat(Name(ref.id), ":", ref.freed ? "freed" : DomainTypeName(ref.type));
}

std::vector<Row> AllRows(const Program& program, const Trace& trace, const DomainNames& names) {
  return RowBuilder(program, trace, names).Build();
}

std::vector<Row> InterestingRows(std::vector<Row> rows, const Trace& trace,
                                 const std::vector<int>& marked) {
  std::erase_if(
      rows, [&](const Row& row) { return row.kind == RowKind::kDetail && !IsMarked(row, marked); });
  std::vector<Row> result;
  for (size_t i = 0; i < rows.size(); ++i) {
    const Row& row = rows[i];
    const Row* next = i + 1 < rows.size() ? &rows[i + 1] : nullptr;
    const bool changed = result.empty() || !SameState(trace, result.back().event, row.event);
    const bool switches = next == nullptr || next->thread != row.thread;
    const bool keep = row.kind == RowKind::kOnChange ? changed && !EndsWithoutMore(rows, i, trace)
                      : row.kind == RowKind::kBeforeSwitch ? switches
                                                           : true;
    if (keep || IsMarked(row, marked)) result.push_back(row);
  }
  return result;
}

}  // namespace groupfuzz
