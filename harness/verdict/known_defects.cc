#include "harness/verdict/known_defects.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace groupfuzz {
namespace {

constexpr absl::string_view kDefect = "Defect of ";
constexpr absl::string_view kLatent = "Latent defect of ";
constexpr absl::string_view kDesign = "linux:";

bool Take(absl::string_view& text, absl::string_view end, std::string* out) {
  const size_t length = text.find(end);
  if (length == absl::string_view::npos || length == 0) return false;
  *out = std::string(text.substr(0, length));
  text.remove_prefix(length + end.size());
  return true;
}

bool Parse(absl::string_view text, KnownDefect* defect) {
  std::string line;
  if (!Take(text, ": ", &defect->tree) || !Take(text, ":", &defect->file) ||
      !Take(text, " ", &line) || !absl::SimpleAtoi(line, &defect->line) ||
      !Take(text, "(); ", &defect->function) || !absl::ConsumePrefix(&text, "repaired by ") ||
      !absl::ConsumeSuffix(&text, ".")) {
    return false;
  }
  for (absl::string_view repair : absl::StrSplit(text, ", ")) {
    defect->repairs.emplace_back(repair);
  }
  return true;
}

}  // namespace

absl::StatusOr<std::vector<KnownDefect>> KnownDefectsOf(const TextProgram& program) {
  std::vector<KnownDefect> defects;
  for (absl::string_view text : absl::StrSplit(program.title, '\n')) {
    KnownDefect defect;
    const absl::string_view whole = text;
    defect.latent = absl::ConsumePrefix(&text, kLatent);
    if (!defect.latent && !absl::ConsumePrefix(&text, kDefect)) continue;
    if (!Parse(text, &defect)) {
      return absl::InvalidArgumentError(
          absl::StrCat("found '", whole, "', expected 'Defect of TREE: FILE:LINE FUNCTION(); ",
                       "repaired by NAME, NAME.'"));
    }
    defects.push_back(std::move(defect));
  }
  for (const Expectation& expected : program.expectations) {
    absl::string_view tree = expected.design;
    if (!absl::ConsumePrefix(&tree, kDesign)) continue;
    const auto found = std::find_if(defects.begin(), defects.end(),
                                    [&](const KnownDefect& one) { return one.tree == tree; });
    if (found == defects.end()) {
      return absl::InvalidArgumentError(
          absl::StrCat(expected.design, " has no line 'Defect of ", tree, ": ...'"));
    }
    found->properties.insert(expected.property);
  }
  for (const KnownDefect& defect : defects) {
    if (defect.properties.empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat("a defect of ", defect.tree, " without 'expect linux:", defect.tree, "'"));
    }
  }
  return defects;
}

}  // namespace groupfuzz
