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

// "defect linux-source-6.1 iommu.c:415 iommu_release_device repaired-by release-under-mutex": where
// what is expected of that kernel tree comes from. One a tree, after the expectations.
struct Defect {
  std::string tree;
  std::string file;  // in drivers/iommu
  int line = 0;
  std::string function;
  bool latent = false;               // nothing in that tree reaches it
  std::string since;                 // the first version that has it; empty: nobody looked
  std::vector<std::string> repairs;  // each makes a variant of the tree in which it is gone

  friend bool operator==(const Defect&, const Defect&) = default;
};

// "never I14 I40": no design that is faithful to a kernel violates these, in no interleaving. With
// "on device-lock", none that is judged as that one.
struct Never {
  std::vector<std::string> properties;
  std::string design;  // empty: any

  friend bool operator==(const Never&, const Never&) = default;
};

// What a text file says. Beside the program, what is known of it: of the file, not of the program.
struct TextProgram {
  Program program;
  std::vector<Expectation> expectations;
  std::vector<Defect> defects;
  std::vector<Never> nevers;
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

// The folder of a kernel tree by which its design is called; another design's own name.
std::string TreeOfDesign(std::string_view design);
// How expectations name a kernel tree: "linux:linux-source-6.1".
std::string DesignOfTree(std::string_view tree);

// One op as its line says it, without indentation: `bind 0 probe-fails`.
std::string FormatOp(const Op& op);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_PROGRAM_TEXT_CODEC_H_
