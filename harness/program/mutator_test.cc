// Mutation and crossover: results are programs that fit, everything can be reached, same seed same
// result.
#include "harness/program/mutator.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstring>
#include <set>
#include <vector>

#include "harness/program/byte_codec.h"
#include "harness/program/program_gen.h"
#include "harness/program/program_words.h"

namespace groupfuzz {
namespace {

constexpr int kMutations = 20000;

bool IsNormalized(const Program& program) {
  Program copy = program;
  Normalize(&copy);
  return copy == program;
}

RC_GTEST_PROP(MutatorProperty, ResultIsNormalized, (const Program& before, uint64_t seed)) {
  Program program = before;
  MutateProgram(&program, seed);
  RC_ASSERT(IsNormalized(program));
}

RC_GTEST_PROP(MutatorProperty, SameSeedSameResult, (const Program& before, uint64_t seed)) {
  Program first = before;
  Program second = before;
  MutateProgram(&first, seed);
  MutateProgram(&second, seed);
  RC_ASSERT(first == second);
}

RC_GTEST_PROP(MutatorProperty, CrossOverIsNormalizedAndDeterministic,
              (const Program& a, const Program& b, uint64_t seed)) {
  Program first = a;
  Program second = a;
  CrossOverPrograms(b, &first, seed);
  CrossOverPrograms(b, &second, seed);
  RC_ASSERT(IsNormalized(first));
  RC_ASSERT(first == second);
}

RC_GTEST_PROP(MutatorProperty, CrossOverMakesOpsOfItsParents,
              (const Program& a, Program b, uint64_t seed)) {
  b.configuration = a.configuration;  // else ops on devices that one machine lacks change
  Normalize(&b);
  Program child = a;
  CrossOverPrograms(b, &child, seed);
  const auto has = [](const Program& parent, const Op& op) {
    return std::any_of(parent.threads.begin(), parent.threads.end(), [&](const auto& ops) {
      return std::find(ops.begin(), ops.end(), op) != ops.end();
    });
  };
  for (const auto& ops : child.threads) {
    for (const Op& op : ops) RC_ASSERT(has(a, op) || has(b, op));
  }
}

RC_GTEST_PROP(MutatorProperty, ThreadsStayWithinTheOptions,
              (const Program& a, const Program& b, uint64_t seed)) {
  const MutationOptions single = {.min_threads = 1, .max_threads = 1};
  const MutationOptions several = {.min_threads = 2, .max_threads = 3};
  for (const MutationOptions& options : {single, several}) {
    Program mutated = a;
    MutateProgram(&mutated, seed, options);
    Program crossed = a;
    CrossOverPrograms(b, &crossed, seed, options);
    for (const Program& program : {mutated, crossed}) {
      RC_ASSERT(program.thread_count >= options.min_threads);
      RC_ASSERT(program.thread_count <= options.max_threads);
    }
  }
}

RC_GTEST_PROP(MutatorProperty, FitsAndKeepsWhatFits, (const Program& before, uint16_t limit)) {
  const size_t max_size = kHeaderBytes + limit % 256;
  Program program = before;
  FitProgram(max_size, &program);
  RC_ASSERT(IsNormalized(program));
  RC_ASSERT(EncodeBytes(program).size() <= max_size);
  if (EncodeBytes(before).size() <= max_size) RC_ASSERT(program == before);
}

RC_GTEST_PROP(MutatorProperty, BytesFitAndAreCanonical,
              (std::vector<uint8_t> bytes, const std::vector<uint8_t>& other, uint8_t max_size,
               unsigned seed)) {
  Mutator mutator;
  bytes.resize(std::min<size_t>(bytes.size(), max_size));
  std::vector<uint8_t> crossed(max_size);
  crossed.resize(mutator.CrossOver(bytes.data(), bytes.size(), other.data(), other.size(),
                                   crossed.data(), max_size, seed));
  const size_t size = bytes.size();
  bytes.resize(max_size);
  bytes.resize(mutator.Mutate(bytes.data(), size, max_size, seed));
  for (const std::vector<uint8_t>& result : {bytes, crossed}) {
    RC_ASSERT(result.size() <= max_size);
    if (max_size >= kHeaderBytes) RC_ASSERT(EncodeBytes(DecodeBytes(result)) == result);
  }
}

size_t FillWithOnes(uint8_t* data, size_t, size_t max_size) {
  std::memset(data, 1, max_size);
  return max_size;
}

TEST(MutatorTest, ByteMutatorHasItsTurn) {
  Mutator mutator({}, FillWithOnes);
  std::vector<uint8_t> ones(64, 1);
  const std::vector<uint8_t> expected = EncodeBytes(DecodeBytes(ones));
  int turns = 0;
  for (unsigned seed = 0; seed < 1000; ++seed) {
    std::vector<uint8_t> data(64);
    data.resize(mutator.Mutate(data.data(), 0, data.size(), seed));
    turns += data == expected;
  }
  EXPECT_GT(turns, 20);
  EXPECT_LT(turns, 500);
}

TEST(MutatorTest, ChangesMostPrograms) {
  int changed = 0;
  for (uint64_t seed = 0; seed < 1000; ++seed) {
    Program program;
    MutateProgram(&program, seed);
    changed += !(program == Program{});
  }
  EXPECT_GT(changed, 700);
}

// What programs reached by mutation have been seen to contain.
struct Seen {
  std::set<OpKind> ops, flagged;
  std::set<size_t> texts;
  std::set<FaultKind> faults;
  std::set<int16_t> errnos;
  std::set<int> threads, devices, flags, capabilities, tails, choices;
  bool spelled_out = false, every_occurrence = false;

