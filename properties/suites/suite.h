// The property suites: every property of the project on random programs, for any design.
//
// Use them in a unit suite, for a design of the repository or one of your own:
//
//   TEST(MyDesign, HoldsEveryProperty) {
//     for (const Suite& suite : Suites()) {
//       const SuiteReport report = suite.check(design, {});
//       EXPECT_TRUE(report) << report.text;
//     }
//   }
//
// or as `groupfuzz check`. There are four:
//
//   sequential  RapidCheck state machine: one command a kind of op, the model is the sequential
//               model, the system the design
//   parallel    a prefix, two to four branches and a schedule: invariants at every unlock, and the
//               history of calls must be linearizable
//   text        any bytes written to the attribute do what sysfs text does
//   failures    short sequences in which every allocation and callback fails, one after the other
//
// Guarantees:
//   - The same design, options and build give the same report.
//   - Nothing is lost: a program with a finding is on disk as text before its verdict is printed,
//     also when a sanitizer or a signal ends the process.
//   - A counterexample is minimal, replays, and comes with the commands that go on from it.
//   - A history that could not be judged within its budget makes the verdict `unknown`: no pass.
//
// Seeds: options.seed, else that of RC_PARAMS, else kFixedSeed. RC_PARAMS' max_success replaces the
// number of cases, its max_size the length of sequences. Under a sanitizer a suite runs
// 1 / kSanitizerShare of the cases: an op costs about so much more.
//
// Thread-safety: one suite at a time, on one OS thread.
#ifndef GROUPFUZZ_PROPERTIES_SUITES_SUITE_H_
#define GROUPFUZZ_PROPERTIES_SUITES_SUITE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "harness/execution/verdict_word.h"
#include "harness/program/program.h"
#include "harness/verdict/counterexample.h"
#include "harness/verdict/known.h"
#include "properties/suites/generation.h"
#include "target/designs/design.h"

namespace groupfuzz {

inline constexpr uint64_t kFixedSeed = 1;
inline constexpr uint64_t kSanitizerShare = 8;

struct SuiteOptions {
  std::optional<uint64_t> seed = std::nullopt;
  uint64_t cases = 0;    // 0: RC_PARAMS' max_success, else the default of the suite
  bool verbose = false;  // SuiteReport::text says what was reached, also where all is well
  // Where programs with findings go, and how the user calls the command that reads them.
  std::string cases_folder = "findings";
  std::string command = "groupfuzz";
  std::string save_folder = {};   // minimized programs go there, too; empty: nowhere
  std::string seeds_folder = {};  // every generated program goes there as bytes; empty: nowhere
  // Run before the generated programs.
  std::vector<Program> programs = {};
  // Properties whose findings are stepped over.
  std::set<std::string, std::less<>> known = {};
  std::function<void(std::string_view property)> on_known = nullptr;  // told of each of them
  // Told of the first program that fails, before it is made small.
  std::function<void(const Program& program, const FindingKey& key)> on_failure = nullptr;
  // Asked before each case; returns false to stop.
  std::function<bool()> keep_going = nullptr;
  ParallelShape shape = {};  // of the parallel suite
};

struct SuiteReport {
  // What it is worth where nothing was found: kSampled, or kUnknown where the suite was stopped or
  // a history was given up.
  VerdictWord verdict = VerdictWord::kUnknown;
  std::string text;  // what a person must know of it, with a newline at its end
  uint64_t seed = 0;
  uint64_t cases = 0;
  uint64_t ops = 0;
  uint64_t judged = 0;         // histories that linearizability judged
  uint64_t unjudged = 0;       // ... that the specification does not cover
  uint64_t out_of_budget = 0;  // ... that it gave up
  std::string unsupported;     // what the design does that cannot be followed
  std::string property;        // what is violated, or empty,
  std::string finding;         // the finding in words,
  std::string case_file;       // by which program,
  Program minimized;           // and what is left of that,
  std::string minimized_file;  // which is there; empty where it is not written
  // Why files of this suite could not be written, a line each: case_file is empty then, too.
  std::vector<std::string> unwritten;
  // Other properties that were violated, and the files of their programs.
  std::vector<std::pair<std::string, std::string>> also_violated;
  std::map<std::string, uint64_t> reached;  // cases that reached what the words say
  SteppedOver stepped_over;                 // known findings, one a case and property

  explicit operator bool() const { return property.empty() && verdict == VerdictWord::kSampled; }
};

SuiteReport CheckSequential(const Design& design, const SuiteOptions& options = {});
SuiteReport CheckParallel(const Design& design, const SuiteOptions& options = {});
SuiteReport CheckText(const Design& design, const SuiteOptions& options = {});
SuiteReport CheckFailures(const Design& design, const SuiteOptions& options = {});

// An error where the environment variable RC_PARAMS is not what the suites understand.
absl::Status CheckRcParams();

struct Suite {
  std::string_view name;
  std::string_view summary;
  SuiteReport (*check)(const Design& design, const SuiteOptions& options);
};
std::span<const Suite> Suites();

// What the sequential suite says it reached, deepest last.
inline constexpr std::string_view kReachedClaimed = "claimed";
inline constexpr std::string_view kReachedAttached = "claimed, attached";
inline constexpr std::string_view kReachedJoined = "claimed, attached, hot-added";
inline constexpr std::string_view kReachedDeepest =
    "claimed, attached, hot-added, second attach failed";

}  // namespace groupfuzz

#endif  // GROUPFUZZ_PROPERTIES_SUITES_SUITE_H_
