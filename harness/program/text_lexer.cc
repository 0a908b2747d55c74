#include "harness/program/text_lexer.h"

#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace groupfuzz {
namespace {

constexpr std::string_view kEscapes = "\\n \\t \\r \\0 \\\\ \\\" \\xHH";

bool IsBlank(char c) { return c == ' ' || c == '\t'; }

// Printable ASCII or a tab.
bool IsText(char c) { return (c >= ' ' && c <= '~') || c == '\t'; }

std::string ByteName(char c) {
  return absl::StrFormat("byte 0x%02x", static_cast<unsigned char>(c));
}

// Length of the UTF-8 sequence that `text` starts with, 0 where it starts with none.
size_t Utf8Length(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  size_t length = 1;
  uint32_t code = lead;
  if (lead >= 0xc2 && lead <= 0xdf) {
    length = 2, code = lead & 0x1f;
  } else if (lead >= 0xe0 && lead <= 0xef) {
    length = 3, code = lead & 0x0f;
  } else if (lead >= 0xf0 && lead <= 0xf4) {
    length = 4, code = lead & 0x07;
  } else if (lead >= 0x80) {
    return 0;
  }
  if (text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xc0) != 0x80) return 0;
    code = code << 6 | (byte & 0x3f);
  }
  constexpr std::array<uint32_t, 5> kSmallest = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  return code < kSmallest[length] || surrogate || code > 0x10ffff ? 0 : length;
}

}  // namespace

bool Lexer::Fail(int column, const std::string& message) {
  if (status_.ok()) {
    status_ = absl::InvalidArgumentError(
        absl::StrCat(file_, ":", line_number_, ":", column, ": ", message));
  }
  return false;
}

bool Lexer::Next(Line* line) {
  if (!status_.ok()) return false;
  ++line_number_;
  *line = Line{};
  line->number = line_number_;
  if (rest_.empty()) return false;
  const size_t end = rest_.find('\n');
  std::string_view text = rest_.substr(0, end);
  rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
  if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
  return Split(text, line);
}

bool Lexer::Split(std::string_view text, Line* line) {
  size_t position = 0;
  while (position < text.size()) {
    const char c = text[position];
    if (IsBlank(c)) {
      ++position;
      continue;
    }
    if (c == '#') return ReadComment(text, position, line);
    const bool good =
        c == '"' ? ReadQuoted(text, &position, line) : ReadWord(text, &position, line);
    if (!good) return false;
    line->end_column = static_cast<int>(position) + 1;
  }
  return true;
}

bool Lexer::ReadComment(std::string_view text, size_t begin, Line* line) {
  for (size_t i = begin; i < text.size();) {
    const size_t length = Utf8Length(text.substr(i));
    if (length == 0 || (length == 1 && !IsText(text[i]))) {
      return Fail(static_cast<int>(i) + 1,
                  absl::StrCat("found ", ByteName(text[i]), ", expected UTF-8 text"));
    }
    i += length;
  }
  std::string_view comment = text.substr(begin + 1);
  if (!comment.empty() && comment[0] == ' ') comment.remove_prefix(1);
  line->comment = std::string(comment);
  return true;
}

bool Lexer::ReadWord(std::string_view text, size_t* position, Line* line) {
  const size_t begin = *position;
  while (*position < text.size() && !IsBlank(text[*position]) && text[*position] != '#') {
    const char c = text[*position];
    const int column = static_cast<int>(*position) + 1;
    if (!IsText(c)) {
      return Fail(column, absl::StrCat("found ", ByteName(c), ", expected ASCII text"));
    }
    if (c == '"') return Fail(column, "found '\"' inside a word, expected a space before it");
    ++*position;
  }
  line->tokens.push_back({.text = std::string(text.substr(begin, *position - begin)),
                          .column = static_cast<int>(begin) + 1});
  return true;
}

bool Lexer::ReadQuoted(std::string_view text, size_t* position, Line* line) {
  Token token{.text = {}, .column = static_cast<int>(*position) + 1, .quoted = true};
  ++*position;
  while (*position < text.size() && text[*position] != '"') {
    const char c = text[*position];
    if (!IsText(c)) {
      return Fail(static_cast<int>(*position) + 1,
                  absl::StrCat("found ", ByteName(c), ", expected ASCII text; write it as \\xHH"));
    }
    if (c == '\\') {
      if (!ReadEscape(text, position, &token.text)) return false;
    } else {
      token.text += c;
      ++*position;
    }
  }
  if (*position == text.size()) {
    return Fail(static_cast<int>(*position) + 1, "found the end of the line, expected '\"'");
  }
  ++*position;
  if (*position < text.size() && !IsBlank(text[*position]) && text[*position] != '#') {
    return Fail(static_cast<int>(*position) + 1,
                absl::StrCat("found '", absl::CEscape(std::string(1, text[*position])),
                             "', expected a space after '\"'"));
  }
  line->tokens.push_back(std::move(token));
  return true;
}

bool Lexer::ReadEscape(std::string_view text, size_t* position, std::string* out) {
  const int column = static_cast<int>(*position) + 1;
  const std::string_view rest = text.substr(*position + 1);
  constexpr std::string_view kLetters = "ntr0\\\"";
  constexpr std::string_view kValues("\n\t\r\0\\\"", 6);
  const size_t letter = rest.empty() ? std::string_view::npos : kLetters.find(rest[0]);
  if (letter != std::string_view::npos) {
    if (rest[0] == '0' && rest.size() > 1 && absl::ascii_isdigit(rest[1])) {
      return Fail(column, "found '\\0' before a digit, expected \\x00 there");
    }
    *out += kValues[letter];
    *position += 2;
    return true;
  }
  if (rest.size() >= 3 && rest[0] == 'x' && absl::ascii_isxdigit(rest[1]) &&
      absl::ascii_isxdigit(rest[2])) {
    *out += absl::HexStringToBytes(std::string(rest.substr(1, 2)));
    *position += 4;
    return true;
  }
  const std::string found = absl::CHexEscape(std::string(rest.substr(0, 1)));
  return Fail(column,
              absl::StrCat("found '\\", found, "', expected one of: ", std::string(kEscapes)));
}

}  // namespace groupfuzz
