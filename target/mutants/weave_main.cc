// The build's tool that makes sources with all mutants in them.
//
// usage: weave_mutants bank OUT BANK...
//          the bank as initialisers of mutants::MutantRow
//        weave_mutants port IN NAME OUT BANK...
//          IN, known to the bank as NAME, as part of the port within namespace groupfuzz::mutated
//        weave_mutants linux IN NAME OUT DESIGN BANK...
//          IN, of a kernel tree, with the mutants of DESIGN; those that do not fit it are said and
//          left out
// Exit status: 0, or 2 with one line that says why not.
#include <cstdio>
#include <fstream>
#include <ios>
#include <iterator>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "target/mutants/bank_text.h"
#include "target/mutants/weave.h"

namespace groupfuzz::mutants {
namespace {

absl::StatusOr<std::string> Read(const std::string& path) {
  std::ifstream in(path);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!in) return absl::NotFoundError(absl::StrCat(path, ": cannot be read"));
  return text;
}

absl::Status Write(const std::string& path, absl::string_view text) {
  std::ofstream out(path);
  out << text << std::flush;
  if (!out) return absl::UnavailableError(absl::StrCat(path, ": cannot be written"));
  return absl::OkStatus();
}

// Beside the port, not in its place: its own folder, its own namespace.
std::string IntoNamespace(absl::string_view source) {
  return absl::StrReplaceAll(source, {{"\"target/iommu/", "\"mutated/iommu/"},
                                      {"\"target/designs/", "\"mutated/designs/"},
                                      {"GROUPFUZZ_TARGET_", "GROUPFUZZ_MUTATED_"},
                                      {"\nnamespace groupfuzz", "\nnamespace groupfuzz::mutated"}});
}

absl::Status WriteBank(const std::vector<std::string>& words) {
  const absl::StatusOr<std::vector<BankEntry>> bank = LoadBank({words.begin() + 2, words.end()});
  return bank.ok() ? Write(words[1], FormatBank(*bank)) : bank.status();
}

absl::Status WritePort(const std::vector<std::string>& words) {
  const auto bank = LoadBank({words.begin() + 4, words.end()});
  if (!bank.ok()) return bank.status();
  const auto source = Read(words[1]);
  if (!source.ok()) return source.status();
  const auto woven = Weave(*source, words[2], "", *bank, "::groupfuzz::mutants::IsActive(");
  if (!woven.ok()) return woven.status();
  return Write(words[3], absl::StrCat("#include \"target/mutants/active.h\"\n#line 1 \"", words[2],
                                      "\"\n", IntoNamespace(*woven)));
}

absl::Status WriteLinux(const std::vector<std::string>& words) {
  const auto bank = LoadBank({words.begin() + 5, words.end()});
  if (!bank.ok()) return bank.status();
  const auto source = Read(words[1]);
  if (!source.ok()) return source.status();
  std::map<int, std::string> left_out;
  for (const BankEntry& entry : *bank) {
    for (const Edit& edit : entry.edits) {
      if (entry.on == words[4] && edit.file != words[2]) {
        return absl::InvalidArgumentError(
            absl::StrCat(edit.where, ": ", edit.file, " is not what mutants are woven into"));
      }
    }
  }
  const auto woven = Weave(*source, words[2], words[4], *bank, "(gf_mutant == ", &left_out);
  if (!woven.ok()) return woven.status();
  std::string ids;
  for (const BankEntry& entry : *bank) {
    if (entry.on == words[4] && left_out.count(entry.id) == 0) {
      absl::StrAppend(&ids, entry.id, ", ");
    }
  }
  for (const auto& [id, why] : left_out) std::fprintf(stderr, "left out: %s\n", why.c_str());
  return Write(words[3], absl::StrCat("extern int gf_mutant;\n#line 1 \"", words[2], "\"\n", *woven,
                                      "\nconst int gf_mutants[] = {", ids, "0};\n"));
}

absl::Status Run(const std::vector<std::string>& words) {
  if (words.size() > 2 && words[0] == "bank") return WriteBank(words);
  if (words.size() > 4 && words[0] == "port") return WritePort(words);
  if (words.size() > 5 && words[0] == "linux") return WriteLinux(words);
  return absl::InvalidArgumentError("weave_mutants: expected bank, port or linux and their words");
}

}  // namespace
}  // namespace groupfuzz::mutants

int main(int argc, char** argv) {
  std::string error;
  try {
    const absl::Status status = groupfuzz::mutants::Run({argv + 1, argv + argc});
    if (status.ok()) return 0;
    error = std::string(status.message());
  } catch (const std::ios_base::failure& failure) {  // a folder in place of a file
    error = failure.what();
  }
  std::fprintf(stderr, "weave_mutants: %s\n", error.c_str());
  return 2;
}
