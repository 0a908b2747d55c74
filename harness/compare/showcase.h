// The violation that a newcomer should look at first, made small.
//
// Of a design that has a baseline it is news; of one that has none the central race (I2, I1, I8)
// comes before other properties. The easier a program is to read, the sooner it is looked at: no
// failure, few threads, few ops.
//
// Thread-safety: one OS thread.
#ifndef GROUPFUZZ_HARNESS_COMPARE_SHOWCASE_H_
#define GROUPFUZZ_HARNESS_COMPARE_SHOWCASE_H_

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/compare/compare.h"
#include "harness/program/program_file.h"
#include "harness/report/report.h"
#include "properties/invariants/property.h"
#include "target/designs/design.h"

namespace groupfuzz {

struct Showcase {
  const Design* design = nullptr;
  const Property* property = nullptr;
  std::string source;  // file it came from
  Program program;     // minimized
  int preemptions = 0;
};

// What a look at each program finds, before anybody compares them: of the first design that shows
// news, else of the one whose name is `preferred`. nullopt says no more than that a look did not
// find it; `keep_going` is asked before each program and stops it.
std::optional<Showcase> FirstShowcase(const std::vector<const Design*>& designs,
                                      const std::vector<ProgramFile>& corpus,
                                      std::string_view preferred,
                                      const std::function<bool()>& keep_going);

// What the comparison found: of the first design that shows news, else of the one whose name is
// `preferred`, else of the first one that violates anything.
std::optional<Showcase> ChooseShowcase(const std::vector<DesignComparison>& rows,
                                       const std::vector<ProgramFile>& corpus,
                                       std::string_view preferred);

// What else is new of a row that has a baseline: each property that no execution of `shown`
// violates on that design, made small, in the order of the property table. `keep_going` is asked
// before each.
std::vector<Showcase> OtherNews(const DesignComparison& row, const std::vector<ProgramFile>& corpus,
                                const std::vector<Showcase>& shown,
                                const std::function<bool()>& keep_going);

// The same of each property that `row` violates, new or not, for who wants to look at all of them.
std::vector<Showcase> OneOfEach(const DesignComparison& row, const std::vector<ProgramFile>& corpus,
                                const std::vector<Showcase>& shown,
                                const std::function<bool()>& keep_going);

// `row` violates what `showcase` shows on its design, whatever came of the comparison itself.
void AddViolation(const Showcase& showcase, const std::vector<ProgramFile>& corpus,
                  DesignComparison* row);

// Without the steps: what is wrong, and the program.
std::string FormatBriefly(const Showcase& showcase);
std::string FormatShowcase(const Showcase& showcase, const ReportOptions& options = {});

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_COMPARE_SHOWCASE_H_
