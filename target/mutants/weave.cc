#include "target/mutants/weave.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace groupfuzz::mutants {
namespace {

struct Token {
  absl::string_view text;
  size_t begin;  // offset in the source
  size_t end() const { return begin + text.size(); }
};
using Tokens = std::vector<Token>;

bool IsWord(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// The end of what begins at `at`: a comment, a literal, a word, a single sign.
size_t EndOfToken(absl::string_view source, size_t at) {
  const absl::string_view rest = source.substr(at);
  const auto until = [&](absl::string_view end, size_t from) {
    const size_t found = source.find(end, from);
    return found == absl::string_view::npos ? source.size() : found + end.size();
  };
  if (absl::StartsWith(rest, "//")) return std::min(source.find('\n', at), source.size());
  if (absl::StartsWith(rest, "/*")) return until("*/", at + 2);
  if (rest[0] == '"' || rest[0] == '\'') {
    size_t end = at + 1;
    while (end < source.size() && source[end] != rest[0]) end += source[end] == '\\' ? 2 : 1;
    return std::min(end + 1, source.size());
  }
  size_t end = at;
  while (end < source.size() && IsWord(source[end])) ++end;
  return std::max(end, at + 1);
}

// Comments and white space are no tokens.
Tokens Tokenize(absl::string_view source) {
  Tokens tokens;
  for (size_t at = 0; at < source.size();) {
    const size_t end = EndOfToken(source, at);
    const absl::string_view text = source.substr(at, end - at);
    const bool comment = absl::StartsWith(text, "//") || absl::StartsWith(text, "/*");
    if (!comment && !absl::ascii_isspace(text[0])) tokens.push_back({text, at});
    at = end;
  }
  return tokens;
}

bool MatchesAt(const Tokens& tokens, size_t at, const Tokens& pattern) {
  if (at + pattern.size() > tokens.size()) return false;
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (tokens[at + i].text != pattern[i].text) return false;
  }
  return true;
}

// The index after the bracket that closes the one at `open`.
size_t AfterBracket(const Tokens& tokens, size_t open) {
  int depth = 0;
  for (size_t i = open; i < tokens.size(); ++i) {
    const absl::string_view text = tokens[i].text;
    if (text == "(" || text == "{" || text == "[") ++depth;
    if ((text == ")" || text == "}" || text == "]") && --depth == 0) return i + 1;
  }
  return tokens.size();
}

// Where the body of a definition begins whose parameters begin at `open`; the end where this is
// none: a call, a declaration.
size_t BodyAfter(const Tokens& tokens, size_t open) {
  size_t i = AfterBracket(tokens, open);
  while (i < tokens.size() && tokens[i].text != "{") {
    if (tokens[i].text == "(") {
      i = AfterBracket(tokens, i);
    } else if (IsWord(tokens[i].text[0])) {
      ++i;
    } else {
      return tokens.size();
    }
  }
  return i;
}

void FindBodies(const Tokens& tokens, const Tokens& name, size_t from, size_t to,
                std::vector<Range>* bodies) {
  for (size_t i = from; i < to; ++i) {
    if (!MatchesAt(tokens, i, name) || i + name.size() >= tokens.size()) continue;
    if (tokens[i + name.size()].text != "(") continue;
    const size_t body = BodyAfter(tokens, i + name.size());
    if (body >= to) continue;
    bodies->push_back({tokens[body].begin, tokens[AfterBracket(tokens, body) - 1].end()});
  }
}

// What is woven in at one place.
struct Place {
  Range range;
  bool statement;
  std::vector<std::pair<int, std::string>> mutants;  // id, plus
  std::string where;
};

absl::Status AtEdit(const Edit& edit, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(edit.where, ": ", what));
}

absl::StatusOr<Range> Find(absl::string_view source, const Tokens& tokens, const Edit& edit) {
  const std::vector<Range> bodies = BodiesOf(source, edit.function);
  if (bodies.empty()) return AtEdit(edit, absl::StrCat("there is no function ", edit.function));
  const Tokens pattern = Tokenize(edit.minus);
  if (pattern.empty()) return AtEdit(edit, "nothing is replaced");
  std::vector<Range> found;
  for (size_t i = 0; i < tokens.size(); ++i) {
    const bool inside = std::any_of(bodies.begin(), bodies.end(), [&](const Range& body) {
      return body.begin <= tokens[i].begin && tokens[i].begin < body.end;
    });
    if (!inside || !MatchesAt(tokens, i, pattern)) continue;
    found.push_back({tokens[i].begin, tokens[i + pattern.size() - 1].end()});
  }
  if (found.size() == 1) return found.front();
  return AtEdit(edit, absl::StrCat("what is replaced stands in ", edit.function, " ", found.size(),
                                   " times: ", absl::StripAsciiWhitespace(edit.minus)));
}

std::string OnOneLine(absl::string_view code) {
  return absl::StrReplaceAll(absl::StripAsciiWhitespace(code), {{"\n", " "}});
}

bool IsStatement(absl::string_view minus) {
  const absl::string_view code = absl::StripAsciiWhitespace(minus);
  return absl::EndsWith(code, ";") || absl::EndsWith(code, "}");
}

// Outer places before those within them.
bool Before(const Place& a, const Place& b) {
  if (a.range.begin != b.range.begin) return a.range.begin < b.range.begin;
  return a.range.end > b.range.end;
}

bool SameTokens(absl::string_view a, absl::string_view b) {
  const Tokens left = Tokenize(a);
  const Tokens right = Tokenize(b);
  return left.size() == right.size() && MatchesAt(left, 0, right);
}

