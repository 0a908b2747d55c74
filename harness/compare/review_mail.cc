#include "harness/compare/review_mail.h"

#include <algorithm>
#include <cstdio>
#include <optional>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "harness/compare/changed_lines.h"
#include "harness/program/strings.h"
#include "harness/program/text_codec.h"
#include "harness/verdict/execution_mail.h"

namespace groupfuzz {
namespace {

constexpr size_t kQuotedLines = 60;
constexpr size_t kSlug = 52;
constexpr std::string_view kCentralRace = "I2";

struct Hunk {
  std::string file;
  std::vector<std::string> lines;  // "@@ ..." first
  std::vector<int> added;          // lines after the patch
};

// The line after the patch at which "@@ -1,2 +3,4 @@" begins.
int FirstLine(std::string_view head) {
  const size_t plus = head.find('+');
  if (plus == std::string_view::npos) return 0;
  const std::string_view rest = head.substr(plus + 1);
  int line = 0;
  return absl::SimpleAtoi(Abseil(rest.substr(0, rest.find_first_of(", "))), &line) ? line : 0;
}

// How many lines of each side "-1,2 +3,4" promises.
int CountAfter(std::string_view head, char side) {
  const size_t begin = head.find(side);
  if (begin == std::string_view::npos) return 0;
  const std::string_view range = head.substr(begin, head.find(' ', begin) - begin);
  const size_t comma = range.find(',');
  int count = 1;
  if (comma == std::string_view::npos) return count;
  return absl::SimpleAtoi(Abseil(range.substr(comma + 1)), &count) ? count : 0;
}

std::vector<Hunk> HunksOf(std::string_view diff) {
  std::vector<Hunk> hunks;
  std::string file;
  int old_left = 0;
  int new_left = 0;
  int line = 0;
  for (const absl::string_view text : absl::StrSplit(Abseil(diff), '\n')) {
    const std::string here(text);
    if (old_left <= 0 && new_left <= 0) {
      if (here.starts_with("+++ ")) {
        file = here.substr(
            4, here.find('\t') == std::string::npos ? std::string::npos : here.find('\t') - 4);
        if (file.starts_with("b/")) file = file.substr(2);
      }
      if (!here.starts_with("@@ ")) continue;
      hunks.push_back({.file = file, .lines = {here}, .added = {}});
      line = FirstLine(here);
      old_left = CountAfter(here, '-');
      new_left = CountAfter(here, '+');
      continue;
    }
    Hunk& hunk = hunks.back();
    hunk.lines.push_back(here);
    const char side = here.empty() ? ' ' : here[0];
    if (side == '\\') continue;
    if (side != '+') --old_left;
    if (side == '-') continue;
    if (side == '+') hunk.added.push_back(line);
    --new_left;
    ++line;
  }
  return hunks;
}

std::string Quoted(const Hunk& hunk) {
  std::string text = absl::StrCat("> --- a/", hunk.file, "\n> +++ b/", hunk.file, "\n");
  const size_t count = std::min(hunk.lines.size(), kQuotedLines);
  for (size_t i = 0; i < count; ++i) absl::StrAppend(&text, "> ", hunk.lines[i], "\n");
  return count < hunk.lines.size() ? text + "> [...]\n" : text;
}

// "4": of "patch-4"
std::string NumberOf(const std::string& step) {
  const size_t dash = step.rfind('-');
  return dash == std::string::npos ? step : step.substr(dash + 1);
}

std::string Headers(const ReviewedPatch& patch, const PatchMail& mail) {
  std::string text = absl::StrCat("Subject: Re: ", mail.subject, "\n");
  if (!patch.message_id.empty()) {
    absl::StrAppend(&text, "In-Reply-To: ", patch.message_id, "\nReferences: ", patch.message_id,
                    "\n");
  }
  return text + "\n";
}

bool Brings(const ReviewedPatch& patch, const Property& property) {
  return std::any_of(patch.brings.begin(), patch.brings.end(),
                     [&](const Brought& one) { return one.property->id == property.id; });
}

// The counterexample that is told, of those of what the patch brings: the central race, which needs
// no explanation, else the first; nullptr where there is none.
const ReviewedExample* ExampleOf(const ReviewedPatch& patch) {
  const ReviewedExample* first = nullptr;
  for (const ReviewedExample& example : patch.examples) {
    if (!Brings(patch, *example.property)) continue;
    if (example.property->id == kCentralRace) return &example;
    if (first == nullptr) first = &example;
  }
  return first;
}

// What the patch brings beside `told`, which may be nullptr.
std::vector<std::string> Notes(const Review& review, const ReviewedPatch& patch,
                               const Property* told) {
  std::vector<std::string> notes;
  for (const Brought& brought : patch.brings) {
    if (brought.gone_with.empty()) continue;
    notes.push_back(absl::StrCat("Patch ", NumberOf(brought.gone_with), "/", review.patches.size(),
                                 " takes ", std::string(brought.property->id), " away again."));
  }
  std::vector<std::string> others;
  for (const Brought& brought : patch.brings) {
    if (told == nullptr || brought.property->id != told->id) {
      others.emplace_back(brought.property->id);
    }
  }
  if (others.empty()) return notes;
  notes.push_back(absl::StrCat("With this patch groupfuzz sees these rules broken",
                               told == nullptr ? "" : ", too", ": ", absl::StrJoin(others, ", "),
                               ". `groupfuzz explain ", others.front(), "` prints the sentence of ",
                               others.front(), "."));
  return notes;
}

std::vector<std::string> Commands(const Review& review, const Design& design) {
  const std::string tree = TreeOfDesign(review.tree);
  const std::string release = DebianRelease(tree);
  const std::string linux = release.empty() ? "/path/to/" + tree : release;
  return {"# series.mbox is this series, as b4 fetches it",
          absl::StrCat("ci/review series.mbox --linux ", linux),
          absl::StrCat("build/release/bin/groupfuzz_review explain --design ", design.name,
                       " race.txt")};
}

std::string Opening(const Review& review) {
  return absl::StrCat(
      "groupfuzz compiles drivers/iommu/iommu.c of ", TreeOfDesign(review.tree),
      " with this series up to this patch, and runs it in user space, on a mock IOMMU driver. "
      "There this sequence breaks a rule, which groupfuzz does not see without this patch. Lines "
      "are those with it applied.");
}

std::string Told(const Review& review, const ReviewedPatch& patch, const ReviewedExample& example) {
  MailSubject subject{.opening = Opening(review), .property = example.property};
  for (const Brought& brought : patch.brings) subject.ids.push_back(brought.property->id);
  subject.notes = Notes(review, patch, example.property);
  subject.commands = Commands(review, *example.design);
  return ExecutionMail(*example.design, example.program, std::move(subject));
}

// Which lines of the series so far ran in this process; nullopt where nobody knows.
std::optional<ChangedLines> RanLines(const Review& review, const Design& design) {
  const Design* base = FindDesign(review.tree);
  if (base == nullptr || base == &design) return std::nullopt;
  return LinesThatChanged(Against(design, *base));
}

bool Ran(const std::optional<ChangedLines>& changed, const std::string& file, int line) {
  if (!changed) return false;
  return std::any_of(changed->functions.begin(), changed->functions.end(),
                     [&](const ChangedFunction& function) {
                       const auto found = function.ran.find(line);
                       return function.file == file && found != function.ran.end() && found->second;
                     });
}

}  // namespace

std::string QuotedHunk(std::string_view diff,
                       const std::function<bool(const std::string& file, int line)>& ran) {
  const std::vector<Hunk> hunks = HunksOf(diff);
  if (hunks.empty()) return "";
  const auto of_what_ran = [&](const Hunk& hunk) {
    return std::any_of(hunk.added.begin(), hunk.added.end(),
                       [&](int line) { return ran(hunk.file, line); });
  };
  const auto is_built = [](const Hunk& hunk) {
    return hunk.file.starts_with("drivers/iommu/") || hunk.file.starts_with("include/");
  };
  auto found = std::find_if(hunks.begin(), hunks.end(), of_what_ran);
  if (found == hunks.end()) found = std::find_if(hunks.begin(), hunks.end(), is_built);
  return Quoted(found == hunks.end() ? hunks.front() : *found);
}

std::string ReviewMail(const Review& review, size_t index, const PatchMail& patch) {
  const ReviewedPatch& reviewed = review.patches[index];
  if (reviewed.brings.empty()) return "";
  const ReviewedExample* example = ExampleOf(reviewed);
  std::string text = example == nullptr ? "" : Told(review, reviewed, *example);
  std::optional<ChangedLines> changed;
  if (!text.empty()) {
    changed = RanLines(review, *example->design);
  } else {
    for (const std::string& note : Notes(review, reviewed, nullptr)) {
      absl::StrAppend(&text, text.empty() ? "" : "\n", MailParagraph(note));
    }
  }
  const std::string hunk = QuotedHunk(
      patch.diff, [&](const std::string& file, int line) { return Ran(changed, file, line); });
  return absl::StrCat(Headers(reviewed, patch), hunk, hunk.empty() ? "" : "\n", text);
}

std::string MailFileName(const Review& review, size_t index) {
  std::string slug;
  for (const char c : review.patches[index].title) {
    if (absl::ascii_isalnum(c)) {
      slug += absl::ascii_tolower(c);
    } else if (!slug.empty() && slug.back() != '-') {
      slug += '-';
    }
  }
  slug = slug.substr(0, kSlug);
  while (slug.ends_with('-')) slug.pop_back();
  return absl::StrFormat("%04d-%s.mail", static_cast<int>(index + 1), slug);
}

}  // namespace groupfuzz
