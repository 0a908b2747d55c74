#include "harness/report/svg_picture.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "harness/program/strings.h"
#include "harness/report/execution_lanes.h"
#include "harness/report/page_parts.h"
#include "harness/report/report.h"

namespace groupfuzz {
namespace {

// In pixels. No font is measured: a character is as wide as in the widest usual one.
constexpr int kCharacter = 8;
constexpr int kLine = 18;
constexpr int kBaseline = 13;  // below the top of a line
constexpr int kMargin = 8;
constexpr int kSteps = 44;  // where the lanes begin
constexpr int kBar = 5;
constexpr int kBarPitch = 7;
// The fields of the group that the text has, too.
constexpr std::array<size_t, 4> kColumns = {0, 1, 2, 3};

constexpr std::string_view kPictureStyle = R"css(text{font:13px ui-monospace,SFMono-Regular,Menlo,
"DejaVu Sans Mono",Consolas,monospace;fill:var(--fg)}
.page{fill:var(--bg)}.head{fill:var(--head)}.rule{stroke:var(--line);fill:none}
text.strong{font-weight:600}text.dim{fill:var(--dim)}text.wait{fill:var(--dim);font-style:italic}
text.bad{fill:var(--bad);font-weight:600}text.n{fill:var(--dim);text-anchor:end}
.wrong{fill:var(--badbg)}.chg{fill:var(--chg)}
.waits{stroke:var(--dim);stroke-dasharray:3 3;fill:none}
.kernfs{fill:var(--kernfs)}.device{fill:var(--device)}.probe{fill:var(--probe)}
.ops{fill:var(--ops)}.group{fill:var(--group)}
)css";

int WidthOf(std::string_view text) { return static_cast<int>(text.size()) * kCharacter; }

class Picture {
 public:
  Picture(const PageSubject& subject, const Program& program, const Trace& trace,
          const std::vector<Finding>& findings)
      : subject_(subject), lanes_(program, trace, findings, /*all_events=*/false) {
    Measure();
  }

  std::string Write() {
    WriteTitle();
    WriteHead();
    for (size_t i = 0; i < lanes_.steps().size(); ++i) WriteStep(i);
    WriteBars();
    y_ += kMargin;
    const std::string title = Escaped(lanes_.Title(subject_.design));
    return absl::StrCat("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"", width_,
                        "\" height=\"", y_, "\" viewBox=\"0 0 ", width_, " ", y_,
                        "\" role=\"img\" aria-labelledby=\"title\">\n<title id=\"title\">", title,
                        "</title>\n<style>", Abseil(kPageColours), Abseil(kPictureStyle),
                        "</style>\n<rect class=\"page\" width=\"", width_, "\" height=\"", y_,
                        "\"/>\n", below_, above_, "</svg>\n");
  }

 private:
  struct Bar {
    size_t first_row;
    NamedLock lock;
  };

  // Where columns begin: each is as wide as what stands in it, lanes at most what is left.
  void Measure() {
    const std::vector<LaneStep>& steps = lanes_.steps();
    int state = 0;
    for (const size_t column : kColumns) {
      int width = WidthOf(lanes_.columns()[column]);
      for (const LaneStep& step : steps) {
        width = std::max(width, WidthOf(step.state[column].text));
      }
      column_widths_.push_back(width + 2 * kMargin);
      state += column_widths_.back();
    }
    const size_t count = steps.front().lanes.size();
    const int most = (kPictureWidth - kSteps - state) / static_cast<int>(count);
    int x = kSteps;
    for (size_t t = 0; t < count; ++t) {
      size_t held = 0;
      int text = kCharacter;
      for (const LaneStep& step : steps) {
        const Lane& lane = step.lanes[t];
        held = std::max(held, lane.held.size());
        text = std::max({text, WidthOf(lane.what), WidthOf(lane.waits)});
      }
      lane_starts_.push_back(x);
      text_starts_.push_back(x + static_cast<int>(held) * kBarPitch + kMargin / 2);
      x += std::min(most, text_starts_.back() - x + text + kMargin);
    }
    lanes_end_ = x;
    width_ = x + state;
  }

