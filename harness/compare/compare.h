// The comparison of designs: every program of a corpus, explored on every design.
//
// A cell of the table is one design and one group of properties:
//   I1, I2     these properties are violated
//   exhausted  no interleaving of any program violates a property of the group, all were tried
//   sampled    none that was tried does, but some program has too many interleavings to try all
//   unknown    the comparison was stopped before the last program, or cannot run one
//
// Thread-safety: one OS thread.
#ifndef GROUPFUZZ_HARNESS_COMPARE_COMPARE_H_
#define GROUPFUZZ_HARNESS_COMPARE_COMPARE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/compare/changed_lines.h"
#include "harness/execution/verdict_word.h"
#include "harness/program/program_file.h"
#include "harness/report/report.h"
#include "harness/verdict/known.h"
#include "harness/verdict/runner.h"

namespace groupfuzz {

// Executions of one program on one design: to try every interleaving; as random samples where that
// does not suffice; and, all in all, once something was found, when only more ids can be learned.
inline constexpr uint64_t kCompareExecutions = 50'000;
inline constexpr uint64_t kCompareSamples = 2'000;
inline constexpr uint64_t kCompareFailing = 10'000;

// What one design showed.
struct DesignComparison {
  const Design* design = nullptr;
  size_t programs = 0;               // explored
  size_t unjudged = 0;               // of these, with what cannot be followed
  std::vector<size_t> sampled = {};  // of these, too large to try every interleaving
  bool complete = false;             // every program was explored
  std::string unsupported = {};      // what it does in those that cannot be followed
  uint64_t executions = 0;
  // Programs that violate a property, by property id; indices into the corpus.
  std::map<std::string_view, std::vector<size_t>> violations;
  // Of these, what is not known of the kernel; for designs that have a baseline.
  std::map<std::string_view, std::vector<size_t>> news;
  SteppedOver stepped_over = {};  // the others: a property of a program each
  // What a change did run of itself, where the baseline is a kernel as well.
  std::optional<ChangedLines> changed = {};

  // What it is worth that a property of a group is not among them. Of a change that did not run,
  // nothing.
  VerdictWord word() const;
  // Why nothing can be said of it beyond what it shows, of what ran to its end; empty: it can.
  std::string WhyUnknown() const;
  // What is worth a look: the news where there is a baseline, else every violation.
  const std::map<std::string_view, std::vector<size_t>>& findings() const {
    return StepsOver(*design) ? news : violations;
  }
};

// Called before each program; returns false to stop.
using CompareProgress = std::function<bool(const DesignComparison&)>;

DesignComparison CompareDesign(Runner& runner, const std::vector<ProgramFile>& corpus,
                               uint64_t max_executions, const CompareProgress& progress);

// The row of its baseline; nullptr where there is none.
const DesignComparison* BaseOf(const DesignComparison& row,
                               const std::vector<DesignComparison>& rows);

// A property that `base` violates, in programs in which `row` does not.
struct Gone {
  std::string_view id;
  size_t programs = 0;
  size_t of = 0;         // that violate it on the base
  bool sampled = false;  // of some of them not every interleaving was tried on `row`
};
// In the order of the property table; nothing where one of them did not run to its end.
std::vector<Gone> GoneFrom(const DesignComparison& base, const DesignComparison& row);

// At most kReportColumns columns.
std::string FormatTable(const std::vector<DesignComparison>& rows);

// "linux:linux shows nothing that v6.12 does not.", for each design that has a baseline: what is
// new, what is gone where a row is that baseline's, what of a change ran, what was stepped over.
std::string DescribeNews(const std::vector<DesignComparison>& rows);

// "54 programs: ..." - what the words stand for in this table.
std::string DescribeEffort(const std::vector<DesignComparison>& rows, size_t corpus_size);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_COMPARE_COMPARE_H_
