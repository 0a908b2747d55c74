// One execution as a picture, for a page or a mail that shows pictures: SVG with a lane for each
// thread, the locks it holds as bars, who waits for whom, the state of the group, and each violated
// rule with its sentence at its step. The steps have the numbers of the text.
//
// It needs neither network nor script nor a font of its own, is at most kPictureWidth wide, and
// has its own background, light or dark as the reader prefers. Its text is text.
//
// Guarantees: equal executions give equal bytes, on every machine: nothing is measured.
//
// Thread-safety: a pure function.
#ifndef GROUPFUZZ_HARNESS_REPORT_SVG_PICTURE_H_
#define GROUPFUZZ_HARNESS_REPORT_SVG_PICTURE_H_

#include <string>
#include <vector>

#include "harness/execution/trace.h"
#include "harness/program/program.h"
#include "harness/report/html_page.h"
#include "properties/invariants/property.h"

namespace groupfuzz {

inline constexpr int kPictureWidth = 1000;

// REQUIRES: as HtmlPage().
std::string SvgPicture(const PageSubject& subject, const Program& program, const Trace& trace,
                       const std::vector<Finding>& findings);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_REPORT_SVG_PICTURE_H_
