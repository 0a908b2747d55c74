#include "harness/record/observation.h"

#include <algorithm>
#include <set>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "harness/execution/explorer.h"
#include "harness/execution/strategies/cached_exhaustive_strategy.h"
#include "harness/execution/strategies/replay_strategy.h"
#include "harness/program/strings.h"
#include "harness/program/text_codec.h"
#include "harness/record/event_words.h"
#include "harness/record/garbling.h"
#include "harness/record/systems.h"
#include "target/system/names.h"

namespace groupfuzz::record {
namespace {

std::string_view ProblemWord(ExecutionProblem problem) {
  switch (problem) {
    case ExecutionProblem::kDeadlock:
      return "deadlock";
    case ExecutionProblem::kSelfDeadlock:
      return "self-deadlock";
    case ExecutionProblem::kLockOrder:
      return "lock-order";
    case ExecutionProblem::kLockKept:
      return "lock-kept";
    case ExecutionProblem::kTooLong:
      return "too-long";
  }
  return "unnamed";
}

std::string VerdictWords(const LinearizabilityVerdict* verdict) {
  using Kind = LinearizabilityVerdict::Kind;
  using Unknown = LinearizabilityVerdict::Unknown;
  if (verdict == nullptr) return "not asked";
  if (verdict->kind == Kind::kOk) return "ok";
  if (verdict->kind == Kind::kViolation) return "violation";
  switch (verdict->unknown) {
    case Unknown::kJudged:
      return "unknown";
    case Unknown::kTainted:
      return "unknown: tainted";
    case Unknown::kUnspecified:
      return "unknown: unspecified";
    case Unknown::kTooManyCalls:
      return "unknown: too many calls";
    case Unknown::kTooManyStates:
      return "unknown: too many states";
  }
  return "unnamed";
}

// Kinds of ops by name, in alphabetical order: "bind+store_type".
std::string RoleWords(uint32_t roles) {
  std::set<std::string> names;
  for (int i = 0; i < kOpKinds; ++i) {
    if ((roles >> i & 1) != 0) names.insert(TraitsOf(static_cast<OpKind>(i)).name);
  }
  return names.empty() ? "nobody" : absl::StrJoin(names, "+");
}

// Lets `next` judge the execution, and writes down what that is told.
class Witness final : public Monitor {
 public:
  Witness(Monitor& next, std::string* out) : next_(next), writer_(out), out_(*out) {}

  void Begin(const Program& program, const System& system) override {
    next_.Begin(program, system);
    program_ = &program;
    system_ = &system;
    out_ += "begin\n";
    WriteState();
  }
  void OnEvent(const Event& event) override {
    next_.OnEvent(event);
    writer_.Write(event);
  }
  void OnCall(const Call& call) override {
    next_.OnCall(call);
    absl::StrAppend(&out_, "enter ", Abseil(KernelName(call.function)), "\n");
  }
  void OnReturn(const Call& call, int64_t result) override {
    next_.OnReturn(call, result);
    absl::StrAppend(&out_, "leave ", Abseil(KernelName(call.function)), " = ", ResultName(result),
                    "\n");
    if (call.function != Function::kShowType || result < 0) return;
    absl::StrAppend(&out_, "  shown ", absl::CEscape(call.shown), "\n");
  }
  void OnOpStart(uint8_t thread, uint8_t op) override {
    next_.OnOpStart(thread, op);
    AppendStep(thread, op, &out_);
    absl::StrAppend(&out_, " begins ", FormatOp(program_->threads[thread][op]), "\n");
  }
  void OnOpEnd(uint8_t thread, uint8_t op, int64_t result) override {
    next_.OnOpEnd(thread, op, result);
    AppendStep(thread, op, &out_);
    absl::StrAppend(&out_, " ends = ", ResultName(result), "\n");
    WriteState();
  }
  void OnProblem(ExecutionProblem problem, uint8_t thread, kernel::LockClass first,
                 kernel::LockClass second) override {
    next_.OnProblem(problem, thread, first, second);
    absl::StrAppend(&out_, "T", thread, " problem ", Abseil(ProblemWord(problem)), ": ",
                    LockName(first, kNoDevice), ", ", LockName(second, kNoDevice), "\n");
  }
  void OnProgramEnd(bool abandoned) override {
    next_.OnProgramEnd(abandoned);
    out_ += abandoned ? "abandoned\n" : "end\n";
    WriteState();
  }
  void End(int leaked) override {
    next_.End(leaked);
    absl::StrAppend(&out_, "leaked ", leaked, "\n");
  }
  uint64_t Fingerprint() const override { return next_.Fingerprint(); }

