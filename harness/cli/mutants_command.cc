// `groupfuzz mutants`: which engine finds which planted bug.
#include <fnmatch.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "harness/cli/command.h"
#include "harness/cli/flags.h"
#include "harness/mutation/matrix.h"
#include "harness/program/byte_codec.h"
#include "harness/program/output.h"
#include "harness/program/program_file.h"
#include "harness/report/terminal.h"
#include "target/mutants/mutant.h"

namespace groupfuzz::cli {
namespace {

namespace fs = std::filesystem;
using mutants::Mutant;
using mutation::Engine;

// With its design or without; a word without * is part of the name.
bool Matches(const std::string& pattern, const Mutant& mutant) {
  if (pattern.empty()) return false;
  const bool glob = pattern.find('*') != std::string::npos;
  const std::string whole = glob ? pattern : "*" + pattern + "*";
  return fnmatch(whole.c_str(), mutant.design->name.c_str(), 0) == 0 ||
         fnmatch(whole.c_str(), std::string(mutant.row.name).c_str(), 0) == 0;
}

// Those whose name matches one of `patterns`; each must match some.
absl::StatusOr<std::vector<const Mutant*>> ChosenMutants(const Arguments& patterns) {
  if (mutants::Mutants().empty()) {
    return absl::FailedPreconditionError("this program was built without the bank of mutants");
  }
  std::map<std::string_view, std::vector<const Mutant*>> by_design;
  for (const Mutant& mutant : mutants::Mutants()) {
    const auto matches = [&](const std::string& pattern) { return Matches(pattern, mutant); };
    if (patterns.empty() || std::any_of(patterns.begin(), patterns.end(), matches)) {
      by_design[mutant.row.on].push_back(&mutant);
    }
  }
  std::vector<const Mutant*> chosen;
  for (const auto& [design, of_design] : by_design) {
    chosen.insert(chosen.end(), of_design.begin(), of_design.end());
  }
  for (const std::string& pattern : patterns) {
    if (std::any_of(chosen.begin(), chosen.end(),
                    [&](const Mutant* mutant) { return Matches(pattern, *mutant); })) {
      continue;
    }
    return absl::NotFoundError(absl::StrCat("no mutant is called '", pattern, "'"));
  }
  return chosen;
}

absl::StatusOr<std::vector<const Engine*>> ChosenEngines() {
  const std::vector<std::string> names = absl::GetFlag(FLAGS_engine);
  std::vector<const Engine*> chosen;
  for (const std::string& name : names) {
    const size_t before = chosen.size();
    for (const Engine& engine : mutation::Engines()) {
      if (engine.name != name && engine.group != name) continue;
      const bool twice = std::find(chosen.begin(), chosen.end(), &engine) != chosen.end();
      if (twice) return absl::InvalidArgumentError("an engine is named twice");
      chosen.push_back(&engine);
    }
    if (chosen.size() > before) continue;
    std::string known;
    for (const Engine& engine : mutation::Engines()) {
      absl::StrAppend(&known, known.empty() ? "" : ", ", std::string(engine.name));
    }
    return absl::InvalidArgumentError(
        absl::StrCat("unknown engine '", name, "'; expected check, fuzz, ", known));
  }
  const std::string targets = absl::GetFlag(FLAGS_fuzz_targets);
  if (names.empty()) {
    const bool fuzz = fs::exists(targets + "/interleaving_fuzzer");
    for (const Engine& engine : mutation::Engines()) {
      if (engine.run != nullptr || fuzz) chosen.push_back(&engine);
    }
    if (!fuzz) absl::PrintF("without the fuzz targets: %s has none\n", targets);
  }
  for (const Engine* engine : chosen) {
    const std::string target = absl::StrCat(targets, "/", std::string(engine->name));
    if (engine->run != nullptr || fs::exists(target)) continue;
    return absl::NotFoundError(
        absl::StrCat("there is no ", target, "; build it with cmake --workflow --preset asan"));
  }
  return chosen;
}

// Scratch space that goes with the run.
class Scratch {
 public:
  Scratch() {
    std::error_code error;
    folder_ = fs::temp_directory_path(error) / absl::StrCat("groupfuzz-mutants-", getpid());
    if (!error) fs::create_directories(folder_, error);
    ok_ = !error;
  }
  ~Scratch() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  bool ok() const { return ok_; }
  std::string path() const { return folder_.string(); }

 private:
  fs::path folder_;
  bool ok_;
};

// What each fuzz target begins with: the programs of its folder of the corpus, as bytes.
absl::Status WriteSeeds(const std::vector<const Engine*>& engines, const std::string& folder,
                        const std::string& corpus) {
  for (const Engine* engine : engines) {
    if (engine->run != nullptr) continue;
    const std::string target = absl::StrCat("/", std::string(engine->name));
    const absl::StatusOr<std::vector<ProgramFile>> files = LoadCorpus(corpus + target);
    if (!files.ok()) return files.status();
    fs::create_directories(folder + target);
    for (size_t i = 0; i < files->size(); ++i) {
      const std::vector<uint8_t> bytes = EncodeBytes((*files)[i].contents.program);
      const absl::Status status =
          WriteOutput(absl::StrCat(folder, target, "/", i), {bytes.begin(), bytes.end()});
      if (!status.ok()) return status;
    }
  }
  return absl::OkStatus();
}

// Those with few interleavings first: most bugs need no more.
std::vector<Program> SmallestFirst(const std::vector<ProgramFile>& files) {
  std::multimap<std::pair<int, int>, const Program*> by_size;
  for (const ProgramFile& file : files) {
    const Program& program = file.contents.program;
    by_size.emplace(std::pair(program.thread_count, OpCount(program)), &program);
  }
  std::vector<Program> programs;
  for (const auto& [size, program] : by_size) programs.push_back(*program);
  return programs;
}

// Every mutant by every engine; all mutants by the first engine first.
class Campaign {
 public:
  Campaign(const std::vector<const Mutant*>& mutants, const std::vector<const Engine*>& engines)
      : matrix_(mutants, engines) {
    const uint64_t trials = std::max<uint64_t>(absl::GetFlag(FLAGS_trials), 1);
    for (size_t engine = 0; engine < engines.size(); ++engine) {
      for (size_t mutant = 0; mutant < mutants.size(); ++mutant) {
        for (uint64_t trial = 0; trial < (engines[engine]->seedless ? 1 : trials); ++trial) {
          trials_.push_back(
              {engines[engine], mutants[mutant]->design, absl::GetFlag(FLAGS_seed) + trial});
          places_.push_back({mutant, engine});
        }
      }
    }
  }

