#include "harness/fuzz/fuzz_driver.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "harness/compare/conformance.h"
#include "harness/fuzz/feedback_monitor.h"
#include "harness/program/byte_codec.h"
#include "harness/program/output.h"
#include "harness/program/program_file.h"
#include "harness/program/strings.h"
#include "harness/report/report.h"
#include "harness/verdict/counterexample_file.h"
#include "harness/verdict/known.h"
#include "harness/verdict/runner.h"
#include "properties/invariants/property.h"
#include "target/designs/design.h"
#include "target/kernel/unsupported.h"
#include "target/linux/trees.h"
#include "target/mutants/mutated_port.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

namespace groupfuzz {
namespace {

constexpr std::string_view kDesignFlag = "--design=";
constexpr std::string_view kBaseFlag = "--base=";
constexpr std::string_view kReportKnownFlag = "--report-known";
constexpr std::string_view kArtifactFlag = "-artifact_prefix=";
constexpr int kUsageStatus = 2;
constexpr size_t kCounters = 2048;

// libFuzzer takes every non-zero byte of this section for a feature of the input.
__attribute__((used, section("__libfuzzer_extra_counters"))) uint8_t counters[kCounters];

class FuzzDriver {
 public:
  FuzzDriver(const Design& design, std::string artifact_prefix, bool report_known)
      : design_(design),
        artifact_prefix_(std::move(artifact_prefix)),
        report_known_(report_known),
        known_(design),
        runner_(design),
        monitor_(runner_.checker(), counters),
        last_words_(
            design, "groupfuzz", [this](const Program& program) { return Save(program); },
            LastWords::Deaths::kOfAnEngine) {
    runner_.WatchThrough(monitor_);
    runner_.WatchedBy(&last_words_);
    if (kFuzzTarget.compares) conformance_.emplace(BuiltInDesign(design.judged_as), design);
  }

  // What the tree needs and this harness lacks is no finding of its own.
  void RunOne(std::span<const uint8_t> bytes) {
    try {
      Judge(bytes);
    } catch (const kernel::Unsupported& unsupported) {
      absl::FPrintF(stderr, "%s: unknown: %s\n", kFuzzTarget.name, unsupported.Describe());
      std::_Exit(kUsageStatus);
    }
  }

  void SayWhatWasSteppedOver() const {
    if (!stepped_over_.empty()) absl::FPrintF(stderr, "%s\n", stepped_over_.Describe());
  }

 private:
  void Judge(std::span<const uint8_t> bytes) {
    DecodeBytes(bytes, &program_);
    if (program_.thread_count > kFuzzTarget.threads.max_threads) CutThreads();
    if (conformance_.has_value()) {
      CompareOne();
      return;
    }
    const std::vector<Finding>& findings = runner_.Run(program_).findings;
    if (findings.empty()) return;
    if (report_known_) ReportAndAbort(findings.front());
    const Known::Answer answer = known_.Split(program_, findings);
    stepped_over_.Add(answer.known);
    if (!answer.news.empty()) ReportAndAbort(*answer.news.front());
  }

  absl::StatusOr<std::string> Save(const Program& program) const {
    std::string path = artifact_prefix_ + design_.file_name() + "-death.txt";
    absl::Status written = WriteOutput(path, FormatText(program));
    if (!written.ok()) return written;
    return path;
  }

  void CompareOne() {
    const std::optional<BehaviourDifference> difference = conformance_->Compare(program_);
    if (!difference) return;
    const Program small = SmallestDifference(*conformance_, program_);
    const std::string text = FormatText(small);
    absl::FPrintF(stderr, "\ngroupfuzz finding: %s is not as the port has it\n%s\n%s\n",
                  design_.name, Describe(*conformance_->Compare(small)), text);
    const std::string path = absl::StrCat(artifact_prefix_, "difference.txt");
    if (WriteOutput(path, text).ok()) absl::FPrintF(stderr, "saved as text: %s\n", path);
    std::abort();
  }

  void CutThreads() {
    program_.thread_count = static_cast<uint8_t>(kFuzzTarget.threads.max_threads);
    Normalize(&program_);
  }

  // `news` of runner_.
  [[noreturn]] void ReportAndAbort(const Finding& news) {
    Runner runner(design_);
    const RunOutcome outcome = runner.RunRecorded(program_);
    const std::string design(design_.name);
    const std::vector<std::string> ids = FindingIds(outcome.findings);
    const std::string text = FormatText(program_);
    absl::FPrintF(stderr, "\ngroupfuzz finding: %s violates %s\n%s\n%s\n%s\n", design,
                  absl::StrJoin(ids, ", "),
                  DescribeFindings(program_, outcome.trace, outcome.findings), text,
                  Timeline(program_, outcome.trace, outcome.findings));
    const FindingKey key(program_, news);
    const std::string path =
        absl::StrFormat("%s%s-%s-%016x.txt", artifact_prefix_, design_.file_name(),
                        news.property->id, outcome.trace.Hash());
    if (WriteOutput(path, text).ok()) {
      absl::FPrintF(stderr, "saved as text: %s\n%s", path,
                    NextCommands("groupfuzz", design_, key, path));
    }
    SayWhatWasSteppedOver();
    std::abort();
  }

