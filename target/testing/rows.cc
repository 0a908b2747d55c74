#include "target/testing/rows.h"

#include <cctype>
#include <ostream>
#include <sstream>
#include <utility>

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

void CheckEffects(const Expectation& expected, const Machine& machine, const std::string& before) {
  if (expected.state.has_value()) EXPECT_EQ(machine.State(), *expected.state);
  if (expected.facts.has_value()) EXPECT_EQ(machine.Facts(), *expected.facts);
  if (expected.trace.has_value()) EXPECT_EQ(machine.Trace(), *expected.trace);
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

std::vector<Case> CasesOf(const std::vector<Row>& rows) {
  std::vector<Case> cases;
  for (const Row& row : rows) {
    for (const Design& design : Designs()) {
      for (const Expectation& expected : row.expectations) {
        if ((expected.designs & Bit(design.judged_as)) == 0) continue;
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
  for (const Design& design : Designs()) designs.push_back(&design);
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
    const int64_t result = RunStep(machine, step);
    if (!step.may_fail) ASSERT_EQ(ResultText(result), "0") << "setting up: " << step.name;
  }
  const std::string before = machine.State();
  machine.StartTrace();
  EXPECT_EQ(ResultText(RunStep(machine, row.call)), ResultText(expected.result)) << row.call.name;
  CheckEffects(expected, machine, before);
  CheckLocking(machine.recent(), expected.attaches_unlocked);
  EXPECT_EQ(NameOf(machine.runtime().problem()), NameOf(expected.problem));
  EXPECT_TRUE(machine.runtime().HoldsNothing()) << "a lock is held after the call";
  EXPECT_FALSE(machine.runtime().intruder_waits()) << "the intruder never got its turn";
  for (const std::string& complaint : machine.complaints()) ADD_FAILURE() << complaint;
  if (expected.problem != SerialRuntime::Problem::kNone) return;
  EXPECT_EQ(machine.Finish(), 0) << "objects are left when everything was given back";
}

}  // namespace groupfuzz::port_test
