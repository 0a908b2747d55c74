#include "harness/compare/conformance.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_join.h"
#include "harness/program/minimizer.h"
#include "harness/report/report.h"

namespace groupfuzz {
namespace {

std::string IdsOf(const Checker& checker) {
  return absl::StrJoin(FindingIds(checker.findings()), " ");
}

class Differs final : public Reproducer {
 public:
  explicit Differs(Conformance& conformance) : conformance_(conformance) {}

  bool Replay(Program* program) override {
    if (!conformance_.Compare(*program)) return false;
    const std::vector<uint8_t> port = conformance_.port_choices();
    const std::vector<uint8_t> kernel = conformance_.kernel_choices();
    return Explicit(port, program) || Explicit(kernel, program);
  }

  bool Search(Program* program) override {
    constexpr uint32_t kSchedules = 50;
    program->schedule = {};
    if (Replay(program)) return true;
    for (uint32_t seed = 1; seed <= kSchedules; ++seed) {
      program->schedule = {.choices = {}, .tail = Tail::kRandom, .seed = seed};
      if (Replay(program)) return true;
    }
    return false;
  }

 private:
  bool Explicit(const std::vector<uint8_t>& choices, Program* program) {
    Program tried = *program;
    tried.schedule = Schedule{choices};
    Normalize(&tried);
    if (!conformance_.Compare(tried)) return false;
    *program = std::move(tried);
    return true;
  }

  Conformance& conformance_;
};

}  // namespace

Conformance::Conformance(const Design& port, const Design& kernel) : port_(port), kernel_(kernel) {}

void Conformance::Run(Side& side, const Program& program) {
  side.choices = side.runner.Run(program).trace.choices;
}

std::optional<BehaviourDifference> Conformance::Compare(const Program& given) {
  Program program = given;
  program.configuration = kernel_.runner.MachineOf(program.configuration);
  Run(port_, program);
  Run(kernel_, program);
  ++executions_;
  ops_ += port_.behaviour.ops.size();
  std::optional<BehaviourDifference> difference =
      FirstDifference(port_.behaviour, kernel_.behaviour);
  if (difference) return difference;
  const std::string port = IdsOf(port_.runner.checker());
  const std::string kernel = IdsOf(kernel_.runner.checker());
  if (port == kernel) return std::nullopt;
  return BehaviourDifference{kBootThread, 0, false, "findings", port, kernel};
}

Program SmallestDifference(Conformance& conformance, const Program& program) {
  Differs differs(conformance);
  return Minimize(program, differs);
}

}  // namespace groupfuzz
