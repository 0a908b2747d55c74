// The oracle for "nothing moved" can fail: what differs has other digests, what does not has not.
#include "harness/record/recording.h"

#include <gtest/gtest.h>

#include <csignal>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "harness/program/byte_codec.h"
#include "harness/program/text_codec.h"
#include "harness/record/event_words.h"
#include "harness/record/systems.h"
#include "properties/invariants/property.h"
#include "target/designs/port_system.h"
#include "target/designs/protocol.h"

namespace groupfuzz::record {
namespace {

constexpr char kBoundWrite[] = "thread 0\n  bind 0\n  store_type \"identity\"\n";
constexpr char kRace[] = "thread 0\n  store_type \"identity\"\n  show_type\nthread 1\n  bind 0\n";

ListedProgram Parse(const std::string& text, bool explore = true) {
  const auto parsed = ParseText("groupfuzz 1\n" + text, "test");
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  return {parsed.ok() ? parsed->program : Program(), explore};
}

const std::vector<Design>& Systems() {
  static const std::vector<Design> systems = SystemsToRecord();
  return systems;
}

const Design& SystemOf(const std::string& name) {
  for (const Design& system : Systems()) {
    if (system.name == name) return system;
  }
  ADD_FAILURE() << "there is no " << name;
  return Systems().front();
}

std::vector<BlockRecord> RecordOne(const Design& system, const std::vector<ListedProgram>& programs,
                                   const RecordOptions& options = {}) {
  const auto records = Record({&system}, programs, options);
  EXPECT_TRUE(records.ok()) << records.status();
  return records.ok() ? records->front().blocks : std::vector<BlockRecord>();
}

std::string Digits(const BlockRecord& block, Part part) {
  return block.digests[static_cast<size_t>(part)];
}

std::string InFull(const std::string& system, const ListedProgram& program) {
  const auto text = DescribeInFull(SystemOf(system), program, kMaxExecutions);
  EXPECT_TRUE(text.ok()) << text.status();
  return text.value_or("");
}

bool Has(const std::string& text, const std::string& words) {
  return text.find(words) != std::string::npos;
}

// The reference, but for one op that ends the process.
class DeadlySystem final : public PortSystem {
 public:
  using PortSystem::PortSystem;
  int64_t Perform(const Op& op) override {
    if (op.kind == OpKind::kClaimedQuery) std::raise(SIGKILL);
    return PortSystem::Perform(op);
  }
};

Design Deadly() {
  return {.judged_as = DesignId::kOwnerCheck,
          .name = "deadly",
          .rules = "today",
          .summary = "",
          .make = [] {
            return std::make_unique<DeadlySystem>(iommu::kRulesToday, designs::OwnerCheck());
          }};
}

TEST(RecordTest, BrokenDesignHasOtherFindings) {
  const std::vector<ListedProgram> programs = {Parse(kBoundWrite)};
  const auto sound = RecordOne(SystemOf("owner-check"), programs);
  const auto broken = RecordOne(SystemOf("broken:I1:no-test-of-owner-cnt"), programs);
  ASSERT_EQ(sound.size(), 1u);
  ASSERT_EQ(broken.size(), 1u);
  for (const Part part : {Part::kTrace, Part::kFindings, Part::kExploration}) {
    EXPECT_NE(Digits(sound[0], part), Digits(broken[0], part)) << PartName(part);
  }
}

TEST(RecordTest, VerdictOfAHistoryShows) {
  const ListedProgram race = Parse(
      "thread 0\n  store_type \"identity\"\nthread 1\n  bind 0\n"
      "schedule 0 1 1\n");
  EXPECT_TRUE(Has(InFull("owner-check", race), "== linearizability\nok\n"));
  EXPECT_TRUE(Has(InFull("owner-check", Parse(kBoundWrite)), "== linearizability\nnot asked\n"));
}

TEST(RecordTest, RepeatedRecordIsTheSame) {
  const std::vector<ListedProgram> programs = DrawPrograms(200, /*seed=*/1, /*explore_every=*/20);
  for (const char* system : {"owner-check", "claim-v1", "garbled:owner-check"}) {
    const auto first = RecordOne(SystemOf(system), programs, {.block = 50});
    ASSERT_EQ(first.size(), 4u);
    EXPECT_EQ(first, RecordOne(SystemOf(system), programs, {.block = 50})) << system;
  }
}

// What a program shows does not depend on those before it.
TEST(RecordTest, ProgramAloneShowsTheSame) {
  const std::vector<ListedProgram> programs = DrawPrograms(64, /*seed=*/2, /*explore_every=*/8);
  const auto together = RecordOne(SystemOf("v6.4"), programs, {.block = 1});
  ASSERT_EQ(together.size(), programs.size());
  for (size_t i = 0; i < programs.size(); ++i) {
    const auto alone = RecordOne(SystemOf("v6.4"), programs, {.first = i, .count = 1});
    EXPECT_EQ(alone, std::vector<BlockRecord>{together[i]}) << i;
  }
}

TEST(RecordTest, SystemsOfTwoProcessesAreInOrder) {
  const std::vector<const Design*> systems = {&SystemOf("v6.4"), &SystemOf("owner-check"),
                                              &SystemOf("claim-v1")};
  const std::vector<ListedProgram> programs = {Parse(kRace), Parse(kBoundWrite)};
  const auto one = Record(systems, programs, {.jobs = 1});
  const auto two = Record(systems, programs, {.jobs = 2});
  ASSERT_TRUE(one.ok() && two.ok());
  EXPECT_EQ(*one, *two);
  EXPECT_EQ((*two)[1].system, "owner-check");
}

TEST(RecordTest, CrashIsSeenAndCostsOneProgram) {
  const std::vector<ListedProgram> programs = {Parse(kRace), Parse("thread 0\n  claimed_query\n"),
                                               Parse(kBoundWrite),
                                               Parse("thread 0\n  claimed_query\n", false)};
  const auto blocks = RecordOne(Deadly(), programs, {.block = 1});
  const auto reference = RecordOne(SystemOf("owner-check"), programs, {.block = 1});
  ASSERT_EQ(blocks.size(), 4u);
  EXPECT_EQ(blocks[0], reference[0]);
  EXPECT_EQ(blocks[1].crashed, 1u);
  EXPECT_NE(blocks[1].digests, reference[1].digests);
  EXPECT_EQ(blocks[2], reference[2]);
  EXPECT_EQ(blocks[3].crashed, 1u);
  const auto block = RecordOne(Deadly(), programs);
  ASSERT_EQ(block.size(), 1u);
  EXPECT_EQ(block[0].crashed, 2u);
  EXPECT_EQ(block, RecordOne(Deadly(), programs));
  const auto text = DescribeInFull(Deadly(), programs[1], kMaxExecutions);
  ASSERT_TRUE(text.ok());
  EXPECT_TRUE(Has(*text, "crashed:SIGKILL")) << *text;
}

TEST(RecordTest, TextSaysNames) {
  const std::string text = InFull("claim-v1", Parse(kRace));
  for (const char* words :
       {"\nT0.0 lock group->mutex", "\nT0.0 attach - dev0 D",
        "\nT0.0 begins store_type \"identity\"\n", "\nT0.0 ends = 8\n",
        "\nenter iommu_group_store_type", "\nleave iommu_device_use_default_domain = 0\n",
        "shown identity", " roles ", "== exploration\nexecutions ", " complete\nids "}) {
    EXPECT_TRUE(Has(text, words)) << words << "\n" << text;
  }
}

// No kind is said by its number: each has a word of its own.
TEST(RecordTest, KindsHaveWords) {
  std::set<std::string> words;
  for (int kind = static_cast<int>(EventKind::kLock); kind < kEventKinds; ++kind) {
    std::string text;
    Writer(&text).Write(Event{.kind = static_cast<EventKind>(kind), .thread = 1});
    const std::string word = text.substr(5, text.find(' ', 5) - 5);
    EXPECT_EQ(word.find_first_not_of("abcdefghijklmnopqrstuvwxyz-"), std::string::npos) << text;
    EXPECT_NE(word, "unnamed") << kind;
    EXPECT_TRUE(words.insert(word).second) << word;
  }
}

TEST(RecordTest, LinesOfTheKernelAreLeftOut) {
  std::string one;
  std::string other;
  Writer(&one).Write(Event{.kind = EventKind::kWarn, .line = 1234});
  Writer(&other).Write(Event{.kind = EventKind::kWarn, .line = 1235});
  EXPECT_EQ(one, other);
}

TEST(RecordTest, DomainsAreNamedInOrderOfAppearance) {
  std::string text;
  Writer writer(&text);
  for (const DomainId id : {DomainId{700}, DomainId{3}, DomainId{700}, kNoDomain}) {
    writer.Write(Event{.kind = EventKind::kUseAfterFree, .domain = id});
  }
  EXPECT_EQ(text,
            "boot use-after-free - D0\nboot use-after-free - D1\n"
            "boot use-after-free - D0\nboot use-after-free -\n");
}

TEST(GarblingTest, EveryPropertyFires) {
  std::set<std::string> silent;
  for (const Property& property : Properties()) silent.emplace(property.id);
  const std::vector<ListedProgram> programs = DrawPrograms(10000, /*seed=*/3, /*explore_every=*/0);
  for (const char* name :
       {"garbled:owner-check", "garbled:claim-v1", "garbled:v6.4", "garbled:v6.12"}) {
    Observer observer(SystemOf(name), kMaxExecutions);
    for (const ListedProgram& listed : programs) {
      const Observation& seen = observer.Observe(listed.program, listed.explore);
      std::istringstream lines(seen[static_cast<size_t>(Part::kFindings)]);
      for (std::string line; std::getline(lines, line);) {
        silent.erase(line.substr(0, line.find(' ')));
      }
    }
  }
  EXPECT_EQ(silent, std::set<std::string>());
}

TEST(DigestTest, IsTheSameEverywhere) {
  Digest digest;
  EXPECT_EQ(digest.Hex(), "-");
  digest.Add("nothing moved\n");
  EXPECT_EQ(digest.Hex(), "3208347dc309e87e");
  Digest split;
  split.Add("nothing ");
  split.Add("moved\n");
  EXPECT_NE(digest.Hex(), split.Hex());
}

TEST(SystemsTest, HaveNamesOfTheirOwn) {
  std::set<std::string> names;
  for (const Design& system : Systems()) {
    EXPECT_TRUE(names.insert(system.name).second) << system.name;
    EXPECT_EQ(system.name.find_first_of(" \t,"), std::string::npos) << system.name;
  }
}

TEST(ProgramListTest, PackedIsUnpacked) {
  const std::vector<ListedProgram> programs = DrawPrograms(300, /*seed=*/3, /*explore_every=*/4);
  const std::string bytes = PackPrograms(programs);
  const auto again = UnpackPrograms(bytes);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(*again, programs);
  EXPECT_EQ(PackPrograms(*again), bytes);
  for (const size_t size : {size_t{0}, size_t{3}, size_t{23}, size_t{30}, bytes.size() - 1}) {
    EXPECT_FALSE(UnpackPrograms(bytes.substr(0, size)).ok()) << size;
  }
  EXPECT_FALSE(UnpackPrograms(bytes + "x").ok());
}

TEST(ProgramListTest, DrawsAllKinds) {
  const std::vector<ListedProgram> programs = DrawPrograms(400, /*seed=*/1, /*explore_every=*/10);
  EXPECT_EQ(programs, DrawPrograms(400, /*seed=*/1, /*explore_every=*/10));
  EXPECT_NE(programs, DrawPrograms(400, /*seed=*/2, /*explore_every=*/10));
  std::set<int> threads;
  std::set<int> devices;
  size_t faults = 0;
  size_t explored = 0;
  for (const ListedProgram& listed : programs) {
    threads.insert(listed.program.thread_count);
    devices.insert(listed.program.configuration.device_count);
    if (listed.program.faults.size > 0) ++faults;
    if (listed.explore) ++explored;
    Program normalized = listed.program;
    Normalize(&normalized);
    EXPECT_EQ(normalized, listed.program);
  }
  EXPECT_EQ(threads.size(), size_t{kMaxThreads});
  EXPECT_EQ(devices.size(), size_t{kMaxDevices});
  EXPECT_GT(faults, 100u);
  EXPECT_GT(explored, 20u);
}

}  // namespace
}  // namespace groupfuzz::record