  int EndOfLane(size_t t) const {
    return t + 1 < lane_starts_.size() ? lane_starts_[t + 1] : lanes_end_;
  }

  void Text(int x, int y, const char* style, std::string_view text) {
    absl::StrAppend(&above_, "<text x=\"", x, "\" y=\"", y + kBaseline, "\"");
    if (*style != '\0') absl::StrAppend(&above_, " class=\"", style, "\"");
    absl::StrAppend(&above_, ">", Escaped(text), "</text>\n");
  }

  void Rectangle(const char* style, int x, int y, int width, int height) {
    absl::StrAppend(&below_, "<rect class=\"", style, "\" x=\"", x, "\" y=\"", y, "\" width=\"",
                    width, "\" height=\"", height, "\"/>\n");
  }

  void Rule(const char* style, int x1, int y1, int x2, int y2) {
    absl::StrAppend(&below_, "<path class=\"", style, "\" d=\"M", x1, " ", y1, ".5L", x2, " ", y2,
                    ".5\"/>\n");
  }

  // Lines of text over the width of the picture.
  void Paragraph(int x, const char* style, const std::string& text) {
    const int columns = (width_ - x - kMargin) / kCharacter;
    for (const std::string& line : Wrap(text, static_cast<size_t>(columns), 0)) {
      Text(x, y_, style, line);
      y_ += kLine;
    }
  }

  void WriteTitle() {
    y_ = kMargin;
    Paragraph(kMargin, "strong", lanes_.Title(subject_.design));
    Paragraph(kMargin, "dim", absl::StrCat(subject_.source, "; ", lanes_.Size()));
    std::map<size_t, std::string> names;
    for (const LaneStep& step : lanes_.steps()) {
      for (const Lane& lane : step.lanes) {
        for (const NamedLock& lock : lane.held) {
          names.emplace(static_cast<size_t>(lock.lock_class), LockClassName(lock));
        }
      }
    }
    if (names.empty()) return;
    int x = kMargin;
    Text(x, y_, "", "Locks held:");
    x += WidthOf("Locks held:") + kMargin;
    for (const auto& [style, name] : names) {
      Rectangle(kLockStyles[style], x, y_ + 2, kBar, kLine - 5);
      Text(x + kBarPitch + 2, y_, "", name);
      x += kBarPitch + WidthOf(name) + 2 * kMargin;
    }
    y_ += kLine;
  }

  static std::string LockClassName(const NamedLock& lock) {
    return NamedLock{lock.lock_class, kNoDevice}.Name();
  }

  void WriteHead() {
    y_ += kMargin / 2;
    Rectangle("head", 0, y_, width_, kLine + 2);
    Text(kMargin, y_, "strong", "step");
    for (size_t t = 0; t < lane_starts_.size(); ++t) {
      Text(text_starts_[t], y_, "strong", absl::StrCat("T", t));
    }
    int x = lanes_end_;
    for (size_t i = 0; i < kColumns.size(); ++i) {
      Text(x + kMargin, y_, "strong", lanes_.columns()[kColumns[i]]);
      x += column_widths_[i];
    }
    y_ += kLine + 2;
  }

  void WriteStep(size_t index) {
    const LaneStep& step = lanes_.steps()[index];
    const int top = y_;
    step_tops_.push_back(top);
    Text(kSteps - kMargin, top, "n", absl::StrCat(index));
    int bottom = top + kLine;
    for (size_t t = 0; t < step.lanes.size(); ++t) {
      bottom = std::max(bottom, WriteLane(t, step.lanes[t], top));
    }
    int x = lanes_end_;
    for (size_t i = 0; i < kColumns.size(); ++i) {
      const StateCell& cell = step.state[kColumns[i]];
      if (cell.changed) Rectangle("chg", x, top, column_widths_[i], bottom - top + 2);
      Text(x + kMargin, top, "", cell.text);
      x += column_widths_[i];
    }
    y_ = bottom + 2;
    row_ends_.push_back(y_);
    for (const Finding* finding : step.step.findings) WriteFinding(*finding);
    Rule("rule", 0, y_ - 1, width_, y_ - 1);
    WriteWaits(index, top);
  }

