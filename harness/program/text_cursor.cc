#include "harness/program/text_cursor.h"

#include <algorithm>
#include <charconv>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "harness/program/strings.h"

namespace groupfuzz {
namespace {

// Of a token, in messages: a line stays a line however long a word is.
constexpr size_t kMaxShown = 40;

constexpr std::string_view kNameCharacters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:+/~";

std::string Show(const Token* token) {
  if (token == nullptr) return "the end of the line";
  if (token->text.empty() && !token->quoted) return "nothing";
  std::string text = absl::CHexEscape(token->text.substr(0, kMaxShown));
  if (token->text.size() > kMaxShown) text += "...";
  return token->quoted ? absl::StrCat("text \"", text, "\"") : absl::StrCat("'", text, "'");
}

}  // namespace

bool Cursor::NextLine() {
  next_ = 0;
  return lexer_.Next(&line_);
}

bool Cursor::Fail(const std::string& message) {
  return lexer_.Fail(Peek() != nullptr ? Peek()->column : line_.end_column, message);
}

bool Cursor::FailExpected(const std::string& what) {
  return Fail(absl::StrCat("found ", Show(Peek()), ", expected ", what));
}

bool Cursor::FailExpectedOne(const std::string& what, const Words& words) {
  const Token* token = Peek();
  const std::string hint = token == nullptr || token->quoted ? "" : DidYouMean(token->text, words);
  return FailExpected(absl::StrCat(what, hint));
}

bool Cursor::TakeWord(const std::string& what, const Words& words, size_t* index) {
  const Token* token = Peek();
  const auto word = token == nullptr || token->quoted
                        ? words.end()
                        : std::find(words.begin(), words.end(), token->text);
  if (word == words.end()) {
    return FailExpectedOne(absl::StrCat(what, ": ", absl::StrJoin(words, ", ")), words);
  }
  *index = static_cast<size_t>(word - words.begin());
  Skip();
  return true;
}

bool Cursor::TakeNumber(const std::string& what, int64_t low, int64_t high, int64_t* number) {
  const Token* token = Peek();
  bool good = token != nullptr && !token->quoted;
  if (good) {
    const char* end = token->text.data() + token->text.size();
    const auto [rest, error] = std::from_chars(token->text.data(), end, *number);
    const bool padded = token->text.size() > 1 && token->text[0] == '0';
    good = error == std::errc() && rest == end && !padded && *number >= low && *number <= high;
  }
  if (!good) return FailExpected(absl::StrCat(what, ": ", low, "..", high));
  Skip();
  return true;
}

bool Cursor::TakeName(const std::string& what, std::string* name) {
  const Token* token = Peek();
  if (token == nullptr || token->quoted ||
      token->text.find_first_not_of(kNameCharacters) != std::string::npos) {
    return FailExpected(what);
  }
  *name = token->text;
  Skip();
  return true;
}

bool Cursor::TakeQuoted(size_t max_size, std::string* text) {
  const Token* token = Peek();
  if (token == nullptr || !token->quoted) return FailExpected("a quoted text such as \"DMA\\n\"");
  if (token->text.size() > max_size) {
    return Fail(absl::StrCat("found a text of ", token->text.size(), " bytes, expected at most ",
                             max_size, "; padding=N adds N NUL bytes"));
  }
  *text = token->text;
  Skip();
  return true;
}

bool Cursor::TakeRepeat(uint8_t* count) {
  const Token* token = Peek();
  if (token == nullptr || token->quoted || token->text[0] != 'x') return true;
  if (token->text == "x*") {
    *count = kEveryOccurrence;
    Skip();
    return true;
  }
  SkipInside(1);
  int64_t number;
  if (!TakeNumber("'*' or a count", 1, kEveryOccurrence - 1, &number)) return false;
  *count = static_cast<uint8_t>(number);
  return true;
}

bool Cursor::TakeOption(const Words& options, std::vector<bool>* taken, size_t* index) {
  const Token* token = Peek();
  const std::string what = absl::StrCat("an option: ", absl::StrJoin(options, ", "));
  if (token == nullptr || token->quoted) return FailExpected(what);
  const size_t equals = token->text.find('=');
  const bool has_value = equals != std::string::npos;
  const std::string key = has_value ? token->text.substr(0, equals + 1) : token->text;
  const auto option = std::find(options.begin(), options.end(), key);
  if (option == options.end()) return FailExpectedOne(what, options);
  *index = static_cast<size_t>(option - options.begin());
  taken->resize(options.size());
  if ((*taken)[*index]) {
    return Fail(absl::StrCat("found '", key, "' a second time, expected it once"));
  }
  (*taken)[*index] = true;
  if (has_value) {
    SkipInside(key.size());
  } else {
    Skip();
  }
  return true;
}

void Cursor::SkipInside(size_t bytes) {
  Token& token = line_.tokens[next_];
  token.text.erase(0, bytes);
  token.column += static_cast<int>(bytes);
}

}  // namespace groupfuzz
