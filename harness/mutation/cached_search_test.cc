// The search that leaves out what leads to a state it has seen finds what the plain one does: the
// same findings, word for word, and the same last states; on every design, tree and mutant. A
// fingerprint that holds too little shows here, as far as the programs of the corpus go.
#include <gtest/gtest.h>

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "harness/execution/forwarding_monitor.h"
#include "harness/execution/strategies/cached_exhaustive_strategy.h"
#include "harness/execution/strategies/exhaustive_strategy.h"
#include "harness/verdict/corpus_testing.h"
#include "harness/verdict/runner.h"
#include "target/kernel/unsupported.h"
#include "target/linux/trees.h"
#include "target/mutants/mutant.h"
#include "target/mutants/mutated_port.h"

namespace groupfuzz {
namespace {

// Notes the state that a program ends in.
class LastStates final : public ForwardingMonitor {
 public:
  using ForwardingMonitor::ForwardingMonitor;

  void Begin(const Program& program, const System& system) override {
    ForwardingMonitor::Begin(program, system);
    system_ = &system;
  }
  void OnProgramEnd(bool abandoned) override {
    ForwardingMonitor::OnProgramEnd(abandoned);
    if (!abandoned) seen_.insert(system_->Fingerprint());
  }
  std::set<uint64_t> Take() { return std::exchange(seen_, {}); }

 private:
  const System* system_ = nullptr;
  std::set<uint64_t> seen_;
};

struct Found {
  std::set<std::string> findings;
  std::set<uint64_t> last_states;
  uint64_t executions = 0;
};

class Searcher {
 public:
  explicit Searcher(const Design& design) : runner_(design), last_states_(runner_.checker()) {
    runner_.WatchThrough(last_states_);
  }

  // nullopt: there are more than `most` executions, or one that cannot be followed.
  template <typename AnyStrategy>
  std::optional<Found> Search(const Program& program, uint64_t most) {
    AnyStrategy strategy;
    Found found;
    const auto look = [&](const RunOutcome& outcome) {
      for (const Finding& finding : outcome.findings) {
        found.findings.insert(absl::StrCat(std::string(finding.property->id), " T", finding.thread,
                                           ".", finding.op, ": ", finding.detail));
      }
      return outcome.findings.empty() ? Seen::kClean : Seen::kFinding;
    };
    Exploration seen;
    kernel::Follows([&] {
      seen = runner_.Explore(program, strategy, look, nullptr, {.max_executions = most});
    });
    found.last_states = last_states_.Take();
    found.executions = seen.executions + seen.pruned;
    return seen.complete ? std::optional(std::move(found)) : std::nullopt;
  }

 private:
  Runner runner_;
  LastStates last_states_;
};

const std::vector<ProgramFile>& RacyPrograms() {
  static const auto& programs = *new std::vector<ProgramFile>([] {
    std::vector<ProgramFile> racy;
    for (const char* folder : {"interleaving_fuzzer", "known", "regressions"}) {
      for (const std::string& file : ProgramsIn(folder)) {
        ProgramFile read = ReadProgram(file);
        if (read.contents.program.thread_count > 1) racy.push_back(std::move(read));
      }
    }
    return racy;
  }());
  return programs;
}

struct Totals {
  int compared = 0;
  uint64_t plain = 0;
  uint64_t cached = 0;
};

// Compares the two searches of each program that has at most `most` interleavings.
void Compare(const Design& design, uint64_t most, Totals* totals) {
  Searcher searcher(design);
  for (const ProgramFile& file : RacyPrograms()) {
    const Program& program = file.contents.program;
    const auto plain = searcher.Search<ExhaustiveStrategy>(program, most);
    if (!plain) continue;
    const auto cached = searcher.Search<CachedExhaustiveStrategy>(program, most);
    const std::string what = absl::StrCat(std::string(design.name), " on ", file.path);
    ASSERT_TRUE(cached) << what;
    EXPECT_EQ(cached->findings, plain->findings) << what;
    EXPECT_EQ(cached->last_states, plain->last_states) << what;
    ++totals->compared;
    totals->plain += plain->executions;
    totals->cached += cached->executions;
  }
}

TEST(CachedSearchTest, FindsWhatThePlainOneFindsOnEveryDesign) {
  constexpr uint64_t kMost = 5'000;
  RegisterLinuxTrees();
  Totals totals;
  for (const Design& design : Designs()) Compare(design, kMost, &totals);
  EXPECT_GT(totals.compared, 400);
  EXPECT_LT(totals.cached, totals.plain);
}

// README's example: the design that the project was made to judge, and what was said of it.
TEST(CachedSearchTest, NeedsATenthOnTheCentralRace) {
  const Program program =
      ReadProgram("interleaving_fuzzer/s01-stale-test-bind.txt").contents.program;
  Searcher searcher(*FindDesign("claim-v1"));
  constexpr uint64_t kMost = 10'000'000;
  const auto plain = searcher.Search<ExhaustiveStrategy>(program, kMost);
  const auto cached = searcher.Search<CachedExhaustiveStrategy>(program, kMost);
  ASSERT_TRUE(plain && cached);
  EXPECT_EQ(cached->findings, plain->findings);
  EXPECT_LE(cached->executions * 10, plain->executions);
}

TEST(CachedSearchTest, FindsWhatThePlainOneFindsOnEveryMutant) {
  constexpr uint64_t kMost = 150;
  mutants::RegisterPortMutants();
  Totals totals;
  for (const mutants::Mutant& mutant : mutants::Mutants()) {
    Compare(*mutant.design, kMost, &totals);
  }
  EXPECT_GT(totals.compared, 3'000);
}

}  // namespace
}  // namespace groupfuzz
