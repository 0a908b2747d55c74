// The text suite: any bytes written to the attribute, judged by what sysfs says of text.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "harness/program/text_codec.h"
#include "properties/suites/suite_rapidcheck.h"
#include "properties/suites/suite_session.h"
#include "properties/suites/sysfs_text.h"

namespace groupfuzz {
namespace {

constexpr uint64_t kTexts = 4000;
constexpr int kMaxTextSize = 40;

rc::Gen<std::string> WordsAndWhatFollows() {
  using rc::gen::element;
  const auto word = element<std::string>("identity", "DMA", "DMA-FQ", "auto", "dma", "blocked",
                                         "unmanaged", " DMA", "");
  const auto end = element<std::string>("", "\n", std::string("\0", 1), std::string("\0junk", 5),
                                        std::string("\n\0junk", 6), "\n\n", " ", "x", "\r\n");
  return rc::gen::map(rc::gen::pair(word, end), [](const std::pair<std::string, std::string>& p) {
    return p.first + p.second;
  });
}

rc::Gen<uint16_t> Padding() {
  using rc::gen::element;
  return rc::gen::oneOf(rc::gen::just(uint16_t{0}), rc::gen::arbitrary<uint16_t>(),
                        element<uint16_t>(1, 4079, 4080, 4085, 4086, 4092, 4093, 4095, 4096, 4097));
}

WriteBuffer BufferOf(const std::string& bytes, uint16_t padding) {
  WriteBuffer text;
  text.size = static_cast<uint8_t>(std::min<size_t>(bytes.size(), kMaxTextBytes));
  std::copy_n(bytes.begin(), text.size, text.bytes.begin());
  text.padding = padding;
  return text;
}

Program WriteAndRead(const WriteBuffer& text) {
  Program program;
  program.threads[0].resize(2);
  program.threads[0][0].text = text;
  program.threads[0][0].kind = OpKind::kStoreType;
  program.threads[0][1].kind = OpKind::kShowType;
  return program;
}

std::string Compare(std::string_view what, int64_t expected, int64_t got) {
  if (expected == got) return {};
  return absl::StrCat(std::string(what), ": sysfs says ", expected, ", got ", got);
}

void CheckOneText(SuiteSession& session) {
  const std::string bytes =
      *rc::gen::oneOf(WordsAndWhatFollows(), rc::gen::arbitrary<std::string>());
  const Program program = WriteAndRead(BufferOf(bytes, *Padding()));
  const std::optional<std::string> finding = session.Run(program);
  if (finding) RC_FAIL(*finding);
  const std::vector<OpRecord>& ops = session.runner().trace().ops;
  if (ops.size() < 2) return;
  const TypeDialogue expected = ExpectedDialogue(program.threads[0][0].text);
  ++session.report().reached[expected.written < 0 ? "refused" : "accepted"];
  std::string wrong = Compare("write(2)", expected.written, ops[0].result);
  if (wrong.empty()) wrong = Compare("read(2)", expected.shown, ops[1].result);
  if (wrong.empty()) return;
  session.Fail(program, "R1", wrong);
  RC_FAIL(wrong);
}

}  // namespace

SuiteReport CheckText(const Design& design, const SuiteOptions& options) {
  SuiteOptions alone = options;
  alone.programs.clear();
  SuiteSession session("text", design, alone);
  const SuiteSize size = SizeOf(options, kTexts, kMaxTextSize);
  CheckWithRapidCheck(session, size, Shrinking::kOn, [&] { CheckOneText(session); });
  return session.Finish(absl::StrCat(session.report().cases, " texts"));
}

std::span<const Suite> Suites() {
  static constexpr Suite kSuites[] = {
      {"sequential", "a RapidCheck state machine of one thread", &CheckSequential},
      {"parallel", "a prefix, branches and a schedule: invariants and linearizability",
       &CheckParallel},
      {"text", "any bytes written to the attribute", &CheckText},
      {"failures", "everything that can fail in short sequences fails, in turn", &CheckFailures},
  };
  return kSuites;
}

}  // namespace groupfuzz
