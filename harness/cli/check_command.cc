#include <cstdio>
#include <filesystem>
#include <random>
#include <string>
#include <system_error>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "harness/cli/command.h"
#include "harness/cli/designs.h"
#include "harness/cli/flags.h"
#include "harness/program/program_file.h"
#include "harness/report/terminal.h"
#include "properties/suites/suite.h"

namespace groupfuzz::cli {
namespace {

// Programs to run before those that are drawn: those of --programs.
absl::StatusOr<std::vector<Program>> GivenPrograms() {
  std::vector<Program> programs;
  const std::string folder = absl::GetFlag(FLAGS_programs);
  if (folder.empty()) return programs;
  const absl::StatusOr<std::vector<ProgramFile>> files = LoadCorpus(folder);
  if (!files.ok()) return files.status();
  for (const ProgramFile& file : *files) programs.push_back(file.contents.program);
  return programs;
}

absl::StatusOr<SuiteOptions> OptionsFromFlags() {
  SuiteOptions options;
  options.command = ProgramName();
  options.cases = absl::GetFlag(FLAGS_cases);
  options.verbose = absl::GetFlag(FLAGS_verbose);
  options.save_folder = absl::GetFlag(FLAGS_save);
  options.seeds_folder = absl::GetFlag(FLAGS_seeds_to);
  if (!options.seeds_folder.empty()) {
    std::error_code error;
    std::filesystem::create_directories(options.seeds_folder, error);
    if (error) {
      return absl::InvalidArgumentError(absl::StrCat(options.seeds_folder, ": ", error.message()));
    }
  }
  for (const std::string& id : absl::GetFlag(FLAGS_known)) options.known.insert(id);
  if (absl::GetFlag(FLAGS_nightly)) {
    options.seed = std::random_device()();
  } else if (absl::GetFlag(FLAGS_seed) != kFixedSeed) {
    options.seed = absl::GetFlag(FLAGS_seed);
  }
  absl::StatusOr<std::vector<Program>> programs = GivenPrograms();
  if (!programs.ok()) return programs.status();
  options.programs = *std::move(programs);
  options.keep_going = [] { return !Interrupted(); };
  return options;
}

}  // namespace

absl::StatusOr<ExitStatus> CheckCommand(const Arguments&) {
  const absl::StatusOr<std::vector<const Design*>> designs = ChosenDesigns({kDefaultDesign});
  if (!designs.ok()) return designs.status();
  absl::StatusOr<SuiteOptions> options = OptionsFromFlags();
  if (!options.ok()) return options.status();
  ExitStatus status = ExitStatus::kClean;
  for (const Design* design : *designs) {
    for (const Suite& suite : Suites()) {
      if (Interrupted()) break;
      const SuiteReport report = suite.check(*design, *options);
      absl::PrintF("%s", report.text);
      std::fflush(stdout);
      if (!report) status = ExitStatus::kFinding;
    }
  }
  return status;
}

}  // namespace groupfuzz::cli
