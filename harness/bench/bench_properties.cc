// Measures the property suites beside their bars, one line each: NAME|MEASURED|BAR.
//
// usage: bench_properties [SEEDS]     run from the top of the source tree; default: 20 seeds
// Exit status: 0 measured, 2 environment.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "harness/program/program_file.h"
#include "harness/verdict/counterexample.h"
#include "harness/verdict/counterexample_file.h"
#include "properties/suites/suite.h"

namespace groupfuzz {
namespace {

using Clock = std::chrono::steady_clock;

constexpr char kReference[] = "owner-check";
constexpr uint64_t kNoEnd = 5'000'000;  // more than a suite runs in half a minute

double SecondsSince(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

void Print(const std::string& name, const std::string& measured, const std::string& bar) {
  absl::PrintF("%s|%s|%s\n", name, measured, bar);
  std::fflush(stdout);
}

std::string Rate(uint64_t count, double seconds) {
  return absl::StrFormat("%d/s", static_cast<uint64_t>(static_cast<double>(count) / seconds));
}

void Sequential() {
  const Clock::time_point begin = Clock::now();
  const SuiteReport report = CheckSequential(*FindDesign(kReference), {.cases = 50'000});
  Print("sequential suite, ops", Rate(report.ops, SecondsSince(begin)), ">= 200000/s");
}

void Parallel() {
  SuiteOptions options;
  options.cases = 100'000;
  options.shape = {.min_branches = 3, .max_branches = 3, .min_branch_ops = 3, .max_branch_ops = 3};
  const Clock::time_point begin = Clock::now();
  const SuiteReport report = CheckParallel(*FindDesign(kReference), options);
  Print("parallel suite, histories of 3 x 3", Rate(report.cases, SecondsSince(begin)),
        ">= 20000/s");
}

void Reference() {
  constexpr uint64_t kHistories = 1'000'000;
  const SuiteReport report = CheckParallel(*FindDesign(kReference), {.cases = kHistories});
  Print("owner-check, parallel histories",
        report ? absl::StrFormat("%d %s", report.cases, std::string(Spelled(report.verdict)))
               : report.text,
        absl::StrFormat("%d %s", kHistories, std::string(Spelled(VerdictWord::kSampled))));
}

// Properties that corpus/known says each design violates.
std::map<std::string, std::set<std::string>> Catalogue() {
  std::map<std::string, std::set<std::string>> catalogue;
  const auto files = LoadCorpus("corpus/known");
  if (!files.ok()) {
    absl::FPrintF(stderr, "bench_properties: %s\n", std::string(files.status().message()));
    std::exit(2);
  }
  for (const ProgramFile& file : *files) {
    for (const Expectation& expected : file.contents.expectations) {
      catalogue[expected.design].insert(expected.property);
    }
  }
  return catalogue;
}

// The time in which every property of `wanted` was found; what is left of it was not.
double TimeToFind(const Design& design, uint64_t seed, std::set<std::string>* wanted) {
  constexpr double kDeadline = 30;
  const Clock::time_point begin = Clock::now();
  SuiteOptions options;
  options.seed = seed;
  options.cases = kNoEnd;
  for (const Property& property : Properties()) options.known.emplace(property.id);
  options.on_known = [&](std::string_view id) { wanted->erase(std::string(id)); };
  options.keep_going = [&] { return !wanted->empty() && SecondsSince(begin) < kDeadline; };
  CheckParallel(design, options);
  return SecondsSince(begin);
}

void Flaws(const Design& design, const std::set<std::string>& flaws, uint64_t seeds) {
  uint64_t found_all = 0;
  double longest = 0;
  std::set<std::string> missed;
  for (uint64_t seed = 1; seed <= seeds; ++seed) {
    std::set<std::string> wanted = flaws;
    longest = std::max(longest, TimeToFind(design, seed, &wanted));
    found_all += wanted.empty() ? 1 : 0;
    missed.insert(wanted.begin(), wanted.end());
  }
  std::string measured = absl::StrFormat("%d of %d, %.2f s", found_all, seeds, longest);
  if (!missed.empty()) absl::StrAppend(&measured, " (missed ", absl::StrJoin(missed, " "), ")");
  Print(absl::StrFormat("all %d flaws of %s, seeds, longest", flaws.size(), design.name), measured,
        absl::StrFormat("%d of %d, 30 s", seeds, seeds));
}

void CentralRace() {
  const auto file = LoadProgram("corpus/interleaving_fuzzer/s01-stale-test-bind-three-threads.txt");
  if (!file.ok()) std::exit(2);
  const Clock::time_point begin = Clock::now();
  Runner runner(*FindDesign("claim-v1"));
  PropertyReproducer reproducer(runner, FindingKey("I2"), {.max_executions = kMinimizerExecutions});
  const Minimized small = MinimizeFully(file->contents.program, reproducer);
  const double seconds = SecondsSince(begin);
  Print("S1 minimized: ops, threads, preemptions, time",
        absl::StrFormat("%d, %d, %d, %.2f s", OpCount(small.program), small.program.thread_count,
                        runner.Run(small.program).trace.preemptions, seconds),
        "4, 3, 3, 2 s");
}

}  // namespace
}  // namespace groupfuzz

int main(int argc, char** argv) {
  using namespace groupfuzz;  // NOLINT(google-build-using-namespace)
  const uint64_t seeds = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 20;
  Sequential();
  Parallel();
  Reference();
  CentralRace();
  for (const auto& [name, flaws] : Catalogue()) {
    // Kernel trees are in the catalogue, and not in this program.
    if (const Design* design = FindDesign(name)) Flaws(*design, flaws, seeds);
  }
  return 0;
}
