// One trial: an engine looks for the bug of one mutant, in a process of its own.
//
// A mutant may do anything: follow NULL, run for ever, abort. So each trial is a child process with
// a limit of CPU time, and a child that dies has found something.
//
// Thread-safety: one OS thread.
#ifndef GROUPFUZZ_HARNESS_MUTATION_TRIAL_H_
#define GROUPFUZZ_HARNESS_MUTATION_TRIAL_H_

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "harness/mutation/engine.h"

namespace groupfuzz::mutation {

struct TrialOptions {
  double cpu_seconds = 10;
  // Hunt::max_executions; runs of a fuzz target.
  uint64_t max_executions = std::numeric_limits<uint64_t>::max();
  // An engine that needs more CPU time for a few executions, and for asking what is known of what
  // they showed, is stuck.
  double stuck_seconds = 20;
  bool minimize = true;  // what was found
  // Programs of the corpus.
  std::vector<Program> corpus;
  // Folder of the fuzz targets, and of their seeds; empty: there are none.
  std::string fuzz_targets;
  std::string seeds;
  // Scratch space, a folder a trial.
  std::string scratch;
};

// The size of a program, as the bank declares it.
struct ProgramSize {
  int devices = 0;
  int ops = 0;
  int threads = 0;
  int failures = 0;
};

struct TrialResult {
  bool found = false;
  std::string property;  // or how the process died: "SIGSEGV", "exited:1"
  uint64_t executions = 0;
  double cpu_seconds = 0;  // until it was found, or in all
  SteppedOver stepped_over;
  // Of the counterexample made small, as far as the time for that went; ops = 0: unknown.
  ProgramSize size;
  std::string error;  // the trial could not be made, and why
};

struct Trial {
  const Engine* engine;
  const Design* design;
  uint64_t seed;
};

// Runs `trials`, `jobs` at a time, and calls on_result for each as it ends, with its index. Stops
// early where keep_going returns false, which is asked several times a second; then the running
// ones are ended, and have no result. `wanted` is asked before a trial begins.
void RunTrials(const std::vector<Trial>& trials, const TrialOptions& options, int jobs,
               const std::function<bool(size_t)>& wanted,
               const std::function<void(size_t, const TrialResult&)>& on_result,
               const std::function<bool()>& keep_going);

}  // namespace groupfuzz::mutation

#endif  // GROUPFUZZ_HARNESS_MUTATION_TRIAL_H_
