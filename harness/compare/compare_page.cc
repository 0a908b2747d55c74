#include "harness/compare/compare_page.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "harness/program/strings.h"
#include "harness/report/execution_lanes.h"
#include "harness/report/page_parts.h"
#include "harness/verdict/runner.h"
#include "target/system/names.h"

namespace groupfuzz {
namespace {

constexpr char kGrey[] = "\n<p class=\"dim\">In grey: what its baseline shows, too.</p>\n";

using DesignAndId = std::pair<std::string, std::string_view>;

std::string AnchorOf(const Showcase& example) {
  return absl::StrCat(example.design->name, "-", std::string(example.property->id));
}

// Where each id of each design is shown: by the example of its own, else by the first of others.
std::map<DesignAndId, std::string> Anchors(const std::vector<Showcase>& examples) {
  std::map<DesignAndId, std::string> anchors;
  for (const Showcase& example : examples) {
    anchors.emplace(DesignAndId(example.design->name, example.property->id), AnchorOf(example));
  }
  for (const Showcase& example : examples) {
    Runner runner(*example.design);
    for (const Finding& finding : runner.Run(example.program).findings) {
      anchors.emplace(DesignAndId(example.design->name, finding.property->id), AnchorOf(example));
    }
  }
  return anchors;
}

std::string Cell(const DesignComparison& row, PropertyGroup group,
                 const std::map<DesignAndId, std::string>& anchors) {
  std::string ids;
  for (const Property& property : Properties()) {
    if (property.group != group || !row.violations.contains(property.id)) continue;
    const std::string id(property.id);
    const auto anchor = anchors.find({row.design->name, property.id});
    const std::string style = row.findings().contains(property.id) ? "bad" : "dim";
    const std::string title =
        absl::StrCat(" class=\"", style, "\" title=\"", Escaped(property.statement), "\"");
    absl::StrAppend(&ids, ids.empty() ? "" : ", ",
                    anchor == anchors.end()
                        ? Element("span", title.substr(1), id)
                        : Element("a", absl::StrCat("href=\"#", anchor->second, "\"", title), id));
  }
  return ids.empty() ? std::string(Spelled(row.word())) : ids;
}

std::string Table(const std::vector<DesignComparison>& rows,
                  const std::map<DesignAndId, std::string>& anchors) {
  std::string text =
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"designs\">\n"
      "<table class=\"designs\">\n<thead><tr><th scope=\"col\">design</th>"
      "<th scope=\"col\">rules</th>";
  for (int g = 0; g < kPropertyGroups; ++g) {
    const std::string name(GroupName(static_cast<PropertyGroup>(g)));
    text += Element("th", "scope=\"col\"", name);
  }
  text += "</tr></thead>\n<tbody>\n";
  for (const DesignComparison& row : rows) {
    absl::StrAppend(&text, "<tr>", Element("th", "scope=\"row\"", Escaped(row.design->name)),
                    Element("td", "", Escaped(row.design->rules)));
    for (int g = 0; g < kPropertyGroups; ++g) {
      text += Element("td", "", Cell(row, static_cast<PropertyGroup>(g), anchors));
    }
    text += "</tr>\n";
  }
  return text + "</tbody>\n</table>\n</div>\n";
}

std::vector<std::string_view> ViolatedIds(const std::vector<DesignComparison>& rows) {
  std::vector<std::string_view> ids;
  for (const Property& property : Properties()) {
    const bool violated = std::any_of(rows.begin(), rows.end(), [&](const DesignComparison& row) {
      return row.violations.contains(property.id);
    });
    if (violated) ids.push_back(property.id);
  }
  return ids;
}

std::string Examples(const std::vector<DesignComparison>& rows,
                     const std::vector<Showcase>& examples, const SubjectOf& subject_of) {
  std::string text;
  for (const DesignComparison& row : rows) {
    std::string own;
    for (const Showcase& example : examples) {
      if (example.design != row.design) continue;
      own += FoldedExecution(*example.design, example.program,
                             subject_of(*example.design, "minimized from " + example.source),
                             AnchorOf(example));
    }
    if (own.empty()) continue;
    absl::StrAppend(&text, Element("h3", "", Escaped(row.design->name)), "\n", own);
  }
  if (text.empty()) return "";
  return "<h2>Counterexamples</h2>\n<p class=\"dim\">Each is made small.</p>\n" + text;
}

}  // namespace

std::string FoldedExecution(const Design& design, const Program& program, PageSubject subject,
                            const std::string& anchor) {
  Runner runner(design);
  const RunOutcome outcome = runner.RunRecorded(program);
  subject.anchor = Escaped(anchor) + "-";
  const std::string line =
      absl::StrCat(TitleOf(subject.design, outcome.findings), "; ", SizeOf(program, outcome.trace));
  return absl::StrCat("<details>\n", Element("summary", "", Escaped(line)), "\n<div id=\"",
                      Escaped(anchor), "\">\n",
                      HtmlExecution(subject, program, outcome.trace, outcome.findings),
                      "</div>\n</details>\n");
}

std::string RulesList(const std::vector<std::string_view>& ids) {
  if (ids.empty()) return "";
  std::string text = "<h2>What the ids say</h2>\n<dl>\n";
  for (const std::string_view id : ids) {
    const Property& property = *FindProperty(id);
    absl::StrAppend(
        &text, "<dt id=\"rule-", Abseil(id), "\" class=\"bad\">", Abseil(id), "</dt>",
        Element("dd", "",
                Escaped(property.statement) + " " +
                    Element("span", "class=\"dim\"", "Source: " + Escaped(property.source))),
        "\n");
  }
  return text + "</dl>\n";
}

std::string ComparePage(const std::vector<DesignComparison>& rows, size_t corpus_size,
                        const std::vector<Showcase>& examples, const SubjectOf& subject_of) {
  std::string news = DescribeNews(rows);
  absl::StripTrailingAsciiWhitespace(&news);
  return HtmlDocument(
      absl::StrCat("Comparison of ", Counted(rows.size(), "design")),
      absl::StrCat(Table(rows, Anchors(examples)),
                   news.empty() ? "" : Element("pre", "", Escaped(news)) + kGrey,
                   Element("pre", "class=\"dim\"", Escaped(DescribeEffort(rows, corpus_size))),
                   "\n", RulesList(ViolatedIds(rows)), Examples(rows, examples, subject_of)));
}

}  // namespace groupfuzz
