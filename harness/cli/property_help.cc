#include "harness/cli/property_help.h"

#include <cstdint>
#include <limits>
#include <tuple>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "harness/program/strings.h"
#include "harness/report/report.h"
#include "properties/invariants/property.h"

namespace groupfuzz::cli {
namespace {

uint32_t NumberOf(std::string_view id) {
  uint32_t number = 0;
  if (!absl::SimpleAtoi(Abseil(id.substr(1)), &number)) return std::numeric_limits<uint32_t>::max();
  return number;
}

// Of the same family before others, then the nearest number, then the first.
std::string_view Nearest(std::string_view word) {
  std::vector<std::string_view> ids;
  for (const Property& property : Properties()) ids.push_back(property.id);
  for (const UncheckedInvariant& unchecked : UncheckedInvariants()) ids.push_back(unchecked.id);
  const auto distance = [&](std::string_view id) {
    const int64_t apart = int64_t{NumberOf(id)} - int64_t{NumberOf(word)};
    return std::tuple(absl::ascii_toupper(word[0]) != id[0], apart < 0 ? -apart : apart);
  };
  std::string_view nearest = ids.front();
  for (const std::string_view id : ids) {
    if (distance(id) < distance(nearest)) nearest = id;
  }
  return nearest;
}

constexpr int kIndent = 14;

std::string Line(std::string_view name, std::string_view text) {
  const std::string line = absl::StrFormat("     %-9s%s", std::string(name), std::string(text));
  return absl::StrJoin(Wrap(line, kReportColumns, kIndent), "\n") + "\n";
}

std::string Described(std::string_view id, std::string_view statement, std::string_view source) {
  const std::string lead = absl::StrFormat("%-5s%s", std::string(id), std::string(statement));
  return absl::StrCat(
      absl::StrJoin(Wrap(lead, kReportColumns, 5), "\n"), "\n", Line("source:", source),
      Line("family:",
           absl::StrCat(std::string(id.substr(0, 1)), ", ", std::string(FamilySubject(id)))));
}

// Where the check looks away, and why.
std::string Excuses(const Property& property) {
  std::string text;
  for (const PropertyExcuse& excuse : ExcusesOf(property)) {
    const std::string what = absl::StrCat(std::string(excuse.name), " (", excuse.kernels,
                                          "): ", std::string(excuse.reason));
    absl::StrAppend(&text, Line(text.empty() ? "excuses:" : "", what));
  }
  return text;
}

}  // namespace

bool LooksLikeId(std::string_view word) {
  if (word.size() < 2 || !absl::ascii_isalpha(word[0])) return false;
  for (const char digit : word.substr(1)) {
    if (!absl::ascii_isdigit(digit)) return false;
  }
  return true;
}

std::string DescribeProperty(std::string_view id) {
  if (const Property* property = FindProperty(id); property != nullptr) {
    return absl::StrCat(
        Described(id, property->statement, property->source),
        Line("column:", absl::StrCat(std::string(GroupName(property->group)), ", of compare")),
        Line("checked:",
             absl::StrCat("in every execution, by ", std::string(property->checked_in))),
        Excuses(*property));
  }
  for (const UncheckedInvariant& unchecked : UncheckedInvariants()) {
    if (unchecked.id != id) continue;
    return absl::StrCat(
        Described(id, unchecked.statement, unchecked.source),
        Line("checked:", absl::StrCat("by nothing: ", std::string(unchecked.reason))));
  }
  return {};
}

absl::Status UnknownProperty(std::string_view id) {
  const std::string nearest =
      LooksLikeId(id) ? absl::StrCat("; the nearest is ", std::string(Nearest(id))) : "";
  return absl::InvalidArgumentError(absl::StrCat("unknown property '", std::string(id), "'",
                                                 nearest, "; see `groupfuzz list properties`"));
}

absl::Status CheckProperty(std::string_view id) {
  if (id.empty() || FindProperty(id) != nullptr) return absl::OkStatus();
  return UnknownProperty(id);
}

}  // namespace groupfuzz::cli
