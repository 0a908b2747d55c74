#include "harness/cli/flags.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <string_view>

#include "absl/flags/commandlineflag.h"
#include "absl/flags/flag.h"
#include "absl/flags/reflection.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "harness/program/strings.h"

ABSL_FLAG(std::vector<std::string>, design, {},
          "design to run on, may be repeated; see `groupfuzz list designs`");
ABSL_FLAG(std::string, base, "",
          "design whose findings are known: what counts is new; default: the port of that kernel");
ABSL_FLAG(bool, trace, false, "show every event, not only the interesting ones");
ABSL_FLAG(std::string, strategy, "cached",
          "exhaustive, cached (each state once), preemption (fewest first), random");
ABSL_FLAG(int32_t, bound, -1, "at most this many preemptions an execution; -1: no bound");
ABSL_FLAG(uint64_t, max_executions, 0, "stop after this many executions; 0: the command's default");
ABSL_FLAG(double, max_seconds, 0, "stop after this many seconds; 0: no limit");
ABSL_FLAG(uint32_t, seed, 1, "seed of whatever is random");
ABSL_FLAG(std::string, corpus, "corpus", "folder of text programs, searched with its sub-folders");
ABSL_FLAG(std::string, format, "text", "text, or json: one document for scripts; see docs/json.md");
ABSL_FLAG(std::string, html, "",
          "file for a page to look at in a browser: of the execution, of all of compare");
ABSL_FLAG(std::string, svg, "", "file for a picture of the execution, for pages and mails");
ABSL_FLAG(std::string, mail, "",
          "folder for answers to the patches that bring something, one file each");
ABSL_FLAG(std::string, patches, "",
          "folder with what --mail answers: patch-1.patch, patch-1.subject, ...");
ABSL_FLAG(std::string, json_to, "", "file for the JSON as well, whatever is printed");
ABSL_FLAG(std::string, from, "",
          "what the file is: text or bytes (default: seen from its name and contents)");
ABSL_FLAG(
    std::string, to, "",
    "text, bytes or gtest; convert: default is the form that the file does not have; explain: "
    "text or mail");
ABSL_FLAG(std::string, output, "", "file to write to (short form: -o); default: standard output");
ABSL_FLAG(std::string, property, "",
          "id of the property whose violation is kept, or shown; see `groupfuzz list properties`");
ABSL_FLAG(uint64_t, cases, 0, "cases of each suite; 0: its default");
ABSL_FLAG(bool, nightly, false, "choose a seed at random, and print it");
ABSL_FLAG(bool, verbose, false, "say what was reached, and how often");
ABSL_FLAG(std::string, save, "", "folder for minimized programs, e.g. corpus/regressions");
ABSL_FLAG(std::string, seeds_to, "", "folder for the generated programs, as seeds of fuzz targets");
ABSL_FLAG(std::string, programs, "", "folder of text programs to run first, e.g. corpus");
ABSL_FLAG(std::vector<std::string>, known, {}, "properties whose findings are stepped over");
ABSL_FLAG(std::vector<std::string>, engine, {},
          "compare, sequential, parallel (check: both), random, exhaustive, store_type_fuzzer, "
          "interleaving_fuzzer (fuzz: both); may be repeated; default: all there are");
ABSL_FLAG(uint64_t, trials, 1,
          "searches of each engine for each mutant, each with a seed of its own (default: 1)");
ABSL_FLAG(double, seconds, 10, "CPU seconds of a search (default: 10)");
ABSL_FLAG(bool, first, false,
          "look for a mutant only until the first engine has found it, and do not minimize that");
ABSL_FLAG(uint32_t, jobs, 0, "processes at a time; 0: one a processor");
ABSL_FLAG(std::string, fuzz_targets, "build/asan/bin", "folder of the fuzz targets");

namespace groupfuzz::cli {
namespace {

constexpr std::string_view kRepeatable[] = {"design", "engine"};

std::string Dashed(std::string_view name) {
  return absl::StrReplaceAll(Abseil(name), {{"_", "-"}});
}

std::string Underscored(std::string_view name) {
  return absl::StrReplaceAll(Abseil(name), {{"-", "_"}});
}

absl::Status Unusable(const Command& command, const std::string& message) {
  return absl::InvalidArgumentError(
      absl::StrCat(message, "; see `groupfuzz ", std::string(command.name), " --help`"));
}

// One "--name", "--name=value" or "-o", taken apart.
struct Word {
  std::string shown;  // as the user wrote it, without the value
  std::string name;
  bool has_value = false;
  std::string value;
};

Word TakeApart(const std::string& word) {
  Word result;
  const size_t equals = word.find('=');
  result.shown = word.substr(0, equals);
  const size_t start = result.shown.find_first_not_of('-');
  if (start != std::string::npos) result.name = Underscored(result.shown.substr(start));
  if (result.shown == "-o") result.name = "output";
  result.has_value = equals != std::string::npos;
  if (result.has_value) result.value = word.substr(equals + 1);
  return result;
}

// "--max-executions", for each flag of the command.
std::vector<std::string> FlagsOf(const Command& command) {
  std::vector<std::string> flags;
  for (std::string_view name : command.flags) {
    if (!name.empty()) flags.push_back("--" + Dashed(name));
  }
  return flags;
}

// Those on the command line.
std::set<std::string>& GivenFlags() {
  static std::set<std::string> flags;
  return flags;
}

class Parser {
 public:
  Parser(const Command& command, const std::vector<std::string>& words)
      : command_(command), words_(words) {}

