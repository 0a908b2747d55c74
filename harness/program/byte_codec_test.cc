// The byte form: total, canonical, and of one meaning forever.
#include "harness/program/byte_codec.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

#include "harness/program/program_gen.h"
#include "harness/program/text_codec.h"

namespace groupfuzz {
namespace {

using std::string_literals::operator""s;

std::vector<uint8_t> Bytes(const std::string& bytes) { return {bytes.begin(), bytes.end()}; }

void ExpectNormalized(const Program& program) {
  Program copy = program;
  Normalize(&copy);
  EXPECT_EQ(copy, program);
}

RC_GTEST_PROP(ByteCodecProperty, DecodeUndoesEncode, (const Program& program)) {
  const std::vector<uint8_t> bytes = EncodeBytes(program);
  RC_ASSERT(!bytes.empty());
  RC_ASSERT(DecodeBytes(bytes) == program);
}

RC_GTEST_PROP(ByteCodecProperty, EveryInputDecodesAndItsEncodingIsAFixpoint,
              (const std::vector<uint8_t>& bytes)) {
  const Program program = DecodeBytes(bytes);
  Program normalized = program;
  Normalize(&normalized);
  RC_ASSERT(normalized == program);
  const std::vector<uint8_t> encoded = EncodeBytes(program);
  RC_ASSERT(DecodeBytes(encoded) == program);
  RC_ASSERT(EncodeBytes(DecodeBytes(encoded)) == encoded);
}

RC_GTEST_PROP(ByteCodecProperty, EveryPrefixDecodes, (const Program& program)) {
  const std::vector<uint8_t> bytes = EncodeBytes(program);
  for (size_t size = 0; size < bytes.size(); ++size) {
    const Program prefix = DecodeBytes(std::span(bytes).first(size));
    RC_ASSERT(DecodeBytes(EncodeBytes(prefix)) == prefix);
    RC_ASSERT(OpCount(prefix) <= OpCount(program));
  }
}

RC_GTEST_PROP(ByteCodecProperty, ReusedProgramKeepsNothing,
              (const Program& first, const Program& second)) {
  Program program = first;
  DecodeBytes(EncodeBytes(second), &program);
  RC_ASSERT(program == second);
}

TEST(ByteCodecTest, NoInputIsTheDefaultProgram) { EXPECT_EQ(DecodeBytes({}), Program{}); }

TEST(ByteCodecTest, LargestProgramFits) {
  Program program;
  program.configuration.device_count = kMaxDevices;
  program.thread_count = kMaxThreads;
  Op op;
  op.kind = OpKind::kStoreType;
  op.text.size = kMaxTextBytes;
  op.text.bytes.fill('x');
  op.text.padding = 0xffff;
  for (auto& ops : program.threads) ops.assign(kMaxOps, op);
  program.faults.size = kMaxFaults;
  for (uint8_t i = 0; i < kMaxFaults; ++i) {
    program.faults.faults[i] = {FaultKind::kAttach, static_cast<uint8_t>(10 + i), 1, ENOMEM};
  }
  program.schedule = {std::vector<uint8_t>(kMaxChoices, 3), Tail::kRandom, 0xffffffff};
  const std::vector<uint8_t> bytes = EncodeBytes(program);
  EXPECT_GT(bytes.size(), kMaxProgramBytes / 2);
  EXPECT_EQ(DecodeBytes(bytes), program);
}

TEST(ByteCodecTest, EncodingThatDoesNotFitIsNotWritten) {
  std::vector<uint8_t> out(kHeaderBytes, 0xee);
  EXPECT_EQ(EncodeBytes(Program{}, std::span(out).first(kHeaderBytes - 1)), 0u);
  EXPECT_EQ(out.back(), 0xee);
  EXPECT_EQ(EncodeBytes(Program{}, out), kHeaderBytes);
}

TEST(ByteCodecTest, HugeInputDecodes) {
  for (const uint8_t byte : {0x00, 0x3f, 0x7e, 0xff}) {
    const Program program = DecodeBytes(std::vector<uint8_t>(1 << 20, byte));
    ExpectNormalized(program);
  }
}

TEST(ByteCodecTest, CommonTextsAreUnique) {
  const std::span<const WriteBuffer> texts = CommonTexts();
  for (size_t i = 0; i < texts.size(); ++i) {
    for (size_t j = 0; j < i; ++j) EXPECT_FALSE(texts[i] == texts[j]) << i << " " << j;
  }
}

// Decoding allocates nothing once the vectors have grown: their storage stays where it is.
TEST(ByteCodecTest, ReusesStorage) {
  Program big;
  big.thread_count = kMaxThreads;
  for (auto& ops : big.threads) ops.resize(kMaxOps);
  big.schedule.choices.assign(kMaxChoices, 1);
  Normalize(&big);
  const std::vector<uint8_t> bytes = EncodeBytes(big);
  Program program;
  DecodeBytes(bytes, &program);
  const Op* const ops = program.threads[3].data();
  const uint8_t* const choices = program.schedule.choices.data();
  DecodeBytes({}, &program);
  DecodeBytes(bytes, &program);
  EXPECT_EQ(program.threads[3].data(), ops);
  EXPECT_EQ(program.schedule.choices.data(), choices);
}

// What these bytes mean never changes: corpora and bug reports are made of them. A change of the
// codec that fails here is wrong; add codes instead of moving them.
struct Golden {
  const char* name;
  std::string bytes;
  const char* text;
};

const Golden kGoldens[] = {
    {"Empty", "", "groupfuzz 1\nthread 0\n"},
    {"UnknownVersionIsVersion1", "\xee", "groupfuzz 1\nthread 0\n"},
    {"Machine", "\x01\x07\xe9\x02\x06\xf1\x00\x00"s,
     "groupfuzz 1\n"
     "default DMA-FQ\n"
     "driver identity=static blocked=absent finalize-attaches maps-only-attached"
     " failed-attach-keeps\n"
     "device 0 prefers=identity untrusted\n"
     "device 1 prefers=DMA deferred managed pasids no-deferred-flush absent\n"
     "device 2\n"
     "device 3\n"
     "thread 0\n"},
    {"OtherMachine", "\x01\x0a\x16\x00\x08\x00\x00\xff"s,
     "groupfuzz 1\n"
     "default identity\n"
     "driver identity=static blocked=allocatable forces-identity\n"
     "device 0 direct\n"
     "device 1\n"
     "device 2\n"
     "thread 0\n"},
    {"OpsWithoutText",
     "\x01\x02\x00\x00\x00\x00\x00\x00"
     "\x01\x00\x02\x01\x22\x00\x03\x00\x04\x09\x05\x02\x06\x04\x07\x01\x08\x00\x09\x10\x0a\x00"
     "\x0b\x11\x0c\x00"s,
     "groupfuzz 1\n"
     "device 0\n"
     "device 1\n"
     "device 2\n"
     "thread 0\n"
     "  show_type\n"
     "  bind 1\n"
     "  bind 0 probe-fails\n"
     "  unbind 0\n"
     "  group_claim 1 C\n"
     "  group_release 2\n"
     "  device_claim 0 B\n"
     "  device_release 1\n"
     "  claimed_query\n"
     "  attach_device 0 U1\n"
     "  detach_device 0\n"
     "  attach_group 1 U1\n"
     "  detach_group 0\n"},
    {"MoreOpsWithoutText",
     "\x01\x00\x00\x00\x00\x00\x00\x00"
     "\x0d\x20\x0e\x10\x2e\x00\x0f\x00\x10\x20\x30\x00\x11\x50\x12\xc0\x13\x00\x14\x00\x15\x00"
     "\x16\x00\x17\x20"s,
     "groupfuzz 1\n"
     "thread 0\n"
     "  replace_group 0 U2\n"
     "  attach_handle 0 U1\n"
     "  attach_handle 0 U0 null-handle\n"
     "  detach_handle 0\n"
     "  replace_handle 0 U2\n"
     "  replace_handle 0 U0 null-handle\n"
     "  attach_pasid 0 U1 pasid=2\n"
     "  detach_pasid 0 pasid=4\n"
     "  add_device 0\n"
     "  remove_device 0\n"
     "  dma_map 0\n"
     "  dma_unmap 0\n"
     "  free_domain U2\n"},
    {"KnownTexts",
     "\x01\x30\x00\x00\x00\x00\x00\x00"
     "\x00\x00\x00\x01\x00\x02\x00\x03\x00\x44\x00\x85\x00\xc6\x00\x07"
     "\x40\x08\x40\x09\x40\x0a\x40\x0b\x40\x0c\x40\x0d\x40\x0e\x40\x0f\x40\x10\x40\x11"
     "\x80\x12\x80\x13\x80\x14\x80\x15\x80\x16\x80\x17\x80\x18\x80\x19\x80\x1a\x80\x1b"
     "\xc0\x1c\xc0\x1d\xc0\x1e\xc0\x3e"s,
     "groupfuzz 1\n"
     "thread 0\n"
     "  store_type \"identity\\n\"\n"
     "  store_type \"DMA\\n\"\n"
     "  store_type \"DMA-FQ\\n\"\n"
     "  store_type \"auto\\n\"\n"
     "  store_type \"identity\" caps=no-sys-admin\n"
     "  store_type \"DMA\" caps=no-sys-rawio\n"
     "  store_type \"DMA-FQ\" caps=none\n"
     "  store_type \"auto\"\n"
     "thread 1\n"
     "  store_type \"DMA\\0\"\n"
     "  store_type \"DMA\\n\\0junk\"\n"
     "  store_type \"DMA\\0junk\"\n"
     "  store_type \"DMA-FQ\\0\"\n"
     "  store_type \"identity\\0junk\"\n"
     "  store_type \"DMA\\n\" padding=4092\n"
     "  store_type \"DMA\\n\" padding=4093\n"
     "  store_type \"identity\" padding=5000\n"
     "  store_type \"DMA\\n\\n\"\n"
     "  store_type \" DMA\"\n"
     "thread 2\n"
     "  store_type \"DMA \"\n"
     "  store_type \"dma\"\n"
     "  store_type \"DMA-\"\n"
     "  store_type \"\\n\"\n"
     "  store_type \"\\0\"\n"
     "  store_type \"DMAx\"\n"
     "  store_type \"\"\n"
     "  store_type \"blocked\\n\"\n"
     "  store_type \"unmanaged\\n\"\n"
     "  store_type \"unknown\\n\"\n"
     "thread 3\n"
     "  store_type \"DMA-FQ\\n\\n\"\n"
     "  store_type \"identity\\r\\n\"\n"
     "  store_type \"\" padding=4097\n"
     "  store_type \"DMA-FQ\\n\"\n"},
    {"TextSpelledOut",
     "\x01\x00\x00\x00\x00\x00\x00\x00"
     "\x00\x7f\x85"s +
         "a\x00\xff\"\\"s + "\x88\x13"s + "\x00\x3f\x02"s + "hi" + "\x00\x3f\x1f"s + "cut",
     "groupfuzz 1\n"
     "thread 0\n"
     "  store_type \"a\\0\\xff\\\"\\\\\" padding=5000 caps=no-sys-admin\n"
     "  store_type \"hi\"\n"
     "  store_type \"cut\"\n"},
    {"Faults",
     "\x01\x00\x00\x00\x00\x00\x00\x00"
     "\xbe\x01\x00\x00\x5e\x03\xff\x01\x3e\x00\x02\x08\x1e\x01\x01\x05\x7e\x09\x09\x09"s,
     "groupfuzz 1\n"
     "thread 0\n"
     "fault allocate 1 ENOMEM\n"
     "fault domain_alloc 1 x2 EPROBE_DEFER\n"
     "fault attach 3 x* EINVAL\n"
     "fault probe_device 1 ENOMEM\n"},
    {"OtherFaults",
     "\x01\x00\x00\x00\x00\x00\x00\x00"
     "\xde\x02\x01\x04\x9e\x01\x01\x00\x7e\x01\x01\x06"s,
     "groupfuzz 1\n"
     "thread 0\n"
     "fault map 1 ENOSPC\n"
     "fault flush_queue 1 ENOMEM\n"
     "fault set_pasid 2 EIO\n"},
    {"RaceWithSchedule",
     "\x01\x20\x00\x00\x00\x00\x00\x00"
     "\x00\x02\x42\x00\x80\x00\x1f\x00\x01\x02\x05\x00"s,
     "groupfuzz 1\n"
     "thread 0\n"
     "  store_type \"DMA-FQ\\n\"\n"
     "thread 1\n"
     "  bind 0\n"
     "thread 2\n"
     "  store_type \"identity\\n\"\n"
     "schedule 0 1 2 2\n"},
    {"RandomTail", "\x01\x10\x00\x00\x00\x00\x00\x00\x01\x00\x3f\xd2\x04\x00\x00\x01\x00"s,
     "groupfuzz 1\n"
     "thread 0\n"
     "  show_type\n"
     "thread 1\n"
     "schedule 1 0 then random 1234\n"},
    {"UnassignedTagsAreSkipped",
     "\x01\x00\x00\x00\x00\x00\x00\x00\x18\x19\x1a\x1b\x1c\x1d\xfd\x01"s,
     "groupfuzz 1\n"
     "thread 0\n"
     "  show_type\n"},
};

class GoldenTest : public testing::TestWithParam<Golden> {};

TEST_P(GoldenTest, DecodesAsAlways) {
  EXPECT_EQ(FormatText(DecodeBytes(Bytes(GetParam().bytes))), GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(ByteCodec, GoldenTest, testing::ValuesIn(kGoldens),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace groupfuzz