// The places of one entry.
absl::StatusOr<std::vector<Place>> PlacesOf(const BankEntry& entry, absl::string_view source,
                                            absl::string_view file, const Tokens& tokens) {
  std::vector<Place> places;
  for (const Edit& edit : entry.edits) {
    if (edit.file != file) continue;
    const absl::StatusOr<Range> range = Find(source, tokens, edit);
    if (!range.ok()) return range.status();
    const bool statement = IsStatement(edit.minus);
    if (!statement && edit.plus.empty()) return AtEdit(edit, "an expression needs another one");
    if (SameTokens(edit.minus, edit.plus)) return AtEdit(edit, "nothing is changed");
    places.push_back({*range, statement, {{entry.id, OnOneLine(edit.plus)}}, edit.where});
  }
  return places;
}

// Equal places become one.
void Add(Place place, std::vector<Place>* places) {
  for (Place& known : *places) {
    if (known.range.begin != place.range.begin || known.range.end != place.range.end) continue;
    known.mutants.push_back(std::move(place.mutants.front()));
    return;
  }
  places->push_back(std::move(place));
}

absl::StatusOr<std::vector<Place>> FindPlaces(absl::string_view source, absl::string_view file,
                                              absl::string_view on,
                                              const std::vector<BankEntry>& bank,
                                              std::map<int, std::string>* left_out) {
  const Tokens tokens = Tokenize(source);
  std::vector<Place> places;
  for (const BankEntry& entry : bank) {
    if (!on.empty() && entry.on != on) continue;
    absl::StatusOr<std::vector<Place>> own = PlacesOf(entry, source, file, tokens);
    if (!own.ok() && left_out == nullptr) return own.status();
    if (!own.ok()) {
      left_out->emplace(entry.id, absl::StrCat(entry.name, ": ", own.status().message()));
      continue;
    }
    for (Place& place : *own) Add(std::move(place), &places);
  }
  std::sort(places.begin(), places.end(), Before);
  return places;
}

class Weaver {
 public:
  Weaver(absl::string_view source, const std::vector<Place>& places, absl::string_view condition)
      : source_(source), places_(places), condition_(condition) {}

  absl::StatusOr<std::string> Run() {
    absl::StatusOr<std::string> woven = Text({0, source_.size()}, "");
    return woven;
  }

 private:
  // The text of `range` with the places in it woven; those are next.
  absl::StatusOr<std::string> Text(const Range& range, absl::string_view where) {
    std::string out;
    size_t at = range.begin;
    while (next_ < places_.size() && places_[next_].range.begin < range.end) {
      const Place& place = places_[next_++];
      if (place.range.end > range.end) {
        return absl::InvalidArgumentError(absl::StrCat(place.where, ": overlaps ", where));
      }
      absl::StrAppend(&out, source_.substr(at, place.range.begin - at));
      absl::StatusOr<std::string> inner = Text(place.range, place.where);
      if (!inner.ok()) return inner;
      absl::StrAppend(&out, Woven(place, *inner));
      at = place.range.end;
    }
    absl::StrAppend(&out, source_.substr(at, range.end - at));
    return out;
  }

  std::string Woven(const Place& place, absl::string_view original) const {
    std::string out = place.statement ? "{ " : "(";
    for (const auto& [id, plus] : place.mutants) {
      const std::string condition = absl::StrCat(condition_, id, ")");
      if (place.statement) {
        absl::StrAppend(&out, "if (", condition, ") { ", plus, " } else ");
      } else {
        absl::StrAppend(&out, condition, " ? (", plus, ") : ");
      }
    }
    if (place.statement) return absl::StrCat(out, "{ ", original, " } }");
    return absl::StrCat(out, "(", original, "))");
  }

  const absl::string_view source_;
  const std::vector<Place>& places_;
  const absl::string_view condition_;
  size_t next_ = 0;
};

}  // namespace

std::vector<Range> BodiesOf(absl::string_view source, absl::string_view function) {
  const Tokens tokens = Tokenize(source);
  std::vector<Range> bodies;
  FindBodies(tokens, Tokenize(function), 0, tokens.size(), &bodies);
  const size_t colons = function.find("::");
  if (!bodies.empty() || colons == absl::string_view::npos) return bodies;
  // Defined within its class.
  const Tokens name = Tokenize(function.substr(colons + 2));
  for (size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (tokens[i].text != "class" || tokens[i + 1].text != function.substr(0, colons)) continue;
    while (i < tokens.size() && tokens[i].text != "{") ++i;
    FindBodies(tokens, name, i, AfterBracket(tokens, i), &bodies);
  }
  return bodies;
}

std::vector<FunctionBody> FunctionsOf(absl::string_view source) {
  const Tokens tokens = Tokenize(source);
  std::vector<FunctionBody> functions;
  for (size_t i = 0; i + 1 < tokens.size(); ++i) {
    const absl::string_view name = tokens[i].text;
    const bool keyword = name == "if" || name == "for" || name == "while" || name == "switch";
    if (!IsWord(name[0]) || keyword || tokens[i + 1].text != "(") continue;
    const size_t body = BodyAfter(tokens, i + 1);
    if (body == tokens.size()) continue;
    const size_t after = AfterBracket(tokens, body);
    functions.push_back({std::string(name), {tokens[body].begin, tokens[after - 1].end()}});
    i = after - 1;
  }
  return functions;
}

absl::StatusOr<std::string> Weave(absl::string_view source, absl::string_view file,
                                  absl::string_view on, const std::vector<BankEntry>& bank,
                                  absl::string_view condition,
                                  std::map<int, std::string>* left_out) {
  const absl::StatusOr<std::vector<Place>> places = FindPlaces(source, file, on, bank, left_out);
  if (!places.ok()) return places.status();
  return Weaver(source, *places, condition).Run();
}

}  // namespace groupfuzz::mutants
