#include "target/kernel/source_line.h"

#include <dwarf.h>
#include <elfutils/libdwfl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <string_view>
#include <thread>
#include <vector>

#include "target/kernel/crash_trap.h"

// Where the linker put the head of this program.
extern "C" const char __ehdr_start __attribute__((visibility("hidden")));  // NOLINT

namespace groupfuzz::kernel {
namespace {

// The line tables of this process; nullptr where they cannot be read.
Dwfl* OpenProcess() {
  static constexpr Dwfl_Callbacks kCallbacks = {.find_elf = dwfl_linux_proc_find_elf,
                                                .find_debuginfo = dwfl_standard_find_debuginfo,
                                                .section_address = nullptr,
                                                .debuginfo_path = nullptr};
  Dwfl* process = dwfl_begin(&kCallbacks);
  if (process == nullptr) return nullptr;
  if (dwfl_linux_proc_report(process, getpid()) == 0) {
    dwfl_report_end(process, nullptr, nullptr);
    return process;
  }
  dwfl_end(process);
  return nullptr;
}

// Compilers leave out the index from addresses to units, so each unit is asked.
Dwarf_Die* FindUnit(Dwfl_Module* module, Dwarf_Addr address, Dwarf_Addr* bias) {
  for (Dwarf_Die* unit = nullptr; (unit = dwfl_module_nextcu(module, unit, bias)) != nullptr;) {
    if (dwarf_haspc(unit, address - *bias) == 1) return unit;
  }
  return nullptr;
}

// The DIEs that `address` lies in, the innermost first: inlined functions, each in its caller.
std::vector<Dwarf_Die> ScopesAt(Dwarf_Die* unit, Dwarf_Addr address) {
  Dwarf_Die* innermost = nullptr;
  Dwarf_Die* nest = nullptr;
  std::vector<Dwarf_Die> scopes;
  if (dwarf_getscopes(unit, address, &innermost) > 0) {
    const int count = dwarf_getscopes_die(&innermost[0], &nest);
    if (count > 0) scopes.assign(nest, nest + count);
  }
  std::free(nest);       // NOLINT(cppcoreguidelines-no-malloc): libdw says so
  std::free(innermost);  // NOLINT(cppcoreguidelines-no-malloc)
  return scopes;
}

// Where the compiler ran: what its paths may count from.
std::string FolderOf(Dwarf_Die* unit) {
  Dwarf_Attribute attribute;
  const char* folder = dwarf_formstring(dwarf_attr(unit, DW_AT_comp_dir, &attribute));
  return folder == nullptr ? "" : folder;
}

std::string Absolute(Dwarf_Die* unit, const char* path) {
  const std::string absolute = *path == '/' ? path : FolderOf(unit) + "/" + path;
  return std::filesystem::path(absolute).lexically_normal();
}

void SetPath(Dwarf_Die* unit, const char* path, SourceLine* line) {
  const std::string_view file(path);
  line->path = Absolute(unit, path);
  line->file = file.substr(file.rfind('/') + 1);
}

// Moves to where `inlined` is called; false where that is not known.
bool MoveToCall(Dwarf_Die* unit, Dwarf_Die* inlined, SourceLine* line) {
  Dwarf_Attribute attribute;
  Dwarf_Word index = 0;
  Dwarf_Word number = 0;
  Dwarf_Files* files = nullptr;
  size_t count = 0;
  const bool known =
      dwarf_formudata(dwarf_attr(inlined, DW_AT_call_file, &attribute), &index) == 0 &&
      dwarf_formudata(dwarf_attr(inlined, DW_AT_call_line, &attribute), &number) == 0 &&
      dwarf_getsrcfiles(unit, &files, &count) == 0;
  const char* path = known ? dwarf_filesrc(files, index, nullptr, nullptr) : nullptr;
  if (path == nullptr) return false;
  SetPath(unit, path, line);
  line->line = static_cast<int>(number);
  return true;
}

// What a header inlines is told of who called it: the line of kmalloc() is never of interest.
void LeaveHeaders(Dwarf_Die* unit, Dwarf_Addr address, SourceLine* line) {
  for (Dwarf_Die& scope : ScopesAt(unit, address)) {
    const int tag = dwarf_tag(&scope);
    if (tag != DW_TAG_subprogram && tag != DW_TAG_inlined_subroutine) continue;
    const char* name = dwarf_diename(&scope);
    line->function = name == nullptr ? "" : name;
    const bool leaves = tag == DW_TAG_inlined_subroutine && line->file.ends_with(".h");
    if (!leaves || !MoveToCall(unit, &scope, line)) return;
  }
}

Dwfl_Module* FindModule(Dwarf_Addr address) {
  static Dwfl* const process = OpenProcess();
  return process == nullptr ? nullptr : dwfl_addrmodule(process, address);
}

SourceLine Find(Dwarf_Addr address) {
  Dwfl_Module* module = FindModule(address);
  Dwarf_Addr bias = 0;
  Dwarf_Die* unit = module == nullptr ? nullptr : FindUnit(module, address, &bias);
  Dwarf_Line* found = unit == nullptr ? nullptr : dwarf_getsrc_die(unit, address - bias);
  const char* path = found == nullptr ? nullptr : dwarf_linesrc(found, nullptr, nullptr);
  SourceLine line;
  if (path == nullptr || dwarf_lineno(found, &line.line) != 0) return {};
  SetPath(unit, path, &line);
  LeaveHeaders(unit, address - bias, &line);
  // Line tables alone say nothing of a function into which nothing was inlined.
  const char* symbol = line.function.empty() ? dwfl_module_addrname(module, address) : nullptr;
  if (symbol != nullptr) line.function = symbol;
  return line;
}

Dwarf_Addr Begin() { return reinterpret_cast<Dwarf_Addr>(&__ehdr_start); }

std::vector<CodeLine> FindUnitLines(Dwarf_Addr address) {
  Dwfl_Module* module = FindModule(address);
  Dwarf_Addr bias = 0;
  Dwarf_Die* unit = module == nullptr ? nullptr : FindUnit(module, address, &bias);
  Dwarf_Lines* table = nullptr;
  size_t count = 0;
  if (unit == nullptr || dwarf_getsrclines(unit, &table, &count) != 0) return {};
  std::vector<CodeLine> lines;
  bool open = false;  // the last of `lines` has no end yet
  for (size_t i = 0; i < count; ++i) {
    Dwarf_Line* row = dwarf_onesrcline(table, i);
    Dwarf_Addr at = 0;
    CodeLine line;
    bool ends = false;
    const bool known = dwarf_lineaddr(row, &at) == 0 && dwarf_lineendsequence(row, &ends) == 0 &&
                       dwarf_lineno(row, &line.line) == 0;
    if (!known) continue;
    line.begin = static_cast<uint32_t>(at + bias - Begin());
    if (open) lines.back().end = line.begin;
    if (open && lines.back().begin == line.begin) lines.pop_back();
    const char* path = dwarf_linesrc(row, nullptr, nullptr);
    open = !ends && line.line > 0 && path != nullptr;
    if (!open) continue;
    line.path = Absolute(unit, path);
    lines.push_back(std::move(line));
  }
  return lines;
}

std::string Trimmed(const std::string& text) {
  constexpr const char* kBlank = " \t";
  const size_t begin = text.find_first_not_of(kBlank);
  return begin == std::string::npos ? ""
                                    : text.substr(begin, text.find_last_not_of(kBlank) + 1 - begin);
}

}  // namespace

std::string SourceLine::Describe() const {
  if (file.empty()) return "an unknown place";
  if (line != 0) return file + ":" + std::to_string(line);
  return function.empty() ? file : file + ", " + function + "()";
}

std::string SourceLine::Text() const {
  std::ifstream source(path);
  std::vector<std::string> lines;
  for (std::string text; static_cast<int>(lines.size()) < line && std::getline(source, text);) {
    lines.push_back(Trimmed(text));
  }
  if (static_cast<int>(lines.size()) < line) return "";
  std::string text;
  for (int at = line; at > 0; --at) {
    const std::string& before = lines[at - 1];
    if (!text.empty() && !before.ends_with('(')) text.insert(0, " ");
    text.insert(0, before);
    const auto opened = std::count(text.begin(), text.end(), '(');
    if (opened >= std::count(text.begin(), text.end(), ')')) break;
  }
  return text;
}

uint32_t CodeOffset(const void* code) {
  const uintptr_t offset =
      reinterpret_cast<uintptr_t>(code) - reinterpret_cast<uintptr_t>(&__ehdr_start);
  return offset <= std::numeric_limits<uint32_t>::max() ? static_cast<uint32_t>(offset) : 0;
}

const SourceLine& SourceLineAt(uint32_t offset) {
  static std::map<uint32_t, SourceLine> known;
  const auto [place, is_new] = known.try_emplace(offset);
  // The call itself is before what it returns to.
  if (is_new && offset != 0) {
    // Line tables are read with large frames, which the stack of a fiber may not have; and what
    // dies of them is no code under test.
    const CrashTrap::Pause pause;
    std::thread([&] { place->second = Find(Begin() + offset - 1); }).join();
  }
  return place->second;
}

SourceLine SourceLineAt(uint32_t offset, int line) {
  SourceLine place = SourceLineAt(offset);
  if (line != 0) place.line = line;
  return place;
}

std::vector<CodeLine> LinesOfUnit(uint32_t offset) {
  std::vector<CodeLine> lines;
  const CrashTrap::Pause pause;
  std::thread([&] { lines = FindUnitLines(Begin() + offset); }).join();
  std::sort(lines.begin(), lines.end(),
            [](const CodeLine& a, const CodeLine& b) { return a.begin < b.begin; });
  return lines;
}

}  // namespace groupfuzz::kernel
