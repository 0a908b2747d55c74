#include "harness/report/gtest_export.h"

#include <algorithm>
#include <cctype>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "harness/program/text_codec.h"

namespace groupfuzz {
namespace {

std::string Identifier(std::string name) {
  std::replace_if(name.begin(), name.end(), [](char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

std::string Quoted(const std::string& word) { return absl::StrCat("\"", word, "\""); }

}  // namespace

// A raw string: the text form quotes what is not printable, and has no ")groupfuzz".
std::string GtestCase(const Program& program, const Design& design,
                      const std::vector<std::string>& properties) {
  const std::string list = absl::StrJoin(
      properties, ", ", [](std::string* out, const std::string& id) { *out += Quoted(id); });
  const std::string name =
      Identifier(properties.empty() ? "IsClean" : "Violates_" + absl::StrJoin(properties, "_"));
  return absl::StrCat(
      "// Written by `groupfuzz export --to=gtest`. Link it with groupfuzz::harness and "
      "gtest_main.\n"
      "#include <string>\n#include <vector>\n\n#include \"gtest/gtest.h\"\n"
      "#include \"harness/report/report.h\"\n#include \"harness/verdict/runner.h\"\n"
      "#include \"harness/program/text_codec.h\"\n\nnamespace {\n\nconstexpr char kProgram[] = "
      "R\"groupfuzz(",
      FormatText(program), ")groupfuzz\";\n\nTEST(", Identifier("Groupfuzz_" + design.name), ", ",
      name,
      ") {\n  const auto text = groupfuzz::ParseText(kProgram, \"kProgram\");\n"
      "  ASSERT_TRUE(text.ok()) << text.status();\n"
      "  const groupfuzz::Design* design = groupfuzz::FindDesign(",
      Quoted(design.name),
      ");\n"
      "  ASSERT_NE(design, nullptr);\n  groupfuzz::Runner runner(*design);\n"
      "  const groupfuzz::RunOutcome outcome = runner.RunRecorded(text->program);\n"
      "  const std::vector<std::string> expected = {",
      list,
      "};\n"
      "  EXPECT_EQ(groupfuzz::FindingIds(outcome.findings), expected)\n"
      "      << groupfuzz::Timeline(text->program, outcome.trace, outcome.findings);\n}\n\n"
      "}  // namespace\n");
}

}  // namespace groupfuzz
