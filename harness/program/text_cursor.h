// Walks over the tokens of one text program, line by line. Internal to the text codec.
//
// Every Take and Fail function returns false once an error is recorded; a Take function that
// succeeds has moved past what it took. `what` says in messages what was expected.
//
// Thread-safety: none; one cursor reads one text.
#ifndef GROUPFUZZ_HARNESS_PROGRAM_TEXT_CURSOR_H_
#define GROUPFUZZ_HARNESS_PROGRAM_TEXT_CURSOR_H_

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "harness/program/program_words.h"
#include "harness/program/text_lexer.h"

namespace groupfuzz {

using Words = std::vector<std::string>;

template <typename Table>
void AppendWords(const Table& table, Words* words) {
  for (const auto& entry : table) words->push_back(entry.word);
}

class Cursor {
 public:
  Cursor(std::string_view text, std::string_view file) : lexer_(text, file) {}

  // Goes to the start of the next line. Returns false at the end of the file and after an error.
  bool NextLine();
  // Goes back to the start of this line.
  void Rewind() { next_ = 0; }

  const Line& line() const { return line_; }
  const absl::Status& status() const { return lexer_.status(); }
  // The next token, or nullptr at the end of the line.
  const Token* Peek() const { return next_ < line_.tokens.size() ? &line_.tokens[next_] : nullptr; }
  // REQUIRES: Peek() != nullptr.
  void Skip() { ++next_; }

  // Fail at the next token.
  bool Fail(const std::string& message);
  bool FailExpected(const std::string& what);
  // ... where one of `words` belongs; names the one that was probably meant.
  bool FailExpectedOne(const std::string& what, const Words& words);

  bool TakeEnd() { return Peek() == nullptr || FailExpected("the end of the line"); }
  // Takes one of `words` and sets *index to its place among them.
  bool TakeWord(const std::string& what, const Words& words, size_t* index);
  bool TakeNumber(const std::string& what, int64_t low, int64_t high, int64_t* number);
  bool TakeName(const std::string& what, std::string* name);
  bool TakeQuoted(size_t max_size, std::string* text);
  // Takes "xN" or "x*" where one is next; else leaves *count alone.
  bool TakeRepeat(uint8_t* count);
  // Takes the next of the options that end a line: a flag, or "key=" whose value is left as the
  // next token. *index is its place among `options`; one that is in `taken` already is an error.
  bool TakeOption(const Words& options, std::vector<bool>* taken, size_t* index);

  template <typename Enum, size_t kSize>
  bool TakeEnum(const std::string& what, const std::array<Word<Enum>, kSize>& words, Enum* value) {
    Words names;
    AppendWords(words, &names);
    size_t index;
    if (!TakeWord(what, names, &index)) return false;
    *value = words[index].value;
    return true;
  }

 private:
  // The rest of the next token becomes the next token.
  void SkipInside(size_t bytes);

  Lexer lexer_;
  Line line_;
  size_t next_ = 0;
};

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_PROGRAM_TEXT_CURSOR_H_
