// Normalize() and the small questions about programs.
#include "harness/program/program.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>
#include <string>

#include "harness/program/program_gen.h"
#include "target/kernel/errno.h"

namespace groupfuzz {
namespace {

Op MakeOp(OpKind kind) {
  Op op;
  op.kind = kind;
  return op;
}

// A program whose every field is at its worst.
Program Wild() {
  Program program;
  program.configuration.device_count = 200;
  for (DeviceConfig& device : program.configuration.devices) {
    device.preference = static_cast<Preference>(77);
  }
  program.configuration.driver.identity = static_cast<Support>(200);
  program.configuration.driver.blocked = static_cast<Support>(201);
  program.configuration.default_type = static_cast<DomainType>(99);
  program.thread_count = 255;
  Op op;
  op.kind = static_cast<OpKind>(250);
  op.device = op.cookie = op.domain = op.pasid = 255;
  op.flag = true;
  op.capabilities = static_cast<Capabilities>(99);
  op.text.size = 255;
  op.text.bytes.fill('x');
  for (auto& ops : program.threads) ops.assign(100, op);
  program.faults.size = 255;
  for (Fault& fault : program.faults.faults) fault = {static_cast<FaultKind>(255), 0, 0, 12345};
  program.schedule.choices.assign(10 * kMaxChoices, 255);
  program.schedule.tail = static_cast<Tail>(255);
  return program;
}

TEST(NormalizeTest, DefaultProgramIsNormalized) {
  Program program;
  Normalize(&program);
  EXPECT_EQ(program, Program{});
}

TEST(NormalizeTest, BringsEverythingIntoRange) {
  Program program = Wild();
  Normalize(&program);
  EXPECT_EQ(program.configuration.device_count, kMaxDevices);
  EXPECT_EQ(program.configuration.default_type, DomainType::kDma);
  EXPECT_LE(program.configuration.driver.identity, Support::kAbsent);
  EXPECT_LE(program.configuration.driver.blocked, Support::kAbsent);
  EXPECT_EQ(program.thread_count, kMaxThreads);
  for (const auto& ops : program.threads) {
    ASSERT_EQ(ops.size(), kMaxOps);
    for (const Op& op : ops) EXPECT_LT(static_cast<int>(op.kind), kOpKinds);
  }
  EXPECT_EQ(program.faults.size, 1) << "faults that hit the same occurrence are one fault";
  EXPECT_EQ(program.faults.faults[0].first, 1);
  EXPECT_EQ(program.faults.faults[0].count, 1);
  EXPECT_EQ(program.faults.faults[0].error, ENOMEM);
  EXPECT_EQ(program.schedule.choices.size(), kMaxChoices);
  for (const uint8_t choice : program.schedule.choices) EXPECT_LT(choice, kMaxThreads);
}

TEST(NormalizeTest, IsIdempotent) {
  Program once = Wild();
  Normalize(&once);
  Program twice = once;
  Normalize(&twice);
  EXPECT_EQ(once, twice);
}

RC_GTEST_PROP(NormalizeProperty, IsIdentityOnGeneratedPrograms, (const Program& program)) {
  Program again = program;
  Normalize(&again);
  RC_ASSERT(again == program);
}

TEST(NormalizeTest, DevicesThatTheMachineLacksAreDefault) {
  Program program;
  program.configuration.device_count = 2;
  for (DeviceConfig& device : program.configuration.devices) device.untrusted = true;
  Normalize(&program);
  EXPECT_TRUE(program.configuration.devices[1].untrusted);
  EXPECT_EQ(program.configuration.devices[2], DeviceConfig{});
}

TEST(NormalizeTest, OpsNameDevicesOfTheMachine) {
  Program program;
  program.configuration.device_count = 2;
  program.threads[0] = {MakeOp(OpKind::kBind)};
  program.threads[0][0].device = 3;
  Normalize(&program);
  EXPECT_EQ(program.threads[0][0].device, 1);
}

TEST(NormalizeTest, ThreadsPastTheCountAreEmpty) {
  Program program;
  program.threads[1] = {MakeOp(OpKind::kShowType)};
  Normalize(&program);
  EXPECT_TRUE(program.threads[1].empty());
}

TEST(NormalizeTest, ForcedIdentityIsStatic) {
  Program program;
  program.configuration.driver.forces_identity = true;
  program.configuration.driver.identity = Support::kAbsent;
  Normalize(&program);
  EXPECT_EQ(program.configuration.driver.identity, Support::kStatic);
}

TEST(NormalizeTest, FieldsAnOpDoesNotUseAreDefault) {
  for (int i = 0; i < kOpKinds; ++i) {
    const OpKind kind = static_cast<OpKind>(i);
    const OpTraits& traits = TraitsOf(kind);
    SCOPED_TRACE(traits.name);
    Program program;
    program.configuration.device_count = 2;
    Op op = MakeOp(kind);
    op.device = op.cookie = op.domain = 1;
    op.pasid = 2;
    op.flag = true;
    op.capabilities = Capabilities::kNone;
    op.text.size = 3;
    op.text.bytes = {'D', 'M', 'A', '!'};
    op.text.padding = 7;
    program.threads[0] = {op};
    Normalize(&program);
    const Op& result = program.threads[0][0];
    EXPECT_EQ(result.kind, kind);
    EXPECT_EQ(result.device, traits.device ? 1 : 0);
    EXPECT_EQ(result.cookie, traits.cookie ? 1 : 0);
    EXPECT_EQ(result.domain, traits.domain ? 1 : 0);
    EXPECT_EQ(result.pasid, traits.pasid ? 2 : 1);
    EXPECT_EQ(result.flag, traits.flag != nullptr);
    EXPECT_EQ(result.capabilities, traits.text ? Capabilities::kNone : Capabilities::kBoth);
    EXPECT_EQ(result.text.literal(), traits.text ? "DMA" : "");
    EXPECT_EQ(result.text.bytes[3], '\0') << "bytes past the size are zero";
    EXPECT_EQ(result.text.padding, traits.text ? 7 : 0);
  }
}

TEST(NormalizeTest, FaultsAreSortedAndDoNotOverlap) {
  Program program;
  program.faults.size = 4;
  program.faults.faults = {{{FaultKind::kMap, 1, 1, EIO},
                            {FaultKind::kAttach, 5, 1, EINVAL},
                            {FaultKind::kAttach, 2, 2, EBUSY},
                            {FaultKind::kAttach, 3, kEveryOccurrence, ENOMEM}}};
  Normalize(&program);
  ASSERT_EQ(program.faults.size, 3);
  EXPECT_EQ(program.faults.faults[0], (Fault{FaultKind::kAttach, 2, 2, EBUSY}));
  EXPECT_EQ(program.faults.faults[1], (Fault{FaultKind::kAttach, 5, 1, EINVAL}));
  EXPECT_EQ(program.faults.faults[2], (Fault{FaultKind::kMap, 1, 1, EIO}));
  EXPECT_EQ(program.faults.faults[3], Fault{}) << "entries past the size are default";
}

TEST(NormalizeTest, AllocationsFailWithEnomem) {
  Program program;
  program.faults.size = 2;
  program.faults.faults[0] = {FaultKind::kAllocate, 1, 1, EBUSY};
  program.faults.faults[1] = {FaultKind::kAttach, 1, 1, kernel::kEProbeDefer};
  Normalize(&program);
  EXPECT_EQ(program.faults.faults[0].error, ENOMEM);
  EXPECT_EQ(program.faults.faults[1].error, kernel::kEProbeDefer);
}

TEST(FaultsOverlapTest, CountsOccurrencesOfOneKind) {
  const Fault two_three{FaultKind::kAttach, 2, 2, EIO};
  EXPECT_TRUE(FaultsOverlap(two_three, {FaultKind::kAttach, 3, 1, EIO}));
  EXPECT_TRUE(FaultsOverlap({FaultKind::kAttach, 1, 2, EIO}, two_three));
  EXPECT_FALSE(FaultsOverlap(two_three, {FaultKind::kAttach, 4, 1, EIO}));
  EXPECT_FALSE(FaultsOverlap(two_three, {FaultKind::kMap, 3, 1, EIO}));
  EXPECT_TRUE(FaultsOverlap({FaultKind::kAttach, 1, kEveryOccurrence, EIO},
                            {FaultKind::kAttach, 255, 1, EIO}));
}

TEST(NormalizeTest, ScheduleEndsInAChoiceThatMatters) {
  Program program;
  program.thread_count = 2;
  program.schedule = {{0, 1, 0, 0}, Tail::kContinue, 17};
  Normalize(&program);
  EXPECT_EQ(program.schedule, (Schedule{{0, 1}, Tail::kContinue, 0}));
}

TEST(NormalizeTest, RandomTailKeepsTrailingZeros) {
  Program program;
  program.thread_count = 2;
  program.schedule = {{0, 1, 0, 0}, Tail::kRandom, 17};
  const Schedule before = program.schedule;
  Normalize(&program);
  EXPECT_EQ(program.schedule, before);
}

TEST(NormalizeTest, OneThreadHasNoSchedule) {
  Program program;
  program.schedule = {{1, 2}, Tail::kRandom, 17};
  Normalize(&program);
  EXPECT_EQ(program.schedule, Schedule{});
}

TEST(ProgramTest, FootprintNamesOpsAndTheirDevices) {
  Program program;
  program.configuration.device_count = 3;
  program.thread_count = 2;
  program.threads[0] = {MakeOp(OpKind::kStoreType), MakeOp(OpKind::kBind)};
  program.threads[0][1].device = 2;
  program.threads[1] = {MakeOp(OpKind::kFreeDomain)};
  const Footprint footprint = FootprintOf(program);
  EXPECT_EQ(footprint.threads[0].op_kinds, OpBit(OpKind::kStoreType) | OpBit(OpKind::kBind));
  EXPECT_EQ(footprint.threads[0].device_ops[2], OpBit(OpKind::kBind));
  EXPECT_EQ(footprint.threads[0].device_ops[0], 0u) << "store_type is not an op on a device";
  EXPECT_EQ(footprint.threads[1].op_kinds, OpBit(OpKind::kFreeDomain));
  EXPECT_EQ(footprint.threads[2].op_kinds, 0u);
}

TEST(ProgramTest, OpCountSumsThreads) {
  Program program;
  program.thread_count = 3;
  program.threads[0].resize(2);
  program.threads[2].resize(5);
  EXPECT_EQ(OpCount(program), 7);
}

TEST(ProgramTest, NamesAreUnique) {
  std::set<std::string> names;
  for (int i = 0; i < kOpKinds; ++i) names.insert(TraitsOf(static_cast<OpKind>(i)).name);
  EXPECT_EQ(names.size(), kOpKinds);
  for (int i = 0; i < kFaultKinds; ++i) names.insert(FaultName(static_cast<FaultKind>(i)));
  EXPECT_EQ(names.size(), kOpKinds + kFaultKinds);
}

}  // namespace
}  // namespace groupfuzz
