// One finding as a text that is pasted as an answer to a patch: who did what in which order, as
// commit messages of the kernel show races, what is wrong then, the rule and who says so, the
// program, and how to see it again.
//
// Guarantees: plain text of at most kMailColumns columns; equal executions give equal bytes. Lines
// of a program that are longer end in a backslash and go on in the next one, which the text says.
//
// Thread-safety: pure functions.
#ifndef GROUPFUZZ_HARNESS_REPORT_MAIL_H_
#define GROUPFUZZ_HARNESS_REPORT_MAIL_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "harness/execution/trace.h"
#include "harness/program/program.h"
#include "harness/report/mail_steps.h"
#include "properties/invariants/property.h"

namespace groupfuzz {

inline constexpr size_t kMailColumns = 76;

struct MailSubject {
  std::string opening;  // on what it ran, a sentence
  // The rule that the mail is about; nullptr: the one that broke first.
  const Property* property = nullptr;
  // Of these the mail says that they broke, too; empty: of all that did.
  std::vector<std::string_view> ids = {};
  std::vector<std::string> notes = {};     // paragraphs below the rule
  std::vector<std::string> commands = {};  // that show it again, as they are typed
};

// The finding of `findings` that a mail on `property` is about; nullptr where there is none.
const Finding* MailedFinding(const std::vector<Finding>& findings, const Property* property);

// REQUIRES: as MailSteps(), and there is a MailedFinding().
std::string Mail(const MailSubject& subject, const Program& program, const Trace& trace,
                 const std::vector<CallMoment>& calls, const std::vector<Finding>& findings);

// `text` in lines of at most kMailColumns, each with its end; `indent` moves those after the first.
std::string MailParagraph(const std::string& text, size_t indent = 0);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_REPORT_MAIL_H_
