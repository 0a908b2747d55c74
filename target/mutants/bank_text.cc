#include "target/mutants/bank_text.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace groupfuzz::mutants {
namespace {

// Reads the lines of one file into entries.
class BankParser {
 public:
  explicit BankParser(absl::string_view path) : path_(path) {}

  absl::StatusOr<std::vector<BankEntry>> Parse(absl::string_view text) {
    for (absl::string_view line : absl::StrSplit(text, '\n')) {
      ++line_;
      if (absl::Status status = Take(line); !status.ok()) return status;
    }
    if (absl::Status status = Close(); !status.ok()) return status;
    return std::move(entries_);
  }

 private:
  std::string Where() const { return absl::StrCat(path_, ":", line_); }
  absl::Status Error(absl::string_view what) const {
    return absl::InvalidArgumentError(absl::StrCat(Where(), ": ", what));
  }

  absl::Status Take(absl::string_view line) {
    if (absl::StartsWith(line, "#")) return absl::OkStatus();
    if (absl::StripAsciiWhitespace(line).empty()) return Close();
    if (absl::StartsWith(line, "-") || absl::StartsWith(line, "+")) return TakeCode(line);
    const std::pair<absl::string_view, absl::string_view> split =
        absl::StrSplit(line, absl::MaxSplits(' ', 1));
    return TakeWord(split.first, absl::StripAsciiWhitespace(split.second));
  }

  absl::Status TakeWord(absl::string_view word, absl::string_view value) {
    if (word == "mutant") {
      if (open_) return Error("an entry ends with an empty line");
      open_.emplace();
      open_->name = std::string(value);
      open_->where = Where();
      const bool plain = std::all_of(value.begin(), value.end(), [](char c) {
        return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-';
      });
      return plain && !value.empty() ? absl::OkStatus()
                                     : Error("a name is lower case, with dashes");
    }
    if (!open_) return Error(absl::StrCat("expected 'mutant NAME', found '", word, "'"));
    BankEntry& entry = *open_;
    if (word == "what") return Set(value, &entry.what);
    if (word == "from") return Set(value, &entry.from);
    if (word == "on") return Set(value, &entry.on);
    if (word == "equivalent") return Set(value, &entry.equivalent);
    if (word == "hard") return Set(value, &entry.hard);
    if (word == "survives") return Set(value, &entry.survives);
    if (word == "alarm") return Set(value, &entry.alarm);
    if (word == "needs") return TakeNeeds(value);
    if (word == "in") return TakePlace(value);
    if (word == "harmless" || word == "canary") {
      (word == "harmless" ? entry.harmless : entry.canary) = true;
      return value.empty() ? absl::OkStatus() : Error(absl::StrCat("'", word, "' stands alone"));
    }
    return Error(absl::StrCat("unknown word '", word, "'"));
  }

  absl::Status Set(absl::string_view value, std::string* field) {
    if (value.empty()) return Error("nothing after the word");
    if (!field->empty()) return Error("said a second time");
    *field = std::string(value);
    return absl::OkStatus();
  }

  absl::Status TakeNeeds(absl::string_view value) {
    for (absl::string_view part : absl::StrSplit(value, ", ")) {
      const std::pair<absl::string_view, absl::string_view> split = absl::StrSplit(part, ' ');
      int* field = split.first == "devices"    ? &open_->devices
                   : split.first == "ops"      ? &open_->ops
                   : split.first == "threads"  ? &open_->threads
                   : split.first == "failures" ? &open_->failures
                                               : nullptr;
      if (field == nullptr || !absl::SimpleAtoi(split.second, field) || *field < 0) {
        return Error("expected 'needs devices N, ops N, threads N, failures N'");
      }
    }
    return absl::OkStatus();
  }

  absl::Status TakePlace(absl::string_view value) {
    const std::vector<std::string> words = absl::StrSplit(value, ' ', absl::SkipEmpty());
    if (words.size() != 2) return Error("expected 'in FILE FUNCTION'");
    open_->edits.push_back(
        {.file = words[0], .function = words[1], .minus = {}, .plus = {}, .where = Where()});
    return absl::OkStatus();
  }

