#include "target/testing/subjects.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"

namespace groupfuzz::port_test {
namespace {

// How many rows a subject runs: a row that goes away, or no longer speaks of a design, is seen.
// What they ask for beside results is counted on the ports, which run all of them: a row that no
// longer asks for a state, or for a trace, is seen, too.
struct RowsRun {
  std::string_view subject;
  int rows;
  std::optional<int> demands = std::nullopt;
};
constexpr RowsRun kRowsRun[] = {
    {"device-lock", 954, 626},
    {"claim-v1", 436, 668},
    {"locked-claim", 434, 677},
    {"owner-check", 523, 855},
    {"v6.4", 456, 716},
    {"v6.12", 1423, 849},
    // 6.1 has no PASIDs and handles. Where the build has these trees.
    {"linux:linux-source-6.1", 924},
    {"linux:linux-source-6.12", 1384},
    // A model has no events, faults or threads.
    {"model:device-lock", 883},
    {"model:claim-v1", 363},
    {"model:locked-claim", 372},
    {"model:owner-check", 425},
    {"model:v6.4", 385},
    {"model:v6.12", 1326},
};
// At least, on a tree of which nothing is known.
constexpr int kFewest = 350;

struct Books {
  int run = 0;
  int demands = 0;
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

const RowsRun* RowsOf(const Design& design) {
  for (const RowsRun& row : kRowsRun) {
    if (row.subject == design.name) return &row;
  }
  return nullptr;
}

// Returns whether the rows that `subject` runs ask for as much as they should.
bool AsksForAll(const Subject& subject) {
  const RowsRun* expected = RowsOf(*subject.design);
  if (expected == nullptr || !expected->demands.has_value()) return true;
  const int demands = BooksOf(subject).demands;
  if (demands == *expected->demands) return true;
  std::printf(
      "FAILED: rows on %s ask for %d states, traces and so on; kRowsRun of "
      "target/testing/subjects.cc has %d\n",
      subject.design->name.c_str(), demands, *expected->demands);
  return false;
}

// Returns whether `subject` runs as many rows as it should.
bool RunsAll(const Subject& subject) {
  const Design& design = *subject.design;
  const int run = BooksOf(subject).run;
  const RowsRun* expected = RowsOf(design);
  if (expected == nullptr && design.kernel && run >= kFewest) return true;
  if (expected != nullptr && run == expected->rows) return true;
  std::printf("FAILED: %d rows on %s; kRowsRun of target/testing/subjects.cc has %d\n", run,
              design.name.c_str(), expected == nullptr ? 0 : expected->rows);
  return false;
}

// Returns whether every port, and every other subject whose name begins with `added`, is there.
bool AllAreThere(std::string_view added) {
  bool all = true;
  const std::vector<Subject> subjects = Subjects();
  for (const RowsRun& row : kRowsRun) {
    const bool demanded = row.subject.find(':') == std::string_view::npos ||
                          (!added.empty() && row.subject.starts_with(added));
    const bool there = std::any_of(subjects.begin(), subjects.end(), [&](const Subject& subject) {
      return subject.design->name == row.subject;
    });
    if (!demanded || there) continue;
    std::printf("FAILED: no row runs on %s\n", std::string(row.subject).c_str());
    all = false;
  }
  return all;
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

void NoteRun(const Subject& subject, int demands) {
  ++BooksOf(subject).run;
  BooksOf(subject).demands += demands;
}
void NoteNotRun(const Subject& subject, const char* reason) { ++BooksOf(subject).not_run[reason]; }

void Leave(const Subject& subject, const char* reason) {
  --BooksOf(subject).run;
  NoteNotRun(subject, reason);
}

bool ReportRun(std::string_view added) {
  const testing::UnitTest& tests = *testing::UnitTest::GetInstance();
  // Rows leave the books when they run.
  const bool all = tests.test_to_run_count() == tests.total_test_count();
  bool enough = !all || AllAreThere(added);
  for (const Subject& subject : Subjects()) {
    const Books& kept = BooksOf(subject);
    std::printf("%s: %d rows\n", subject.design->name.c_str(), kept.run);
    for (const auto& [reason, rows] : kept.not_run) {
      std::printf("  not run: %d, %s\n", rows, reason.c_str());
    }
    if (all && !RunsAll(subject)) enough = false;
    if (all && !AsksForAll(subject)) enough = false;
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
