#include "target/testing/rows.h"

#include <bit>
#include <cctype>
#include <iterator>
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

constexpr char kOpen[] = "what the call returns is left open";

// In the order of Reach.
constexpr const char* kLacks[] = {
    "a step reaches into the port", "a driver's call fails", "another thread runs meanwhile",
    "the row is about what happens on the way", "a function is given a device that is not there"};
static_assert(std::size(kLacks) == std::popcount(kEverything));

// Why `subject` cannot be held to `row`; nullptr where it can.
const char* WhyNot(const Row& row, const Expectation& expected, const Subject& subject) {
  uint8_t needs = row.call.needs;
  for (const Step& step : row.setup) needs |= step.needs;
  if (expected.problem != SerialRuntime::Problem::kNone) needs |= kThreads;
  const int lacks = needs & ~subject.reach;
  if (lacks != 0) return kLacks[std::countr_zero(static_cast<unsigned>(lacks))];
  const bool other = subject.design->make()->MachineOf(row.machine) != row.machine;
  return other ? "the kernel has no such driver" : nullptr;
}

// How many things `expected` asks for beside the result.
int Demands(const Expectation& expected) {
  return int{expected.state.has_value()} + int{expected.facts.has_value()} +
         int{expected.trace.has_value()} + int{expected.unchanged} + int{expected.untouched} +
         int{expected.problem != SerialRuntime::Problem::kNone};
}

// What of a row a subject is not held to, and why.
struct NotCompared {
  bool objects = false;  // which domain it is; its place and type are compared
  bool trace = false;
  bool facts = false;
  bool end = false;  // that nothing is left when everything is given back
};

bool NamesLazyDomain(const std::optional<std::string>& text) {
  return text.has_value() && absl::StrContains(*text, "DMA-FQ") &&
         !absl::StrContains(*text, "(DMA-FQ)");
}

NotCompared WhatNot(const Case& test, const Machine& machine) {
  const auto& [row, expected, subject] = test;
  if ((subject.reach & kInside) != 0) return {};
  if ((subject.reach & kEvents) == 0) return {true, true, true, true};
  // From 6.6 on a driver is asked for a DMA domain where the group gets a DMA-FQ one, and domains
  // are called as they were allocated.
  const bool lazy = VersionOf(subject.design->judged_as) >= iommu::Version::k6_12 &&
                    (NamesLazyDomain(expected.state) || NamesLazyDomain(expected.trace) ||
                     row.machine.default_type == DomainType::kDmaFq);
  bool released = row.call.releases;
  for (const Step& step : row.setup) released = released || step.releases;
  return {
      .objects = lazy,
      // A kernel boots device by device, by its notifier.
      .trace = lazy || row.call.boots,
      // What is left in pasid_array is memory of the array that nobody gives back; and users that
      // do not know that their device is gone cannot let go of it.
      .end = released || machine.snapshot().pasids != 0,
  };
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
  const auto state = [&](const std::string& text) {
    return not_compared.objects ? Placed(text) : text;
  };
  if (expected.facts.has_value() && !not_compared.facts) {
    EXPECT_EQ(machine.Facts(), *expected.facts);
  }
  if (expected.state.has_value()) EXPECT_EQ(state(machine.State()), state(*expected.state));
  if (expected.trace.has_value() && !not_compared.trace) {
    EXPECT_EQ(machine.Trace(), *expected.trace);
  }
  if (expected.unchanged) EXPECT_EQ(machine.State(), before);
  if (!expected.untouched) return;
  const std::string trace = machine.Trace();
  EXPECT_TRUE(OnlyLooks(trace)) << "more than looking happened: " << trace;
}

// Why nothing is learnt from `step` here; nullptr where something is.
const char* WhyNothing(const Subject& subject, const Machine& machine, const Step& step) {
  const bool may_be_absent = (subject.reach & kAbsent) != 0;
  if (may_be_absent || IsPossible(machine, step)) return nullptr;
  return "a step goes through a device that is not there, or makes one appear that is";
}

void CheckAfter(const Case& test, const std::string& before, Machine& machine) {
  const Expectation& expected = test.expected;
  const NotCompared not_compared = WhatNot(test, machine);
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

std::vector<Case> CasesOf(const std::vector<Row>& rows) {
  std::vector<Case> cases;
  for (const Row& row : rows) {
    for (const Subject& subject : Subjects()) {
      const Design& design = *subject.design;
      for (const Expectation& expected : row.expectations) {
        if ((expected.designs & Bit(design.judged_as)) == 0) continue;
        if (const char* reason = WhyNot(row, expected, subject)) {
          NoteNotRun(subject, reason);
          continue;
        }
        NoteRun(subject, Demands(expected));
        cases.push_back({row, expected, subject});
      }
    }
  }
  return cases;
}

std::string CaseName(const testing::TestParamInfo<Case>& info) {
  return Identifier(info.param.row.name + " on " + std::string(info.param.subject.design->name));
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
  *out << test_case.row.name << " on " << test_case.subject.design->name;
}

void CheckRow(const Case& test) {
  const auto& [row, expected, subject] = test;
  SCOPED_TRACE("row \"" + row.name + "\" on " + subject.design->name);
  Machine machine(*subject.design, row.machine);
  for (const Step& step : row.setup) {
    if (const char* reason = WhyNothing(subject, machine, step)) return Leave(subject, reason);
    const int64_t result = RunStep(machine, step);
    if (result == kAnything) return Leave(subject, kOpen);
    if (!step.may_fail) ASSERT_EQ(ResultText(result), "0") << "setting up: " << step.name;
  }
  if (const char* reason = WhyNothing(subject, machine, row.call)) return Leave(subject, reason);
  const std::string before = machine.State();
  machine.StartTrace();
  const int64_t result = RunStep(machine, row.call);
  if (result == kAnything) return Leave(subject, kOpen);
  if (result == kSomeError) {
    EXPECT_LT(expected.result, 0) << row.call.name;
  } else {
    EXPECT_EQ(ResultText(result), ResultText(expected.result)) << row.call.name;
  }
  CheckAfter(test, before, machine);
}

}  // namespace groupfuzz::port_test
