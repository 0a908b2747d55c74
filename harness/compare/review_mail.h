// What a review says of a patch as an answer to its mail: headers, the hunk that it is about, and
// the finding (harness/report/mail.h).
//
// It tells one counterexample, that of the central race where there is one, and names the other
// rules that the patch breaks. The hunk is the first one in which a changed line ran when the
// counterexample did, else the first one of a file that is built, else the first one. To: and Cc:
// are the sender's.
//
// Guarantees: equal reviews and patches give equal bytes. Lines are of at most kMailColumns
// columns, but for those of the patch and of headers.
//
// Thread-safety: one OS thread.
#ifndef GROUPFUZZ_HARNESS_COMPARE_REVIEW_MAIL_H_
#define GROUPFUZZ_HARNESS_COMPARE_REVIEW_MAIL_H_

#include <functional>
#include <string>
#include <string_view>

#include "harness/compare/review_page.h"

namespace groupfuzz {

struct PatchMail {
  std::string subject;  // of the mail: "[PATCH 2/4] iommu: Two"
  std::string diff;
};

// The first hunk of `diff` in which `ran` is true of a line that it adds, as above, each line after
// "> ". `ran`: of a file and a line after the patch.
std::string QuotedHunk(std::string_view diff,
                       const std::function<bool(const std::string& file, int line)>& ran);

// The answer to patch `index` of `review`; empty where it brings nothing.
std::string ReviewMail(const Review& review, size_t index, const PatchMail& patch);

// "0002-iommu-two.mail", for patch `index`.
std::string MailFileName(const Review& review, size_t index);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_COMPARE_REVIEW_MAIL_H_
