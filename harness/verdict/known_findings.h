// Which findings of a design are known defects, so that those who look for new ones step over them.
//
//   a design of the port     each finding of a property that corpus/known/ expects of the design
//   one with a baseline      what the baseline shows too: the same property, in some interleaving
//                            of the same program. Beside that, what corpus/known/ expects of the
//                            kernel and not of the port, in programs that have everything in them
//                            that the known one has: its kinds of ops, its kinds of failures.
//
// A baseline is the design of the port that a kernel tree is judged as (Design::baseline).
//
// Guarantees: the answer depends on the program and the property alone.
//
// Thread-safety: one OS thread.
#ifndef GROUPFUZZ_HARNESS_VERDICT_KNOWN_FINDINGS_H_
#define GROUPFUZZ_HARNESS_VERDICT_KNOWN_FINDINGS_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "harness/program/program.h"
#include "harness/program/text_codec.h"
#include "harness/verdict/runner.h"
#include "target/designs/design.h"

namespace groupfuzz {

class KnownFindings {
 public:
  explicit KnownFindings(const Design& design);

  // `program` has the schedule that showed it, whose choices may be more than kMaxChoices.
  // REQUIRES: `program` is normalized otherwise.
  bool Contains(const Program& program, std::string_view property);
  // The first of `findings` that is not known, or nullptr. In a kernel whatever shows after a known
  // defect may be its doing, and is no news; `findings` are in the order in which they showed.
  const Finding* News(const Program& program, const std::vector<Finding>& findings);

  // That a finding of `property` is news, for a minimizer to keep so. Valid while *this is.
  std::function<bool(const Program&, const std::vector<Finding>&)> KeepsNews(std::string property);

 private:
  // Of one program of corpus/known.
  struct Entry {
    std::string property;
    uint32_t ops = 0;     // one bit an OpKind; nothing: any program
    uint32_t faults = 0;  // one bit a FaultKind
  };
  // `kernel` is what corpus/known calls the design.
  void Read(const TextProgram& known, std::string_view kernel);
  // `program` on the machine that the kernel makes of it.
  Program OnItsMachine(const Program& program) const;
  bool BaselineShows(const Program& program, std::string_view property);
  // In some interleaving.
  bool BaselineReaches(const Program& program, std::string_view property);
  bool BaselineShowsCore(const Program& program, std::string_view property);

  const Design& design_;
  std::unique_ptr<System> kernel_;  // where there is a baseline
  std::vector<Entry> entries_;
  std::optional<Runner> baseline_;
  // By property and program: fuzzers try one program with many schedules.
  std::unordered_map<std::string, bool> answers_;
};

// "linux:linux-source-6.12": how corpus/known names the kernels whose rules `design` stands on.
// From when drivers are told the old domain, and keep a device there if an attach fails, it is 7.2.
std::string NameOfKernel(const Design& design);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_VERDICT_KNOWN_FINDINGS_H_
