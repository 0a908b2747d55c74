// The text form of a program: what people write, read, diff and mail.
//
// The grammar, with an example of every line, is corpus/README.md; its examples are tested. Nothing
// is guessed: a word that is unknown, twice, contradictory or out of range is an error that names
// file, line and column, what was found and what was expected there.
//
// ParseText(FormatText(p)) gives p for every normalized program.
//
// Thread-safety: functions of their arguments.
#ifndef GROUPFUZZ_HARNESS_PROGRAM_TEXT_CODEC_H_
#define GROUPFUZZ_HARNESS_PROGRAM_TEXT_CODEC_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/program/program.h"

namespace groupfuzz {

inline constexpr int kTextVersion = 1;

// "expect claim-v1 I1": exploring the program on that design yields a finding of that property.
// Kept as written; what the words name is not looked up here.
struct Expectation {
  std::string design;
  std::string property;

  friend bool operator==(const Expectation&, const Expectation&) = default;
};

// What a text file says.
struct TextProgram {
  Program program;
  std::vector<Expectation> expectations;
  std::string title;  // the leading comment, lines joined by '\n'

  friend bool operator==(const TextProgram&, const TextProgram&) = default;
};

// `file_name` is only used in messages. The error is InvalidArgument with a message such as
//   race.txt:4:8: found 'U7', expected a user domain: U0, U1, U2
absl::StatusOr<TextProgram> ParseText(std::string_view text, std::string_view file_name);

// What is at its default is left out.
// REQUIRES: the program is normalized.
std::string FormatText(const Program& program);
std::string FormatText(const TextProgram& text);

// One op as its line says it, without indentation: `bind 0 probe-fails`.
std::string FormatOp(const Op& op);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_PROGRAM_TEXT_CODEC_H_
