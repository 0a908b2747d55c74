// What a kernel tree is known to read without the mutex, corpus/trees/TREE/unlocked, is what it
// does read so in the programs of the corpus: a line that nothing needs fails.
#include "target/linux/known_unlocked.h"

#include <algorithm>
#include <set>
#include <string>

#include "gtest/gtest.h"
#include "harness/verdict/corpus_testing.h"
#include "target/linux/trees.h"
#include "target/types/guarded_field.h"

namespace groupfuzz {
namespace {

constexpr uint64_t kEnough = 1'000;  // executions of one program

TEST(KnownUnlockedTest, EachIsSeen) {
  std::set<std::string> seen;
  for (const Design* tree : RegisterLinuxTrees()) {
    Runner runner(*tree);
    for (const char* folder : {"known", "interleaving_fuzzer", "store_type_fuzzer"}) {
      for (const std::string& file : ProgramsIn(folder)) {
        VerdictOf(runner, ReadProgram(file).contents.program, kEnough);
      }
    }
    seen.insert(tree->name);
  }
  for (size_t i = 0; i < KnownUnlockedReads().size(); ++i) {
    const KnownUnlocked& read = KnownUnlockedReads()[i];
    if (!seen.contains(DesignOfTree(read.tree))) continue;
    EXPECT_GT(UnlockedReads(static_cast<int>(i)), 0)
        << read.field << " in " << read.function << "() of " << read.tree;
  }
}

TEST(KnownUnlockedTest, AreOfFieldsThatThereAre) {
  for (const KnownUnlocked& read : KnownUnlockedReads()) {
    EXPECT_NE(std::find(kFieldNames.begin(), kFieldNames.end(), read.field), kFieldNames.end())
        << read.field;
    EXPECT_FALSE(std::string(read.reason).empty());
  }
}

}  // namespace
}  // namespace groupfuzz
