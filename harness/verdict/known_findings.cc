#include "harness/verdict/known_findings.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "harness/execution/strategies/cached_exhaustive_strategy.h"
#include "harness/execution/strategies/random_walk_strategy.h"
#include "harness/program/byte_codec.h"
#include "harness/verdict/counterexample.h"
#include "harness/verdict/known_programs.h"

namespace groupfuzz {
namespace {

// Executions of the baseline that look for a finding: random ones, then all, as far as that goes.
constexpr uint64_t kRandomSearch = 2'000;
constexpr uint64_t kMaxSearch = 20'000;
constexpr uint32_t kSeed = 1;
// Occurrences of an allocation that are tried in place of a later one.
constexpr uint8_t kMostAllocations = 32;

uint32_t OpsOf(const Program& program) {
  uint32_t ops = 0;
  for (int t = 0; t < program.thread_count; ++t) {
    for (const Op& op : program.threads[t]) ops |= 1u << static_cast<int>(op.kind);
  }
  return ops;
}

uint32_t FaultsOf(const Program& program) {
  uint32_t faults = 0;
  for (int i = 0; i < program.faults.size; ++i) {
    faults |= 1u << static_cast<int>(program.faults.faults[i].kind);
  }
  return faults;
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

bool Expects(const TextProgram& known, std::string_view design, std::string_view property) {
  return std::any_of(known.expectations.begin(), known.expectations.end(),
                     [&](const Expectation& expectation) {
                       return expectation.design == design && expectation.property == property;
                     });
}

}  // namespace

std::string NameOfKernel(const Design& design) {
  const bool keeps = !design.make()->MachineOf({}).driver.failed_attach_detaches;
  return absl::StrCat("linux:linux-source-", keeps ? "7.2" : std::string(design.rules));
}

KnownFindings::KnownFindings(const Design& design) : design_(design) {
  if (design.baseline != nullptr) {
    baseline_.emplace(*design.baseline);
    kernel_ = design.make();
  }
  const std::string kernel = baseline_.has_value() ? NameOfKernel(design) : design.name;
  for (const KnownProgram& known : KnownPrograms()) Read(known.contents, kernel);
}

void KnownFindings::Read(const TextProgram& known, std::string_view kernel) {
  for (const Expectation& expectation : known.expectations) {
    if (expectation.design != kernel && expectation.design != design_.name) continue;
    if (!baseline_.has_value()) {
      entries_.push_back({.property = expectation.property});
    } else if (!Expects(known, design_.baseline->name, expectation.property)) {
      entries_.push_back({.property = expectation.property,
                          .ops = OpsOf(known.program),
                          .faults = FaultsOf(known.program)});
    }
  }
}

bool KnownFindings::Contains(const Program& program, std::string_view property) {
  const uint32_t ops = OpsOf(program);
  const uint32_t faults = FaultsOf(program);
  const bool listed = std::any_of(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    return entry.property == property && (entry.ops & ~ops) == 0 && (entry.faults & ~faults) == 0;
  });
  if (listed || !baseline_.has_value()) return listed;
  const Program known = OnItsMachine(program);
  const std::vector<Program> variants = WithOtherAllocations(known);
  return BaselineShows(known, property) ||
         std::any_of(variants.begin(), variants.end(), [&](const Program& variant) {
           return Violates(baseline_->Run(variant).findings, property);
         });
}

std::function<bool(const Program&, const std::vector<Finding>&)> KnownFindings::KeepsNews(
    std::string property) {
  return [this, property = std::move(property)](const Program& program,
                                                const std::vector<Finding>& findings) {
    return News(program, findings) != nullptr && !Contains(program, property);
  };
}

const Finding* KnownFindings::News(const Program& program, const std::vector<Finding>& findings) {
  for (const Finding& finding : findings) {
    if (!Contains(program, finding.property->id)) return &finding;
    if (baseline_.has_value()) break;
  }
  return nullptr;
}

Program KnownFindings::OnItsMachine(const Program& program) const {
  Program known = program;
  known.configuration = kernel_->MachineOf(program.configuration);
  return known;
}

bool KnownFindings::BaselineShows(const Program& program, std::string_view property) {
  if (Violates(baseline_->Run(program).findings, property)) return true;
  std::string key(property);
  Program any_schedule = program;
  any_schedule.schedule = {};
  for (uint8_t byte : EncodeBytes(any_schedule)) key.push_back(static_cast<char>(byte));
  const auto [answer, is_new] = answers_.try_emplace(std::move(key), false);
  // A reference stays good when others are added.
  bool& known = answer->second;
  if (is_new) known = BaselineReaches(program, property);
  return known;
}

bool KnownFindings::BaselineReaches(const Program& program, std::string_view property) {
  bool shown = false;
  bool complete = false;
  const auto look = [&](const RunOutcome& outcome) {
    if (!Violates(outcome.findings, property)) return Seen::kClean;
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
  return shown || (!complete && BaselineShowsCore(program, property));
}

// Too many interleavings to try all: the smallest program that shows the same has fewer.
bool KnownFindings::BaselineShowsCore(const Program& program, std::string_view property) {
  Runner kernel(design_);
  PropertyReproducer reproducer(kernel, FindingKey(property), kRandomSearch);
  const Program small = Minimize(program, reproducer);
  return OpCount(small) < OpCount(program) && BaselineShows(small, property);
}

}  // namespace groupfuzz
