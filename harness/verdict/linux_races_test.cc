// ThreadSanitizer on the real iommu.c: it reports what corpus/trees/TREE/races says, and
// nothing else. An unknown race is an error of its own: the process ends with ThreadSanitizer's
// status.
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "harness/program/byte_codec.h"
#include "harness/program/mutator.h"
#include "harness/program/random.h"
#include "harness/verdict/corpus_testing.h"
#include "target/linux/known_races.h"
#include "target/linux/trees.h"

namespace groupfuzz {
namespace {

constexpr int kTsanExitCode = 66;
constexpr uint64_t kEnough = 3'000;  // executions of one program
constexpr int kRandomPrograms = 60'000;
constexpr size_t kRandomBytes = 192;

std::vector<Program> Corpus() {
  std::vector<Program> programs;
  for (const char* folder : {"known", "interleaving_fuzzer", "regressions"}) {
    for (const std::string& file : ProgramsIn(folder)) {
      programs.push_back(ReadProgram(file).contents.program);
    }
  }
  return programs;
}

// What may come before a race is endless: mutants of the corpus and programs of random bytes, with
// random schedules.
Program Draw(const std::vector<Program>& corpus, Random& random) {
  Program program;
  if (random.OneIn(2)) {
    program = random.Of(corpus);
    MutateProgram(&program, random.Next(), {.min_threads = 2});
  } else {
    std::vector<uint8_t> bytes(kRandomBytes);
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random.Next());
    program = DecodeBytes(bytes);
  }
  program.schedule = {
      .choices = {}, .tail = Tail::kRandom, .seed = static_cast<uint32_t>(random.Next())};
  return program;
}

void Explore(const Design& tree) {
  static const auto& corpus = *new std::vector<Program>(Corpus());
  Runner runner(tree);
  for (const Program& program : corpus) VerdictOf(runner, program, kEnough);
  Random random(1);
  for (int i = 0; i < kRandomPrograms; ++i) runner.Run(Draw(corpus, random));
}

TEST(LinuxRacesTest, EachKnownRaceIsReported) {
  std::set<std::string> explored;
  for (const Design* tree : RegisterLinuxTrees()) {
    Explore(*tree);
    explored.insert(tree->name);
  }
  for (size_t i = 0; i < KnownRaces().size(); ++i) {
    const KnownRace& race = KnownRaces()[i];
    if (!explored.contains(DesignOfTree(race.tree))) continue;
    EXPECT_GT(RaceReports(static_cast<int>(i)), 0)
        << race.one << "() against " << race.other << "() in " << race.tree;
  }
}

// The port races where 6.1 does, in functions of its own.
TEST(LinuxRacesTest, AnUnknownRaceEndsTheProcess) {
  const auto explore = [] {
    Runner runner(*FindDesign("device-lock"));
    VerdictOf(runner, ReadProgram("known/writer-waits-for-itself.txt").contents.program, kEnough);
    std::exit(0);
  };
  EXPECT_EXIT(explore(), ::testing::ExitedWithCode(kTsanExitCode), "data race");
}

TEST(LinuxRacesTest, SayWhy) {
  for (const KnownRace& race : KnownRaces()) EXPECT_FALSE(std::string(race.reason).empty());
}

}  // namespace
}  // namespace groupfuzz
