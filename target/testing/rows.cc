#include "target/testing/rows.h"

#include <cctype>
#include <optional>
#include <ostream>
#include <sstream>
#include <utility>

#include "absl/strings/match.h"

namespace groupfuzz::port_test {
namespace {

constexpr uint8_t kGroupBit = 1 << static_cast<int>(kernel::LockClass::kGroup);

// Whether a trace is made of locks and looks alone.
bool OnlyLooks(const std::string& trace) {
  std::istringstream words(trace);
  for (std::string word; words >> word;) {
    const bool locks = word.rfind("lock(", 0) == 0 || word.rfind("unlock(", 0) == 0;
    if (!locks && word != "read" && word != "[" && word != "]") return false;
  }
  return true;
}

// `text` with everything that a test's name cannot hold made an underscore.
std::string Identifier(std::string_view text) {
  std::string name;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
      name += c;
    } else if (!name.empty() && name.back() != '_') {
      name += '_';
    }
  }
  return name;
}

// One OS thread registers tests.
std::map<std::string, int> not_run;
std::map<std::string, int> run;

// Why a kernel tree cannot be held to `row`; nullptr where it can.
const char* WhyNot(const Row& row, const Design& design) {
  bool port_only = row.call.port_only;
  for (const Step& step : row.setup) port_only = port_only || step.port_only;
  if (port_only) return "a step reaches into the port";
  if (design.make()->MachineOf(row.machine) != row.machine) return "the kernel has no such driver";
  return nullptr;
}

// What of a row a kernel is not held to, and why.
struct NotCompared {
  bool text = false;   // names of domains, and the trace
  bool trace = false;  // the trace alone
  bool end = false;    // that nothing is left when everything is given back
};

bool NamesLazyDomain(const std::optional<std::string>& text) {
  return text.has_value() && absl::StrContains(*text, "DMA-FQ") &&
         !absl::StrContains(*text, "(DMA-FQ)");
}

NotCompared WhatNot(const Case& test, const Machine& machine) {
  const auto& [row, expected, design] = test;
  if (!design->kernel) return {};
  const bool lazy = NamesLazyDomain(expected.state) || NamesLazyDomain(expected.trace) ||
                    row.machine.default_type == DomainType::kDmaFq;
  bool released = row.call.releases;
  for (const Step& step : row.setup) released = released || step.releases;
  return {
      // From 6.6 on a driver is asked for a DMA domain where the group gets a DMA-FQ one, and
      // domains are called as they were allocated.
      .text = lazy && VersionOf(design->judged_as) >= iommu::Version::k6_12,
      // A kernel boots device by device, by its notifier.
      .trace = row.call.boots,
      // What is left in pasid_array is memory of the array that nobody gives back; and users that
      // do
      // not know that their device is gone cannot let go of it.
      .end = released || machine.snapshot().pasids != 0,
  };
}

void Leave(const Case& test) {
  --run[test.design->name];
  ++not_run["a step goes through a device that is not there, or makes one appear that is"];
}

void CheckLocking(const std::vector<Event>& events, bool attaches_unlocked) {
  for (const Event& event : events) {
    const bool under_mutex = (event.held & kGroupBit) != 0;
    if (event.kind == EventKind::kProbeFinalize) {
      EXPECT_FALSE(under_mutex) << "probe_finalize under the mutex";
    }
    if (event.kind == EventKind::kAttach && !attaches_unlocked) {
      EXPECT_TRUE(under_mutex) << "attach_dev without the mutex";
    }
  }
}

void CheckEffects(const Expectation& expected, const Machine& machine, const std::string& before,
                  const NotCompared& not_compared) {
  if (expected.facts.has_value()) EXPECT_EQ(machine.Facts(), *expected.facts);
  if (not_compared.text) return;
  if (expected.state.has_value()) EXPECT_EQ(machine.State(), *expected.state);
  if (expected.trace.has_value() && !not_compared.trace) {
    EXPECT_EQ(machine.Trace(), *expected.trace);
  }
  if (expected.unchanged) EXPECT_EQ(machine.State(), before);
  if (!expected.untouched) return;
  const std::string trace = machine.Trace();
  EXPECT_TRUE(OnlyLooks(trace)) << "more than looking happened: " << trace;
}

}  // namespace

