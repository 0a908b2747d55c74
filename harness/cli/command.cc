#include "harness/cli/command.h"

#include <limits>

namespace groupfuzz::cli {
namespace {

constexpr size_t kAny = std::numeric_limits<size_t>::max();

const std::vector<Command>& Table() {
  static const std::vector<Command> commands = {
      {"run",
       "FILE... [flags]",
       "run programs once, each with its own schedule",
       "Prints the verdict, every finding, and the timeline of the execution. A file is a text\n"
       "program (see corpus/README.md) or the byte program of a fuzz target.",
       "groupfuzz run --design claim-v1 corpus/interleaving_fuzzer/s01-stale-test-bind.txt",
       {"design", "trace"},
       1,
       kAny,
       RunCommand},
      {"explore",
       "FILE [flags]",
       "try the interleavings of a program: a proof, or the shortest counterexample",
       "Ignores the schedule of the program. Only a complete search without a bound says proved.",
       "groupfuzz explore --design claim-v1 corpus/interleaving_fuzzer/s01-stale-test-bind.txt",
       {"design", "strategy", "bound", "max_executions", "seed", "trace"},
       1,
       1,
       ExploreCommand},
      {"compare",
       "[flags]",
       "one row a design, one column a property group, over a corpus",
       "Explores every program of the corpus on every design, and shows the shortest\n"
       "counterexample of one design that fails.",
       "groupfuzz compare --corpus corpus --design claim-v1 --design owner-check",
       {"corpus", "design", "max_executions"},
       0,
       0,
       CompareCommand},
      {"minimize",
       "FILE --property ID [flags]",
       "make a program smaller while it keeps violating one property",
       "Gives up preemptions first, then threads, ops, faults, configuration and values. Writes\n"
       "the result as text.",
       "groupfuzz minimize --design claim-v1 --property I2 -o small.txt\n"
       "      corpus/interleaving_fuzzer/s01-stale-test-bind.txt",
       {"property", "design", "output", "max_executions"},
       1,
       1,
       MinimizeCommand},
      {"convert",
       "FILE [flags]",
       "convert a program between its text form and its byte form",
       "The two forms mean the same; both directions lose nothing but comments and layout.",
       "groupfuzz convert corpus/interleaving_fuzzer/s01-stale-test-bind.txt -o race.bin",
       {"to", "output"},
       1,
       1,
       ConvertCommand},
      {"list",
       "designs|properties|ops|faults",
       "what there is to run on, to check, to do and to inject",
       "",
       "groupfuzz list designs",
       {},
       1,
       1,
       ListCommand},
  };
  return commands;
}

}  // namespace

std::span<const Command> Commands() { return Table(); }

const Command* FindCommand(std::string_view name) {
  for (const Command& command : Commands()) {
    if (command.name == name) return &command;
  }
  return nullptr;
}

}  // namespace groupfuzz::cli
