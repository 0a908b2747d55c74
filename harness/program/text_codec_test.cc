// The text form: round trip, the meaning of each line, and every error message.
#include "harness/program/text_codec.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

#include "harness/program/byte_codec.h"
#include "harness/program/program_gen.h"
#include "target/kernel/errno.h"

namespace groupfuzz {
namespace {

using std::string_literals::operator""s;

TextProgram Parse(std::string_view text) {
  absl::StatusOr<TextProgram> result = ParseText(text, "test.txt");
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? *result : TextProgram{};
}

RC_GTEST_PROP(TextCodecProperty, ParseUndoesFormat, (const Program& program)) {
  const absl::StatusOr<TextProgram> result = ParseText(FormatText(program), "generated");
  if (!result.ok()) RC_FAIL(result.status().ToString());
  RC_ASSERT(result->program == program);
  RC_ASSERT(FormatText(result->program) == FormatText(program));
}

RC_GTEST_PROP(TextCodecProperty, AnyBytesParseOrFailInOneLine, (const std::string& text)) {
  const absl::StatusOr<TextProgram> result = ParseText("groupfuzz 1\nthread 0\n" + text, "any");
  RC_PRE(!result.ok());
  const std::string message(result.status().message());
  RC_ASSERT(message.rfind("any:", 0) == 0);
  RC_ASSERT(message.find('\n') == std::string::npos);
}

// A program with one byte changed, dropped or doubled parses to a normalized program or fails.
RC_GTEST_PROP(TextCodecProperty, DamagedProgramsParseOrFail,
              (const Program& program, uint16_t place, char byte, uint8_t how)) {
  std::string text = FormatText(program);
  const size_t at = place % text.size();
  text.replace(at, how % 2, how % 3, byte);
  const absl::StatusOr<TextProgram> result = ParseText(text, "damaged");
  if (!result.ok()) return;
  Program normalized = result->program;
  Normalize(&normalized);
  RC_ASSERT(normalized == result->program);
}

TEST(TextCodecTest, LeastProgram) {
  EXPECT_EQ(Parse("groupfuzz 1\nthread 0\n"), TextProgram{});
  EXPECT_EQ(FormatText(Program{}), "groupfuzz 1\nthread 0\n");
}

TEST(TextCodecTest, ReadsTheMachine) {
  const Configuration machine =
      Parse(
          "groupfuzz 1\n"
          "default identity\n"
          "driver blocked=absent identity=static failed-attach-keeps forces-identity\n"
          "device 0 prefers=DMA untrusted direct\n"
          "device 1 absent deferred managed pasids no-deferred-flush\n"
          "thread 0\n")
          .program.configuration;
  EXPECT_EQ(machine.default_type, DomainType::kIdentity);
  EXPECT_EQ(machine.driver.identity, Support::kStatic);
  EXPECT_EQ(machine.driver.blocked, Support::kAbsent);
  EXPECT_TRUE(machine.driver.forces_identity);
  EXPECT_FALSE(machine.driver.failed_attach_detaches);
  EXPECT_FALSE(machine.driver.finalize_attaches);
  EXPECT_EQ(machine.device_count, 2);
  EXPECT_EQ(machine.devices[0].preference, Preference::kDma);
  EXPECT_TRUE(machine.devices[0].untrusted);
  EXPECT_TRUE(machine.devices[0].direct);
  EXPECT_TRUE(machine.devices[0].present);
  EXPECT_FALSE(machine.devices[1].present);
  EXPECT_TRUE(machine.devices[1].deferred);
  EXPECT_TRUE(machine.devices[1].managed);
  EXPECT_TRUE(machine.devices[1].pasids);
  EXPECT_TRUE(machine.devices[1].no_deferred_flush);
}

TEST(TextCodecTest, ReadsOps) {
  const Program program =
      Parse(
          "groupfuzz 1\n"
          "device 0\n"
          "device 1 pasids\n"
          "thread 0\n"
          "\tbind 1 probe-fails\n"
          "device_claim 1 C\n"
          "  attach_handle 1 U2 null-handle   # a comment\n"
          "  attach_pasid 1 U1 pasid=4\n"
          "  store_type \"a#\\t\\\"\\x00\\x7f\\\\\" caps=no-sys-rawio padding=65535\n")
          .program;
  const std::vector<Op>& ops = program.threads[0];
  ASSERT_EQ(ops.size(), 5u);
  EXPECT_EQ(ops[0].kind, OpKind::kBind);
  EXPECT_EQ(ops[0].device, 1);
  EXPECT_TRUE(ops[0].flag);
  EXPECT_EQ(ops[1].cookie, 2);
  EXPECT_EQ(ops[2].domain, 2);
  EXPECT_TRUE(ops[2].flag);
  EXPECT_EQ(ops[3].pasid, 4);
  EXPECT_EQ(ops[4].text.literal(), "a#\t\"\0\x7f\\"s);
  EXPECT_EQ(ops[4].text.padding, 65535);
  EXPECT_EQ(ops[4].capabilities, Capabilities::kNoSysRawio);
}

TEST(TextCodecTest, ReadsFaultsAndSchedule) {
  const Program program = Parse(
                              "groupfuzz 1\n"
                              "thread 0\nthread 1\nthread 2\n"
                              "fault map 255 EPROBE_DEFER\n"
                              "fault attach 2 x3 EINVAL\n"
                              "fault attach 9 x* ENOMEM\n"
                              "schedule 0 1 2 0 then random 4294967295\n")
                              .program;
  ASSERT_EQ(program.faults.size, 3);
  EXPECT_EQ(program.faults.faults[0], (Fault{FaultKind::kAttach, 2, 3, EINVAL}));
  EXPECT_EQ(program.faults.faults[1], (Fault{FaultKind::kAttach, 9, kEveryOccurrence, ENOMEM}));
  EXPECT_EQ(program.faults.faults[2], (Fault{FaultKind::kMap, 255, 1, kernel::kEProbeDefer}));
  EXPECT_EQ(program.schedule, (Schedule{{0, 1, 2, 0}, Tail::kRandom, 4294967295}));
}

TEST(TextCodecTest, ThenContinueIsTheDefault) {
  const std::string head = "groupfuzz 1\nthread 0\nthread 1\n";
  EXPECT_EQ(Parse(head + "schedule 0 1 then continue\n"), Parse(head + "schedule 0 1 0 0\n"));
  EXPECT_EQ(Parse(head + "schedule then continue\n"), Parse(head));
}

TEST(TextCodecTest, TitleIsTheFirstCommentBlock) {
  EXPECT_EQ(Parse("# one\n#two\n\n# three\ngroupfuzz 1\n# four\nthread 0\n").title, "one\ntwo");
  EXPECT_EQ(Parse("groupfuzz 1\n# one\n#\n# two\nthread 0\n# three\n").title, "one\n\ntwo");
  EXPECT_EQ(Parse("\ngroupfuzz 1 # not a title\nthread 0\n# neither\n").title, "");
}

TEST(TextCodecTest, TitleAndExpectationsRoundTrip) {
  TextProgram text;
  text.title = "S1: a title\n\nof three lines, with \xc3\xa4";
  text.expectations = {{"claim-v1", "I1"}, {"claim-v1", "I2"}, {"linux:/usr/src/linux", "I1"}};
  text.program.threads[0].resize(2);
  const std::string written = FormatText(text);
  EXPECT_EQ(Parse(written), text);
  EXPECT_NE(written.find("expect claim-v1 I2\n"), std::string::npos);
}

TEST(TextCodecTest, LineEndsOfMailAreUnderstood) {
  EXPECT_EQ(Parse("groupfuzz 1\r\nthread 0\r\n  show_type\r\n"),
            Parse("groupfuzz 1\nthread 0\n  show_type"));
}

TEST(TextCodecTest, FormatOpIsTheLineOfTheOp) {
  Op op;
  op.kind = OpKind::kAttachPasid;
  op.pasid = 2;
  EXPECT_EQ(FormatOp(op), "attach_pasid 0 U0 pasid=2");
}

TEST(TextCodecTest, NulBeforeADigitIsWrittenInHex) {
  Op op;
  op.kind = OpKind::kStoreType;
  op.text.size = 3;
  op.text.bytes = {'\0', '7', '\0'};
  EXPECT_EQ(FormatOp(op), "store_type \"\\x007\\0\"");
}

// --- errors -----------------------------------------------------------------------------------

// Every op is among them; that its name stays is what the golden bytes say.
std::string Lines() {
  std::string lines = "default, driver, device, thread, fault, schedule, expect, defect, never";
  const char* before = "; or an op: ";
  for (const OpTraits& op : kOpTraits) {
    lines += before;
    lines += op.name;
    before = ", ";
  }
  return lines;
}
const std::string kLines = Lines();

struct ErrorCase {
  std::string text;     // "^" stands for "groupfuzz 1\n"
  std::string message;  // without the name of the file
};

const ErrorCase kErrors[] = {
    {"", "1:1: found the end of the file, expected 'groupfuzz 1'"},
    {"# only a comment\n\n", "3:1: found the end of the file, expected 'groupfuzz 1'"},
    {"thread 0\n", "1:1: found 'thread', expected the first line of a program: groupfuzz"},
    {"groupfuzz\n", "1:10: found the end of the line, expected the version: 1"},
    {"groupfuzz 2\n", "1:11: found '2', expected the version: 1"},
    {"groupfuzz 1 1\n", "1:13: found '1', expected the end of the line"},
    {"\x01\x10\n", "1:1: found byte 0x01, expected ASCII text"},
    {"^", "2:1: found the end of the file, expected 'thread 0'"},
    {"^threads 2\n", "2:1: found 'threads', expected a line: " + kLines + "; did you mean thread?"},
    {"^thread 0\n  grup_claim 0 A\n",
     "3:3: found 'grup_claim', expected a line: " + kLines + "; did you mean group_claim?"},
    {"^\"thread\" 0\n", "2:1: found text \"thread\", expected a line: " + kLines},
    {"^thread 1\n", "2:8: found '1', expected the next thread: 0"},
    {"^thread 0\nthread 0\n", "3:8: found '0', expected the next thread: 1"},
    {"^thread 0\nthread 1\nthread 2\nthread 3\nthread 4\n",
     "6:1: found 'thread', expected at most 4 threads"},
    {"^default\n",
     "2:8: found the end of the line, expected a default type: DMA, DMA-FQ, identity"},
    {"^default dma\n", "2:9: found 'dma', expected a default type: DMA, DMA-FQ, identity"},
    {"^default DMA\ndefault DMA\n",
     "3:1: found 'default', expected one such line; the first is line 2"},
    {"^driver\n",
     "2:7: found the end of the line, expected an option: identity=, blocked=, forces-identity, "
     "finalize-attaches, maps-only-attached, failed-attach-keeps"},
    {"^driver identity=none\n",
     "2:17: found 'none', expected a support: allocatable, static, absent"},
    {"^driver blocked=\n", "2:16: found nothing, expected a support: static, allocatable, absent"},
    {"^driver blocked=absent blocked=absent\n",
     "2:23: found 'blocked=' a second time, expected it once"},
    {"^driver forces-identity\n",
     "2:23: found the end of the line, expected 'identity=static' with 'forces-identity'"},
    {"^driver finalize-attaches=yes\n",
     "2:8: found 'finalize-attaches=yes', expected an option: identity=, blocked=, "
     "forces-identity, finalize-attaches, maps-only-attached, failed-attach-keeps"},
    {"^device 1\n", "2:8: found '1', expected the next device: 0"},
    {"^device 0 trusted\n",
     "2:10: found 'trusted', expected an option: prefers=, untrusted, direct, deferred, managed, "
     "pasids, no-deferred-flush, absent; did you mean untrusted?"},
    {"^device 0 direct direct\n", "2:17: found 'direct' a second time, expected it once"},
    {"^device 0 prefers=DMA-FQ\n",
     "2:18: found 'DMA-FQ', expected a preference: none, DMA, identity"},
    {"^device 0\ndevice 1\ndevice 2\ndevice 3\ndevice 4\n",
     "6:1: found 'device', expected at most 4 devices"},
    {"^thread 0\ndevice 0\n", "3:1: found 'device', expected the machine before the first thread"},
    {"^thread 0\ndefault DMA\n",
     "3:1: found 'default', expected the machine before the first thread"},
    {"^thread 0\ndriver deferred-attach\n",
     "3:1: found 'driver', expected the machine before the first thread"},
    {"^thread 0\nfault map 01 EIO\n", "3:11: found '01', expected an occurrence: 1..255"},
    {"^bind 0\n", "2:1: found 'bind', expected a 'thread' line before an op"},
    {"^thread 0\nfault map 1 EIO\nbind 0\n",
     "4:1: found 'bind', expected a 'thread' line before an op"},
    {"^thread 0\n  bnd 0\n",
     "3:3: found 'bnd', expected a line: " + kLines + "; did you mean bind?"},
    {"^thread 0\n  bind\n", "3:7: found the end of the line, expected a device: 0"},
    {"^device 0\ndevice 1\nthread 0\n  bind 2\n", "5:8: found '2', expected a device: 0, 1"},
    {"^thread 0\n  bind 0 0\n", "3:10: found '0', expected an option: probe-fails"},
    {"^thread 0\n  unbind 0 probe-fails\n",
     "3:12: found 'probe-fails', expected the end of the line"},
    {"^thread 0\n  group_claim 0 D\n", "3:17: found 'D', expected a cookie: A, B, C"},
    {"^thread 0\n  attach_group 0 U7\n", "3:18: found 'U7', expected a user domain: U0, U1, U2"},
    {"^thread 0\n  attach_pasid 0 U0\n",
     "3:20: found the end of the line, expected an option: pasid="},
    {"^thread 0\n  attach_pasid 0 U0 pasid=0\n", "3:27: found '0', expected a PASID: 1..4"},
    {"^thread 0\n  store_type DMA\n",
     "3:14: found 'DMA', expected a quoted text such as \"DMA\\n\""},
    {"^thread 0\n  store_type \"1234567890123456789012345\"\n",
     "3:14: found a text of 25 bytes, expected at most 24; padding=N adds N NUL bytes"},
    {"^thread 0\n  store_type \"DMA\n", "3:18: found the end of the line, expected '\"'"},
    {"^thread 0\n  store_type \"DMA\\q\"\n",
     "3:18: found '\\q', expected one of: \\n \\t \\r \\0 \\\\ \\\" \\xHH"},
    {"^thread 0\n  store_type \"\\x1\"\n",
     "3:15: found '\\x', expected one of: \\n \\t \\r \\0 \\\\ \\\" \\xHH"},
    {"^thread 0\n  store_type \"\\01\"\n",
     "3:15: found '\\0' before a digit, expected \\x00 there"},
    {"^thread 0\n  store_type \"D\xc3\xa4\"\n",
     "3:16: found byte 0xc3, expected ASCII text; write it as \\xHH"},
    {"^thread 0\n  store_type \"DMA\"caps=none\n", "3:19: found 'c', expected a space after '\"'"},
    {"^thread 0\n  store_type caps\"DMA\"\n",
     "3:18: found '\"' inside a word, expected a space before it"},
    {"^thread 0\n  store_type \"DMA\" caps=root\n",
     "3:25: found 'root', expected capabilities: both, no-sys-admin, no-sys-rawio, none"},
    {"^thread 0\n  store_type \"DMA\" padding=65536\n",
     "3:28: found '65536', expected a number of NUL bytes: 1..65535"},
    {"^thread 0\n  bind 0 # \xff\n", "3:12: found byte 0xff, expected UTF-8 text"},
    {"^thread 0\n  # \xed\xa0\x80\n", "3:5: found byte 0xed, expected UTF-8 text"},
    {"^thread 0\n  bind\0 0\n"s, "3:7: found byte 0x00, expected ASCII text"},
    {"^fault attach\n", "2:13: found the end of the line, expected an occurrence: 1..255"},
    {"^fault detach 1 ENOMEM\n",
     "2:7: found 'detach', expected a fault: allocate, domain_alloc, attach, map, flush_queue, "
     "probe_device, set_pasid, cookie; did you mean attach?"},
    {"^fault attach 0 ENOMEM\n", "2:14: found '0', expected an occurrence: 1..255"},
    {"^fault attach 1 x0 ENOMEM\n", "2:17: found '0', expected '*' or a count: 1..254"},
    {"^fault attach 1 ENOENT\n",
     "2:16: found 'ENOENT', expected an errno: ENOMEM, EINVAL, ENODEV, EBUSY, EIO, EOPNOTSUPP, "
     "ENOSPC, EPERM, EPROBE_DEFER"},
    {"^fault allocate 1 EIO\n", "2:18: found 'EIO', expected an errno: ENOMEM"},
    {"^fault attach 1 x3 EIO\nfault attach 3 ENOMEM\n",
     "3:1: found 'fault', expected occurrences that line 2 does not already make fail"},
    {"^fault map 1 EIO\nfault map 2 EIO\nfault map 3 EIO\nfault map 4 EIO\nfault map 5 EIO\n",
     "6:1: found 'fault', expected at most 4 faults"},
    {"^thread 0\nschedule 0\n",
     "3:1: found 'schedule', expected at least two threads before a schedule"},
    {"^thread 0\nthread 1\nschedule\n",
     "4:9: found the end of the line, expected a choice: 0, 1, then"},
    {"^thread 0\nthread 1\nschedule 0 2\n", "4:12: found '2', expected a choice: 0, 1, then"},
    {"^thread 0\nthread 1\nschedule 0 then\n",
     "4:16: found the end of the line, expected a tail: continue, random"},
    {"^thread 0\nthread 1\nschedule then random -1\n",
     "4:22: found '-1', expected a seed: 0..4294967295"},
    {"^thread 0\nthread 1\nschedule then random 5 6\n",
     "4:24: found '6', expected the end of the line"},
    {"^thread 0\nthread 1\nschedule 1\nschedule 1\n",
     "5:1: found 'schedule', expected one such line; the first is line 4"},
    {"^thread 0\nthread 1\nschedule 1\nthread 2\n",
     "5:1: found 'thread', expected threads before the schedule"},
    {"^expect claim-v1\n", "2:16: found the end of the line, expected the id of a property"},
    {"^expect claim,v1 I1\n", "2:8: found 'claim,v1', expected the name of a design"},
    {"^expect claim-v1 I1\nexpect claim-v1 I1\n",
     "3:1: found 'expect', expected each expectation once"},
    {"^" + std::string(1000, 'x'),
     "2:1: found '" + std::string(40, 'x') + "...', expected a line: " + kLines},
};

TEST(TextCodecErrorTest, NamesPlaceWhatWasFoundAndWhatWasExpected) {
  for (const ErrorCase& error : kErrors) {
    std::string text = error.text;
    if (!text.empty() && text[0] == '^') text.replace(0, 1, "groupfuzz 1\n");
    SCOPED_TRACE(text);
    const absl::StatusOr<TextProgram> result = ParseText(text, "a.txt");
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(std::string(result.status().message()), "a.txt:" + error.message);
  }
}

TEST(TextCodecErrorTest, CountsAreLimited) {
  std::string text = "groupfuzz 1\nthread 0\n";
  for (int i = 0; i < kMaxOps; ++i) text += "  show_type\n";
  EXPECT_TRUE(ParseText(text, "a.txt").ok());
  EXPECT_EQ(ParseText(text + "  show_type\n", "a.txt").status().message(),
            "a.txt:19:3: found 'show_type', expected at most 16 ops a thread");

  std::string choices = "groupfuzz 1\nthread 0\nthread 1\nschedule";
  for (int i = 0; i < kMaxChoices; ++i) choices += " 1";
  EXPECT_TRUE(ParseText(choices, "a.txt").ok());
  EXPECT_TRUE(ParseText(choices + " then random 1", "a.txt").ok());
  EXPECT_EQ(ParseText(choices + " 1", "a.txt").status().message(),
            "a.txt:4:2058: found '1', expected at most 1024 choices");
}

TEST(TextCodecErrorTest, HugeInputFailsQuickly) {
  EXPECT_FALSE(ParseText(std::string(1 << 24, 'x'), "a.txt").ok());
  EXPECT_FALSE(ParseText(std::string(1 << 24, '\n'), "a.txt").ok());
}

}  // namespace
}  // namespace groupfuzz
