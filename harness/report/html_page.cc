#include "harness/report/html_page.h"

#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "harness/program/strings.h"
#include "harness/program/text_codec.h"
#include "harness/report/execution_lanes.h"
#include "harness/report/page_parts.h"

namespace groupfuzz {
namespace {

class Part {
 public:
  Part(const PageSubject& subject, const Program& program, const Trace& trace,
       const std::vector<Finding>& findings)
      : subject_(subject),
        program_(program),
        findings_(findings),
        lanes_(program, trace, findings, /*all_events=*/true),
        heading_(subject.anchor.empty() ? "h2" : "h4") {}

  std::string Write() {
    absl::StrAppend(&out_, "<section class=\"execution\" aria-label=\"", Escaped(Title()), "\">\n",
                    Element("p", "class=\"dim\"", Escaped(subject_.source) + "; " + lanes_.Size()),
                    "\n");
    WriteFindings();
    WriteSteps();
    WriteProgram();
    out_ += "</section>\n";
    return std::move(out_);
  }

  std::string Title() const { return lanes_.Title(subject_.design); }

 private:
  void WriteHeading(const char* text) { absl::StrAppend(&out_, Element(heading_, "", text), "\n"); }

  void WriteFindings() {
    if (findings_.empty()) return;
    WriteHeading("What is wrong");
    out_ += "<ul>\n";
    for (const Finding& finding : findings_) {
      const Property& property = *finding.property;
      absl::StrAppend(&out_, "<li><a href=\"#", subject_.anchor, "s", lanes_.StepOf(finding),
                      "\" class=\"bad\">", std::string(property.id), "</a> ",
                      Escaped(lanes_.Detail(finding)), ".<br><span class=\"dim\">",
                      Escaped(property.statement), " Source: ", Escaped(property.source),
                      "</span></li>\n");
    }
    out_ += "</ul>\n";
  }

  void WriteSteps() {
    WriteHeading("What happened");
    out_ += "<p class=\"key\">Locks held:";
    for (size_t i = 0; i < kLockStyles.size(); ++i) {
      const NamedLock lock{static_cast<kernel::LockClass>(i), kNoDevice};
      absl::StrAppend(&out_, " <span><i class=\"", LockStyle(lock), "\"></i>", Escaped(lock.Name()),
                      "</span>");
    }
    absl::StrAppend(&out_,
                    "</p>\n<p class=\"keys\"><button class=\"previous\">previous step (k)</button> "
                    "<button class=\"next\">next step (j)</button> "
                    "<button class=\"violated\">next violation (v)</button> "
                    "<label class=\"all\"><input type=\"checkbox\"> every event</label></p>\n"
                    "<p class=\"where mono\" aria-live=\"polite\"></p>\n"
                    "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"steps of ",
                    Escaped(Title()), "\">\n<table>\n");
    WriteHead();
    out_ += "<tbody>\n";
    for (size_t i = 0; i < lanes_.steps().size(); ++i) WriteStep(i, lanes_.steps()[i]);
    out_ += "</tbody>\n</table>\n</div>\n";
  }

  void WriteHead() {
    out_ += "<thead><tr><th scope=\"col\">step</th>";
    for (int t = 0; t < program_.thread_count; ++t) {
      absl::StrAppend(&out_, "<th scope=\"col\">T", t, "</th>");
    }
    for (size_t i = 0; i < lanes_.columns().size(); ++i) {
      const std::string name = Escaped(lanes_.columns()[i]);
      const bool field = i < ExecutionLanes::kGroupColumns;
      absl::StrAppend(&out_,
                      Element("th", "scope=\"col\"", field ? Element("code", "", name) : name));
    }
    out_ += "</tr></thead>\n";
  }

  void WriteStep(size_t index, const LaneStep& shown) {
    const bool bad = !shown.step.findings.empty();
    absl::StrAppend(&out_, "<tr id=\"", subject_.anchor, "s", index, "\" class=\"step",
                    shown.detail ? " detail" : "", "\" data-say=\"",
                    Escaped(lanes_.Sentence(index)), "\"", bad ? " data-bad=\"1\"" : "",
                    "><td class=\"n\">", index, "</td>");
    for (const Lane& lane : shown.lanes) WriteLane(lane);
    for (const StateCell& cell : shown.state) {
      absl::StrAppend(&out_, cell.changed ? "<td class=\"chg\">" : "<td>", Escaped(cell.text),
                      "</td>");
    }
    out_ += "</tr>\n";
    for (const Finding* finding : shown.step.findings) WriteFinding(*finding);
  }

  void WriteLane(const Lane& lane) {
    out_ += "<td class=\"lane\"><div class=\"in\">";
    for (const NamedLock& lock : lane.held) {
      absl::StrAppend(&out_, "<i class=\"", LockStyle(lock), "\" title=\"", Escaped(lock.Name()),
                      "\"></i>");
    }
    if (!lane.what.empty()) {
      absl::StrAppend(
          &out_, Element("span", lane.starts_or_ends ? "class=\"op\"" : "", Escaped(lane.what)));
    } else if (!lane.waits.empty()) {
      absl::StrAppend(&out_, Element("span", "class=\"wait\"", Escaped(lane.waits)));
    }
    out_ += "</div></td>";
  }

  void WriteFinding(const Finding& finding) {
    absl::StrAppend(&out_, "<tr class=\"find\"><td></td><td colspan=\"",
                    program_.thread_count + lanes_.columns().size(), "\"><span class=\"bad\">",
                    std::string(finding.property->id), "</span> ", Escaped(lanes_.Detail(finding)),
                    ". <span class=\"dim\">", Escaped(finding.property->statement),
                    "</span></td></tr>\n");
  }

  void WriteProgram() {
    WriteHeading("The program");
    absl::StrAppend(&out_, Element("pre", "class=\"program\"", Escaped(FormatText(program_))),
                    "\n<button class=\"copy\">copy the program</button>\n");
    if (subject_.commands.empty()) return;
    WriteHeading("Next");
    std::string commands;
    for (const std::string& command : subject_.commands) {
      absl::StrAppend(&commands, Escaped(command), "\n");
    }
    absl::StrAppend(&out_, Element("pre", "", commands), "\n");
  }

  const PageSubject& subject_;
  const Program& program_;
  const std::vector<Finding>& findings_;
  const ExecutionLanes lanes_;
  const char* const heading_;
  std::string out_;
};

}  // namespace

std::string HtmlPage(const PageSubject& subject, const Program& program, const Trace& trace,
                     const std::vector<Finding>& findings) {
  Part part(subject, program, trace, findings);
  const std::string title = part.Title();
  return HtmlDocument(title, part.Write());
}

std::string HtmlExecution(const PageSubject& subject, const Program& program, const Trace& trace,
                          const std::vector<Finding>& findings) {
  return Part(subject, program, trace, findings).Write();
}

}  // namespace groupfuzz
