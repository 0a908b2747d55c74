// Weaves mutants into a source file: one file in which each of them is chosen at run time, as in
// mutant schemata (Untch, Offutt, Harrold: "Mutation analysis using mutant schemata", ISSTA 1993).
//
// A fragment is found by its tokens, comments and white space left out, once in the body of its
// function. Where it ends in ; or } it is statements, else an expression:
//
//   { if (SWITCH(7)) { plus } else { minus } }        (SWITCH(7) ? (plus) : (minus))
//
// Fragments may be equal or lie within each other. No line moves: what is woven in stands on the
// line where the fragment begins.
//
// Thread-safety: free functions over values.
#ifndef GROUPFUZZ_TARGET_MUTANTS_WEAVE_H_
#define GROUPFUZZ_TARGET_MUTANTS_WEAVE_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "target/mutants/bank_text.h"

namespace groupfuzz::mutants {

// `source` with every edit of `bank` whose file is `file` woven in; `on` restricts them to one
// design, unless it is empty. `condition` is what stands before the number of a switch: "ACTIVE(".
// Errors name the line of the bank: a function that is not there, a fragment that is not there or
// stands there twice, fragments that overlap. With `left_out` an entry that does not fit the source
// is no error: it is left out, and why is added there.
absl::StatusOr<std::string> Weave(absl::string_view source, absl::string_view file,
                                  absl::string_view on, const std::vector<BankEntry>& bank,
                                  absl::string_view condition,
                                  std::map<int, std::string>* left_out = nullptr);

// Bodies of functions of `source`, from brace to brace: of every definition of `function`.
struct Range {
  size_t begin;
  size_t end;
};
std::vector<Range> BodiesOf(absl::string_view source, absl::string_view function);

// Every function that `source` defines, by the last part of its name.
struct FunctionBody {
  std::string name;
  Range body;
};
std::vector<FunctionBody> FunctionsOf(absl::string_view source);

}  // namespace groupfuzz::mutants

#endif  // GROUPFUZZ_TARGET_MUTANTS_WEAVE_H_
