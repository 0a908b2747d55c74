// What of a finding is new: the one question of everybody who looks for defects that nobody knows.
//
// A finding is known of a design
//
//   - where corpus/known expects that property of it, of a program that has nothing that this one
//     lacks: kinds of ops, kinds of failures, flags of the driver and of devices, threads. For a
//     kernel tree what is expected of the tree like it (known_trees.h) counts, as far as the port
//     does not show it itself; not where --base says what is known (Against());
//   - where the design has a baseline (Design::baseline) that shows it too: the same property, in
//     some interleaving of the same program.
//
// The baseline may have the devices in other places, under the same schedule, as a patch may walk
// the members in another order. In both cases the same kind of op shows it, unless what shows it is
// a whole history; the tear-down is the removal of what is left. So what a known finding leads to
// later, by other ops, is known only where it is there, too.
//
// No property is known by its id alone, and no finding because it comes after a known one. Who says
// what a design violates, as compare and the suites do of a port, steps over nothing; on a design
// with a baseline everybody does (StepsOver).
//
// Guarantees: the answer depends on the program and its findings alone.
//
// Thread-safety: one OS thread.
#ifndef GROUPFUZZ_HARNESS_VERDICT_KNOWN_H_
#define GROUPFUZZ_HARNESS_VERDICT_KNOWN_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "harness/program/program.h"
#include "harness/verdict/counterexample.h"
#include "harness/verdict/known_programs.h"
#include "harness/verdict/runner.h"
#include "target/designs/design.h"

namespace groupfuzz {

// Known findings that somebody stepped over, by the id of their property.
class SteppedOver {
 public:
  void Add(std::string_view property, uint64_t times = 1) {
    counts_[std::string(property)] += times;
  }
  void Add(const std::vector<const Finding*>& known) {
    for (const Finding* finding : known) Add(finding->property->id);
  }

  const std::map<std::string, uint64_t>& counts() const { return counts_; }
  bool empty() const { return counts_.empty(); }
  void Add(const SteppedOver& other) {
    for (const auto& [property, times] : other.counts_) Add(property, times);
  }
  // What such a line of another process says; any other line says nothing.
  void AddDescribed(std::string_view line);

  // "stepped over 12 known findings: I14 x8, I16 x4", in the order of the property table; where
  // there is none, nothing.
  std::string Describe() const;

 private:
  std::map<std::string, uint64_t> counts_;
};

class Known {
 public:
  explicit Known(const Design& design);

  // Pointers into what was split, in its order.
  struct Answer {
    std::vector<const Finding*> news;
    std::vector<const Finding*> known;
  };
  // `findings` of an execution of `program`, in the order in which they showed. The program has the
  // schedule that showed them, whose choices may be more than kMaxChoices; it is normalized
  // otherwise.
  Answer Split(const Program& program, const std::vector<const Finding*>& findings);
  Answer Split(const Program& program, const std::vector<Finding>& findings);
  // The schedule is that of the outcome.
  Answer Split(const Program& program, const RunOutcome& outcome);

  // Whether what `key` says of `program` is known, whatever else was at work.
  bool IsKnown(const Program& program, const FindingKey& key);

  // Whether there is news of `property` in what was `seen` of `program`: of any kind of op that
  // showed it, by the easiest execution, where a schedule can say that one.
  bool HasNews(const Program& program, const Counterexamples& seen, std::string_view property);

  // That there is news of `property`, for a minimizer to keep so. Valid while *this is; what is
  // known instead is added to *stepped_over, where there is one.
  std::function<bool(const Program&, const std::vector<Finding>&)> Keeps(
      std::string property, SteppedOver* stepped_over = nullptr);

 private:
  // What a program has, a bit each.
  struct Parts {
    uint32_t ops = 0;      // OpKind
    uint32_t faults = 0;   // FaultKind
    uint32_t driver = 0;   // kDriverFlags
    uint32_t devices = 0;  // kDeviceFlags, of any device; present or not is a matter of the ops
    int threads = 0;

    bool Hold(const Parts& others) const;
  };
  // Of one program of corpus/known.
  struct Entry {
    std::string property;
    Parts parts;
  };

  void Read(const TextProgram& known, std::string_view design);
  Parts PartsOf(const Program& program) const;
  bool IsListed(const Program& program, const FindingKey& key) const;
  // `program` on the machine that the design makes of it.
  Program OnItsMachine(const Program& program) const;
  bool BaselineKnows(const Program& program, const FindingKey& key);
  bool BaselineShows(const Program& program, const FindingKey& key);
  // In some interleaving.
  bool BaselineReaches(const Program& program, const FindingKey& key);
  bool BaselineShowsCore(const Program& program, const FindingKey& key);

  const Design& design_;
  std::unique_ptr<System> system_;
  std::vector<Entry> entries_;
  std::optional<Runner> baseline_;
  // By what and program: fuzzers try one program with many schedules.
  std::unordered_map<std::string, bool> answers_;
};

// Whether a report on `design` is about its news alone: what it has from its baseline is said of
// that one.
inline bool StepsOver(const Design& design) { return design.baseline != nullptr; }

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_VERDICT_KNOWN_H_
