// The sequential suite: a RapidCheck state machine.
#include <set>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "properties/suites/op_commands.h"
#include "properties/suites/suite_rapidcheck.h"
#include "properties/suites/suite_session.h"

namespace groupfuzz {
namespace {

constexpr uint64_t kSequences = 4000;

// What a sequence of commands runs on.
struct Setup {
  Configuration configuration;
  FaultPlan faults;
};

void showValue(const Setup& setup, std::ostream& os) {
  Program program;
  program.configuration = setup.configuration;
  program.faults = setup.faults;
  os << FormatText(program);
}

std::vector<Setup> PlainerSetups(const Setup& setup) {
  std::vector<Setup> plainer;
  if (setup.configuration != Configuration{}) plainer.push_back({{}, setup.faults});
  if (setup.faults.size > 0) plainer.push_back({setup.configuration, {}});
  return plainer;
}

rc::Gen<Setup> AnySetup() {
  return [](rc::Random random, int) {
    Random draws(random.next());
    Program program;
    program.configuration = DrawConfiguration(draws);
    program.faults = DrawFaults(draws);
    Normalize(&program);
    return rc::shrinkable::shrinkRecur(
        Setup{program.configuration, program.faults},
        [](const Setup& setup) { return rc::seq::fromContainer(PlainerSetups(setup)); });
  };
}

Program ProgramOf(const Setup& setup, const rc::state::Commands<Command>& commands) {
  Program program;
  program.configuration = setup.configuration;
  program.faults = setup.faults;
  for (const CommandPtr& command : commands) {
    program.threads[0].push_back(static_cast<const AnyOpCommand&>(*command).op());
  }
  return program;
}

void CheckSequence(SuiteSession& session, const Design& design, int max_size) {
  const Setup setup = *AnySetup();
  const ReferenceMachine boot(setup.configuration, design.judged_as);
  const rc::state::Commands<Command> commands =
      *rc::gen::resize(max_size, rc::state::gen::commands(boot, NextCommand));
  const Program program = ProgramOf(setup, commands);
  const std::optional<std::string> finding = session.Run(program);
  if (session.stopped()) RC_FAIL(*finding);

  std::set<std::string_view> reached;
  const Checker& checker = session.runner().checker();
  const bool by_the_model =
      setup.faults.size == 0 && checker.findings().empty() && session.runner().Provides(program);
  Execution execution(session.runner().trace(), by_the_model, &reached);
  rc::state::runAll(commands, boot, execution);
  for (std::string_view what : reached) ++session.report().reached[std::string(what)];
  if (finding) RC_FAIL(*finding);
  if (execution.disagreement().empty()) return;
  session.Fail(program, "R1", execution.disagreement());
  RC_FAIL(execution.disagreement());
}

}  // namespace

SuiteReport CheckSequential(const Design& design, const SuiteOptions& options) {
  SuiteSession session("sequential", design, options);
  const SuiteSize size = SizeOf(options, kSequences, /*max_size=*/kMaxOps - 1);
  CheckWithRapidCheck(session, size, Shrinking::kOn,
                      [&] { CheckSequence(session, design, size.max_size); });
  return session.Finish(absl::StrCat(session.report().cases, " sequences"));
}

}  // namespace groupfuzz
