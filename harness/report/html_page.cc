#include "harness/report/html_page.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <set>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "harness/program/strings.h"
#include "harness/program/text_codec.h"
#include "harness/report/lock_timeline.h"
#include "harness/report/page_parts.h"
#include "harness/report/timeline_rows.h"
#include "harness/report/timeline_steps.h"
#include "target/system/names.h"

namespace groupfuzz {
namespace {

constexpr std::array<std::string_view, kernel::kLockClasses> kLockClassNames = {
    "kernfs", "device", "probe", "ops", "group"};
constexpr std::array<const char*, 5> kGroupColumns = {
    "<code>owner_cnt</code>", "<code>owner</code>", "<code>default_domain</code>",
    "<code>domain</code>", "<code>blocking_domain</code>"};

std::string Escaped(std::string_view text) {
  return absl::StrReplaceAll(Abseil(text),
                             {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}});
}

std::string_view ClassOf(const NamedLock& lock) {
  return kLockClassNames[static_cast<size_t>(lock.lock_class)];
}

std::string NamesOf(const LockTimeline::Held& held) {
  return absl::StrJoin(held, ", ",
                       [](std::string* out, const NamedLock& lock) { out->append(lock.Name()); });
}

// Whether two rows are of the same step, of two lists of one execution.
bool Same(const Row& a, const Row& b) {
  return a.kind == b.kind && a.thread == b.thread && a.op == b.op && a.event == b.event &&
         a.what == b.what;
}

class Page {
 public:
  Page(const PageSubject& subject, const Program& program, const Trace& trace,
       const std::vector<Finding>& findings)
      : subject_(subject),
        program_(program),
        trace_(trace),
        findings_(findings),
        names_(program, trace),
        locks_(trace),
        steps_(TimelineSteps(program, trace, findings, /*all_events=*/true, names_)) {}

  std::string Write() {
    const std::string title = Title();
    absl::StrAppend(&out_,
                    "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n",
                    "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n",
                    "<title>", title, "</title>\n<style>", Abseil(kPageStyle),
                    "</style>\n</head>\n<body>\n<main>\n<h1>", title, "</h1>\n");
    absl::StrAppend(&out_, "<p class=\"dim\">", Escaped(subject_.source), "; ", Size(), "</p>\n");
    WriteFindings();
    WriteSteps();
    WriteProgram();
    absl::StrAppend(&out_, "</main>\n<script>", Abseil(kPageScript),
                    "</script>\n</body>\n</html>\n");
    return std::move(out_);
  }

 private:
  std::string Title() const {
    std::vector<std::string> ids;
    std::set<std::string_view> seen;
    for (const Finding& finding : findings_) {
      if (seen.insert(finding.property->id).second) ids.emplace_back(finding.property->id);
    }
    const std::string what = ids.empty() ? "one execution" : "violates " + absl::StrJoin(ids, ", ");
    return absl::StrCat(Escaped(subject_.design), ": ", what);
  }

  std::string Size() const {
    return absl::StrCat(Counted(OpCount(program_), "op"), ", ",
                        Counted(program_.thread_count, "thread"), ", ",
                        Counted(trace_.preemptions, "preemption"));
  }

  void WriteFindings() {
    if (findings_.empty()) return;
    out_ += "<h2>What is wrong</h2>\n<ul>\n";
    for (const Finding& finding : findings_) {
      const Property& property = *finding.property;
      absl::StrAppend(&out_, "<li><a href=\"#s", StepOf(finding), "\" class=\"bad\">",
                      std::string(property.id), "</a> ", Escaped(NamedDetail(finding, names_)),
                      ".<br><span class=\"dim\">", Escaped(property.statement),
                      " Source: ", Escaped(property.source), "</span></li>\n");
    }
    out_ += "</ul>\n";
  }

  size_t StepOf(const Finding& finding) const {
    for (size_t i = 0; i < steps_.size(); ++i) {
      const auto& shown = steps_[i].findings;
      if (std::find(shown.begin(), shown.end(), &finding) != shown.end()) return i;
    }
    return 0;
  }