 private:
  // The state, where it is not the one that was said last.
  void WriteState() {
    Snapshot state;
    system_->Look(&state);
    if (state == said_) return;
    writer_.Write(state);
    said_ = state;
  }

  Monitor& next_;
  Writer writer_;
  std::string& out_;
  const Program* program_ = nullptr;
  const System* system_ = nullptr;
  Snapshot said_;
};

// What the trace holds beside the events that the witness was told.
void WriteTrace(const Trace& trace, std::string* out) {
  absl::StrAppend(out, "events ", trace.events.size(), " ops");
  for (const OpRecord& record : trace.ops) {
    *out += ' ';
    AppendStep(record.thread, record.op, out);
    absl::StrAppend(out, ":", record.first_event, "..", record.end_event, "=",
                    ResultName(record.result));
  }
  absl::StrAppend(out, "\npreemptions ", trace.preemptions, " choices ");
  for (const uint8_t choice : trace.choices) out->push_back(static_cast<char>('0' + choice));
  out->push_back('\n');
}

void WriteFindings(const std::vector<Finding>& findings, std::string* out) {
  if (findings.empty()) *out += "none\n";
  for (const Finding& finding : findings) {
    *out += finding.property->id;
    *out += ' ';
    AppendStep(finding.thread, finding.op, out);
    absl::StrAppend(out, " event ", finding.event, " roles ", RoleWords(finding.roles), "\n");
  }
}

}  // namespace

std::string_view PartName(Part part) {
  switch (part) {
    case Part::kTrace:
      return "trace";
    case Part::kFindings:
      return "findings";
    case Part::kLinearizability:
      return "linearizability";
    case Part::kExploration:
      return "exploration";
  }
  return "unnamed";
}

Observer::Observer(const Design& design, uint64_t max_executions)
    : system_(design.make()),
      checker_(design),
      max_executions_(max_executions),
      garbled_(IsGarbled(design)) {}

const Observation& Observer::Observe(const Program& program, bool explore) {
  for (std::string& text : observation_) text.clear();
  Witness witness(checker_, &Text(Part::kTrace));
  GarblingMonitor garbling(witness);
  Monitor& monitor = garbled_ ? static_cast<Monitor&>(garbling) : witness;
  ReplayStrategy replay(program.schedule);
  const Executor::Result result = executor_.Run(program, *system_, replay, monitor);
  WriteTrace(*result.trace, &Text(Part::kTrace));
  WriteFindings(checker_.findings(), &Text(Part::kFindings));
  absl::StrAppend(&Text(Part::kLinearizability), VerdictWords(checker_.linearizability()), "\n");
  if (explore && !garbled_) Explore(program);
  return observation_;
}

void Observer::Explore(const Program& program) {
  // An execution that goes on until it is cut off takes as long as a hundred others.
  constexpr int kMaxEndless = 10;
  int endless = 0;
  std::set<std::string_view> ids;
  ExploreCallbacks callbacks;
  callbacks.on_execution = [&](const Executor::Result&) {
    for (const Finding& finding : checker_.findings()) {
      ids.insert(finding.property->id);
      if (finding.property->id == "X2") ++endless;
    }
    return checker_.findings().empty() ? Seen::kClean : Seen::kFinding;
  };
  callbacks.keep_going = [&](const Exploration&) { return endless < kMaxEndless; };
  CachedExhaustiveStrategy strategy;
  const Exploration exploration =
      groupfuzz::Explore(program, *system_, strategy, executor_, checker_, callbacks,
                         {.max_executions = max_executions_, .progress_interval = 1});
  std::string& text = Text(Part::kExploration);
  absl::StrAppend(&text, "executions ", exploration.executions, " pruned ", exploration.pruned,
                  " findings ", exploration.findings, " abandoned ", exploration.abandoned,
                  " states ", exploration.states, exploration.complete ? " complete" : " cut short",
                  "\nids");
  for (const std::string_view id : ids) absl::StrAppend(&text, " ", Abseil(id));
  text += '\n';
}

void Digest::Add(std::string_view text) {
  // FNV-1a, and one byte that no text holds.
  constexpr uint64_t kPrime = 0x100000001b3;
  empty_ = false;
  for (const char c : text) hash_ = (hash_ ^ static_cast<unsigned char>(c)) * kPrime;
  hash_ = (hash_ ^ 0xff) * kPrime;
}

std::string Digest::Hex() const { return empty_ ? "-" : absl::StrFormat("%016x", hash_); }

}  // namespace groupfuzz::record
