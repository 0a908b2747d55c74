// One execution as a page to look at: self-contained HTML, without network, that reads in a
// browser, on paper and without a script; or as a part of a page that shows several.
//
// A lane for each thread with the locks it holds as bars, the state of the group and of each device
// beside it, and each violated rule at its step. The script adds stepping by keyboard.
//
// Guarantees: equal executions give equal bytes.
//
// Thread-safety: pure functions.
#ifndef GROUPFUZZ_HARNESS_REPORT_HTML_PAGE_H_
#define GROUPFUZZ_HARNESS_REPORT_HTML_PAGE_H_

#include <string>
#include <vector>

#include "harness/execution/trace.h"
#include "harness/program/program.h"
#include "properties/invariants/property.h"

namespace groupfuzz {

struct PageSubject {
  std::string design;                 // on which it ran
  std::string source;                 // the program's file
  std::vector<std::string> commands;  // that say more, as the user would type them
  // Of a part: ids of its elements begin with it; empty on a page of its own.
  std::string anchor = {};
};

// REQUIRES: `trace` is of `program` and was recorded with snapshots; `findings` are of `trace`.
std::string HtmlPage(const PageSubject& subject, const Program& program, const Trace& trace,
                     const std::vector<Finding>& findings);

// What such a page has below its title; of a part the headings are below the third level.
// REQUIRES: as HtmlPage().
std::string HtmlExecution(const PageSubject& subject, const Program& program, const Trace& trace,
                          const std::vector<Finding>& findings);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_REPORT_HTML_PAGE_H_
