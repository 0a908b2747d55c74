#include "harness/cli/main.h"

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "harness/cli/command.h"
#include "harness/cli/flags.h"
#include "harness/program/output.h"
#include "harness/program/strings.h"
#include "harness/report/terminal.h"
#include "target/kernel/unsupported.h"

namespace groupfuzz::cli {
namespace {

void PrintUsage(std::FILE* out) {
  absl::FPrintF(out,
                "groupfuzz: is this locking design of iommu_group_store_type() right?\n\n"
                "usage: groupfuzz COMMAND [arguments] [flags]\n\n");
  for (const Command& command : Commands()) {
    absl::FPrintF(out, "  %-9s %s\n", std::string(command.name), std::string(command.summary));
  }
  absl::FPrintF(
      out,
      "\n`groupfuzz COMMAND --help` explains a command; a FILE of - is standard input.\n"
      "Exit status: 0 clean, 1 a finding, 2 wrong usage or environment, 130 interrupted.\n"
      "Example: groupfuzz compare\n");
}

void PrintHelp(const Command& command) {
  absl::PrintF("groupfuzz %s %s\n\n%s\n", std::string(command.name), std::string(command.synopsis),
               std::string(command.summary));
  if (!command.details.empty()) absl::PrintF("%s\n", std::string(command.details));
  const std::string flags = DescribeFlags(command);
  if (!flags.empty()) absl::PrintF("\nflags:\n%s", flags);
  absl::PrintF("\nexample:\n  %s\n", std::string(command.example));
}

int Fail(const std::string& message) {
  absl::FPrintF(stderr, "groupfuzz: %s\n", message);
  return static_cast<int>(ExitStatus::kUsage);
}

bool IsHelp(const std::string& word) { return word == "--help" || word == "-h"; }

// What a tree needs and this harness lacks is no finding.
absl::StatusOr<ExitStatus> RunSupported(const Command& command, const Arguments& arguments) {
  try {
    return command.run(arguments);
  } catch (const kernel::Unsupported& unsupported) {
    return absl::UnimplementedError(absl::StrCat("unknown: ", unsupported.Describe()));
  }
}

std::string program_name = "groupfuzz";

int Dispatch(std::vector<std::string> words) {
  if (words.empty()) {
    PrintUsage(stderr);
    return static_cast<int>(ExitStatus::kUsage);
  }
  const bool help = words[0] == "help";
  if (help) words.erase(words.begin());
  if (words.empty() || IsHelp(words[0])) {
    PrintUsage(stdout);
    return static_cast<int>(ExitStatus::kClean);
  }
  if (words[0] == "--version") {
    absl::PrintF("groupfuzz %s\n", GROUPFUZZ_VERSION);
    return static_cast<int>(ExitStatus::kClean);
  }
  const Command* command = FindCommand(words[0]);
  if (command == nullptr) {
    std::vector<std::string> names;
    for (const Command& known : Commands()) names.emplace_back(known.name);
    return Fail("unknown command '" + words[0] + "'" + DidYouMean(words[0], names) +
                "; see `groupfuzz --help`");
  }
  words.erase(words.begin());
  if (help || std::any_of(words.begin(), words.end(), IsHelp)) {
    PrintHelp(*command);
    return static_cast<int>(ExitStatus::kClean);
  }
  const absl::StatusOr<Arguments> arguments = ParseFlags(*command, words);
  if (!arguments.ok()) return Fail(std::string(arguments.status().message()));
  CatchInterrupts();
  const absl::StatusOr<ExitStatus> status = RunSupported(*command, *arguments);
  if (status.ok()) return static_cast<int>(*status);
  const int failed = Fail(std::string(status.status().message()));
  // What Ctrl-C cut short is no mistake of the user.
  return Interrupted() ? static_cast<int>(ExitStatus::kInterrupted) : failed;
}

}  // namespace

int Main(int argc, char** argv) {
  program_name = argv[0];
  const int status = Dispatch(std::vector<std::string>(argv + 1, argv + argc));
  const absl::Status written = FlushStandardOutput();
  return written.ok() ? status : Fail(std::string(written.message()));
}

std::string ProgramName() { return ShellWord(program_name); }

}  // namespace groupfuzz::cli
