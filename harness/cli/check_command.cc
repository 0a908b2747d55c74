// `groupfuzz check`: the property suites.
#include <algorithm>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "harness/cli/command.h"
#include "harness/cli/designs.h"
#include "harness/cli/flags.h"
#include "harness/cli/json_output.h"
#include "harness/cli/property_help.h"
#include "harness/program/output.h"
#include "harness/program/program_file.h"
#include "harness/report/execution_json.h"
#include "harness/report/terminal.h"
#include "harness/verdict/explanation.h"
#include "harness/verdict/runner.h"
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
  if (absl::Status status = CheckRcParams(); !status.ok()) return status;
  options.command = ProgramName();
  options.cases = absl::GetFlag(FLAGS_cases);
  options.verbose = absl::GetFlag(FLAGS_verbose);
  options.save_folder = absl::GetFlag(FLAGS_save);
  options.seeds_folder = absl::GetFlag(FLAGS_seeds_to);
  for (const std::string& folder : {options.save_folder, options.seeds_folder}) {
    if (folder.empty()) continue;
    if (absl::Status status = MakeOutputFolder(folder); !status.ok()) return status;
  }
  for (const std::string& id : absl::GetFlag(FLAGS_known)) {
    if (FindProperty(id) == nullptr) return UnknownProperty(id);
    options.known.insert(id);
  }
  const bool nightly = absl::GetFlag(FLAGS_nightly);
  if (nightly && Given("seed")) {
    return absl::InvalidArgumentError("--nightly chooses a seed, and --seed says one");
  }
  if (nightly) options.seed = std::random_device()();
  if (Given("seed")) options.seed = absl::GetFlag(FLAGS_seed);
  absl::StatusOr<std::vector<Program>> programs = GivenPrograms();
  if (!programs.ok()) return programs.status();
  options.programs = *std::move(programs);
  options.keep_going = [] { return !Interrupted(); };
  return options;
}

// What the suite ends with where something was found: one execution, and the files of all.
Json FailureJson(const Design& design, const SuiteReport& report) {
  Runner runner(design);
  const RunOutcome outcome = runner.RunRecorded(report.minimized);
  Json others = Json::array();
  for (const auto& [property, file] : report.also_violated) {
    others.push_back({{"property", property}, {"file", file}});
  }
  return {{"property", report.property},
          {"finding", report.finding},
          {"file", report.case_file},
          {"minimized_file", TextOrNull(report.minimized_file)},
          {"execution", ExecutionJson(report.minimized, outcome.trace, outcome.findings,
                                      /*all_events=*/false)},
          {"history", TextOrNull(DescribeHistory(runner.checker()))},
          {"also_violated", others}};
}

Json CountsJson(const std::map<std::string, uint64_t>& counts, const char* key) {
  Json list = Json::array();
  for (const auto& [what, cases] : counts) list.push_back({{key, what}, {"cases", cases}});
  return list;
}

Json SuiteJson(const Suite& suite, const Design& design, const SuiteReport& report) {
  const bool failed = !report.property.empty();
  Json ids = Json::array();
  for (const Property& property : Properties()) {
    const bool also = std::any_of(report.also_violated.begin(), report.also_violated.end(),
                                  [&](const auto& other) { return other.first == property.id; });
    if (property.id == report.property || also) ids.push_back(property.id);
  }
  return {{"suite", suite.name},
          {"design", design.name},
          {"verdict", failed ? Json() : Json(Spelled(report.verdict))},
          {"violates", ids},
          {"cases", report.cases},
          {"ops", report.ops},
          {"seed", report.seed},
          {"histories",
           {{"judged", report.judged},
            {"not_specified", report.unjudged},
            {"given_up", report.out_of_budget}}},
          {"unsupported", TextOrNull(report.unsupported)},
          {"stepped_over", CountsJson(report.stepped_over.counts(), "property")},
          {"reached", CountsJson(report.reached, "what")},
          {"failure", failed ? FailureJson(design, report) : Json()}};
}

}  // namespace

absl::StatusOr<ExitStatus> CheckCommand(const Arguments&) {
  const absl::StatusOr<bool> json = WantsJson();
  if (!json.ok()) return json.status();
  const absl::StatusOr<std::vector<const Design*>> designs = ChosenDesigns({kDefaultDesign});
  if (!designs.ok()) return designs.status();
  absl::StatusOr<SuiteOptions> options = OptionsFromFlags();
  if (!options.ok()) return options.status();
  bool found = false;
  bool lost = false;
  Json results = Json::array();
  for (const Design* design : *designs) {
    for (const Suite& suite : Suites()) {
      const SuiteReport report = suite.check(*design, *options);
      // What was not judged is no pass; what was interrupted is neither.
      const bool ended = Interrupted() || !report.unsupported.empty();
      found |= !report.property.empty() || (!report && !ended);
      for (const std::string& error : report.unwritten) {
        absl::FPrintF(stderr, "groupfuzz: %s\n", error);
      }
      lost |= !report.unwritten.empty() || !report.unsupported.empty();
      if (*json) {
        results.push_back(SuiteJson(suite, *design, report));
        continue;
      }
      absl::PrintF("%s", report.text);
      std::fflush(stdout);
    }
  }
  if (*json) {
    Json document = DocumentOf("check");
    document["interrupted"] = Interrupted();
    document["suites"] = results;
    absl::PrintF("%s", Serialized(document));
  }
  return !found && lost ? ExitStatus::kUsage : StatusOf(found);
}

}  // namespace groupfuzz::cli