  void WriteSteps() {
    out_ += "<h2>What happened</h2>\n<p class=\"key\">Locks held:";
    for (size_t i = 0; i < kLockClassNames.size(); ++i) {
      const NamedLock lock{static_cast<kernel::LockClass>(i), kNoDevice};
      absl::StrAppend(&out_, " <span><i class=\"", std::string(ClassOf(lock)), "\"></i>",
                      Escaped(lock.Name()), "</span>");
    }
    out_ +=
        "</p>\n<p class=\"keys\"><button id=\"previous\">previous step (k)</button> "
        "<button id=\"next\">next step (j)</button> "
        "<button id=\"violated\">next violation (v)</button> "
        "<label class=\"all\"><input type=\"checkbox\" id=\"all\"> every event</label></p>\n"
        "<p id=\"where\" class=\"mono\" aria-live=\"polite\"></p>\n"
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"steps\">\n<table>\n";
    WriteHead();
    out_ += "<tbody>\n";
    const std::vector<bool> shown = Shown();
    for (size_t i = 0; i < steps_.size(); ++i) WriteStep(i, shown[i]);
    out_ += "</tbody>\n</table>\n</div>\n";
  }

  void WriteHead() {
    out_ += "<thead><tr><th scope=\"col\">step</th>";
    for (int t = 0; t < program_.thread_count; ++t) {
      absl::StrAppend(&out_, "<th scope=\"col\">T", t, "</th>");
    }
    for (const char* column : kGroupColumns) {
      absl::StrAppend(&out_, "<th scope=\"col\">", column, "</th>");
    }
    for (uint8_t d = 0; d < program_.configuration.device_count; ++d) {
      absl::StrAppend(&out_, "<th scope=\"col\">", DeviceName(d), " is on</th>");
    }
    out_ += "</tr></thead>\n";
  }

  // The rows that a reader of the text sees, and every one that shows a violation.
  std::vector<bool> Shown() const {
    const std::vector<Row> rows =
        InterestingRows(AllRows(program_, trace_, names_), trace_, MarkedEvents(findings_));
    std::vector<bool> shown(steps_.size());
    size_t next = 0;
    for (size_t i = 0; i < steps_.size(); ++i) {
      const bool same = next < rows.size() && Same(rows[next], steps_[i].row);
      if (same) ++next;
      shown[i] = same || !steps_[i].findings.empty();
    }
    return shown;
  }

  // The cells of the group and the devices after a row; all empty where there is no group.
  std::vector<std::string> StateCells(const Row& row) const {
    const Snapshot* state = StateAfter(row, trace_);
    std::vector<std::string> cells(kGroupColumns.size() + program_.configuration.device_count);
    if (state == nullptr || !state->exists) return cells;
    cells[0] = absl::StrCat(state->owner_cnt);
    cells[1] = OwnerName(state->owner);
    cells[2] = names_.Typed(state->default_domain);
    cells[3] = names_.Typed(state->domain);
    cells[4] = names_.Typed(state->blocking_domain);
    for (uint8_t d = 0; d < program_.configuration.device_count; ++d) {
      const DeviceSnapshot& device = state->devices[d];
      cells[kGroupColumns.size() + d] = absl::StrCat(
          names_.Typed(device.hw), device.bound ? " bound" : "", device.member ? "" : " left");
    }
    return cells;
  }

  void WriteStep(size_t index, bool shown) {
    const TimelineStep& step = steps_[index];
    const bool bad = !step.findings.empty();
    absl::StrAppend(&out_, "<tr id=\"s", index, "\" class=\"step", shown ? "" : " detail",
                    "\" data-say=\"", Escaped(Sentence(index)), "\"", bad ? " data-bad=\"1\"" : "",
                    "><td class=\"n\">", index, "</td>");
    for (uint8_t t = 0; t < program_.thread_count; ++t) WriteLane(t, step.row);
    std::vector<std::string> cells = StateCells(step.row);
    for (size_t i = 0; i < cells.size(); ++i) {
      const bool changed = !before_.empty() && before_[i] != cells[i];
      absl::StrAppend(&out_, changed ? "<td class=\"chg\">" : "<td>", Escaped(cells[i]), "</td>");
    }
    before_ = std::move(cells);
    out_ += "</tr>\n";
    for (const Finding* finding : step.findings) WriteFinding(*finding);
  }

