#include "harness/verdict/known.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "harness/execution/strategies/cached_exhaustive_strategy.h"
#include "harness/execution/strategies/random_walk_strategy.h"
#include "harness/program/byte_codec.h"
#include "harness/program/program_words.h"
#include "harness/verdict/counterexample.h"
#include "harness/verdict/known_trees.h"
#include "target/system/names.h"

namespace groupfuzz {
namespace {

// Executions of the baseline that look for a finding: random ones, then all, as far as that goes.
constexpr uint64_t kRandomSearch = 2'000;
constexpr uint64_t kMaxSearch = 20'000;
constexpr uint32_t kSeed = 1;
// Occurrences of an allocation that are tried in place of a later one.
constexpr uint8_t kMostAllocations = 32;
// Every execution ends by removing every device; nothing else is at work then.
constexpr uint32_t kTearDown = 1u << static_cast<int>(OpKind::kRemoveDevice);
constexpr char kSteppedOver[] = "stepped over ";

template <typename Table, typename Struct>
uint32_t FlagsOf(const Table& table, const Struct& value) {
  uint32_t flags = 0;
  for (size_t i = 0; i < table.size(); ++i) {
    if (table[i].In(value)) flags |= 1u << i;
  }
  return flags;
}

// `program` with one failing allocation of its own, that or an earlier one, or with none: a patched
// kernel may allocate more often than the port does, so the same one has another number there.
std::vector<Program> WithOtherAllocations(const Program& program) {
  std::vector<Program> variants;
  Program none = program;
  uint8_t kept = 0;
  for (int i = 0; i < none.faults.size; ++i) {
    if (none.faults.faults[i].kind == FaultKind::kAllocate) continue;
    none.faults.faults[kept++] = none.faults.faults[i];
  }
  if (kept == none.faults.size) return variants;
  none.faults.size = kept;
  Normalize(&none);
  variants.push_back(none);
  for (int i = 0; i < program.faults.size; ++i) {
    Fault fault = program.faults.faults[i];
    if (fault.kind != FaultKind::kAllocate) continue;
    for (fault.first = std::min(fault.first, kMostAllocations); fault.first > 0; --fault.first) {
      Program& variant = variants.emplace_back(none);
      variant.faults.faults[variant.faults.size++] = fault;
      Normalize(&variant);
    }
  }
  return variants;
}

// `program` with its devices in other places, each with its configuration and its ops: a patch may
// walk the members in another order, and so may fail at another device.
std::vector<Program> WithOtherDevices(const Program& program) {
  std::vector<Program> variants;
  std::array<uint8_t, kMaxDevices> places;
  std::iota(places.begin(), places.end(), uint8_t{0});
  const auto end = places.begin() + program.configuration.device_count;
  while (std::next_permutation(places.begin(), end)) {
    Program& variant = variants.emplace_back(program);
    for (int i = 0; i < program.configuration.device_count; ++i) {
      variant.configuration.devices[places[i]] = program.configuration.devices[i];
    }
    for (std::vector<Op>& ops : variant.threads) {
      for (Op& op : ops) op.device = TraitsOf(op.kind).device ? places[op.device] : op.device;
    }
  }
  return variants;
}

bool Expects(const TextProgram& known, std::string_view design, const std::string& property) {
  const std::vector<std::string> expected = ExpectedOf(known, design);
  return std::find(expected.begin(), expected.end(), property) != expected.end();
}

}  // namespace

std::string SteppedOver::Describe() const {
  uint64_t sum = 0;
  std::string ids;
  for (const Property& property : Properties()) {
    const auto count = counts_.find(std::string(property.id));
    if (count == counts_.end()) continue;
    sum += count->second;
    absl::StrAppend(&ids, ids.empty() ? "" : ", ", count->first, " x", count->second);
  }
  if (sum == 0) return "";
  return absl::StrCat(kSteppedOver, Counted(sum, "known finding"), ": ", ids);
}

void SteppedOver::AddDescribed(std::string_view line) {
  const size_t colon = line.find(": ");
  if (!line.starts_with(kSteppedOver) || colon == std::string_view::npos) return;
  for (absl::string_view item : absl::StrSplit(std::string(line.substr(colon + 2)), ", ")) {
    const std::pair<absl::string_view, absl::string_view> count = absl::StrSplit(item, " x");
    uint64_t times;
    if (absl::SimpleAtoi(count.second, &times)) Add(std::string(count.first), times);
  }
}

bool Known::Parts::Hold(const Parts& others) const {
  const uint32_t has = others.threads == 1 ? ops | kTearDown : ops;
  return (others.ops & ~has) == 0 && (others.faults & ~faults) == 0 &&
         (others.driver & ~driver) == 0 && (others.devices & ~devices) == 0 &&
         others.threads <= threads;
}

Known::Known(const Design& design) : design_(design), system_(design.make()) {
  if (design.baseline != nullptr) baseline_.emplace(*design.baseline);
  if (!design.known_by_corpus) return;
  std::string kernel;
  if (const KnownTree* tree = baseline_ ? TreeLike(design) : nullptr) {
    kernel = DesignOfTree(tree->name);
  }
  for (const KnownProgram& known : KnownPrograms()) {
    Read(known.contents, design.name);
    if (kernel != design.name) Read(known.contents, kernel);
  }
}

void Known::Read(const TextProgram& known, std::string_view design) {
  for (const std::string& property : ExpectedOf(known, design)) {
    if (baseline_ && Expects(known, design_.baseline->name, property)) continue;
    entries_.push_back({.property = property, .parts = PartsOf(known.program)});
  }
}

Known::Parts Known::PartsOf(const Program& program) const {
  Parts parts{.threads = program.thread_count};
  for (int t = 0; t < program.thread_count; ++t) {
    for (const Op& op : program.threads[t]) parts.ops |= OpBit(op.kind);
  }
  for (int i = 0; i < program.faults.size; ++i) {
    parts.faults |= 1u << static_cast<int>(program.faults.faults[i].kind);
  }
  const Configuration machine = system_->MachineOf(program.configuration);
  parts.driver = FlagsOf(kDriverFlags, machine.driver);
  for (int i = 0; i < machine.device_count; ++i) {
    DeviceConfig device = machine.devices[i];
    device.present = true;
    parts.devices |= FlagsOf(kDeviceFlags, device);
  }
  return parts;
}

Known::Answer Known::Split(const Program& program, const std::vector<const Finding*>& findings) {
  Answer answer;
  for (const Finding* finding : findings) {
    const bool known = IsKnown(program, FindingKey(program, *finding));
    (known ? answer.known : answer.news).push_back(finding);
  }
  return answer;
}

Known::Answer Known::Split(const Program& program, const std::vector<Finding>& findings) {
  std::vector<const Finding*> pointers;
  pointers.reserve(findings.size());
  for (const Finding& finding : findings) pointers.push_back(&finding);
  return Split(program, pointers);
}

Known::Answer Known::Split(const Program& program, const RunOutcome& outcome) {
  Program ran = program;
  ran.schedule = {.choices = outcome.trace.choices};
  return Split(ran, outcome.findings);
}

std::function<bool(const Program&, const std::vector<Finding>&)> Known::Keeps(
    std::string property, SteppedOver* stepped_over) {
  return [this, property = std::move(property), stepped_over](
             const Program& program, const std::vector<Finding>& findings) {
    const Answer answer = Split(program, findings);
    const bool keeps =
        std::any_of(answer.news.begin(), answer.news.end(),
                    [&](const Finding* finding) { return finding->property->id == property; });
    if (!keeps && stepped_over != nullptr) stepped_over->Add(answer.known);
    return keeps;
  };
}

bool Known::HasNews(const Program& program, const Counterexamples& seen,
                    std::string_view property) {
  const Counterexamples::ByOp& all = seen.Of(property);
  return std::any_of(all.begin(), all.end(), [&](const auto& shown) {
    const auto& [op, example] = shown;
    Program scheduled = program;
    if (example) scheduled.schedule = example->schedule;
    return !IsKnown(scheduled, FindingKey(property, op));
  });
}

bool Known::IsKnown(const Program& program, const FindingKey& key) {
  FindingKey asked(key.property, key.shown_by);
  const bool whole = FindProperty(key.property)->group == PropertyGroup::kHistory;
  if (whole) asked.shown_by = FindingKey::kAnyRoles;
  if (IsListed(program, asked)) return true;
  if (!baseline_.has_value()) return false;
  const Program known = OnItsMachine(program);
  if (BaselineKnows(known, asked)) return true;
  // What the removal of a device shows, the tear-down shows where nobody removed it before.
  if (asked.shown_by != 0 && asked.shown_by != kTearDown) return false;
  asked.shown_by = asked.shown_by == 0 ? kTearDown : 0;
  return BaselineKnows(known, asked);
}

bool Known::BaselineKnows(const Program& known, const FindingKey& key) {
  if (BaselineShows(known, key)) return true;
  const auto any_shows = [&](const std::vector<Program>& variants) {
    return std::any_of(variants.begin(), variants.end(), [&](const Program& variant) {
      return key.In(variant, baseline_->Run(variant).findings);
    });
  };
  return any_shows(WithOtherAllocations(known)) || any_shows(WithOtherDevices(known));
}

bool Known::IsListed(const Program& program, const FindingKey& key) const {
  const Parts parts = PartsOf(program);
  return std::any_of(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    return entry.property == key.property && parts.Hold(entry.parts) &&
           (key.shown_by == 0 || (key.shown_by & (entry.parts.ops | kTearDown)) != 0);
  });
}

