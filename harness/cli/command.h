// The commands of `groupfuzz`, one table.
//
// A command is a name, words for its help, the flags it takes, and a function. main() finds the
// command, checks and sets its flags, and calls the function; the function prints its result and
// says how it went.
//
// Thread-safety: constants; commands run on the main thread.
#ifndef GROUPFUZZ_HARNESS_CLI_COMMAND_H_
#define GROUPFUZZ_HARNESS_CLI_COMMAND_H_

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace groupfuzz::cli {

// An interrupted run says nothing of the rest: it is neither clean nor a finding.
enum class ExitStatus { kClean = 0, kFinding = 1, kUsage = 2, kInterrupted = 130 };

using Arguments = std::vector<std::string>;

inline constexpr size_t kMaxFlags = 13;

struct Command {
  std::string_view name;
  std::string_view synopsis;                      // "FILE... [flags]"
  std::string_view summary;                       // one line
  std::string_view details;                       // what the user must know beyond the flags
  std::string_view example;                       // a command line that works in a fresh clone
  std::array<std::string_view, kMaxFlags> flags;  // unused places at the end are empty
  size_t min_arguments;
  size_t max_arguments;
  // A status is an error of usage or environment; its message is one line.
  absl::StatusOr<ExitStatus> (*run)(const Arguments& arguments);
};

std::span<const Command> Commands();
const Command* FindCommand(std::string_view name);  // nullptr where there is none

absl::StatusOr<ExitStatus> RunCommand(const Arguments& arguments);
absl::StatusOr<ExitStatus> ExploreCommand(const Arguments& arguments);
absl::StatusOr<ExitStatus> CompareCommand(const Arguments& arguments);
absl::StatusOr<ExitStatus> ConvertCommand(const Arguments& arguments);
absl::StatusOr<ExitStatus> ListCommand(const Arguments& arguments);
absl::StatusOr<ExitStatus> MinimizeCommand(const Arguments& arguments);
absl::StatusOr<ExitStatus> ExplainCommand(const Arguments& arguments);
absl::StatusOr<ExitStatus> ExportCommand(const Arguments& arguments);
absl::StatusOr<ExitStatus> CheckCommand(const Arguments& arguments);
absl::StatusOr<ExitStatus> PageCommand(const Arguments& arguments);
absl::StatusOr<ExitStatus> MutantsCommand(const Arguments& arguments);

// How a search ended that found something or not. After Ctrl-C nothing found is no pass.
ExitStatus StatusOf(bool found);

// How the user calls this command, as a word of a shell, for commands that are printed.
std::string ProgramName();

}  // namespace groupfuzz::cli

#endif  // GROUPFUZZ_HARNESS_CLI_COMMAND_H_
