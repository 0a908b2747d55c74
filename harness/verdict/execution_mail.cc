#include "harness/verdict/execution_mail.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "harness/execution/forwarding_monitor.h"
#include "harness/program/text_codec.h"
#include "harness/verdict/known_programs.h"
#include "harness/verdict/runner.h"
#include "target/kernel/runtime.h"

namespace groupfuzz {
namespace {

// Notes the calls of an execution, and after how many events they came.
class CallLog : public ForwardingMonitor {
 public:
  using ForwardingMonitor::ForwardingMonitor;

  void Begin(const Program& program, const System& system) override {
    moments_.clear();
    events_ = 0;
    running_ = true;
    ForwardingMonitor::Begin(program, system);
  }
  void OnEvent(const Event& event) override {
    ++events_;
    ForwardingMonitor::OnEvent(event);
  }
  void OnOpStart(uint8_t thread, uint8_t op) override {
    ops_[thread] = op;
    ForwardingMonitor::OnOpStart(thread, op);
  }
  void OnCall(const Call& call) override {
    Note(call, /*returns=*/false, 0);
    ForwardingMonitor::OnCall(call);
  }
  void OnReturn(const Call& call, int64_t result) override {
    Note(call, /*returns=*/true, result);
    ForwardingMonitor::OnReturn(call, result);
  }
  void OnProgramEnd(bool abandoned) override {
    running_ = false;
    ForwardingMonitor::OnProgramEnd(abandoned);
  }

  const std::vector<CallMoment>& moments() const { return moments_; }

 private:
  void Note(const Call& call, bool returns, int64_t result) {
    const uint8_t thread = kernel::runtime().thread();
    if (!running_ || thread >= kMaxThreads) return;
    moments_.push_back({.call = call,
                        .thread = thread,
                        .op = ops_[thread],
                        .event = events_,
                        .returns = returns,
                        .result = result});
  }

  bool running_ = false;
  uint32_t events_ = 0;
  std::array<uint8_t, kMaxThreads> ops_{};
  std::vector<CallMoment> moments_;
};

// The same machine and ops; a schedule may have been minimized since.
bool SameButForSchedule(Program a, Program b) {
  a.schedule = {};
  b.schedule = {};
  return FormatText(a) == FormatText(b);
}

// What a file says of several designs need not be true of each; a `defect` line is of its tree.
bool TitleIsOf(const Design& design, const TextProgram& known) {
  if (DefectOf(known, design.name) != nullptr) return true;
  return std::all_of(known.expectations.begin(), known.expectations.end(),
                     [&](const Expectation& one) { return one.design == design.name; });
}

std::string Note(const Design& design, const KnownProgram& known) {
  std::string note = absl::StrCat("Known to groupfuzz (", known.path, ")");
  const Defect* defect = DefectOf(known.contents, design.name);
  if (defect != nullptr) {
    absl::StrAppend(&note, ", as a ", defect->latent ? "latent " : "", "defect at ", defect->file,
                    ":", defect->line, ", ", defect->function, "()");
  }
  if (!TitleIsOf(design, known.contents)) return note + ".";
  absl::StrAppend(&note, ": ", absl::StrReplaceAll(known.contents.title, {{"\n", " "}}));
  if (defect == nullptr) return note;
  const auto file = [&](std::string* out, const std::string& repair) {
    absl::StrAppend(out, "corpus/trees/", defect->tree, "/repairs/", repair, ".sed");
  };
  return absl::StrCat(note, " It is gone with ", defect->repairs.size() > 1 ? "any of " : "",
                      absl::StrJoin(defect->repairs, ", ", file), ".");
}

const Property* FirstOf(const std::vector<std::string>& preferred,
                        const std::vector<Finding>& findings) {
  for (const std::string& id : preferred) {
    const Property* property = FindProperty(id);
    if (property != nullptr && MailedFinding(findings, property) != nullptr) return property;
  }
  return nullptr;
}

}  // namespace

std::string DebianRelease(const std::string& tree) {
  constexpr std::string_view kPackage = "linux-source-";
  return tree.starts_with(kPackage) ? tree.substr(kPackage.size()) : "";
}

std::string MailOpening(const Design& design) {
  if (design.kernel) {
    return absl::StrCat("groupfuzz compiles drivers/iommu/iommu.c of ", TreeOfDesign(design.name),
                        " and runs it in user space, on a mock IOMMU driver. There this sequence "
                        "breaks a rule:");
  }
  return absl::StrCat("groupfuzz has a port of the group code to user space, its design ",
                      design.name, " (", design.summary, "). There this sequence breaks a rule:");
}

std::vector<std::string> MailCommands(const Design& design) {
  const std::string explain =
      absl::StrCat("build/release/bin/groupfuzz explain --design ", design.name, " race.txt");
  if (!design.kernel) return {"ci/setup", "cmake --workflow --preset release", explain};
  const std::string tree = TreeOfDesign(design.name);
  const std::string release = DebianRelease(tree);
  const std::string source =
      release.empty() ? "/path/to/" + tree : absl::StrCat("$(ci/linux-tree ", release, ")");
  return {"ci/setup", absl::StrCat("cmake --preset release \"-DLINUX_SOURCE=", source, "\""),
          "ninja -C build/release groupfuzz", explain};
}

std::string KnownNote(const Design& design, const Program& program, const Property& property) {
  for (const KnownProgram& known : KnownPrograms()) {
    const std::vector<std::string> expected = ExpectedOf(known.contents, design.name);
    const bool says = std::find(expected.begin(), expected.end(), property.id) != expected.end();
    if (says && SameButForSchedule(known.contents.program, program)) return Note(design, known);
  }
  return "";
}

std::string ExecutionMail(const Design& design, const Program& program, MailSubject subject,
                          const std::vector<std::string>& preferred) {
  Runner runner(design);
  CallLog log(runner.checker());
  runner.WatchThrough(log);
  const RunOutcome outcome = runner.RunRecorded(program);
  if (const Property* first = FirstOf(preferred, outcome.findings); first != nullptr) {
    subject.property = first;
  }
  const Finding* finding = MailedFinding(outcome.findings, subject.property);
  if (finding == nullptr) return "";
  const std::string note = KnownNote(design, program, *finding->property);
  if (!note.empty()) subject.notes.push_back(note);
  return Mail(subject, program, outcome.trace, log.moments(), outcome.findings);
}

}  // namespace groupfuzz
