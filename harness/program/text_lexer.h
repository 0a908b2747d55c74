// Splits the text form of programs into lines of tokens. Internal to the text codec.
//
// A token is a word or a quoted text with its escapes resolved; '#' outside quotes begins a
// comment. Outside comments a program is ASCII; comments may be UTF-8. A line may end in CR LF.
//
// Thread-safety: none; one lexer reads one text.
#ifndef GROUPFUZZ_HARNESS_PROGRAM_TEXT_LEXER_H_
#define GROUPFUZZ_HARNESS_PROGRAM_TEXT_LEXER_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace groupfuzz {

struct Token {
  std::string text;
  int column = 1;  // from 1, in bytes
  bool quoted = false;
};

struct Line {
  int number = 0;  // from 1
  std::vector<Token> tokens;
  std::optional<std::string> comment;  // without '#' and one space after it
  int end_column = 1;                  // one past the last byte outside the comment
};

class Lexer {
 public:
  Lexer(std::string_view text, std::string_view file) : rest_(text), file_(file) {}

  // Reads the next line, blank ones included. Returns false at the end and after an error.
  bool Next(Line* line);

  // The first error, or OK.
  const absl::Status& status() const { return status_; }
  // Records "file:line:column: message" for the line read last; the first error stays. Returns
  // false.
  bool Fail(int column, const std::string& message);

 private:
  bool Split(std::string_view text, Line* line);
  bool ReadComment(std::string_view text, size_t begin, Line* line);
  bool ReadWord(std::string_view text, size_t* position, Line* line);
  bool ReadQuoted(std::string_view text, size_t* position, Line* line);
  bool ReadEscape(std::string_view text, size_t* position, std::string* out);

  std::string_view rest_;
  std::string file_;
  int line_number_ = 0;
  absl::Status status_;
};

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_PROGRAM_TEXT_LEXER_H_
