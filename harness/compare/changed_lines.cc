#include "harness/compare/changed_lines.h"

#include <sys/wait.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <fstream>
#include <set>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "harness/program/output.h"
#include "target/system/names.h"

namespace groupfuzz {
namespace {

using Lines = std::vector<std::string>;

std::optional<Lines> ReadLines(const std::string& path) {
  std::ifstream file(path);
  if (!file) return std::nullopt;
  Lines lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

// Of a place where two texts differ: line numbers, from 1, the last one included. There is nothing
// where `last` is before `first`, which is then the line that follows.
struct Hunk {
  int old_first = 0;
  int old_last = 0;
  int first = 0;
  int last = 0;
};

// What diff(1) says; nullopt where it cannot.
std::optional<std::vector<Hunk>> HunksOf(const std::string& before, const std::string& after) {
  constexpr std::string_view kLine = R"(-group-format='%df %dl %dF %dL%c'\''\012'\''')";
  std::string command = "diff -a --unchanged-group-format=''";
  for (const char* group : {"old", "new", "changed"}) {
    absl::StrAppend(&command, " --", group, std::string(kLine));
  }
  absl::StrAppend(&command, " ", ShellWord(before), " ", ShellWord(after));
  std::FILE* output = popen(command.c_str(), "r");  // NOLINT(cert-env33-c): of the base system
  if (output == nullptr) return std::nullopt;
  std::vector<Hunk> hunks;
  Hunk hunk;
  while (std::fscanf(output, "%d %d %d %d", &hunk.old_first, &hunk.old_last, &hunk.first,
                     &hunk.last) == 4) {
    hunks.push_back(hunk);
  }
  const int status = pclose(output);
  const int differs = hunks.empty() ? 0 : 1;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != differs) return std::nullopt;
  return hunks;
}

// Those that have code, or follow code that is gone.
std::set<int> LinesThatCount(const FileCoverage& old_file, const FileCoverage& file,
                             const std::vector<Hunk>& hunks) {
  std::set<int> lines;
  for (const Hunk& hunk : hunks) {
    const auto first = file.ran.lower_bound(hunk.first);
    const auto end = file.ran.upper_bound(std::max(hunk.first - 1, hunk.last));
    for (auto line = first; line != end; ++line) lines.insert(line->first);
    const bool lost_code = old_file.ran.lower_bound(hunk.old_first) !=
                           old_file.ran.upper_bound(std::max(hunk.old_first - 1, hunk.old_last));
    if (first == end && lost_code && first != file.ran.end()) lines.insert(first->first);
  }
  return lines;
}

bool IsWord(char letter) {
  return std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '_';
}

// Kernel style: what begins in the first column and has a parenthesis begins a function.
bool BeginsFunction(const std::string& line) {
  return !line.empty() && IsWord(line[0]) && line.find('(') != std::string::npos &&
         !line.ends_with(';');
}

std::string FunctionName(const std::string& line) {
  const size_t end = line.find('(');
  size_t begin = end;
  while (begin > 0 && IsWord(line[begin - 1])) --begin;
  return line.substr(begin, end - begin);
}

struct Extent {
  std::string name;  // empty: of no function
  int begin = 0;
  int end = 0;
};

// The function that line `number` is in.
Extent FunctionAt(const Lines& lines, int number) {
  Extent extent;
  for (int at = number; at > 0 && extent.name.empty(); --at) {
    const std::string& line = lines[at - 1];
    if (at < number && line == "}") return {};
    if (BeginsFunction(line)) extent = {FunctionName(line), at, at};
  }
  const int last = static_cast<int>(lines.size());
  while (!extent.name.empty() && extent.end < last && lines[extent.end - 1] != "}") ++extent.end;
  return extent;
}

bool AnyRan(const std::map<int, bool>& ran, const Extent& extent) {
  return std::any_of(ran.lower_bound(extent.begin), ran.upper_bound(extent.end),
                     [](const auto& line) { return line.second; });
}

std::vector<ChangedFunction> FunctionsOf(const FileCoverage& file, const Lines& source,
                                         const std::set<int>& lines) {
  std::map<int, ChangedFunction> functions;  // by where they begin
  for (const int number : lines) {
    if (number > static_cast<int>(source.size())) continue;
    const Extent extent = FunctionAt(source, number);
    ChangedFunction& function = functions[extent.begin];
    function.file = file.name;
    function.name = extent.name;
    function.ran[number] = file.ran.at(number);
    function.called |= extent.name.empty() ? file.ran.at(number) : AnyRan(file.ran, extent);
  }
  std::vector<ChangedFunction> in_order;
  in_order.reserve(functions.size());
  for (auto& [begin, function] : functions) in_order.push_back(std::move(function));
  return in_order;
}

// What became `file`: nothing where it is new.
FileCoverage Before(const std::vector<FileCoverage>& files, const FileCoverage& file) {
  const auto same = [&](std::string FileCoverage::* what) {
    return std::find_if(files.begin(), files.end(),
                        [&](const FileCoverage& other) { return other.*what == file.*what; });
  };
  auto found = same(&FileCoverage::path);
  if (found == files.end()) found = same(&FileCoverage::name);
  return found == files.end() ? FileCoverage{.name = file.name, .path = "/dev/null", .ran = {}}
                              : *found;
}

// "3012-3014, 3020": neighbours among the lines that count.
std::string NotRun(const ChangedFunction& function) {
  std::string text;
  int first = 0;
  int last = 0;
  const auto end_range = [&] {
    if (first != 0) absl::StrAppend(&text, text.empty() ? "" : ", ", first);
    if (last > first && first != 0) absl::StrAppend(&text, "-", last);
    first = 0;
  };
  for (const auto& [number, ran] : function.ran) {
    if (ran) end_range();
    if (ran) continue;
    if (first == 0) first = number;
    last = number;
  }
  end_range();
  return text;
}

}  // namespace

int ChangedLines::count() const {
  int lines = 0;
  for (const ChangedFunction& function : functions) lines += static_cast<int>(function.ran.size());
  return lines;
}

int ChangedLines::ran() const {
  int lines = 0;
  for (const ChangedFunction& function : functions) {
    lines += static_cast<int>(std::count_if(function.ran.begin(), function.ran.end(),
                                            [](const auto& line) { return line.second; }));
  }
  return lines;
}

std::optional<ChangedLines> LinesThatChanged(const std::vector<FileCoverage>& before,
                                             const std::vector<FileCoverage>& after) {
  if (before.empty() || after.empty()) return std::nullopt;
  ChangedLines changed;
  for (const FileCoverage& file : after) {
    const FileCoverage old = Before(before, file);
    if (old.path == file.path) continue;
    const std::optional<std::vector<Hunk>> hunks = HunksOf(old.path, file.path);
    const std::optional<Lines> source = ReadLines(file.path);
    if (!hunks || !source) return std::nullopt;
    changed.any |= !hunks->empty();
    const std::set<int> lines = LinesThatCount(old, file, *hunks);
    for (ChangedFunction& function : FunctionsOf(file, *source, lines)) {
      changed.functions.push_back(std::move(function));
    }
  }
  return changed;
}

std::optional<ChangedLines> LinesThatChanged(const Design& design) {
  const Design* base = design.baseline;
  if (!design.kernel || base == nullptr || !base->kernel) return std::nullopt;
  return LinesThatChanged(base->make()->Coverage(), design.make()->Coverage());
}

std::string Describe(const ChangedLines& changed) {
  if (!changed.any) return "the source is the same";
  if (changed.functions.empty()) {
    return "no changed line has code of its own: nobody knows what ran";
  }
  std::string text =
      absl::StrCat(changed.ran(), " of ", Counted(changed.count(), "changed line"), " ran");
  for (const ChangedFunction& function : changed.functions) {
    const std::string lines = NotRun(function);
    if (lines.empty()) continue;
    const std::string name =
        function.name.empty() ? function.file : absl::StrCat(function.name, "()");
    absl::StrAppend(&text, "; ", name, function.called ? ": not " : " was never called: ", lines);
  }
  return text;
}

}  // namespace groupfuzz
