// The commands of the RapidCheck state machine: one for each kind of op.
//
//   model          ReferenceMachine: the sequential model behind the users of the group
//   system         Execution: one run of the design, with every property watching
//   precondition   the op has something to do
//   run            what its user sees is what the model says
//
// Thread-safety: as RapidCheck.
#ifndef GROUPFUZZ_PROPERTIES_SUITES_OP_COMMANDS_H_
#define GROUPFUZZ_PROPERTIES_SUITES_OP_COMMANDS_H_

#include <rapidcheck/state.h>

#include <array>
#include <cstddef>
#include <memory>
#include <ostream>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/execution/trace.h"
#include "harness/program/random.h"
#include "harness/program/text_codec.h"
#include "properties/suites/generation.h"
#include "properties/suites/reference_machine.h"
#include "properties/suites/suite.h"
#include "target/types/op.h"

namespace groupfuzz {

// One run of a program of one thread: what its ops returned, in their order.
class Execution {
 public:
  // `by_the_model`: nothing happened that the model does not know of.
  Execution(const Trace& trace, bool by_the_model, std::set<std::string_view>* reached)
      : ops_(trace.ops), by_the_model_(by_the_model), reached_(reached) {}

  // An op that an abandoned execution did not get to has no result.
  bool HasNext() const { return next_ < ops_.size(); }
  int64_t Next() { return ops_[next_++].result; }
  bool by_the_model() const { return by_the_model_; }

  void Reach(std::string_view what) { reached_->insert(what); }
  void Disagree(const Op& op, int64_t expected, int64_t got);
  // The first result that is not what the model says; empty where there is none.
  const std::string& disagreement() const { return disagreement_; }

 private:
  const std::vector<OpRecord>& ops_;
  const bool by_the_model_;
  std::set<std::string_view>* reached_;
  size_t next_ = 0;
  std::string disagreement_;
};

// How deep the state is, in the words of properties/suites/suite.h; empty where nothing is claimed.
std::string_view DepthOf(const ReferenceMachine& machine);
// Whether `op` attaches a domain to what is attached already.
bool IsFurtherAttach(const Op& op);

using Command = rc::state::Command<ReferenceMachine, Execution>;
using CommandPtr = std::shared_ptr<const Command>;

class AnyOpCommand : public Command {
 public:
  explicit AnyOpCommand(const Op& op) : op_(op) {}

  void checkPreconditions(const ReferenceMachine& before) const override {
    RC_PRE(before.Permits(op_));
  }
  void apply(ReferenceMachine& machine) const override { machine.Perform(op_); }
  void run(const ReferenceMachine& before, Execution& execution) const override {
    if (!execution.HasNext()) return;
    const int64_t got = execution.Next();
    const std::string_view depth = DepthOf(before);
    if (!depth.empty()) execution.Reach(depth);
    const bool failed = got < 0 && got != kRefused;
    if (depth == kReachedJoined && failed && IsFurtherAttach(op_)) {
      execution.Reach(kReachedDeepest);
    }
    ReferenceMachine machine(before);
    const int64_t expected = machine.Perform(op_);
    const bool compared = execution.by_the_model() && machine.sure();
    if (compared && got != expected) execution.Disagree(op_, expected, got);
  }
  void show(std::ostream& os) const override { os << FormatOp(op_); }

  const Op& op() const { return op_; }

 private:
  const Op op_;
};

template <OpKind kKind>
class OpCommand final : public AnyOpCommand {
 public:
  using AnyOpCommand::AnyOpCommand;
};

inline CommandPtr MakeCommand(const Op& op) {
  using Maker = CommandPtr (*)(const Op&);
  static constexpr auto kMakers = []<size_t... kKinds>(std::index_sequence<kKinds...>) {
    return std::array<Maker, kOpKinds>{[](const Op& made) -> CommandPtr {
      return std::make_shared<OpCommand<static_cast<OpKind>(kKinds)>>(made);
    }...};
  }(std::make_index_sequence<kOpKinds>());
  return kMakers[static_cast<size_t>(op.kind)](op);
}

// The same op with one argument at its default, for RapidCheck to shrink to.
std::vector<Op> PlainerOps(const Op& op);

// A command that has something to do in the state `machine`; see WeightOf().
inline rc::Gen<CommandPtr> NextCommand(const ReferenceMachine& machine) {
  return [machine](rc::Random random, int) {
    Random draws(random.next());
    const auto op = rc::shrinkable::shrinkRecur(DrawOp(draws, machine), [](const Op& shrunk) {
      return rc::seq::fromContainer(PlainerOps(shrunk));
    });
    return rc::shrinkable::map(op, MakeCommand);
  };
}

}  // namespace groupfuzz

#endif  // GROUPFUZZ_PROPERTIES_SUITES_OP_COMMANDS_H_
