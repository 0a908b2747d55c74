// What is known of a program, in its file: round trip, meaning and every error message.
#include "harness/program/text_annotations.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace groupfuzz {
namespace {

constexpr char kHead[] = "groupfuzz 1\nthread 0\n";

// Words such as people write, and such as mean something elsewhere in the line.
rc::Gen<std::string> Name() {
  return rc::gen::elementOf(std::vector<std::string>{"linux-source-6.1", "iommu.c", "a_b", "a-b",
                                                     "I14", "on", "never", "latent", "repaired-by",
                                                     "v6.12", "linux", "x+y", "0"});
}

rc::Gen<std::vector<std::string>> Names() {
  return rc::gen::suchThat(rc::gen::unique<std::vector<std::string>>(Name()),
                           [](const auto& names) { return !names.empty(); });
}

// One defect a tree that is expected of, each of which is a name with a number.
TextProgram AnyAnnotations() {
  TextProgram text;
  const int trees = *rc::gen::inRange(0, 4);
  for (int i = 0; i < trees; ++i) {
    const std::string tree = absl::StrCat(*Name(), i);
    text.expectations.push_back({DesignOfTree(tree), *Name()});
    text.expectations.push_back({tree, *Name()});
    if (*rc::gen::arbitrary<bool>()) continue;
    text.defects.push_back({.tree = tree,
                            .file = *Name(),
                            .line = *rc::gen::inRange(1, 100'000),
                            .function = *Name(),
                            .latent = *rc::gen::arbitrary<bool>(),
                            .since = *rc::gen::arbitrary<bool>() ? *Name() : "",
                            .repairs = *Names()});
  }
  const int nevers = *rc::gen::inRange(0, 3);
  for (int i = 0; i < nevers; ++i) {
    // "on" begins the rest of the line.
    std::vector<std::string> properties = *Names();
    std::erase(properties, "on");
    properties.push_back(absl::StrCat("I", i));
    const bool on = *rc::gen::arbitrary<bool>();
    text.nevers.push_back({.properties = properties, .design = on ? *Name() : ""});
  }
  return text;
}

RC_GTEST_PROP(AnnotationsProperty, ParseUndoesFormat, ()) {
  const TextProgram text = AnyAnnotations();
  const std::string written = FormatText(text);
  const absl::StatusOr<TextProgram> result = ParseText(written, "generated");
  if (!result.ok()) RC_FAIL(absl::StrCat(result.status().ToString(), "\n", written));
  RC_ASSERT(*result == text);
}

// A file with one byte changed, dropped or doubled is what it is written as again, or fails.
RC_GTEST_PROP(AnnotationsProperty, DamagedOnesParseOrFail,
              (uint16_t place, char byte, uint8_t how)) {
  std::string text = FormatText(AnyAnnotations());
  const size_t at = place % text.size();
  text.replace(at, how % 2, how % 3, byte);
  const absl::StatusOr<TextProgram> result = ParseText(text, "damaged");
  if (!result.ok()) {
    const std::string message(result.status().message());
    RC_ASSERT(message.starts_with("damaged:"));
    RC_ASSERT(message.find('\n') == std::string::npos);
    return;
  }
  const absl::StatusOr<TextProgram> again = ParseText(FormatText(*result), "again");
  RC_ASSERT(again.ok());
  RC_ASSERT(*again == *result);
}

TEST(AnnotationsTest, AreRead) {
  const auto text = ParseText(
      absl::StrCat(kHead, "expect linux:6.1 I27\nexpect v6.4 I14\nexpect linux:6.1 I28\n",
                   "defect 6.1 iommu.c:415 iommu_release_device repaired-by a-b c\n",
                   "expect linux:mine W1\ndefect mine dma.c:7 f latent since 6.6 repaired-by d\n",
                   "never I14 I40\nnever W1 on device-lock  # a comment\n"),
      "test");
  ASSERT_TRUE(text.ok()) << text.status();
  const std::vector<Defect> defects = {{.tree = "6.1",
                                        .file = "iommu.c",
                                        .line = 415,
                                        .function = "iommu_release_device",
                                        .latent = false,
                                        .since = "",
                                        .repairs = {"a-b", "c"}},
                                       {.tree = "mine",
                                        .file = "dma.c",
                                        .line = 7,
                                        .function = "f",
                                        .latent = true,
                                        .since = "6.6",
                                        .repairs = {"d"}}};
  EXPECT_EQ(text->defects, defects);
  const std::vector<Never> nevers = {{.properties = {"I14", "I40"}, .design = ""},
                                     {.properties = {"W1"}, .design = "device-lock"}};
  EXPECT_EQ(text->nevers, nevers);
}

struct ErrorCase {
  std::string lines;    // from line 3; "^" stands for "expect linux:a I1\n"
  std::string message;  // without the name of the file
};

const ErrorCase kErrors[] = {
    {"defect\n",
     "3:7: found the end of the line, expected 'expect linux:TREE' lines before the one 'defect "
     "TREE' line"},
    {"expect v6.4 I1\ndefect v6.4 iommu.c:1 f repaired-by r\n",
     "4:8: found 'v6.4', expected 'expect linux:TREE' lines before the one 'defect TREE' line"},
    {"^expect linux:b I2\ndefect c iommu.c:1 f repaired-by r\n",
     "5:8: found 'c', expected a tree that an 'expect' line names: a, b"},
    {"^defect a iommu.c:1 f repaired-by r\ndefect a iommu.c:2 f repaired-by r\n",
     "5:8: found 'a', expected 'expect linux:TREE' lines before the one 'defect TREE' line"},
    {"^defect a\n", "4:9: found the end of the line, expected a place such as iommu.c:415"},
    {"^defect a iommu.c f\n", "4:10: found 'iommu.c', expected a place such as iommu.c:415"},
    {"^defect a :1 f\n", "4:10: found ':1', expected a place such as iommu.c:415"},
    {"^defect a iommu.c:0 f\n", "4:10: found 'iommu.c:0', expected a place such as iommu.c:415"},
    {"^defect a iommu.c:x f\n", "4:10: found 'iommu.c:x', expected a place such as iommu.c:415"},
    {"^defect a iommu.c:1 f()\n", "4:20: found 'f()', expected the name of a function"},
    {"^defect a iommu.c:1 f\n",
     "4:21: found the end of the line, expected how it is known: repaired-by, since, latent"},
    {"^defect a iommu.c:1 f latent\n",
     "4:28: found the end of the line, expected how it is known: repaired-by, since"},
    {"^defect a iommu.c:1 f since\n",
     "4:27: found the end of the line, expected a version such as 6.6"},
    {"^defect a iommu.c:1 f since 6.6\n",
     "4:31: found the end of the line, expected how it is known: repaired-by"},
    {"^defect a iommu.c:1 f repaired-by\n",
     "4:33: found the end of the line, expected the name of a repair"},
    {"^defect a iommu.c:1 f repaired-by r r\n",
     "4:36: found 'r', expected the name of a repair that is not in the line yet"},
    {"never\n", "3:6: found the end of the line, expected the id of a property"},
    {"never E1, I15\n", "3:7: found 'E1,', expected the id of a property"},
    {"never I1 I2 I1\n",
     "3:13: found 'I1', expected the id of a property that is not in the line yet"},
    {"never I1 on\n", "3:12: found the end of the line, expected the name of a design"},
    {"never I1 on v6.4 v6.12\n", "3:18: found 'v6.12', expected the end of the line"},
    {"never I1\nnever I1\n", "4:1: found 'never', expected each line once"},
};

TEST(AnnotationsTest, ErrorsNamePlaceWhatWasFoundAndWhatWasExpected) {
  for (const ErrorCase& error : kErrors) {
    std::string lines = error.lines;
    if (lines[0] == '^') lines.replace(0, 1, "expect linux:a I1\n");
    SCOPED_TRACE(lines);
    const absl::StatusOr<TextProgram> result = ParseText(kHead + lines, "a.txt");
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.status().message(), "a.txt:" + error.message);
  }
}

}  // namespace
}  // namespace groupfuzz
