// groupfuzz_record: what programs are seen to do on systems, by name, so that two builds can be
// compared. ci/unchanged compares them; of two builds of any age, so flags are only ever added.
#include <fnmatch.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/flags/commandlineflag.h"
#include "absl/flags/flag.h"
#include "absl/flags/reflection.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "harness/program/output.h"
#include "harness/program/program_file.h"
#include "harness/program/strings.h"
#include "harness/record/program_list.h"
#include "harness/record/recording.h"
#include "harness/record/systems.h"
#include "harness/report/terminal.h"
#include "target/linux/trees.h"
#include "target/mutants/mutated_port.h"

using groupfuzz::Design;
using groupfuzz::record::ListedProgram;

ABSL_FLAG(std::string, programs, "", "list of programs to record, as --write-programs writes it");
ABSL_FLAG(
    std::string, corpus, "",
    "folder of text programs to record; --write-programs: to begin the list with, followed by "
    "those of the broken designs");
ABSL_FLAG(std::vector<std::string>, systems, {"all"}, "names or shell patterns, with commas; all");
ABSL_FLAG(uint64_t, from, 0, "first program to record, counted from 0");
ABSL_FLAG(uint64_t, count, SIZE_MAX, "how many programs to record (default: to the end)");
ABSL_FLAG(uint64_t, block, groupfuzz::record::kBlock, "programs a line");
ABSL_FLAG(uint64_t, max_executions, groupfuzz::record::kMaxExecutions,
          "executions after which the exploration of a program ends");
ABSL_FLAG(uint32_t, jobs, 0, "processes at a time (default: one a processor)");
ABSL_FLAG(std::string, output, "", "file to write to (short form: -o); default: standard output");
ABSL_FLAG(bool, detail, false, "show one program on one system in full: --from says which");
ABSL_FLAG(bool, list_systems, false, "print the names of the systems there are");
ABSL_FLAG(uint64_t, write_programs, 0, "draw so many programs and write the list to FILE");
ABSL_FLAG(uint64_t, seed, 1, "seed of --write-programs");
ABSL_FLAG(uint64_t, explore_every, 100,
          "--write-programs: of drawn programs with several threads, one in so many has its "
          "interleavings explored; 0: none");

namespace {

constexpr std::array<std::string_view, 14> kFlags = {
    "programs", "corpus", "systems", "from",         "count",          "block", "max_executions",
    "jobs",     "output", "detail",  "list_systems", "write_programs", "seed",  "explore_every"};

constexpr char kUsage[] =
    "groupfuzz_record: what programs are seen to do on systems, for builds to be compared by\n\n"
    "usage: groupfuzz_record --programs FILE|--corpus DIR [--systems LIST] [-o OUT]\n"
    "       groupfuzz_record --detail --programs FILE --from N --systems NAME\n"
    "       groupfuzz_record --write-programs N [--seed S] [--corpus DIR] FILE\n"
    "       groupfuzz_record --list-systems\n\n"
    "One line a system and block of programs: how many crash, and digests of the traces, of the\n"
    "findings, of the verdicts of linearizability and of what explorations found. Equal digests:\n"
    "nothing that is said by name moved. `ci/unchanged` compares two commits.\n\n";
constexpr char kExample[] =
    "\nexample:\n  groupfuzz_record --corpus corpus --systems 'owner-check,broken:I1:*'\n"
    "Exit status: 0 written, 2 wrong usage or environment.\n";

std::string Dashed(std::string_view name) {
  return absl::StrReplaceAll(groupfuzz::Abseil(name), {{"_", "-"}});
}

void PrintHelp() {
  std::fputs(kUsage, stdout);
  for (const std::string_view name : kFlags) {
    const absl::CommandLineFlag* flag = absl::FindCommandLineFlag(groupfuzz::Abseil(name));
    absl::PrintF("  --%-16s %s\n", Dashed(name), flag->Help());
  }
  std::fputs(kExample, stdout);
}

absl::Status Unusable(const std::string& message) {
  return absl::InvalidArgumentError(absl::StrCat(message, "; see `groupfuzz_record --help`"));
}

// Sets the flags of the command line and returns the rest of it.
absl::StatusOr<std::vector<std::string>> ParseFlags(const std::vector<std::string>& words) {
  std::vector<std::string> arguments;
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word.size() < 2 || word[0] != '-') {
      arguments.push_back(word);
      continue;
    }
    const size_t equals = word.find('=');
    const std::string shown = word.substr(0, equals);
    std::string name = shown == "-o" ? "output" : shown;
    name.erase(0, name.find_first_not_of('-'));
    std::replace(name.begin(), name.end(), '-', '_');
    if (std::find(kFlags.begin(), kFlags.end(), name) == kFlags.end()) {
      return Unusable("unknown flag " + shown);
    }
    absl::CommandLineFlag* flag = absl::FindCommandLineFlag(name);
    std::string value = "true";
    if (equals != std::string::npos) {
      value = word.substr(equals + 1);
    } else if (!flag->IsOfType<bool>()) {
      if (++i == words.size()) return Unusable(absl::StrCat("flag ", shown, " needs a value"));
      value = words[i];
    }
    std::string error;
    if (!flag->ParseFrom(value, &error)) {
      return Unusable(absl::StrCat("flag ", shown, ": bad value '", value, "'"));
    }
  }
  return arguments;
}