Program Known::OnItsMachine(const Program& program) const {
  Program known = program;
  known.configuration = system_->MachineOf(program.configuration);
  return known;
}

bool Known::BaselineShows(const Program& program, const FindingKey& key) {
  std::string asked = absl::StrCat(key.property, " ", key.shown_by, " ");
  Program any_schedule = program;
  any_schedule.schedule = {};
  for (uint8_t byte : EncodeBytes(any_schedule)) asked.push_back(static_cast<char>(byte));
  const auto [answer, is_new] = answers_.try_emplace(std::move(asked), false);
  // A reference stays good when others are added. A search that was cut short may have missed it.
  bool& known = answer->second;
  if (!known) known = key.In(program, baseline_->Run(program).findings);
  if (!known && is_new) known = BaselineReaches(program, key);
  return known;
}

bool Known::BaselineReaches(const Program& program, const FindingKey& key) {
  bool shown = false;
  bool complete = false;
  const auto look = [&](const RunOutcome& outcome) {
    if (!key.In(program, outcome.findings)) return Seen::kClean;
    shown = true;
    return Seen::kFindingStop;
  };
  if (program.thread_count > 1) {
    RandomWalkStrategy random(kSeed, kRandomSearch);
    baseline_->Explore(program, random, look, nullptr, {});
  }
  if (!shown) {
    CachedExhaustiveStrategy cached;
    complete =
        baseline_->Explore(program, cached, look, nullptr, {.max_executions = kMaxSearch}).complete;
  }
  return shown || (!complete && BaselineShowsCore(program, key));
}

// Too many interleavings to try all: the smallest program that shows the same has fewer.
bool Known::BaselineShowsCore(const Program& program, const FindingKey& key) {
  Runner kernel(design_);
  PropertyReproducer reproducer(kernel, key, {.max_executions = kRandomSearch});
  const Program small = Minimize(program, reproducer);
  return OpCount(small) < OpCount(program) && BaselineShows(small, key);
}

}  // namespace groupfuzz
