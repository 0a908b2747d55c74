// What the corpus says is known: the programs of corpus/known and corpus/regressions and the
// `expect`, `defect` and `never` lines in them, collected by the build.
//
// Guarantees: the order is that of the paths.
//
// Thread-safety: constants, after the first call.
#ifndef GROUPFUZZ_HARNESS_VERDICT_KNOWN_PROGRAMS_H_
#define GROUPFUZZ_HARNESS_VERDICT_KNOWN_PROGRAMS_H_

#include <string>
#include <string_view>
#include <vector>

#include "harness/program/text_codec.h"

namespace groupfuzz {

struct KnownProgram {
  std::string path;  // "corpus/known/NAME.txt"
  TextProgram contents;
};

const std::vector<KnownProgram>& KnownPrograms();

// What `text` expects of `design`, in the order of its lines.
std::vector<std::string> ExpectedOf(const TextProgram& text, std::string_view design);

// The line that says whose defect that is; nullptr where there is none.
const Defect* DefectOf(const TextProgram& text, std::string_view design);

// What is known of one design by one program.
struct KnownFinding {
  std::vector<std::string> properties;
  const KnownProgram* program = nullptr;
  const Defect* defect = nullptr;  // of kernel trees
};

struct KnownOfDesign {
  std::string design;
  // Those of a kernel tree in the order of its source, others in the order of the programs.
  std::vector<KnownFinding> findings;
};

// Each design that something is expected of, in the order of their names.
std::vector<KnownOfDesign> KnownByDesign();

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_VERDICT_KNOWN_PROGRAMS_H_
