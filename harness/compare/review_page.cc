#include "harness/compare/review_page.h"

#include <algorithm>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "harness/report/page_parts.h"

namespace groupfuzz {
namespace {

// Leads to its sentence.
std::string LinkTo(const Property& property, const char* style) {
  const std::string id(property.id);
  return Element("a",
                 absl::StrCat("href=\"#rule-", id, "\" class=\"", style, "\" title=\"",
                              Escaped(property.statement), "\""),
                 id);
}

std::string Links(const std::vector<const Property*>& properties) {
  return absl::StrJoin(properties, ", ", [](std::string* out, const Property* property) {
    out->append(LinkTo(*property, "dim"));
  });
}

std::string Brings(const ReviewedPatch& patch) {
  return absl::StrJoin(patch.brings, ", ", [](std::string* out, const Brought& brought) {
    absl::StrAppend(out, LinkTo(*brought.property, "bad"));
    if (brought.gone_with.empty()) return;
    absl::StrAppend(
        out, " (gone again with ",
        Element("a", "href=\"#" + Escaped(brought.gone_with) + "\"", Escaped(brought.gone_with)),
        ")");
  });
}

// What is known beyond that.
std::string Rest(const ReviewedPatch& patch) {
  if (!patch.not_judged.empty()) return "not judged: " + Escaped(patch.not_judged);
  return patch.unknown.empty() ? "" : "unknown: " + Escaped(patch.unknown);
}

std::string Or(const std::string& html, const char* otherwise) {
  return html.empty() ? otherwise : html;
}

std::string Table(const Review& review) {
  std::string text =
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"patches\">\n"
      "<table class=\"designs\">\n<thead><tr>";
  for (const char* head : {"patch", "brings", "no longer shows", "stays", "not known"}) {
    text += Element("th", "scope=\"col\"", head);
  }
  text += "</tr></thead>\n<tbody>\n";
  for (const ReviewedPatch& patch : review.patches) {
    const bool judged = patch.not_judged.empty();
    absl::StrAppend(
        &text, "<tr>",
        Element("th", "scope=\"row\"",
                Element("a", "href=\"#" + Escaped(patch.step) + "\"", Escaped(patch.step))),
        Element("td", "", Or(Brings(patch), judged ? "nothing" : "-")),
        Element("td", "", Or(Links(patch.repairs), "-")),
        Element("td", "", Or(Links(patch.stays), "-")), Element("td", "", Or(Rest(patch), "-")),
        "</tr>\n");
  }
  return text + "</tbody>\n</table>\n</div>\n";
}

std::string Patch(const ReviewedPatch& patch, const SubjectOf& subject_of) {
  std::string text = absl::StrCat(Element("h2", "id=\"" + Escaped(patch.step) + "\"",
                                          Escaped(absl::StrCat(patch.step, ": ", patch.title))),
                                  "\n");
  const auto say = [&](const std::string& html) {
    if (!html.empty()) absl::StrAppend(&text, Element("p", "", html), "\n");
  };
  if (!patch.message_id.empty()) say(Element("code", "", Escaped(patch.message_id)));
  say(Rest(patch));
  if (!patch.not_judged.empty()) return text;
  say(patch.brings.empty() ? "Brings nothing new." : "Brings " + Brings(patch) + ".");
  if (!patch.repairs.empty()) say("No longer shows " + Links(patch.repairs) + ".");
  if (!patch.stays.empty()) say("Still shows, of earlier patches: " + Links(patch.stays) + ".");
  if (!patch.changed.empty()) say("Of the series so far: " + Escaped(patch.changed) + ".");
  if (!patch.examples.empty()) text += "<h3>Counterexamples</h3>\n";
  for (const ReviewedExample& example : patch.examples) {
    text += FoldedExecution(*example.design, example.program,
                            subject_of(*example.design, "minimized from " + example.source),
                            absl::StrCat(patch.step, "-", std::string(example.property->id)));
  }
  return text;
}

// "v2 repairs I2, I8." for each word that something is said by.
std::string Sentences(const ReviewedAgainst& against) {
  std::string text;
  for (const char* what : {"repairs", "keeps", "brings"}) {
    std::vector<const Property*> properties;
    for (const ReviewedFinding& finding : against.findings) {
      if (finding.what == what) properties.push_back(finding.property);
    }
    if (properties.empty()) continue;
    absl::StrAppend(
        &text,
        Element("p", "",
                absl::StrCat(Escaped(against.with), " ", what, " ", Links(properties), ".")),
        "\n");
  }
  for (const ReviewedFinding& finding : against.findings) {
    if (finding.why.empty()) continue;
    absl::StrAppend(
        &text,
        Element("p", "",
                absl::StrCat("Unknown: whether ", Escaped(finding.unknown_of), " shows ",
                             LinkTo(*finding.property, "dim"), ": ", Escaped(finding.why), ".")),
        "\n");
  }
  return text;
}

std::string Against(const ReviewedAgainst& against, const SubjectOf& subject_of) {
  std::string text = absl::StrCat(
      Element("h2", "id=\"against\"",
              Escaped(absl::StrCat("The whole: ", against.with, " beside ", against.series))),
      "\n", Sentences(against));
  const auto say = [&](const std::string& html) {
    absl::StrAppend(&text, Element("p", "", html), "\n");
  };
  if (!against.unknown.empty()) {
    say(Escaped(absl::StrCat(against.series, " is unknown: ", against.unknown)));
  }
  if (!against.unknown_with.empty()) {
    say(Escaped(absl::StrCat(against.with, " is unknown: ", against.unknown_with)));
  }
  if (!against.also_repairs.empty()) {
    say("Of what the tree shows, no longer: " + Links(against.also_repairs) + ".");
  }
  if (!against.no_longer_repairs.empty()) {
    say(absl::StrCat("Of what the tree shows, again, and not with ", Escaped(against.series), ": ",
                     Links(against.no_longer_repairs), "."));
  }
  if (against.findings.empty() && against.unknown.empty() && against.unknown_with.empty()) {
    say("Neither shows what the tree does not.");
  }
  for (const ReviewedFinding& finding : against.findings) {
    if (!finding.example) continue;
    const ReviewedExample& example = *finding.example;
    text += FoldedExecution(*example.design, example.program,
                            subject_of(*example.design, "minimized from " + example.source),
                            "against-" + std::string(finding.property->id));
  }
  return text;
}

// What is told of the whole, too.
bool IsTold(const ReviewedAgainst& against, const Property& property) {
  const auto is_it = [&](const Property* other) { return other->id == property.id; };
  return std::any_of(against.also_repairs.begin(), against.also_repairs.end(), is_it) ||
         std::any_of(against.no_longer_repairs.begin(), against.no_longer_repairs.end(), is_it) ||
         std::any_of(against.findings.begin(), against.findings.end(),
                     [&](const ReviewedFinding& finding) { return is_it(finding.property); });
}

std::vector<std::string_view> IdsOf(const Review& review) {
  std::vector<std::string_view> ids;
  for (const Property& property : Properties()) {
    const auto is_it = [&](const Property* other) { return other->id == property.id; };
    const bool shown =
        std::any_of(review.patches.begin(), review.patches.end(), [&](const ReviewedPatch& patch) {
          return std::any_of(patch.repairs.begin(), patch.repairs.end(), is_it) ||
                 std::any_of(patch.stays.begin(), patch.stays.end(), is_it) ||
                 std::any_of(patch.brings.begin(), patch.brings.end(),
                             [&](const Brought& brought) { return is_it(brought.property); });
        });
    const bool told = review.against && IsTold(*review.against, property);
    if (shown || told) ids.push_back(property.id);
  }
  return ids;
}

}  // namespace

std::string ReviewPage(const Review& review, const SubjectOf& subject_of) {
  std::string main = absl::StrCat(
      Element("p", "class=\"dim\"", "What the tree shows without the series does not count."), "\n",
      Table(review));
  if (review.against) main += Against(*review.against, subject_of);
  for (const ReviewedPatch& patch : review.patches) main += Patch(patch, subject_of);
  main += RulesList(IdsOf(review));
  return HtmlDocument("Review of a series on " + review.tree, main);
}

}  // namespace groupfuzz
