#include "harness/program/text_annotations.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "harness/program/strings.h"
#include "target/system/names.h"

namespace groupfuzz {
namespace {

constexpr char kRepairedBy[] = "repaired-by";
constexpr char kLatent[] = "latent";
constexpr char kSince[] = "since";
constexpr char kOn[] = "on";

template <typename T>
bool Holds(const std::vector<T>& values, const T& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

// Adds `value` to the lines of its kind.
template <typename T>
bool AddOnce(Cursor& cursor, const char* what, T value, std::vector<T>* lines) {
  if (Holds(*lines, value)) {
    cursor.Rewind();
    return cursor.FailExpected(absl::StrCat("each ", what, " once"));
  }
  lines->push_back(std::move(value));
  return true;
}

// Takes one more name of a list that says nothing twice.
bool TakeListed(Cursor& cursor, const std::string& what, std::vector<std::string>* names) {
  const Token* token = cursor.Peek();
  if (token != nullptr && Holds(*names, token->text)) {
    return cursor.FailExpected(absl::StrCat(what, " that is not in the line yet"));
  }
  return cursor.TakeName(what, &names->emplace_back());
}

// A tree that something is expected of, and no defect is named of yet.
bool TakeTree(Cursor& cursor, const TextProgram& text, std::string* tree) {
  Words trees;
  for (const Expectation& expectation : text.expectations) {
    absl::string_view name = expectation.design;
    if (!absl::ConsumePrefix(&name, kKernelPrefix)) continue;
    const bool named = std::any_of(text.defects.begin(), text.defects.end(),
                                   [&](const Defect& defect) { return defect.tree == name; });
    std::string word(name);
    if (!named && !Holds(trees, word)) trees.push_back(std::move(word));
  }
  if (trees.empty()) {
    return cursor.FailExpected("'expect linux:TREE' lines before the one 'defect TREE' line");
  }
  size_t index;
  if (!cursor.TakeWord("a tree that an 'expect' line names", trees, &index)) return false;
  *tree = trees[index];
  return true;
}

bool TakePlace(Cursor& cursor, Defect* defect) {
  const Token* token = cursor.Peek();
  const size_t colon = token == nullptr ? std::string::npos : token->text.rfind(':');
  if (colon == std::string::npos || colon == 0 || token->quoted ||
      !absl::SimpleAtoi(token->text.substr(colon + 1), &defect->line) || defect->line < 1) {
    return cursor.FailExpected("a place such as iommu.c:415");
  }
  defect->file = token->text.substr(0, colon);
  cursor.Skip();
  return true;
}

}  // namespace

std::string TreeOfDesign(std::string_view design) {
  absl::string_view name = Abseil(design);
  absl::ConsumePrefix(&name, kKernelPrefix);
  return std::string(name.data(), name.size());
}

std::string DesignOfTree(std::string_view tree) {
  return absl::StrCat(kKernelPrefix, std::string(tree));
}

bool ParseExpect(Cursor& cursor, TextProgram* result) {
  cursor.Skip();
  Expectation expectation;
  return cursor.TakeName("the name of a design", &expectation.design) &&
         cursor.TakeName("the id of a property", &expectation.property) && cursor.TakeEnd() &&
         AddOnce(cursor, "expectation", std::move(expectation), &result->expectations);
}

bool ParseDefect(Cursor& cursor, TextProgram* result) {
  cursor.Skip();
  Defect defect;
  size_t index;
  if (!TakeTree(cursor, *result, &defect.tree) || !TakePlace(cursor, &defect) ||
      !cursor.TakeName("the name of a function", &defect.function) ||
      !cursor.TakeWord("how it is known", {kRepairedBy, kSince, kLatent}, &index)) {
    return false;
  }
  constexpr size_t kIsSince = 1;
  constexpr size_t kIsLatent = 2;
  defect.latent = index == kIsLatent;
  if (defect.latent && !cursor.TakeWord("how it is known", {kRepairedBy, kSince}, &index)) {
    return false;
  }
  if (index == kIsSince && (!cursor.TakeName("a version such as 6.6", &defect.since) ||
                            !cursor.TakeWord("how it is known", {kRepairedBy}, &index))) {
    return false;
  }
  do {
    if (!TakeListed(cursor, "the name of a repair", &defect.repairs)) return false;
  } while (cursor.Peek() != nullptr);
  result->defects.push_back(std::move(defect));
  return true;
}

bool ParseNever(Cursor& cursor, TextProgram* result) {
  cursor.Skip();
  Never never;
  do {
    if (!TakeListed(cursor, "the id of a property", &never.properties)) return false;
  } while (cursor.Peek() != nullptr && cursor.Peek()->text != kOn);
  if (cursor.Peek() != nullptr) {
    cursor.Skip();
    if (!cursor.TakeName("the name of a design", &never.design) || !cursor.TakeEnd()) return false;
  }
  return AddOnce(cursor, "line", std::move(never), &result->nevers);
}

void AppendAnnotations(const TextProgram& text, std::string* out) {
  for (const Expectation& expectation : text.expectations) {
    absl::StrAppend(out, "expect ", expectation.design, " ", expectation.property, "\n");
  }
  for (const Defect& defect : text.defects) {
    absl::StrAppend(out, "defect ", defect.tree, " ", defect.file, ":", defect.line, " ",
                    defect.function, defect.latent ? " latent" : "",
                    defect.since.empty() ? "" : " since " + defect.since, " ", kRepairedBy, " ",
                    absl::StrJoin(defect.repairs, " "), "\n");
  }
  for (const Never& never : text.nevers) {
    absl::StrAppend(out, "never ", absl::StrJoin(never.properties, " "),
                    never.design.empty() ? "" : absl::StrCat(" ", kOn, " ", never.design), "\n");
  }
}

}  // namespace groupfuzz
