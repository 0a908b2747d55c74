#include "harness/cli/command.h"

#include <limits>

#include "harness/report/terminal.h"

namespace groupfuzz::cli {
namespace {

constexpr size_t kAny = std::numeric_limits<size_t>::max();

constexpr Command kCommands[] = {
    {.name = "run",
     .synopsis = "FILE... [flags]",
     .summary = "run programs once, each with its own schedule",
     .details = "Prints the verdict, every finding, and the timeline of the execution. A file is a "
                "text\nprogram (see corpus/README.md) or the byte program of a fuzz target.",
     .example =
         "groupfuzz run --design claim-v1 corpus/interleaving_fuzzer/s01-stale-test-bind.txt",
     .flags = {"design", "from", "trace", "html", "svg"},
     .min_arguments = 1,
     .max_arguments = kAny,
     .run = RunCommand},
    {.name = "explore",
     .synopsis = "FILE [flags]",
     .summary = "try the interleavings of a program: all of them, or the shortest counterexample",
     .details =
         "Ignores the schedule of the program. Shows a counterexample that takes few preemptions\n"
         "as soon as there is one, then goes on to all there is. Only a complete search\n"
         "without a bound says exhausted.",
     .example =
         "groupfuzz explore --design claim-v1 corpus/interleaving_fuzzer/s01-stale-test-bind.txt",
     .flags = {"design", "base", "from", "property", "strategy", "bound", "max_executions",
               "max_seconds", "seed", "trace", "format", "html", "svg"},
     .min_arguments = 1,
     .max_arguments = 1,
     .run = ExploreCommand},
    {.name = "compare",
     .synopsis = "[flags]",
     .summary = "one row a design, one column a property group, over a corpus",
     .details = "Explores every program of the corpus on every design, and shows the shortest\n"
                "counterexample of one design that fails.",
     .example = "groupfuzz compare --corpus corpus --design claim-v1 --design owner-check",
     .flags = {"corpus", "design", "base", "max_executions", "format", "json_to", "html", "svg"},
     .min_arguments = 0,
     .max_arguments = 0,
     .run = CompareCommand},
    {.name = "minimize",
     .synopsis = "FILE [--property ID] [flags]",
     .summary = "make a program smaller while it keeps showing one finding",
     .details = "FILE is a text program, or what a fuzz target left: crash-... The finding is the "
                "first one\nof the property, or of any. Gives up preemptions first, then threads, "
                "ops, faults,\nconfiguration and values, until no single step can be given up: "
                "1-minimal. Writes text.",
     .example = "groupfuzz minimize --design claim-v1 --property I2 -o small.txt\n"
                "      corpus/interleaving_fuzzer/s01-stale-test-bind.txt",
     .flags = {"property", "design", "from", "output", "max_executions"},
     .min_arguments = 1,
     .max_arguments = 1,
     .run = MinimizeCommand},
    {.name = "explain",
     .synopsis = "FILE|ID [flags]",
     .summary = "explain one execution: who ran when, what is wrong; or what a property is",
     .details =
         "Runs the program in FILE with its own schedule, and says which order of its calls "
         "is legal.\nID is that of a property, as in I22: its sentence, its source, and where "
         "it is checked, or why\nnothing checks it. A file that is called like one is ./I22. "
         "--to=mail prints what can be pasted\nas an answer to a patch: one finding, the first "
         "that FILE expects of the design, or the first.",
     .example = "groupfuzz explain --design claim-v1 "
                "corpus/known/domain-replaced-under-a-bound-driver.txt",
     .flags = {"design", "from", "to", "trace", "html", "svg"},
     .min_arguments = 1,
     .max_arguments = 1,
     .run = ExplainCommand},
    {.name = "check",
     .synopsis = "[flags]",
     .summary = "the property suites: RapidCheck, linearizability, text, failures",
     .details = "A program with a finding is in findings/ before its verdict is printed, minimized "
                "after.\nRC_PARAMS (seed, max_success, max_size) works.",
     .example = "groupfuzz check --design owner-check --verbose",
     .flags = {"design", "base", "cases", "seed", "nightly", "verbose", "save", "seeds_to",
               "programs", "known", "format"},
     .min_arguments = 0,
     .max_arguments = 0,
     .run = CheckCommand},
    {.name = "mutants",
     .synopsis = "[NAME...] [flags]",
     .summary = "which engine finds which bug of the bank of mutants, and how soon",
     .details = "NAME is a part of a mutant's name, or a pattern with *; without any, all are run. "
                "Each engine\nlooks for each mutant in a process of its own, until it has found "
                "what the original does\nnot show, or its CPU time is over. --max-executions is "
                "that of one program (compare,\nexhaustive), or the cases of a suite: unlike "
                "seconds, it is the same on every machine.\nThe bank is in target/mutants. Exit "
                "status 1: a mutant survives that is no known\nsurvivor, or a harmless change "
                "raised an alarm.",
     .example = "groupfuzz mutants --engine compare --engine check no-owner-test",
     .flags = {"engine", "trials", "seconds", "max_executions", "seed", "first", "jobs", "corpus",
               "fuzz_targets", "output"},
     .min_arguments = 0,
     .max_arguments = kAny,
     .run = MutantsCommand},
    {.name = "export",
     .synopsis = "FILE --to=gtest|text|bytes [flags]",
     .summary = "write a program as a GoogleTest case, as text, or as bytes for a fuzz target",
     .details = "The GoogleTest case compiles against groupfuzz::harness, and fails once the "
                "design shows\nother findings than now.",
     .example = "groupfuzz export --to=gtest --design claim-v1 "
                "corpus/known/domain-replaced-under-a-bound-driver.txt",
     .flags = {"from", "to", "design", "output"},
     .min_arguments = 1,
     .max_arguments = 1,
     .run = ExportCommand},
    {.name = "convert",
     .synopsis = "FILE [flags]",
     .summary = "convert a program between its text form and its byte form",
     .details = "The two forms mean the same; only comments and layout are lost. A folder of text\n"
                "programs becomes a folder of byte programs.",
     .example = "groupfuzz convert corpus/interleaving_fuzzer/s01-stale-test-bind.txt -o race.bin",
     .flags = {"from", "to", "output"},
     .min_arguments = 1,
     .max_arguments = 1,
     .run = ConvertCommand},
    {.name = "page",
     .synopsis = "FILE [--html FILE] [--mail FOLDER --patches FOLDER]",
     .summary = "write the page of what ci/review found, or answers to the patches",
     .details =
         "The first FILE is what ci/review --format=json prints. The counterexamples in it are "
         "run again,\non the designs that it names.",
     .example = "groupfuzz page harness/cli/review_example.json --html review.html",
     .flags = {"html", "mail", "patches"},
     .min_arguments = 1,
     .max_arguments = 1,
     .run = PageCommand},
    {.name = "list",
     .synopsis = "designs|properties|ops|faults|known [flags]",
     .summary = "what there is to run on, to check, to do and to inject",
     .details = "",
     .example = "groupfuzz list designs",
     .flags = {"format"},
     .min_arguments = 1,
     .max_arguments = 1,
     .run = ListCommand},
};

}  // namespace

std::span<const Command> Commands() { return kCommands; }

ExitStatus StatusOf(bool found) {
  if (found) return ExitStatus::kFinding;
  return Interrupted() ? ExitStatus::kInterrupted : ExitStatus::kClean;
}

const Command* FindCommand(std::string_view name) {
  for (const Command& command : Commands()) {
    if (command.name == name) return &command;
  }
  return nullptr;
}

}  // namespace groupfuzz::cli
