// --html FILE: one execution as a page (harness/report/html_page.h).
//
// Thread-safety: main thread only.
#ifndef GROUPFUZZ_HARNESS_CLI_PAGE_H_
#define GROUPFUZZ_HARNESS_CLI_PAGE_H_

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "harness/program/program.h"
#include "target/designs/design.h"

namespace groupfuzz::cli {

// A page is of one execution: an error where --html is given and there are `executions` of them.
absl::Status CheckPage(size_t executions);

// Where --html is given, writes the page of the execution of `program` on `design`; `source` is
// where the program came from.
absl::Status WritePage(const Design& design, const Program& program, const std::string& source);

}  // namespace groupfuzz::cli

#endif  // GROUPFUZZ_HARNESS_CLI_PAGE_H_