  absl::Status TakeCode(absl::string_view line) {
    if (!open_ || open_->edits.empty()) return Error("code comes after 'in FILE FUNCTION'");
    Edit& edit = open_->edits.back();
    if (line[0] == '-' && !edit.plus.empty()) return Error("'-' lines come before '+' lines");
    // A comment would swallow what is woven after it.
    if (line.find("//") != absl::string_view::npos) return Error("no comments in code");
    absl::StrAppend(line[0] == '-' ? &edit.minus : &edit.plus, line.substr(1), "\n");
    return absl::OkStatus();
  }

  absl::Status Close() {
    if (!open_) return absl::OkStatus();
    const BankEntry& entry = *open_;
    if (entry.what.empty()) return Error(absl::StrCat(entry.name, " has no 'what'"));
    if (entry.from.empty()) return Error(absl::StrCat(entry.name, " has no 'from'"));
    if (entry.on.empty()) return Error(absl::StrCat(entry.name, " has no 'on'"));
    if (entry.edits.empty()) return Error(absl::StrCat(entry.name, " changes nothing"));
    const bool shows = !entry.harmless && entry.equivalent.empty();
    const int kinds = (entry.harmless ? 1 : 0) + (entry.canary ? 1 : 0) +
                      (entry.equivalent.empty() ? 0 : 1) + (entry.survives.empty() ? 0 : 1);
    if (kinds > 1) return Error(absl::StrCat(entry.name, " is more than one kind of mutant"));
    if (shows != (entry.ops > 0 || entry.failures > 0)) {
      return Error(absl::StrCat(entry.name, shows ? " has no 'needs' line that asks for anything"
                                                  : " has no use for a 'needs' line"));
    }
    for (const Edit& edit : entry.edits) {
      if (edit.minus.empty()) return Error(absl::StrCat(entry.name, " replaces nothing"));
    }
    entries_.push_back(*std::move(open_));
    open_.reset();
    return absl::OkStatus();
  }

  const absl::string_view path_;
  int line_ = 0;
  std::optional<BankEntry> open_;
  std::vector<BankEntry> entries_;
};

// The folder of `path`, where it is that of a kernel tree.
std::string TreeOf(absl::string_view path) {
  const std::vector<absl::string_view> parts = absl::StrSplit(path, '/');
  if (parts.size() < 2 || !absl::StartsWith(parts[parts.size() - 2], "linux")) return "";
  return std::string(parts[parts.size() - 2]);
}

std::string Literal(absl::string_view text) { return absl::StrCat("R\"bank(", text, ")bank\""); }

}  // namespace

absl::StatusOr<std::vector<BankEntry>> ParseBankFile(absl::string_view text,
                                                     absl::string_view path) {
  return BankParser(path).Parse(text);
}

absl::StatusOr<std::vector<BankEntry>> LoadBank(const std::vector<std::string>& paths) {
  std::vector<BankEntry> bank;
  std::set<std::string> names;
  for (const std::string& path : paths) {
    std::ifstream in(path);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    if (!in) return absl::NotFoundError(absl::StrCat(path, ": cannot be read"));
    absl::StatusOr<std::vector<BankEntry>> entries = ParseBankFile(text, path);
    if (!entries.ok()) return entries.status();
    const std::string tree = TreeOf(path);
    for (BankEntry& entry : *entries) {
      if (!tree.empty() && entry.on != tree) {
        return absl::InvalidArgumentError(
            absl::StrCat(entry.where, ": ", entry.name, " is on ", entry.on, ", in ", tree));
      }
      entry.id = static_cast<int>(bank.size()) + 1;
      if (!names.insert(absl::StrCat(entry.on, "+", entry.name)).second) {
        return absl::InvalidArgumentError(
            absl::StrCat(entry.where, ": a second ", entry.name, " on ", entry.on));
      }
      bank.push_back(std::move(entry));
    }
  }
  return bank;
}

std::string FormatBank(const std::vector<BankEntry>& bank) {
  std::string text;
  for (const BankEntry& entry : bank) {
    absl::StrAppend(&text, "{", entry.id, ", ", Literal(entry.name), ", ", Literal(entry.what),
                    ", ", Literal(entry.from), ", ", Literal(entry.on), ", ", entry.devices, ", ",
                    entry.ops, ", ", entry.threads, ", ", entry.failures, ", ",
                    entry.harmless ? "true" : "false", ", ", entry.canary ? "true" : "false", ", ",
                    Literal(entry.equivalent), ", ", Literal(entry.hard), ", ",
                    Literal(entry.survives), ", ", Literal(entry.alarm), "},\n");
  }
  return text;
}

}  // namespace groupfuzz::mutants