  const Design& design_;
  const std::string artifact_prefix_;
  const bool report_known_;
  Known known_;
  SteppedOver stepped_over_;
  Runner runner_;
  FeedbackMonitor monitor_;
  LastWords last_words_;
  std::optional<Conformance> conformance_;
  Program program_;
};

// Of the words for the target itself, which libFuzzer ignores: a mistyped one would change the
// question and say nothing.
std::string UnknownWord(std::span<char* const> words) {
  const std::vector<std::string> known = {std::string(kDesignFlag), std::string(kBaseFlag),
                                          std::string(kReportKnownFlag)};
  for (const char* word : words) {
    const std::string typed(word);
    const bool is_known =
        typed.starts_with(kDesignFlag) || typed.starts_with(kBaseFlag) || typed == kReportKnownFlag;
    if (!typed.starts_with("--") || is_known) continue;
    const std::string flag = typed.substr(0, typed.find('=') + 1);
    return absl::StrCat("unknown flag ", typed, DidYouMean(flag.empty() ? typed : flag, known));
  }
  return {};
}

FuzzDriver* driver = nullptr;
Mutator* mutator = nullptr;

std::string FlagValue(std::span<char* const> words, std::string_view flag,
                      std::string_view otherwise) {
  std::string value(otherwise);
  for (const char* word : words) {
    const std::string_view view(word);
    if (view.starts_with(flag)) value = view.substr(flag.size());
  }
  return value;
}

const Design& NamedOrExit(const std::string& name) {
  const Design* design = FindDesign(name);
  if (design != nullptr) return *design;
  absl::FPrintF(stderr, "%s: unknown design '%s'; see `groupfuzz list designs`\n", kFuzzTarget.name,
                name);
  std::exit(kUsageStatus);
}

// That of --design, judged against that of --base.
const Design& ChosenOrExit(std::span<char* const> words) {
  const Design& design = NamedOrExit(FlagValue(words, kDesignFlag, "owner-check"));
  const std::string base = FlagValue(words, kBaseFlag, "");
  return base.empty() ? design : Against(design, NamedOrExit(base));
}

}  // namespace

int FuzzOne(const uint8_t* data, size_t size) {
  driver->RunOne({data, size});
  return 0;
}

}  // namespace groupfuzz

// The words stay in argv: libFuzzer ignores those that begin with "--", and hands them on to the
// processes that -jobs and -fork start.
extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  using namespace groupfuzz;  // NOLINT(google-build-using-namespace)
  const std::span<char* const> words(*argv, static_cast<size_t>(*argc));
  RegisterLinuxTrees();
  RegisterLinuxMutants();
  mutants::RegisterPortMutants();
  if (const std::string unknown = UnknownWord(words); !unknown.empty()) {
    absl::FPrintF(stderr, "%s: %s; expected --design=NAME, --base=NAME or --report-known\n",
                  kFuzzTarget.name, unknown);
    std::exit(kUsageStatus);
  }
  const bool report_known = std::any_of(words.begin(), words.end(),
                                        [](const char* word) { return word == kReportKnownFlag; });
  static FuzzDriver the_driver(ChosenOrExit(words), FlagValue(words, kArtifactFlag, ""),
                               report_known);
  static Mutator the_mutator(kFuzzTarget.threads, LLVMFuzzerMutate);
  driver = &the_driver;
  mutator = &the_mutator;
  // libFuzzer ends by exit(), without a word to its target.
  std::atexit([] { driver->SayWhatWasSteppedOver(); });
  return 0;
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size,
                                          unsigned seed) {
  return groupfuzz::mutator->Mutate(data, size, max_size, seed);
}

extern "C" size_t LLVMFuzzerCustomCrossOver(const uint8_t* data1, size_t size1,
                                            const uint8_t* data2, size_t size2, uint8_t* out,
                                            size_t max_out_size, unsigned seed) {
  return groupfuzz::mutator->CrossOver(data1, size1, data2, size2, out, max_out_size, seed);
}

// Modelled objects live in an arena that poisons what is freed; the heap sees few objects, so a
// small quarantine is enough and keeps the memory of a run flat.
extern "C" const char* __asan_default_options() {  // NOLINT(bugprone-reserved-identifier)
  return "quarantine_size_mb=8:malloc_context_size=5";
}
