// The flags of all commands, and how a command line sets them.
//
// Flags are Abseil flags. They are set through absl::FindCommandLineFlag() and not by
// absl::ParseCommandLine(), because a command takes only its own flags and an error must be one
// line and exit status 2. "--max-executions" and "--max_executions" are the same flag.
//
// Thread-safety: main thread only.
#ifndef GROUPFUZZ_HARNESS_CLI_FLAGS_H_
#define GROUPFUZZ_HARNESS_CLI_FLAGS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/flags/declare.h"
#include "absl/status/statusor.h"
#include "harness/cli/command.h"
#include "harness/program/program_file.h"

ABSL_DECLARE_FLAG(std::vector<std::string>, design);
ABSL_DECLARE_FLAG(std::string, base);
ABSL_DECLARE_FLAG(bool, trace);
ABSL_DECLARE_FLAG(std::string, strategy);
ABSL_DECLARE_FLAG(int32_t, bound);
ABSL_DECLARE_FLAG(uint64_t, max_executions);
ABSL_DECLARE_FLAG(double, max_seconds);
ABSL_DECLARE_FLAG(uint32_t, seed);
ABSL_DECLARE_FLAG(std::string, corpus);
ABSL_DECLARE_FLAG(std::string, format);
ABSL_DECLARE_FLAG(std::string, html);
ABSL_DECLARE_FLAG(std::string, svg);
ABSL_DECLARE_FLAG(std::string, mail);
ABSL_DECLARE_FLAG(std::string, patches);
ABSL_DECLARE_FLAG(std::string, json_to);
ABSL_DECLARE_FLAG(std::string, from);
ABSL_DECLARE_FLAG(std::string, to);
ABSL_DECLARE_FLAG(std::string, output);
ABSL_DECLARE_FLAG(std::string, property);
ABSL_DECLARE_FLAG(uint64_t, cases);
ABSL_DECLARE_FLAG(bool, nightly);
ABSL_DECLARE_FLAG(bool, verbose);
ABSL_DECLARE_FLAG(std::string, save);
ABSL_DECLARE_FLAG(std::string, seeds_to);
ABSL_DECLARE_FLAG(std::string, programs);
ABSL_DECLARE_FLAG(std::vector<std::string>, known);
ABSL_DECLARE_FLAG(std::vector<std::string>, engine);
ABSL_DECLARE_FLAG(uint64_t, trials);
ABSL_DECLARE_FLAG(double, seconds);
ABSL_DECLARE_FLAG(bool, first);
ABSL_DECLARE_FLAG(uint32_t, jobs);
ABSL_DECLARE_FLAG(std::string, fuzz_targets);

namespace groupfuzz::cli {

// Sets the flags in `words` and returns the rest of them, the arguments.
absl::StatusOr<Arguments> ParseFlags(const Command& command, const std::vector<std::string>& words);

// Whether the command line has the flag: it may say the default.
bool Given(const std::string& flag);

// Reads the program in the form that --from says.
absl::StatusOr<ProgramFile> LoadArgument(const std::string& path);

// One line a flag of `command`, for its help.
std::string DescribeFlags(const Command& command);

}  // namespace groupfuzz::cli

#endif  // GROUPFUZZ_HARNESS_CLI_FLAGS_H_
