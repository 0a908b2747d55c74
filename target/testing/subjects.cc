#include "target/testing/subjects.h"

#include <cstdio>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace groupfuzz::port_test {
namespace {

struct Books {
  int run = 0;
  std::map<std::string, int> not_run;  // by reason
};
std::vector<Subject> added;
std::map<std::string, Books> books;

Books& BooksOf(const Subject& subject) { return books[subject.design->name]; }

// A domain as it is now: "DMA-FQ" for "DMA#2(DMA-FQ)".
std::string TypeOf(const std::string& domain) {
  const size_t bracket = domain.find('(');
  if (bracket == std::string::npos) return domain.substr(0, domain.find('#'));
  return domain.substr(bracket + 1, domain.find(')') - bracket - 1);
}

}  // namespace

std::vector<Subject> Subjects() {
  std::vector<Subject> subjects;
  for (const Design& design : Designs()) {
    const int reach = design.kernel ? kEverything & ~(kInside | kAbsent) : kEverything;
    subjects.push_back({&design, static_cast<uint8_t>(reach)});
  }
  subjects.insert(subjects.end(), added.begin(), added.end());
  return subjects;
}

void AddSubject(const Subject& subject) { added.push_back(subject); }

void NoteRun(const Subject& subject) { ++BooksOf(subject).run; }
void NoteNotRun(const Subject& subject, const char* reason) { ++BooksOf(subject).not_run[reason]; }

void Leave(const Subject& subject, const char* reason) {
  --BooksOf(subject).run;
  NoteNotRun(subject, reason);
}

bool ReportRun(int fewest) {
  bool enough = true;
  for (const Subject& subject : Subjects()) {
    const char* const name = subject.design->name.c_str();
    const Books& kept = BooksOf(subject);
    std::printf("%s: %d rows\n", name, kept.run);
    for (const auto& [reason, rows] : kept.not_run) {
      std::printf("  not run: %d, %s\n", rows, reason.c_str());
    }
    if (kept.run >= fewest) continue;
    std::printf("FAILED: less than %d rows on %s\n", fewest, name);
    enough = false;
  }
  return enough;
}

std::string Placed(const std::string& state) {
  if (state == "gone") return state;
  std::vector<std::pair<std::string, std::string>> fields;
  std::map<std::string, std::string> places = {{"-", "-"}};
  for (const absl::string_view word : absl::StrSplit(state, ' ')) {
    const std::vector<std::string> parts = absl::StrSplit(word, absl::MaxSplits('=', 1));
    const auto& [name, value] = fields.emplace_back(parts.front(), parts.back());
    if (name == "dd" || name == "bd") places.emplace(value, name);
  }
  const auto place = [&](std::string* out, const std::string& domain) {
    const auto found = places.find(domain);
    *out += found != places.end() ? found->second : TypeOf(domain);
  };
  std::string text;
  for (const auto& [name, value] : fields) {
    absl::StrAppend(&text, text.empty() ? "" : " ", name, "=");
    if (name == "dd" || name == "bd") {
      text += TypeOf(value);
    } else if (name == "cur" || name == "hw") {
      const std::vector<std::string> domains = absl::StrSplit(value, ',');
      text += absl::StrJoin(domains, ",", place);
    } else {
      text += value;
    }
  }
  return text;
}

}  // namespace groupfuzz::port_test