  absl::StatusOr<Arguments> Parse() {
    for (; next_ < words_.size(); ++next_) {
      const std::string& word = words_[next_];
      if (word == "--") {
        arguments_.insert(arguments_.end(), words_.begin() + next_ + 1, words_.end());
        break;
      }
      if (word.size() < 2 || word[0] != '-') {
        arguments_.push_back(word);
        continue;
      }
      if (absl::Status status = SetFlag(TakeApart(word)); !status.ok()) return status;
    }
    if (absl::Status status = CheckArguments(); !status.ok()) return status;
    return arguments_;
  }

 private:
  absl::Status SetFlag(Word word) {
    const bool known = !word.name.empty() && std::find(command_.flags.begin(), command_.flags.end(),
                                                       word.name) != command_.flags.end();
    absl::CommandLineFlag* flag = known ? absl::FindCommandLineFlag(word.name) : nullptr;
    if (flag == nullptr) {
      return Unusable(command_, absl::StrCat("unknown flag ", word.shown,
                                             DidYouMean(word.shown, FlagsOf(command_))));
    }
    if (!word.has_value) {
      if (flag->IsOfType<bool>()) {
        word.value = "true";
      } else if (++next_ < words_.size()) {
        word.value = words_[next_];
      } else {
        return Unusable(command_, absl::StrCat("flag ", word.shown, " needs a value"));
      }
    }
    const bool repeatable = std::find(std::begin(kRepeatable), std::end(kRepeatable), word.name) !=
                            std::end(kRepeatable);
    if (word.value.empty()) {
      return Unusable(command_, absl::StrCat("flag ", word.shown, " has an empty value"));
    }
    if (!GivenFlags().insert(word.name).second) {
      if (!repeatable) {
        return Unusable(command_, absl::StrCat("flag ", word.shown, " is given twice"));
      }
      word.value = absl::StrCat(flag->CurrentValue(), ",", word.value);
    }
    std::string error;
    if (flag->ParseFrom(word.value, &error)) return absl::OkStatus();
    return Unusable(command_, absl::StrCat("flag ", word.shown, ": bad value '", word.value, "'"));
  }

  absl::Status CheckArguments() const {
    const size_t count = arguments_.size();
    if (count < command_.min_arguments) {
      return Unusable(command_,
                      absl::StrCat("missing argument: groupfuzz ", std::string(command_.name), " ",
                                   std::string(command_.synopsis)));
    }
    if (count > command_.max_arguments) {
      return Unusable(
          command_, absl::StrCat("unexpected argument '", arguments_[command_.max_arguments], "'"));
    }
    return absl::OkStatus();
  }

  const Command& command_;
  const std::vector<std::string>& words_;
  size_t next_ = 0;
  Arguments arguments_;
};

}  // namespace

absl::StatusOr<Arguments> ParseFlags(const Command& command,
                                     const std::vector<std::string>& words) {
  return Parser(command, words).Parse();
}

bool Given(const std::string& flag) { return GivenFlags().contains(flag); }

absl::StatusOr<ProgramFile> LoadArgument(const std::string& path) {
  const std::string from = absl::GetFlag(FLAGS_from);
  if (from.empty()) return LoadProgram(path);
  if (from == "text") return LoadProgram(path, ProgramForm::kText);
  if (from == "bytes") return LoadProgram(path, ProgramForm::kBytes);
  return absl::InvalidArgumentError(
      absl::StrCat("cannot read from '", from, "'; expected text or bytes"));
}

std::string DescribeFlags(const Command& command) {
  std::string text;
  for (std::string_view name : command.flags) {
    if (name.empty()) break;
    const absl::CommandLineFlag* flag = absl::FindCommandLineFlag(Abseil(name));
    absl::StrAppendFormat(&text, "  --%-16s %s\n", Dashed(name), flag->Help());
  }
  return text;
}

}  // namespace groupfuzz::cli