  // Returns where its text ends.
  int WriteLane(size_t t, const Lane& lane, int y) {
    const bool waits = lane.what.empty();
    const std::string& text = waits ? lane.waits : lane.what;
    if (text.empty() || (waits && waited(t) == text)) return y;
    const int columns = (EndOfLane(t) - text_starts_[t]) / kCharacter;
    const char* style = waits ? "wait" : lane.starts_or_ends ? "strong" : "";
    for (const std::string& line : Wrap(text, static_cast<size_t>(std::max(columns, 1)), 0)) {
      Text(text_starts_[t], y, style, line);
      y += kLine;
    }
    return y;
  }

  // For whom a thread waited at the step before: that is not said twice, but drawn.
  std::string waited(size_t t) const {
    return row_ends_.empty() ? "" : lanes_.steps()[row_ends_.size() - 1].lanes[t].waits;
  }

  void WriteWaits(size_t index, int top) {
    if (index == 0) return;
    for (size_t t = 0; t < lane_starts_.size(); ++t) {
      const std::string& waits = lanes_.steps()[index].lanes[t].waits;
      if (waits.empty() || waits != lanes_.steps()[index - 1].lanes[t].waits) continue;
      const int x = text_starts_[t] + kCharacter / 2;
      Rule("waits", x, top, x, row_ends_.back() - 3);
    }
  }

  void WriteFinding(const Finding& finding) {
    const std::string id(finding.property->id);
    const int top = y_;
    Text(kMargin, y_, "bad", id);
    const int x = kMargin + std::max(WidthOf("I00"), WidthOf(id)) + kCharacter;
    Paragraph(x, "", lanes_.Detail(finding) + ".");
    Paragraph(x, "dim", std::string(finding.property->statement));
    y_ += 2;
    Rectangle("wrong", 0, top, width_, y_ - top);
  }

  // One bar for as long as a lock is held.
  void WriteBars() {
    const std::vector<LaneStep>& steps = lanes_.steps();
    for (size_t t = 0; t < lane_starts_.size(); ++t) {
      std::vector<Bar> open;
      for (size_t row = 0; row <= steps.size(); ++row) {
        static const LockTimeline::Held kNothing;
        const LockTimeline::Held& held = row < steps.size() ? steps[row].lanes[t].held : kNothing;
        // What is said of a step stands across all lanes.
        const bool said = row > 0 && !steps[row - 1].step.findings.empty();
        size_t kept = 0;
        while (!said && kept < open.size() && kept < held.size() && open[kept].lock == held[kept]) {
          ++kept;
        }
        while (open.size() > kept) {
          WriteBar(t, open.size() - 1, open.back(), row - 1);
          open.pop_back();
        }
        for (; kept < held.size(); ++kept) open.push_back({.first_row = row, .lock = held[kept]});
      }
    }
  }

  void WriteBar(size_t t, size_t place, const Bar& bar, size_t last_row) {
    const int begin = step_tops_[bar.first_row];
    const int x = lane_starts_[t] + static_cast<int>(place) * kBarPitch;
    absl::StrAppend(&above_, "<rect class=\"", LockStyle(bar.lock), "\" x=\"", x, "\" y=\"", begin,
                    "\" width=\"", kBar, "\" height=\"", row_ends_[last_row] - begin, "\"><title>T",
                    t, " holds ", Escaped(bar.lock.Name()), "</title></rect>\n");
  }

  const PageSubject& subject_;
  const ExecutionLanes lanes_;
  int width_ = 0;
  int lanes_end_ = 0;
  std::vector<int> lane_starts_;
  std::vector<int> text_starts_;
  std::vector<int> column_widths_;
  int y_ = 0;
  std::vector<int> step_tops_;
  std::vector<int> row_ends_;
  std::string below_;  // what text stands on
  std::string above_;
};

}  // namespace

std::string SvgPicture(const PageSubject& subject, const Program& program, const Trace& trace,
                       const std::vector<Finding>& findings) {
  return Picture(subject, program, trace, findings).Write();
}

}  // namespace groupfuzz