// Those of `systems` that --systems names, in their own order.
absl::StatusOr<std::vector<const Design*>> ChosenSystems(const std::vector<Design>& systems) {
  std::vector<bool> chosen(systems.size());
  for (const std::string& pattern : absl::GetFlag(FLAGS_systems)) {
    bool any = false;
    for (size_t i = 0; i < systems.size(); ++i) {
      if (pattern != "all" && fnmatch(pattern.c_str(), systems[i].name.c_str(), 0) != 0) continue;
      chosen[i] = any = true;
    }
    if (!any) {
      return absl::InvalidArgumentError(
          absl::StrCat("unknown system '", pattern, "'; see groupfuzz_record --list-systems"));
    }
  }
  std::vector<const Design*> result;
  for (size_t i = 0; i < systems.size(); ++i) {
    if (chosen[i]) result.push_back(&systems[i]);
  }
  return result;
}

absl::StatusOr<std::vector<ListedProgram>> ChosenPrograms() {
  const std::string file = absl::GetFlag(FLAGS_programs);
  const std::string corpus = absl::GetFlag(FLAGS_corpus);
  if (file.empty() == corpus.empty()) return Unusable("which programs? --programs or --corpus");
  return file.empty() ? groupfuzz::record::LoadTextPrograms(corpus)
                      : groupfuzz::record::LoadPrograms(file);
}

absl::Status WritePrograms(const std::string& path) {
  std::vector<ListedProgram> programs;
  if (const std::string corpus = absl::GetFlag(FLAGS_corpus); !corpus.empty()) {
    absl::StatusOr<std::vector<ListedProgram>> texts = groupfuzz::record::LoadTextPrograms(corpus);
    if (!texts.ok()) return texts.status();
    programs = *std::move(texts);
    const std::vector<ListedProgram> more = groupfuzz::record::ProgramsOfBrokenDesigns();
    programs.insert(programs.end(), more.begin(), more.end());
  }
  const size_t texts = programs.size();
  const std::vector<ListedProgram> drawn = groupfuzz::record::DrawPrograms(
      absl::GetFlag(FLAGS_write_programs), absl::GetFlag(FLAGS_seed),
      absl::GetFlag(FLAGS_explore_every));
  programs.insert(programs.end(), drawn.begin(), drawn.end());
  const absl::Status status =
      groupfuzz::WriteOutput(path, groupfuzz::record::PackPrograms(programs));
  if (status.ok()) absl::PrintF("%d texts, %d drawn\n", texts, drawn.size());
  return status;
}

