#include "harness/report/mail.h"

#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "harness/program/text_codec.h"
#include "harness/report/report.h"
#include "harness/report/timeline_steps.h"
#include "target/kernel/source_line.h"

namespace groupfuzz {
namespace {

constexpr size_t kGap = 2;
constexpr size_t kColumn = (kMailColumns - kGap) / 2;
constexpr size_t kStepIndent = 2;
constexpr char kProgramIndent[] = "    ";

std::string CpuName(uint8_t thread) { return absl::StrCat("CPU", thread); }

std::string Sentence(const std::string& text) { return text.ends_with('.') ? text : text + "."; }

// In `columns`; a name that is too long for them has its arguments in the next line.
std::vector<std::string> Cell(const MailStep& step, size_t columns) {
  const std::string indent(step.depth * kStepIndent, ' ');
  std::string text = indent + step.text;
  const size_t open = text.find('(');
  if (text.size() > columns && step.depth == 0 && open != std::string::npos && open <= columns) {
    text.insert(open, " ");
  }
  return Wrap(text, columns, indent.size() + 2 * kStepIndent);
}

// The threads that do anything, in their order.
std::vector<uint8_t> ThreadsOf(const std::vector<MailStep>& steps) {
  std::set<uint8_t> threads;
  for (const MailStep& step : steps) {
    if (step.thread < kMaxThreads) threads.insert(step.thread);
  }
  return {threads.begin(), threads.end()};
}

std::string Stripped(std::string line) {
  absl::StripTrailingAsciiWhitespace(&line);
  return line + "\n";
}

std::string TwoColumns(const std::vector<MailStep>& steps, const std::vector<uint8_t>& threads) {
  const auto left = [](const std::string& text) {
    return absl::StrFormat("%-*s", static_cast<int>(kColumn + kGap), text);
  };
  std::string text = Stripped(left(CpuName(threads[0])) + CpuName(threads[1]));
  text += Stripped(left("----") + "----");
  for (const MailStep& step : steps) {
    const bool is_left = step.thread != threads[1];
    for (const std::string& line : Cell(step, kColumn)) {
      text += Stripped(is_left ? line : left("") + line);
    }
  }
  return text;
}

// With the name of who does it before each step, where there are several.
std::string OneColumn(const std::vector<MailStep>& steps, bool named) {
  std::string text;
  for (const MailStep& step : steps) {
    const bool in_program = step.thread < kMaxThreads;
    const std::string lead =
        named ? absl::StrFormat("%-6s", in_program ? CpuName(step.thread) + ":" : "") : "  ";
    for (const std::string& line : Cell(step, kMailColumns - lead.size())) {
      text += Stripped(lead + line);
    }
  }
  return text;
}

std::string Diagram(const std::vector<MailStep>& steps) {
  const std::vector<uint8_t> threads = ThreadsOf(steps);
  return threads.size() == 2 ? TwoColumns(steps, threads) : OneColumn(steps, threads.size() > 2);
}

// The group as boot leaves it: the first event of a program is the entry of a function.
std::string AtFirst(const Trace& trace, const DomainNames& names) {
  if (trace.snapshots.empty()) return "";
  const Snapshot& state = trace.snapshots[trace.boot_events == 0 ? 0 : trace.boot_events - 1];
  if (!state.exists) return MailParagraph("At first there is no group.");
  const std::string owner = absl::StrCat("owner_cnt is ", state.owner_cnt);
  const std::string domain = names.Typed(state.domain);
  const std::string by_default = names.Typed(state.default_domain);
  const auto word = [](const std::string& typed) { return typed == "-" ? "NULL" : typed; };
  if (domain == by_default) {
    return MailParagraph(absl::StrCat("At first default_domain and domain of the group are ",
                                      word(domain), ", ", owner, "."));
  }
  return MailParagraph(absl::StrCat("At first default_domain of the group is ", word(by_default),
                                    ", domain is ", word(domain), ", ", owner, "."));
}

bool NamesDomain(const std::string& text, char letter) {
  for (size_t i = text.find(letter); i != std::string::npos; i = text.find(letter, i + 1)) {
    const bool begins = i == 0 || !absl::ascii_isalnum(text[i - 1]);
    const bool is_name = i + 1 < text.size() && absl::ascii_isdigit(text[i + 1]);
    if (begins && is_name) return true;
  }
  return false;
}

// The files in `text` that are no file of the kernel: what stands around iommu.c.
std::set<std::string> StandIns(const Trace& trace, const std::string& text) {
  std::set<std::string> files;
  for (const Event& event : trace.events) {
    const bool placed = event.kind == EventKind::kWarn || event.kind == EventKind::kUseAfterFree ||
                        event.kind == EventKind::kUnguarded;
    if (!placed || event.code == 0) continue;
    const kernel::SourceLine& line = kernel::SourceLineAt(event.code);
    const bool is_ours = line.path.find("target/linux/") != std::string::npos;
    if (is_ours && text.find(line.file + ":") != std::string::npos) files.insert(line.file);
  }
  return files;
}

// What the names of domains and files in `text` mean.
std::string Legend(const Trace& trace, const std::string& text) {
  std::vector<std::string> names;
  if (NamesDomain(text, 'D')) {
    names.emplace_back("D0, D1: domains, in the order in which they appear");
  }
  if (text.find("B:blocked") != std::string::npos || text.find(" to B") != std::string::npos) {
    names.emplace_back("B: the blocking domain");
  }
  if (NamesDomain(text, 'U')) names.emplace_back("U0, U1: domains of users");
  for (const std::string& file : StandIns(trace, text)) {
    names.push_back(file + ": groupfuzz's stand-in for what is around iommu.c");
  }
  if (names.empty()) return "";
  return "\n" + MailParagraph(absl::StrCat("(", absl::StrJoin(names, "; "), ")"));
}

// "Linux 6.12 f()": what is numbered in our own documents says nothing to others.
std::string SourceOf(const Property& property) {
  std::string source(property.source);
  const std::string own = absl::StrCat("behaviour ", std::string(property.id), "; ");
  if (source.starts_with(own)) source = source.substr(own.size());
  if (absl::ascii_isdigit(source[0])) return "Linux " + source;
  return source;
}

std::string Rule(const Finding& finding, const DomainNames& names) {
  const Property& property = *finding.property;
  return absl::StrCat("\n",
                      MailParagraph("What is wrong then: " + Sentence(NamedDetail(finding, names))),
                      MailParagraph(absl::StrCat("The rule (", std::string(property.id),
                                                 "): ", Sentence(std::string(property.statement)))),
                      MailParagraph("Its source: " + Sentence(SourceOf(property))));
}

// What else the execution shows, each in one line.
std::string Others(const MailSubject& subject, const std::vector<Finding>& findings,
                   const Finding& told, const DomainNames& names) {
  std::string text;
  std::set<std::string> said = {NamedDetail(told, names)};
  for (const Finding& finding : findings) {
    const std::string_view id = finding.property->id;
    const bool wanted = subject.ids.empty() ||
                        std::find(subject.ids.begin(), subject.ids.end(), id) != subject.ids.end();
    const std::string detail = NamedDetail(finding, names);
    if (!wanted || !said.insert(detail).second) continue;
    text += MailParagraph(absl::StrFormat("  %-4s %s", std::string(id), detail), 7);
  }
  return text.empty() ? "" : "\nAlso wrong in that execution, up to its end:\n\n" + text;
}

// `line` in pieces that fit, all but the last with a backslash at the end.
std::vector<std::string> Folded(std::string line, size_t columns) {
  std::vector<std::string> lines;
  while (line.size() > columns) {
    const size_t space = line.rfind(' ', columns - 1);
    const size_t cut = space == std::string::npos || space < columns / 2 ? columns - 1 : space + 1;
    lines.push_back(line.substr(0, cut) + "\\");
    line = line.substr(cut);
  }
  lines.push_back(line);
  return lines;
}

std::string ProgramText(const Program& program) {
  std::string text;
  bool folded = false;
  const std::string source = FormatText(program);
  for (const std::string& line :
       std::vector<std::string>(absl::StrSplit(source, '\n', absl::SkipEmpty()))) {
    const auto pieces = Folded(line, kMailColumns - std::string(kProgramIndent).size());
    folded = folded || pieces.size() > 1;
    for (const std::string& piece : pieces) absl::StrAppend(&text, kProgramIndent, piece, "\n");
  }
  return absl::StrCat("\nThe program, race.txt:\n\n", text,
                      folded ? "\nA line that ends in a backslash goes on in the next one.\n" : "");
}

std::string Commands(const std::vector<std::string>& commands) {
  if (commands.empty()) return "";
  std::string text = "\nTo see it again, in a checkout of groupfuzz:\n\n";
  for (const std::string& command : commands) {
    for (const std::string& piece :
         Folded(command, kMailColumns - std::string(kProgramIndent).size())) {
      absl::StrAppend(&text, kProgramIndent, piece, "\n");
    }
  }
  return text;
}

}  // namespace

const Finding* MailedFinding(const std::vector<Finding>& findings, const Property* property) {
  const auto found = std::find_if(findings.begin(), findings.end(), [&](const Finding& finding) {
    return property == nullptr || finding.property->id == property->id;
  });
  return found == findings.end() ? nullptr : &*found;
}

std::string MailParagraph(const std::string& text, size_t indent) {
  return absl::StrJoin(Wrap(text, kMailColumns, indent), "\n") + "\n";
}

std::string Mail(const MailSubject& subject, const Program& program, const Trace& trace,
                 const std::vector<CallMoment>& calls, const std::vector<Finding>& findings) {
  const DomainNames names(program, trace);
  const Finding& finding = *MailedFinding(findings, subject.property);
  const std::string before = AtFirst(trace, names);
  const std::string diagram =
      absl::StrCat(before, before.empty() ? "" : "\n",
                   Diagram(MailSteps(program, trace, calls, finding, names)));
  std::string text = absl::StrCat(MailParagraph(subject.opening), "\n", diagram);
  const std::string rule = Rule(finding, names);
  absl::StrAppend(&text, Legend(trace, diagram + rule), rule,
                  Others(subject, findings, finding, names));
  for (const std::string& note : subject.notes) {
    absl::StrAppend(&text, "\n", MailParagraph(note));
  }
  return absl::StrCat(text, ProgramText(program), Commands(subject.commands));
}

}  // namespace groupfuzz
