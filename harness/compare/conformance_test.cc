// Port and kernel, step for step: every program of the corpus and mutations of them, under the same
// schedules, on each linked tree and the design of the port that stands for it.
//
// GROUPFUZZ_CONFORMANCE_PROGRAMS in the environment says how many mutations to try of one thread,
// and how many interleavings of several (default: 100000 each, under a sanitizer an eighth).
#include "harness/compare/conformance.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "harness/program/mutator.h"
#include "harness/program/program_file.h"
#include "harness/program/text_codec.h"
#include "target/linux/trees.h"
#include "target/types/sanitizers.h"

namespace groupfuzz {
namespace {

constexpr uint64_t kPrograms = 100'000;

uint64_t Programs() {
  const char* wanted = std::getenv("GROUPFUZZ_CONFORMANCE_PROGRAMS");
  if (wanted != nullptr) return std::strtoull(wanted, nullptr, 10);
#if defined(GROUPFUZZ_ASAN) || defined(GROUPFUZZ_TSAN)
  constexpr uint64_t kSanitizerShare = 8;
  return kPrograms / kSanitizerShare;
#else
  return kPrograms;
#endif
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

// The smallest program that still shows a difference, as text.
std::string Smallest(Conformance& conformance, const Program& program) {
  const Program small = SmallestDifference(conformance, program);
  return FormatText(small) + Describe(*conformance.Compare(small));
}

// Programs that grow out of those of the corpus: each changes for a while, then a new one begins.
template <typename Change>
void CompareMutations(const Design& tree, const MutationOptions& threads, Change change) {
  constexpr uint64_t kGenerations = 16;
  Conformance conformance(BuiltInDesign(tree.judged_as), tree);
  Program program;
  for (uint64_t seed = 0; seed < Programs(); ++seed) {
    if (seed % kGenerations == 0) program = Corpus()[seed / kGenerations % Corpus().size()];
    MutateProgram(&program, seed, threads);
    change(&program, seed);
    if (!conformance.Compare(program)) continue;
    ADD_FAILURE() << "seed " << seed << "\n" << Smallest(conformance, program);
    break;
  }
  std::cout << tree.name << ": " << conformance.executions() << " executions, " << conformance.ops()
            << " ops compared\n";
}

TEST(Conformance, CorpusBehavesTheSame) {
  for (const Design* tree : RegisterLinuxTrees()) {
    SCOPED_TRACE(tree->name);
    Conformance conformance(BuiltInDesign(tree->judged_as), *tree);
    for (const Program& program : Corpus()) {
      if (conformance.Compare(program)) ADD_FAILURE() << Smallest(conformance, program);
    }
  }
}

TEST(Conformance, ProgramsOfOneThreadBehaveTheSame) {
  for (const Design* tree : RegisterLinuxTrees()) {
    SCOPED_TRACE(tree->name);
    CompareMutations(*tree, {.min_threads = 1, .max_threads = 1}, [](Program*, uint64_t) {});
  }
}

TEST(Conformance, InterleavingsBehaveTheSame) {
  for (const Design* tree : RegisterLinuxTrees()) {
    SCOPED_TRACE(tree->name);
    CompareMutations(*tree, {.min_threads = 2}, [](Program* program, uint64_t seed) {
      program->schedule = {
          .choices = {}, .tail = Tail::kRandom, .seed = static_cast<uint32_t>(seed)};
    });
  }
}

// Of one op, others may come between the two calls that give back its PASID and its mapping.
TEST(Conformance, CallsOfOneOpBehaveTheSame) {
  constexpr uint32_t kSchedules = 200;
  Program program = ParseText(R"(groupfuzz 1
thread 0
  attach_pasid 0 U0 pasid=1
  detach_pasid 0 pasid=1
thread 1
  bind 0
  dma_map 0
  unbind 0
)",
                              "test")
                        ->program;
  for (const Design* tree : RegisterLinuxTrees()) {
    SCOPED_TRACE(tree->name);
    Conformance conformance(BuiltInDesign(tree->judged_as), *tree);
    for (uint32_t seed = 0; seed < kSchedules; ++seed) {
      program.schedule = {.choices = {}, .tail = Tail::kRandom, .seed = seed};
      ASSERT_FALSE(conformance.Compare(program)) << Smallest(conformance, program);
    }
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

TEST(Conformance, ADifferenceBecomesSmall) {
  Conformance conformance(*FindDesign("device-lock"), *FindDesign("v6.12"));
  for (const Program& program : Corpus()) {
    if (program.thread_count < 2 || !conformance.Compare(program)) continue;
    const Program small = SmallestDifference(conformance, program);
    EXPECT_TRUE(conformance.Compare(small)) << FormatText(small);
    EXPECT_LE(OpCount(small), 2) << FormatText(small);
    return;
  }
  FAIL() << "no program shows a difference";
}

}  // namespace
}  // namespace groupfuzz
