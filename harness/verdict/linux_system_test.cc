// The real iommu.c as a System: what the environment around it promises.
#include <gtest/gtest.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include "harness/program/text_codec.h"
#include "harness/verdict/runner.h"
#include "target/kernel/source_line.h"
#include "target/linux/trees.h"
#include "target/system/first_actions.h"
#include "target/types/guarded_field.h"
#include "target/types/iommu_api.h"

namespace groupfuzz {
namespace {

Program Parse(const std::string& text) {
  return ParseText("groupfuzz 1\n" + text, "test")->program;
}

bool Found(const RunOutcome& outcome, std::string_view id) {
  for (const Finding& finding : outcome.findings) {
    if (finding.property->id == id) return true;
  }
  return false;
}

bool Has(const Trace& trace, EventKind kind) {
  for (const Event& event : trace.events) {
    if (event.kind == kind) return true;
  }
  return false;
}

// The last device leaves between the unlocked test of the default domain and its use (6.12), or
// while its probe is finalized (6.1).
constexpr char kStopsInTheMiddle[] =
    "thread 0\n  store_type \"identity\\n\"\n  store_type \"DMA\\n\"\n  store_type \"DMA-FQ\\n\"\n"
    "thread 1\n  remove_device 0\n";
constexpr char kEverything[] =
    "device 0\ndevice 1 direct\nthread 0\n"
    "  show_type\n  store_type \"identity\\n\"\n  bind 0\n  unbind 0\n  claimed_query\n"
    "  store_type \"DMA\\n\"\n  bind 1\n  dma_map 1\n  remove_device 1\n  add_device 1\n";

TEST(LinuxSystem, SameProgramSameTrace) {
  for (const Design* tree : RegisterLinuxTrees()) {
    SCOPED_TRACE(tree->name);
    Runner runner(*tree);
    const Program program = Parse(kEverything);
    const uint64_t first = runner.Run(program).trace.Hash();
    EXPECT_EQ(runner.Run(program).trace.Hash(), first);
    EXPECT_EQ(Runner(*tree).Run(program).trace.Hash(), first);
  }
}

// Whoever reads the trace sees which field was read, and where.
TEST(LinuxSystem, AReadWithoutTheLockHasItsFieldAndItsPlace) {
  for (const Design* tree : RegisterLinuxTrees()) {
    SCOPED_TRACE(tree->name);
    Runner runner(*tree);
    const Trace trace = runner.Run(Parse("thread 0\n  bind 0\n  dma_map 0\n")).trace;
    ASSERT_TRUE(Has(trace, EventKind::kRacyRead));
    for (const Event& event : trace.events) {
      if (event.kind != EventKind::kRacyRead) continue;
      EXPECT_EQ(event.value, static_cast<uint8_t>(GuardedField::kDefaultDomain));
      const kernel::SourceLine line = kernel::SourceLineAt(event.code);
      EXPECT_EQ(line.file, "iommu.c");
      EXPECT_NE(line.Text().find("default_domain"), std::string::npos) << line.Text();
    }
    const uint32_t binds = trace.calls[static_cast<size_t>(OpKind::kBind)];
    EXPECT_EQ(binds, 1u << static_cast<unsigned>(Function::kUseDefaultDomain));
  }
}

// A use of a freed object, or of none, ends an execution in the middle of kernel code; the next one
// begins as if it had not been.
TEST(LinuxSystem, AnAbandonedExecutionLeavesNothing) {
  for (const Design* tree : RegisterLinuxTrees()) {
    SCOPED_TRACE(tree->name);
    Runner runner(*tree);
    const Program plain = Parse(kEverything);
    const uint64_t before = runner.Run(plain).trace.Hash();
    Program program = Parse(kStopsInTheMiddle);
    int stopped = 0;
    for (uint32_t seed = 1; seed <= 200; ++seed) {
      program.schedule = {.choices = {}, .tail = Tail::kRandom, .seed = seed};
      stopped += Has(runner.Run(program).trace, EventKind::kUseAfterFree);
      ASSERT_EQ(runner.Run(plain).trace.Hash(), before) << seed;
    }
    EXPECT_GT(stopped, 0);
  }
}

// What a report says of a warning is the line of the kernel's own source, where that is at hand.
TEST(LinuxSystem, AWarningHasItsCondition) {
  const Program program =
      Parse("device 0\nthread 0\n  group_claim 0 A\n  group_release 0\nfault attach 2 ENOMEM\n");
  for (const Design* tree : RegisterLinuxTrees()) {
    SCOPED_TRACE(tree->name);
    Runner runner(*tree);
    const std::string folder = "/" + tree->name.substr(tree->name.find(':') + 1);
    int warnings = 0;
    for (const Event& event : runner.Run(program).trace.events) {
      if (event.kind != EventKind::kWarn) continue;
      ++warnings;
      kernel::SourceLine line = kernel::SourceLineAt(event.code);
      EXPECT_TRUE(line.path.ends_with(folder + "/drivers/iommu/iommu.c")) << line.path;
      line.line = event.line;
      if (!std::ifstream(line.path).good()) {
        GTEST_SKIP() << line.path << ": " << std::strerror(errno);
      }
      EXPECT_TRUE(line.Text().starts_with("WARN"))
          << line.path << ":" << line.line << ": " << line.Text();
    }
    EXPECT_GT(warnings, 0);
  }
}

TEST(LinuxSystem, TreesTakeTurns) {
  const std::vector<const Design*>& trees = RegisterLinuxTrees();
  const Program program = Parse(kEverything);
  std::vector<uint64_t> alone;
  std::vector<std::unique_ptr<Runner>> runners;
  for (const Design* tree : trees) {
    runners.push_back(std::make_unique<Runner>(*tree));
    alone.push_back(runners.back()->Run(program).trace.Hash());
  }
  for (size_t i = 0; i < trees.size(); ++i) {
    EXPECT_EQ(runners[i]->Run(program).trace.Hash(), alone[i]) << trees[i]->name;
  }
}

// A driver that does not keep its contract, by the fault plan, makes the kernel warn, with a line.
TEST(LinuxSystem, WarningsHaveTheirLine) {
  for (const Design* tree : RegisterLinuxTrees()) {
    SCOPED_TRACE(tree->name);
    Runner runner(*tree);
    const RunOutcome outcome = runner.Run(
        Parse("thread 0\n  group_claim 0 A\n  group_release 0\nfault attach 2 ENOMEM\n"));
    int warned = 0;
    for (const Event& event : outcome.trace.events) {
      if (event.kind != EventKind::kWarn) continue;
      ++warned;
      EXPECT_GT(event.line, 0);
    }
    EXPECT_GT(warned, 0);
  }
}

// Each allocation of the kernel fails once: nothing leaks, no list or lock is left broken.
TEST(LinuxSystem, SurvivesEveryFailingAllocation) {
  for (const Design* tree : RegisterLinuxTrees()) {
    SCOPED_TRACE(tree->name);
    Runner runner(*tree);
    bool fired = true;
    for (int n = 1; n < 200 && fired; ++n) {
      const RunOutcome outcome = runner.Run(
          Parse("device 0\ndevice 1 absent\nthread 0\n  add_device 1\n  group_claim 0 A\n"
                "  attach_handle 0 U0\n  group_release 0\n  remove_device 0\n  remove_device 1\n"
                "  add_device 0\nfault allocate " +
                std::to_string(n) + " ENOMEM\n"));
      fired = Has(outcome.trace, EventKind::kFault);
      EXPECT_FALSE(Has(outcome.trace, EventKind::kUseAfterFree)) << n;
      EXPECT_FALSE(Found(outcome, "X1")) << n;
      for (const Finding& finding : outcome.findings) {
        EXPECT_NE(finding.property->group, PropertyGroup::kMemory)
            << n << " " << finding.property->id;
      }
    }
    EXPECT_FALSE(fired);
  }
}

// What nobody changed begins as the port does, or traces could not be compared.
TEST(LinuxSystem, EachOpBeginsAsPromised) {
  for (const Design* tree : RegisterLinuxTrees()) {
    EXPECT_EQ(OpsThatBeginOtherwise(*tree->make()), 0u) << tree->name;
  }
}

}  // namespace
}  // namespace groupfuzz
