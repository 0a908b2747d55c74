// Port and kernel, op for op: every program of the corpus and mutations of them, on each linked
// tree and the design of the port that stands for it.
//
// GROUPFUZZ_CONFORMANCE_PROGRAMS in the environment says how many mutations to try (default: 5000).
#include "harness/conformance.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "harness/minimizer.h"
#include "harness/mutator.h"
#include "harness/program_file.h"
#include "harness/text_codec.h"
#include "target/linux/trees.h"

namespace groupfuzz {
namespace {

constexpr uint64_t kMutations = 5000;
constexpr uint64_t kMaxInterleavings = 3000;

uint64_t Mutations() {
  const char* wanted = std::getenv("GROUPFUZZ_CONFORMANCE_PROGRAMS");
  return wanted == nullptr ? kMutations : std::strtoull(wanted, nullptr, 10);
}

const std::vector<Program>& Corpus() {
  static const std::vector<Program> programs = [] {
    std::vector<Program> loaded;
    const auto files = LoadCorpus(GROUPFUZZ_SOURCE_DIR "/corpus");
    for (const ProgramFile& file : *files) loaded.push_back(file.contents.program);
    return loaded;
  }();
  return programs;
}

// A program of one thread has one schedule.
class Differs final : public Reproducer {
 public:
  explicit Differs(Conformance& conformance) : conformance_(conformance) {}
  bool Replay(Program* program) override { return conformance_.Compare(*program).has_value(); }
  bool Search(Program* program) override { return Replay(program); }

 private:
  Conformance& conformance_;
};

// The smallest program that still shows a difference, as text.
std::string Smallest(Conformance& conformance, Program program) {
  program.thread_count = 1;
  Normalize(&program);
  Differs differs(conformance);
  const Program small = Minimize(program, differs);
  return FormatText(small) + Describe(*conformance.Compare(small));
}

TEST(Conformance, CorpusBehavesTheSameOpForOp) {
  for (const Design* tree : RegisterLinuxTrees()) {
    SCOPED_TRACE(tree->name);
    Conformance conformance(BuiltInDesign(tree->judged_as), *tree);
    for (const Program& program : Corpus()) {
      if (conformance.Compare(program)) ADD_FAILURE() << Smallest(conformance, program);
    }
  }
}

TEST(Conformance, MutatedProgramsBehaveTheSameOpForOp) {
  for (const Design* tree : RegisterLinuxTrees()) {
    SCOPED_TRACE(tree->name);
    Conformance conformance(BuiltInDesign(tree->judged_as), *tree);
    uint64_t seed = 0;
    Program program;
    for (; seed < Mutations(); ++seed) {
      // Each program grows for a while, then a new one begins.
      constexpr uint64_t kGenerations = 16;
      if (seed % kGenerations == 0) program = Corpus()[seed / kGenerations % Corpus().size()];
      MutateProgram(&program, seed, {.min_threads = 1, .max_threads = 1});
      if (!conformance.Compare(program)) continue;
      ADD_FAILURE() << "seed " << seed << "\n" << Smallest(conformance, program);
      break;
    }
    std::cout << tree->name << ": " << seed << " programs, " << conformance.ops()
              << " ops compared, " << conformance.accepted() << " accepted differences\n";
  }
}

TEST(Conformance, CorpusReachesTheSameStatesInAnyOrder) {
  for (const Design* tree : RegisterLinuxTrees()) {
    SCOPED_TRACE(tree->name);
    Conformance conformance(BuiltInDesign(tree->judged_as), *tree);
    uint64_t executions = 0;
    int compared = 0;
    for (Program program : Corpus()) {
      if (program.thread_count < 2 || program.faults.size > 0) continue;
      const auto outcomes = conformance.SetsOfOutcomes(program, kMaxInterleavings);
      if (!outcomes) continue;
      executions += outcomes->executions;
      ++compared;
      EXPECT_EQ(outcomes->port, outcomes->kernel) << FormatText(program);
    }
    std::cout << tree->name << ": " << compared << " programs, " << executions
              << " interleavings\n";
  }
}

// The comparison sees what there is to see.
TEST(Conformance, DifferentKernelsDiffer) {
  const Design& old = *FindDesign("device-lock");
  const Design& today = *FindDesign("v6.12");
  Conformance conformance(old, today);
  int different = 0;
  for (const Program& program : Corpus()) different += conformance.Compare(program).has_value();
  EXPECT_GT(different, 0);
}

}  // namespace
}  // namespace groupfuzz