  void Add(const Program& program) {
    threads.insert(program.thread_count);
    devices.insert(program.configuration.device_count);
    tails.insert(static_cast<int>(program.schedule.tail));
    for (const uint8_t choice : program.schedule.choices) choices.insert(choice);
    for (int i = 0; i < program.faults.size; ++i) AddFault(program.faults.faults[i]);
    for (const auto& thread : program.threads) {
      for (const Op& op : thread) AddOp(op);
    }
    AddFlags(kDriverFlags, program.configuration.driver, 0);
    for (const DeviceConfig& device : program.configuration.devices) {
      AddFlags(kDeviceFlags, device, 100);
    }
  }
  void AddFault(const Fault& fault) {
    faults.insert(fault.kind);
    errnos.insert(fault.error);
    every_occurrence = every_occurrence || fault.count == kEveryOccurrence;
  }
  void AddOp(const Op& op) {
    ops.insert(op.kind);
    if (op.flag) flagged.insert(op.kind);
    if (op.kind != OpKind::kStoreType) return;
    capabilities.insert(static_cast<int>(op.capabilities));
    const std::span<const WriteBuffer> texts_known = CommonTexts();
    const auto text = std::find(texts_known.begin(), texts_known.end(), op.text);
    if (text == texts_known.end()) {
      spelled_out = true;
    } else {
      texts.insert(static_cast<size_t>(text - texts_known.begin()));
    }
  }
  template <typename Flags, typename Struct>
  void AddFlags(const Flags& table, const Struct& value, int base) {
    for (size_t i = 0; i < table.size(); ++i) {
      if (table[i].In(value)) flags.insert(base + static_cast<int>(i));
    }
  }
};

TEST(MutatorTest, EverythingIsReachableFromTheEmptyProgram) {
  Program program;
  Seen seen;
  for (uint64_t seed = 0; seed < kMutations; ++seed) {
    MutateProgram(&program, seed);
    seen.Add(program);
  }
  EXPECT_EQ(seen.ops.size(), kOpKinds);
  EXPECT_EQ(seen.texts.size(), CommonTexts().size());
  EXPECT_EQ(seen.faults.size(), kFaultKinds);
  EXPECT_EQ(seen.errnos.size(), FaultErrnos(FaultKind::kAttach).size());
  EXPECT_EQ(seen.threads.size(), kMaxThreads);
  EXPECT_EQ(seen.devices.size(), kMaxDevices);
  EXPECT_EQ(seen.flags.size(), kDriverFlags.size() + kDeviceFlags.size());
  EXPECT_EQ(seen.capabilities.size(), kCapabilities.size());
  EXPECT_EQ(seen.tails.size(), 2u);
  EXPECT_EQ(seen.choices.size(), kMaxThreads);
  EXPECT_TRUE(seen.spelled_out);
  const auto has_flag = [](const OpTraits& traits) { return traits.flag != nullptr; };
  EXPECT_EQ(seen.flagged.size(), std::count_if(kOpTraits.begin(), kOpTraits.end(), has_flag));
  EXPECT_TRUE(seen.every_occurrence);
}

}  // namespace
}  // namespace groupfuzz
