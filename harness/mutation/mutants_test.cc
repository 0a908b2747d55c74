// The bank of mutants: it covers the port, and what it is woven into behaves as the original does
// until a mutant is switched on.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "harness/verdict/corpus_testing.h"
#include "harness/verdict/runner.h"
#include "target/linux/trees.h"
#include "target/mutants/active.h"
#include "target/mutants/bank_text.h"
#include "target/mutants/mutant.h"
#include "target/mutants/mutated_port.h"
#include "target/mutants/weave.h"

namespace groupfuzz::mutants {
namespace {

namespace fs = std::filesystem;

std::string Read(const std::string& file) {
  std::ifstream in(std::string(GROUPFUZZ_SOURCE_DIR) + "/" + file);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Below the source folder, sorted.
std::vector<std::string> FilesIn(const std::string& folder, const std::string& end) {
  const fs::path root(GROUPFUZZ_SOURCE_DIR);
  std::vector<std::string> files;
  for (const auto& entry : fs::directory_iterator(root / folder)) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(end) && !name.ends_with("_test.cc")) {
      files.push_back(absl::StrCat(folder, "/", name));
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

const std::vector<BankEntry>& PortBank() {
  static const auto& bank = *new std::vector<BankEntry>([] {
    std::vector<std::string> paths;
    for (const std::string& file : FilesIn("target/mutants/port", ".mutants")) {
      paths.push_back(std::string(GROUPFUZZ_SOURCE_DIR) + "/" + file);
    }
    auto loaded = LoadBank(paths);
    EXPECT_TRUE(loaded.ok()) << loaded.status();
    return loaded.ok() ? *loaded : std::vector<BankEntry>();
  }());
  return bank;
}

TEST(Bank, IsPlantedInDesignsAndSourcesThatThereAre) {
  std::vector<std::string> sources;
  for (const char* folder : {"target/iommu", "target/designs"}) {
    for (const char* end : {".cc", ".h"}) {
      const std::vector<std::string> files = FilesIn(folder, end);
      sources.insert(sources.end(), files.begin(), files.end());
    }
  }
  for (const BankEntry& entry : PortBank()) {
    EXPECT_NE(FindDesign(entry.on), nullptr) << entry.where << ": " << entry.on;
    for (const Edit& edit : entry.edits) {
      EXPECT_NE(std::find(sources.begin(), sources.end(), edit.file), sources.end())
          << edit.where << ": " << edit.file;
    }
  }
}

// Functions of the bank, "Core::SetDomain" as "SetDomain", by file.
std::set<std::pair<std::string, std::string>> MutatedFunctions() {
  std::set<std::pair<std::string, std::string>> functions;
  for (const BankEntry& entry : PortBank()) {
    if (entry.harmless || !entry.equivalent.empty()) continue;
    for (const Edit& edit : entry.edits) {
      const size_t colons = edit.function.rfind(':');
      const size_t begin = colons == std::string::npos ? 0 : colons + 1;
      functions.emplace(edit.file, edit.function.substr(begin));
    }
  }
  return functions;
}

TEST(Bank, EveryLockSectionAndEveryLoopOfThePortHasAMutant) {
  const auto mutated = MutatedFunctions();
  std::vector<std::string> files = FilesIn("target/iommu", ".cc");
  for (const std::string& file : FilesIn("target/designs", ".cc")) {
    // What makes a system of a design, and looks at it, is nothing of a kernel.
    if (!file.starts_with("target/designs/port")) files.push_back(file);
  }
  int functions = 0;
  for (const std::string& file : files) {
    const std::string source = Read(file);
    for (const FunctionBody& function : FunctionsOf(source)) {
      const std::string body =
          source.substr(function.body.begin, function.body.end - function.body.begin);
      const auto has = [&](const char* what) { return body.find(what) != std::string::npos; };
      if (!has("MutexLock ") && !has("WriterLock ") && !has("for (") && !has("while (")) continue;
      ++functions;
      EXPECT_TRUE(mutated.contains({file, function.name})) << file << ": " << function.name;
    }
  }
  EXPECT_GT(functions, 40);
}

TEST(Bank, IsAsLargeAsItMustBe) {
  std::map<std::string, int> bugs;
  std::map<std::string, int> harmless;
  int equivalent = 0;
  int canaries = 0;
  for (const MutantRow& row : Bank()) {
    const std::string on = row.on.starts_with("linux-") ? "tree" : "port";
    equivalent += row.equivalent.empty() ? 0 : 1;
    canaries += row.canary ? 1 : 0;
    if (row.harmless) ++harmless[on];
    if (!row.harmless && row.equivalent.empty()) ++bugs[on];
  }
  EXPECT_GE(bugs["port"], 60);
  EXPECT_GE(bugs["tree"], 40);
  EXPECT_GE(harmless["tree"], 20);
  EXPECT_EQ(canaries, 2);
  EXPECT_LE(equivalent * 10, static_cast<int>(Bank().size()));
}

// Runs the corpus on both, each program with its own schedule.
void ExpectTheSame(const Design& original, std::function<std::unique_ptr<System>()> make) {
  Design woven = original;
  woven.make = std::move(make);
  Runner of_original(original);
  Runner of_woven(woven);
  for (const char* folder : {"interleaving_fuzzer", "known", "regressions", "store_type_fuzzer"}) {
    for (const std::string& file : ProgramsIn(folder)) {
      const Program program = ReadProgram(file).contents.program;
      EXPECT_EQ(of_woven.Run(program).trace.Hash(), of_original.Run(program).trace.Hash())
          << file << " on " << original.name;
    }
  }
}

TEST(Woven, ThePortBehavesAsItDoesWithoutMutants) {
  for (const Design& design : Designs()) {
    if (design.kernel) continue;
    ExpectTheSame(design, [&] { return MakeMutated(design.name, kNoMutant); });
  }
}

TEST(Woven, ATreeBehavesAsItDoesWithoutMutants) {
  for (const Design* tree : RegisterLinuxTrees()) {
    const std::string folder = tree->name.substr(tree->name.find(':') + 1);
    if (MakeMutatedTree(folder, kNoMutant) == nullptr) continue;
    ExpectTheSame(*tree, [=] { return MakeMutatedTree(folder, kNoMutant); });
  }
}

TEST(Woven, EachMutantIsADesignInNoList) {
  RegisterPortMutants();
  ASSERT_FALSE(Mutants().empty());
  for (const Mutant& mutant : Mutants()) {
    EXPECT_EQ(FindDesign(mutant.design->name), mutant.design);
    for (const Design& design : Designs()) EXPECT_NE(design.name, mutant.design->name);
  }
}

}  // namespace
}  // namespace groupfuzz::mutants
