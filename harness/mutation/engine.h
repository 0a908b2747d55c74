// The engines of groupfuzz, as what looks for the bug of a mutant.
//
// An engine looks at one design until it has found what the design's baseline does not show, or its
// time is over, or it has nothing left to try. All of them judge alike: by every property, and by
// harness/verdict/known.h.
//
// Guarantees: the same design, programs and seed give the same search; how far it gets is a matter
// of time.
//
// Thread-safety: one OS thread.
#ifndef GROUPFUZZ_HARNESS_MUTATION_ENGINE_H_
#define GROUPFUZZ_HARNESS_MUTATION_ENGINE_H_

#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/program/program.h"
#include "harness/verdict/counterexample.h"
#include "harness/verdict/known.h"
#include "target/designs/design.h"

namespace groupfuzz::mutation {

struct Discovery {
  Program program;  // with the schedule that showed it
  FindingKey key{""};
};

struct Hunt {
  const Design& design;
  const std::vector<Program>& corpus;
  uint64_t seed = 1;
  // For what must be written to a disk.
  std::string folder;
  // Executions of one program, where an engine has programs; cases of a suite, where it has those.
  uint64_t max_executions = std::numeric_limits<uint64_t>::max();
  // Asked before each execution, which it counts; returns false when the time is over.
  std::function<bool()> keep_going;
  // Known findings that were seen so far.
  SteppedOver& stepped_over;
  // Told of the first discovery; need not return.
  std::function<void(const Discovery&)> on_discovery;
};

struct Engine {
  std::string_view name;
  std::string_view group;  // "check", "fuzz": what --engine may say for all of a kind
  std::string_view summary;
  // Its search does not depend on the seed: one trial says everything.
  bool seedless;
  // nullptr: a fuzz target of this name, a process of its own.
  void (*run)(const Hunt& hunt);
};

std::span<const Engine> Engines();

}  // namespace groupfuzz::mutation

#endif  // GROUPFUZZ_HARNESS_MUTATION_ENGINE_H_
