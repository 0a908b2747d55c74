// --html FILE, --svg FILE: one execution as a page and as a picture (harness/report).
//
// Thread-safety: main thread only.
#ifndef GROUPFUZZ_HARNESS_CLI_PAGE_H_
#define GROUPFUZZ_HARNESS_CLI_PAGE_H_

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "harness/program/program.h"
#include "harness/report/html_page.h"
#include "target/designs/design.h"

namespace groupfuzz::cli {

// Asked before anything is searched. Each is of one execution, so that it is an error where there
// are `executions` of them, and the file can be written. It is empty from now on: nobody takes an
// older one for this.
absl::Status PreparePage(size_t executions);

// Writes what is asked for of the execution of `program` on `design`; `source` is where the program
// came from.
absl::Status WritePage(const Design& design, const Program& program, const std::string& source);

// The same of what has a page of another kind: the picture, where one is asked for ...
absl::Status WritePicture(const Design& design, const Program& program, const std::string& source);
// ... and whether there is a page to make, and the page.
bool WantsPage();
absl::Status WritePageText(const std::string& html);

// What a page says beside an execution on `design`.
PageSubject SubjectOn(const Design& design, const std::string& source);

// Where nothing was found to show: says that the files are empty for that; or the picture alone.
void ExplainEmptyPage();
void ExplainEmptyPicture();

}  // namespace groupfuzz::cli

#endif  // GROUPFUZZ_HARNESS_CLI_PAGE_H_
