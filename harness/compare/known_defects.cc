#include "harness/compare/known_defects.h"

#include <algorithm>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "harness/program/text_codec.h"
#include "harness/report/report.h"
#include "harness/verdict/known_programs.h"
#include "harness/verdict/known_trees.h"

namespace groupfuzz {
namespace {

std::string_view NameOf(std::string_view path) { return path.substr(path.rfind('/') + 1); }

// A program is named for what happens in it.
std::string WhatHappens(const KnownProgram& program) {
  std::string name(NameOf(program.path));
  name.resize(name.rfind('.'));
  return absl::StrReplaceAll(name, {{"-", " "}});
}

// What of `finding` the row shows by the same program.
std::vector<std::string> ShownOf(const KnownFinding& finding, const DesignComparison& row,
                                 const std::vector<ProgramFile>& corpus) {
  std::vector<std::string> ids;
  for (const std::string& id : finding.properties) {
    const auto violated = row.violations.find(id);
    if (violated == row.violations.end()) continue;
    const bool by_it = std::any_of(
        violated->second.begin(), violated->second.end(),
        [&](size_t index) { return NameOf(corpus[index].path) == NameOf(finding.program->path); });
    if (by_it) ids.push_back(id);
  }
  return ids;
}

std::string Line(const KnownFinding& finding, const std::vector<std::string>& ids) {
  const Defect& defect = *finding.defect;
  return absl::StrCat("  ", absl::StrJoin(ids, ", "), ": ", WhatHappens(*finding.program), ", ",
                      defect.latent ? "latent, " : "", defect.file, ":", defect.line, ", ",
                      defect.since.empty() ? "" : absl::StrCat("since ", defect.since, ", "),
                      "repaired by ", absl::StrJoin(defect.repairs, " or "));
}

// Whose lines those are, and where the repairs are; empty where no tree is known by that name.
std::string Head(const std::string& design) {
  for (const KnownTree& tree : KnownTrees()) {
    if (DesignOfTree(tree.name) != design) continue;
    return absl::StrCat("known of ", design, ", lines as in ", tree.package,
                        ", repairs in corpus/trees/", tree.name, "/repairs:");
  }
  return "";
}

}  // namespace

std::string DescribeKnownDefects(const std::vector<DesignComparison>& rows,
                                 const std::vector<ProgramFile>& corpus) {
  std::string text;
  for (const KnownOfDesign& known : KnownByDesign()) {
    for (const DesignComparison& row : rows) {
      if (row.design->name != known.design) continue;
      std::string lines;
      for (const KnownFinding& finding : known.findings) {
        if (finding.defect == nullptr) continue;
        const std::vector<std::string> ids = ShownOf(finding, row, corpus);
        if (ids.empty()) continue;
        for (const std::string& line : Wrap(Line(finding, ids), kReportColumns, 4)) {
          absl::StrAppend(&lines, line, "\n");
        }
      }
      const std::string head = Head(known.design);
      if (lines.empty() || head.empty()) continue;
      for (const std::string& line : Wrap(head, kReportColumns, 2)) {
        absl::StrAppend(&text, line, "\n");
      }
      absl::StrAppend(&text, lines, "\n");
    }
  }
  return text;
}

}  // namespace groupfuzz