  void WriteLane(uint8_t thread, const Row& row) {
    out_ += "<td class=\"lane\"><div class=\"in\">";
    for (const NamedLock& lock : locks_.HeldBy(thread, row.event)) {
      absl::StrAppend(&out_, "<i class=\"", std::string(ClassOf(lock)), "\" title=\"",
                      Escaped(lock.Name()), "\"></i>");
    }
    // Boot and tear-down are nobody's; they stand in the first lane.
    const bool own = row.thread == thread || (row.thread >= kMaxThreads && thread == 0);
    if (own) {
      const bool op = row.kind == RowKind::kOpStart || row.kind == RowKind::kOpEnd;
      absl::StrAppend(&out_, op ? "<span class=\"op\">" : "<span>", Escaped(What(row)), "</span>");
    } else if (const auto wanted = locks_.WaitsFor(thread, row.event)) {
      absl::StrAppend(&out_, "<span class=\"wait\">waits for ", Escaped(wanted->Name()), "</span>");
    }
    out_ += "</div></td>";
  }

  // An end of an op is a bare result.
  std::string What(const Row& row) const {
    if (row.kind != RowKind::kOpEnd) return row.what;
    return absl::StrCat(TraitsOf(program_.threads[row.thread][row.op].kind).name, " = ", row.what);
  }

  void WriteFinding(const Finding& finding) {
    const size_t columns =
        program_.thread_count + kGroupColumns.size() + program_.configuration.device_count;
    absl::StrAppend(&out_, "<tr class=\"find\"><td></td><td colspan=\"", columns,
                    "\"><span class=\"bad\">", std::string(finding.property->id), "</span> ",
                    Escaped(NamedDetail(finding, names_)), ". <span class=\"dim\">",
                    Escaped(finding.property->statement), "</span></td></tr>\n");
  }

  // Who does what, who holds what, who waits: what is said of a step that is gone to.
  std::string Sentence(size_t index) const {
    const TimelineStep& step = steps_[index];
    const std::string who =
        step.row.thread < kMaxThreads ? absl::StrCat("T", step.row.thread) : "the machine";
    std::string text = absl::StrCat("Step ", index, ", ", who, ": ", What(step.row), ".");
    for (uint8_t t = 0; t < program_.thread_count; ++t) {
      const LockTimeline::Held& held = locks_.HeldBy(t, step.row.event);
      if (!held.empty()) absl::StrAppend(&text, " T", t, " holds ", NamesOf(held), ".");
      const auto wanted = locks_.WaitsFor(t, step.row.event);
      if (wanted) absl::StrAppend(&text, " T", t, " waits for ", wanted->Name(), ".");
    }
    for (const Finding* finding : step.findings) {
      absl::StrAppend(&text, " ", std::string(finding->property->id), " is violated.");
    }
    return text;
  }

  void WriteProgram() {
    absl::StrAppend(&out_, "<h2>The program</h2>\n<pre id=\"program\">",
                    Escaped(FormatText(program_)),
                    "</pre>\n<button id=\"copy\">copy the program</button>\n");
    if (subject_.commands.empty()) return;
    out_ += "<h2>Next</h2>\n<pre>";
    for (const std::string& command : subject_.commands) {
      absl::StrAppend(&out_, Escaped(command), "\n");
    }
    out_ += "</pre>\n";
  }

  const PageSubject& subject_;
  const Program& program_;
  const Trace& trace_;
  const std::vector<Finding>& findings_;
  const DomainNames names_;
  const LockTimeline locks_;
  const std::vector<TimelineStep> steps_;
  std::vector<std::string> before_;
  std::string out_;
};

}  // namespace

std::string HtmlPage(const PageSubject& subject, const Program& program, const Trace& trace,
                     const std::vector<Finding>& findings) {
  return Page(subject, program, trace, findings).Write();
}

}  // namespace groupfuzz
