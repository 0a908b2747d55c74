#include "harness/verdict/known_programs.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace groupfuzz {
namespace {

struct Source {
  const char* path;
  const char* text;
};

constexpr Source kSources[] = {
#include "known_programs.inc"
};

std::vector<KnownProgram> ParseAll() {
  std::vector<KnownProgram> programs;
  for (const Source& source : kSources) {
    absl::StatusOr<TextProgram> text = ParseText(source.text, source.path);
    // A file that is no program fails corpus_test.
    if (text.ok()) programs.push_back({source.path, *std::move(text)});
  }
  return programs;
}

}  // namespace

const std::vector<KnownProgram>& KnownPrograms() {
  static const auto& programs = *new std::vector<KnownProgram>(ParseAll());
  return programs;
}

std::vector<std::string> ExpectedOf(const TextProgram& text, std::string_view design) {
  std::vector<std::string> properties;
  for (const Expectation& expectation : text.expectations) {
    if (expectation.design == design) properties.push_back(expectation.property);
  }
  return properties;
}

const Defect* DefectOf(const TextProgram& text, std::string_view design) {
  const auto defect =
      std::find_if(text.defects.begin(), text.defects.end(),
                   [&](const Defect& one) { return DesignOfTree(one.tree) == design; });
  return defect == text.defects.end() ? nullptr : &*defect;
}

std::vector<KnownOfDesign> KnownByDesign() {
  std::map<std::string, std::vector<KnownFinding>> by_design;
  for (const KnownProgram& program : KnownPrograms()) {
    for (const Expectation& expectation : program.contents.expectations) {
      std::vector<KnownFinding>& findings = by_design[expectation.design];
      if (findings.empty() || findings.back().program != &program) {
        const Defect* defect = DefectOf(program.contents, expectation.design);
        findings.push_back({.properties = {}, .program = &program, .defect = defect});
      }
      findings.back().properties.push_back(expectation.property);
    }
  }
  const auto place = [](const KnownFinding& finding) {
    const Defect none;
    const Defect& defect = finding.defect == nullptr ? none : *finding.defect;
    return std::tuple(defect.file, defect.line, finding.program->path);
  };
  std::vector<KnownOfDesign> designs;
  for (auto& [design, findings] : by_design) {
    std::sort(findings.begin(), findings.end(),
              [&](const KnownFinding& a, const KnownFinding& b) { return place(a) < place(b); });
    designs.push_back({.design = design, .findings = std::move(findings)});
  }
  return designs;
}

}  // namespace groupfuzz