  void Run(const mutation::TrialOptions& options) {
    const bool first = absl::GetFlag(FLAGS_first);
    const int64_t cores = std::max(1u, std::thread::hardware_concurrency());
    const int64_t jobs = absl::GetFlag(FLAGS_jobs) > 0 ? absl::GetFlag(FLAGS_jobs) : cores;
    mutation::RunTrials(
        trials_, options, static_cast<int>(jobs),
        [&](size_t index) { return !first || !matrix_.Found(places_[index].mutant); },
        [&](size_t index, const mutation::TrialResult& result) {
          matrix_.Add(places_[index].mutant, places_[index].engine, result);
          ++done_;
        },
        [&] {
          if (progress_.Due()) {
            progress_.Show(absl::StrFormat("%d of %d trials", done_, trials_.size()));
          }
          return !Interrupted();
        });
  }

  const mutation::Matrix& matrix() const { return matrix_; }

 private:
  struct Place {
    size_t mutant;
    size_t engine;
  };

  mutation::Matrix matrix_;
  std::vector<mutation::Trial> trials_;
  std::vector<Place> places_;
  size_t done_ = 0;
  Progress progress_;
};

absl::Status CheckFlags() {
  if (absl::GetFlag(FLAGS_trials) == 0) {
    return absl::InvalidArgumentError("flag --trials: at least one");
  }
  if (!(absl::GetFlag(FLAGS_seconds) > 0)) {
    return absl::InvalidArgumentError("flag --seconds: more than none");
  }
  const std::string output = absl::GetFlag(FLAGS_output);
  if (!output.empty() && !std::ofstream(output, std::ios::app)) {
    return absl::UnavailableError(absl::StrCat(output, ": cannot be written"));
  }
  return absl::OkStatus();
}

// Lines of the bank that this program has no mutant for.
void PrintLeftOut() {
  const size_t left_out = mutants::Bank().size() - mutants::Mutants().size();
  if (left_out > 0) {
    absl::PrintF(
        "not built in: %d of the bank's %d, whose kernel tree is not here or which do not "
        "fit it\n",
        left_out, mutants::Bank().size());
  }
}

}  // namespace

absl::StatusOr<ExitStatus> MutantsCommand(const Arguments& arguments) {
  if (absl::Status status = CheckFlags(); !status.ok()) return status;
  const absl::StatusOr<std::vector<const Mutant*>> mutants = ChosenMutants(arguments);
  if (!mutants.ok()) return mutants.status();
  const absl::StatusOr<std::vector<const Engine*>> engines = ChosenEngines();
  if (!engines.ok()) return engines.status();
  const absl::StatusOr<std::vector<ProgramFile>> files = LoadCorpus(absl::GetFlag(FLAGS_corpus));
  if (!files.ok()) return files.status();
  const Scratch scratch;
  if (!scratch.ok()) return absl::UnavailableError("there is no folder for temporary files");
  mutation::TrialOptions options{.cpu_seconds = absl::GetFlag(FLAGS_seconds),
                                 .minimize = !absl::GetFlag(FLAGS_first),
                                 .corpus = SmallestFirst(*files),
                                 .fuzz_targets = absl::GetFlag(FLAGS_fuzz_targets),
                                 .seeds = scratch.path() + "/seeds",
                                 .scratch = scratch.path()};
  if (const uint64_t most = absl::GetFlag(FLAGS_max_executions); most > 0) {
    options.max_executions = most;
  }
  absl::Status seeds = WriteSeeds(*engines, options.seeds, absl::GetFlag(FLAGS_corpus));
  if (!seeds.ok()) return seeds;
  Campaign campaign(*mutants, *engines);
  campaign.Run(options);
  const mutation::Matrix& matrix = campaign.matrix();
  if (Interrupted()) absl::PrintF("interrupted; so far:\n");
  absl::PrintF("%s\n%s", matrix.Table(), matrix.Summary());
  PrintLeftOut();
  if (const std::string path = absl::GetFlag(FLAGS_output); !path.empty()) {
    if (absl::Status status = WriteOutput(path, matrix.Tsv()); !status.ok()) return status;
  }
  if (Interrupted()) return ExitStatus::kInterrupted;
  const std::vector<std::string> unexpected = matrix.Unexpected();
  if (unexpected.empty()) return ExitStatus::kClean;
  absl::PrintF("not as the bank says:\n");
  for (const std::string& line : unexpected) absl::PrintF("  %s\n", line);
  return ExitStatus::kFinding;
}

}  // namespace groupfuzz::cli
