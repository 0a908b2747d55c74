// What is left of a finding on disk: its program as text, minimized, with the commands that go on
// from there. One way for everything that finds: property suites, the command, crash files.
//
// Thread-safety: one OS thread.
#ifndef GROUPFUZZ_HARNESS_VERDICT_COUNTEREXAMPLE_FILE_H_
#define GROUPFUZZ_HARNESS_VERDICT_COUNTEREXAMPLE_FILE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/program/minimizer.h"
#include "harness/program/program.h"
#include "harness/program/text_codec.h"
#include "harness/verdict/counterexample.h"
#include "harness/verdict/runner.h"
#include "target/designs/design.h"

namespace groupfuzz {

// Executions of one search of the minimizer, which makes hundreds of them.
inline constexpr uint64_t kMinimizerExecutions = 20'000;

// `program` with a title that says what it shows, and an `expect` line.
TextProgram Annotated(const Program& program, const Design& design, const FindingKey& key);

// "1-minimal: ..." in one line, and how far it got.
std::string DescribeMinimized(const Program& before, const Minimized& minimized);

// Writes `program` to FOLDER/DESIGN-PROPERTY-HASH.txt (file_name() of the design), makes the folder
// where there is none, and returns the path. The same program gets the same name.
absl::StatusOr<std::string> SaveCase(const std::string& folder, const Program& program,
                                     const Design& design, const FindingKey& key);

// The commands that replay, minimize and explain the program in `path`, one a line.
// `command` is how the user calls groupfuzz.
std::string NextCommands(const std::string& command, const Design& design, const FindingKey& key,
                         const std::string& path);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_VERDICT_COUNTEREXAMPLE_FILE_H_