Expectation Expectation::State(std::string text) const {
  Expectation copy = *this;
  copy.state = std::move(text);
  return copy;
}

Expectation Expectation::Facts(std::string text) const {
  Expectation copy = *this;
  copy.facts = std::move(text);
  return copy;
}

Expectation Expectation::Trace(std::string text) const {
  Expectation copy = *this;
  copy.trace = std::move(text);
  return copy;
}

Expectation Expectation::Unchanged() const {
  Expectation copy = *this;
  copy.unchanged = true;
  return copy;
}

Expectation Expectation::Untouched() const {
  Expectation copy = Unchanged();
  copy.untouched = true;
  return copy;
}

Expectation Expectation::Problem(SerialRuntime::Problem kind) const {
  Expectation copy = *this;
  copy.problem = kind;
  return copy;
}

Expectation Expectation::AttachesUnlocked() const {
  Expectation copy = *this;
  copy.attaches_unlocked = true;
  return copy;
}

const std::map<std::string, int>& NotRun() { return not_run; }
const std::map<std::string, int>& Run() { return run; }

std::vector<Case> CasesOf(const std::vector<Row>& rows) {
  std::vector<Case> cases;
  for (const Row& row : rows) {
    for (const Design& design : Designs()) {
      for (const Expectation& expected : row.expectations) {
        if ((expected.designs & Bit(design.judged_as)) == 0) continue;
        if (const char* reason = design.kernel ? WhyNot(row, design) : nullptr) {
          ++not_run[reason];
          continue;
        }
        ++run[design.name];
        cases.push_back({row, expected, &design});
      }
    }
  }
  return cases;
}

std::string CaseName(const testing::TestParamInfo<Case>& info) {
  return Identifier(info.param.row.name + " on " + std::string(info.param.design->name));
}

std::vector<const Design*> EveryDesign() {
  std::vector<const Design*> designs;
  for (const Design& design : Designs()) {
    if (!design.kernel) designs.push_back(&design);
  }
  return designs;
}

std::string DesignName(const testing::TestParamInfo<const Design*>& info) {
  return Identifier(info.param->name);
}

void PrintTo(const Case& test_case, std::ostream* out) {
  *out << test_case.row.name << " on " << test_case.design->name;
}

void RowTest::Check() {
  const auto& [row, expected, design] = GetParam();
  SCOPED_TRACE("row \"" + row.name + "\" on " + std::string(design->name));
  Machine machine(*design, row.machine);
  for (const Step& step : row.setup) {
    if (design->kernel && !IsPossible(machine, step)) return Leave(GetParam());
    const int64_t result = RunStep(machine, step);
    if (!step.may_fail) ASSERT_EQ(ResultText(result), "0") << "setting up: " << step.name;
  }
  if (design->kernel && !IsPossible(machine, row.call)) return Leave(GetParam());
  const std::string before = machine.State();
  machine.StartTrace();
  EXPECT_EQ(ResultText(RunStep(machine, row.call)), ResultText(expected.result)) << row.call.name;
  const NotCompared not_compared = WhatNot(GetParam(), machine);
  CheckEffects(expected, machine, before, not_compared);
  CheckLocking(machine.recent(), expected.attaches_unlocked);
  EXPECT_EQ(NameOf(machine.runtime().problem()), NameOf(expected.problem));
  EXPECT_TRUE(machine.runtime().HoldsNothing()) << "a lock is held after the call";
  EXPECT_FALSE(machine.runtime().intruder_waits()) << "the intruder never got its turn";
  for (const std::string& complaint : machine.complaints()) ADD_FAILURE() << complaint;
  if (expected.problem != SerialRuntime::Problem::kNone) return;
  if (not_compared.end) return;
  EXPECT_EQ(machine.Finish(), 0) << "objects are left when everything was given back";
}

}  // namespace groupfuzz::port_test
