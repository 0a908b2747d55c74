// Whether two systems behave the same: the port and the real iommu.c of the kernel it stands for.
//
// The same program runs on both, and after every op everything that shows is compared: what the op
// returned, the state of the group, and the callbacks of the driver, in order, with their devices,
// domains and results. Domains have equal ids where the same op allocated them.
//
// Programs are cut to one thread: with several, equal schedules need equal scheduling points, which
// port and kernel do not have; SetsOfOutcomes() compares those.
//
// A difference is a bug of the port, or has its reason in the one table, kAccepted of
// conformance.cc.
//
// Thread-safety: a Conformance belongs to one OS thread.
#ifndef GROUPFUZZ_HARNESS_CONFORMANCE_H_
#define GROUPFUZZ_HARNESS_CONFORMANCE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "harness/executor.h"
#include "harness/monitor.h"
#include "harness/program.h"
#include "target/designs/design.h"
#include "target/snapshot.h"

namespace groupfuzz {

// What one op showed.
struct OpOutcome {
  int64_t result = 0;
  Snapshot after;
  std::vector<Event> callbacks;
};

// What an execution showed: its ops (the first entry is boot), then tear-down.
struct Behaviour {
  std::vector<OpOutcome> ops;
  bool abandoned = false;
  int leaked = 0;
};

struct BehaviourDifference {
  int op = 0;         // index in the thread; -1 is boot, the number of ops tear-down
  std::string where;  // "result", "owner_cnt", "callback 2"
  std::string port;
  std::string kernel;
};

// Why a difference of the port from a tree judged as `judged_as` is none.
struct AcceptedDifference {
  DesignId judged_as;
  const char* reason;
  // Whether it is at work in the program that showed the difference.
  bool (*applies)(const Program& program, const BehaviourDifference& difference);
};
std::span<const AcceptedDifference> AcceptedDifferences();

class Conformance {
 public:
  Conformance(const Design& port, const Design& kernel);

  // The first difference on the first thread of `program`, or nothing. Also counts.
  // REQUIRES: `program` is normalized.
  std::optional<BehaviourDifference> Compare(const Program& program);

  // Final states and abandonments that some interleaving of `program` leads to, for each of both,
  // found by exhaustive exploration; nothing where more than `max_executions` were needed.
  struct Outcomes {
    std::set<std::string> port, kernel;
    uint64_t executions = 0;
  };
  std::optional<Outcomes> SetsOfOutcomes(const Program& program, uint64_t max_executions);

  uint64_t ops() const { return ops_; }            // compared
  uint64_t accepted() const { return accepted_; }  // programs with an accepted difference

 private:
  struct Side {
    const Design& design;
    std::unique_ptr<System> system;
  };
  Behaviour Run(Side& side, const Program& program);
  bool CollectOutcomes(Side& side, const Program& program, uint64_t max_executions,
                       std::set<std::string>* outcomes, uint64_t* executions);

  Side port_;
  Side kernel_;
  Executor executor_;
  uint64_t ops_ = 0;
  uint64_t accepted_ = 0;
};

// "op 3: owner_cnt is 1 on the port, 2 in the kernel"
std::string Describe(const BehaviourDifference& difference);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_CONFORMANCE_H_
