// One execution on a design as a mail (harness/report/mail.h): runs it and notes its calls, says on
// what it ran and what corpus/known knows of it.
//
// Thread-safety: one OS thread.
#ifndef GROUPFUZZ_HARNESS_VERDICT_EXECUTION_MAIL_H_
#define GROUPFUZZ_HARNESS_VERDICT_EXECUTION_MAIL_H_

#include <string>
#include <string_view>
#include <vector>

#include "harness/program/program.h"
#include "harness/report/mail.h"
#include "target/designs/design.h"

namespace groupfuzz {

// What a mail says of `design` at its beginning, and the commands that show its executions again.
std::string MailOpening(const Design& design);
std::vector<std::string> MailCommands(const Design& design);

// "6.12" of "linux-source-6.12": what ci/linux-tree is asked for; empty for any other tree.
std::string DebianRelease(const std::string& tree);

// What corpus/known says of `property` in `program` on `design`, a paragraph: the file, and in its
// words what happens where that is said of this design; of a kernel tree the faulty statement and
// the changes that repair it. Empty where it says nothing.
std::string KnownNote(const Design& design, const Program& program, const Property& property);

// The mail on `program`, which is run with its own schedule. It is about the first of `preferred`
// that shows, else about subject.property, and has what is known of it as its last note. Empty
// where there is nothing that it could be about.
std::string ExecutionMail(const Design& design, const Program& program, MailSubject subject,
                          const std::vector<std::string>& preferred = {});

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_VERDICT_EXECUTION_MAIL_H_