absl::Status WriteDetail(const std::vector<const Design*>& systems,
                         const std::vector<ListedProgram>& programs) {
  if (systems.size() != 1) return Unusable("--detail shows one system");
  const uint64_t index = absl::GetFlag(FLAGS_from);
  if (index >= programs.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("there is no program ", index, ": ", programs.size(), " in all"));
  }
  const absl::StatusOr<std::string> text = groupfuzz::record::DescribeInFull(
      *systems[0], programs[index], absl::GetFlag(FLAGS_max_executions));
  if (!text.ok()) return text.status();
  return groupfuzz::WriteOutput(absl::GetFlag(FLAGS_output), *text);
}

absl::Status WriteRecords(const std::vector<const Design*>& systems,
                          const std::vector<ListedProgram>& programs) {
  const uint32_t jobs = absl::GetFlag(FLAGS_jobs);
  const groupfuzz::record::RecordOptions options = {
      .first = absl::GetFlag(FLAGS_from),
      .count = absl::GetFlag(FLAGS_count),
      .block = std::max<uint64_t>(absl::GetFlag(FLAGS_block), 1),
      .max_executions = absl::GetFlag(FLAGS_max_executions),
      .jobs =
          static_cast<int>(jobs != 0 ? jobs : std::max(std::thread::hardware_concurrency(), 1u)),
  };
  groupfuzz::cli::Progress progress;
  const auto records =
      groupfuzz::record::Record(systems, programs, options, [&](size_t done, size_t all) {
        if (progress.Due()) progress.Show(absl::StrCat("recorded ", done, " of ", all, " blocks"));
      });
  if (!records.ok()) return records.status();
  return groupfuzz::WriteOutput(absl::GetFlag(FLAGS_output),
                                groupfuzz::record::FormatRecords(*records));
}

absl::Status Run(const std::vector<std::string>& words) {
  const absl::StatusOr<std::vector<std::string>> arguments = ParseFlags(words);
  if (!arguments.ok()) return arguments.status();
  const bool write = absl::GetFlag(FLAGS_write_programs) != 0;
  if (arguments->size() > (write ? 1 : 0)) {
    return Unusable(absl::StrCat("unexpected argument '", arguments->back(), "'"));
  }
  if (write) {
    return arguments->empty() ? Unusable("--write-programs needs a file to write to")
                              : WritePrograms(arguments->front());
  }
  groupfuzz::RegisterLinuxTrees();
  groupfuzz::RegisterLinuxMutants();
  groupfuzz::mutants::RegisterPortMutants();
  const std::vector<Design> systems = groupfuzz::record::SystemsToRecord();
  if (absl::GetFlag(FLAGS_list_systems)) {
    for (const Design& system : systems) absl::PrintF("%s\n", system.name);
    return absl::OkStatus();
  }
  const absl::StatusOr<std::vector<const Design*>> chosen = ChosenSystems(systems);
  if (!chosen.ok()) return chosen.status();
  const absl::StatusOr<std::vector<ListedProgram>> programs = ChosenPrograms();
  if (!programs.ok()) return programs.status();
  return absl::GetFlag(FLAGS_detail) ? WriteDetail(*chosen, *programs)
                                     : WriteRecords(*chosen, *programs);
}

}  // namespace

int main(int argc, char** argv) {
  constexpr int kUnusable = 2;
  const std::vector<std::string> words(argv + 1, argv + argc);
  for (const std::string& word : words) {
    if (word != "--help" && word != "-h") continue;
    PrintHelp();
    return 0;
  }
  const absl::Status status = Run(words);
  if (status.ok()) return 0;
  absl::FPrintF(stderr, "groupfuzz_record: %s\n", std::string(status.message()));
  return kUnusable;
}
