// What one program is seen to do on one system: the text that two builds of groupfuzz must agree
// on. It is made of names only, and is the same in every build, on every machine.
//
// Thread-safety: an Observer belongs to one OS thread.
#ifndef GROUPFUZZ_HARNESS_RECORD_OBSERVATION_H_
#define GROUPFUZZ_HARNESS_RECORD_OBSERVATION_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "harness/execution/executor.h"
#include "harness/program/program.h"
#include "properties/invariants/checker.h"
#include "target/designs/design.h"
#include "target/system/system.h"

namespace groupfuzz::record {

enum class Part : uint8_t {
  kTrace,            // what the properties were told, in order: events, calls, ops, states
  kFindings,         // property, roles, thread, op and event of each; not its words
  kLinearizability,  // the verdict, and why there is none
  kExploration,      // of all interleavings: how many, and the ids of what they violate
};
inline constexpr int kParts = 4;
std::string_view PartName(Part part);

using Observation = std::array<std::string, kParts>;  // by Part

class Observer {
 public:
  // `design` outlives the Observer. An exploration ends after `max_executions`.
  Observer(const Design& design, uint64_t max_executions);

  // Runs `program` with its own schedule and, where `explore` says so, tries its interleavings;
  // otherwise, and on a garbled design, that part is empty. Valid until the next call.
  // REQUIRES: `program` is normalized.
  const Observation& Observe(const Program& program, bool explore);

 private:
  std::string& Text(Part part) { return observation_[static_cast<size_t>(part)]; }
  void Explore(const Program& program);

  std::unique_ptr<System> system_;
  Checker checker_;
  Executor executor_;
  const uint64_t max_executions_;
  const bool garbled_;
  Observation observation_;
};

// A running hash of text: the same on every machine, and of no other part of the project, all of
// which it is to watch over.
class Digest {
 public:
  // Two texts are not the same as both of them in one.
  void Add(std::string_view text);
  // Sixteen hexadecimal digits; "-" where nothing was added.
  std::string Hex() const;

 private:
  uint64_t hash_ = 0xcbf29ce484222325;
  bool empty_ = true;
};

}  // namespace groupfuzz::record

#endif  // GROUPFUZZ_HARNESS_RECORD_OBSERVATION_H_
