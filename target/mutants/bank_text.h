// The text of the bank of mutants: what stands in target/mutants/*/*.mutants, as values.
//
//   mutant no-owner-test
//   what   store_type changes the domain under a bound driver
//   from   M1, 2(e) row 6
//   on     owner-check
//   needs  devices 1, ops 2, threads 1, failures 0
//   in     target/designs/owner_check.cc ChangeUnlessOwned
//   - group.devices == nullptr || group.owner_cnt != 0
//   + group.devices == nullptr
//
// README.md of this folder says what each line means. Errors are one line: file:line: what is
// wrong.
//
// Thread-safety: plain values.
#ifndef GROUPFUZZ_TARGET_MUTANTS_BANK_TEXT_H_
#define GROUPFUZZ_TARGET_MUTANTS_BANK_TEXT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace groupfuzz::mutants {

// What stands in one place of the source, and what in the mutant.
struct Edit {
  std::string file;      // as `in` says it
  std::string function;  // "SetDomain", "Core::SetDomain"
  std::string minus;
  std::string plus;   // nothing: the statements are gone
  std::string where;  // file:line of the bank
};

struct BankEntry {
  int id = 0;  // > 0: the number of the switch
  std::string name;
  std::string what;
  std::string from;
  std::string on;
  // What a shortest program that shows it needs.
  int devices = 0;
  int ops = 0;
  int threads = 0;
  int failures = 0;
  bool harmless = false;
  bool canary = false;
  std::string equivalent;  // why no program can tell it from the original
  std::string hard;        // why neither compare nor check finds it soon
  std::string survives;    // why no engine finds it
  std::string alarm;       // why a harmless one raises an alarm
  std::vector<Edit> edits;
  std::string where;  // file:line
};

// The entries of one file of the bank, ids left out. `path` is for errors.
absl::StatusOr<std::vector<BankEntry>> ParseBankFile(absl::string_view text,
                                                     absl::string_view path);

// All files, each entry with its id: 1, 2, ... in this order. A name stands once a design. What is
// in a folder of a kernel tree, target/mutants/linux-source-6.12, is planted in that tree.
absl::StatusOr<std::vector<BankEntry>> LoadBank(const std::vector<std::string>& paths);

// The bank as initialisers of mutants::MutantRow, one a line.
std::string FormatBank(const std::vector<BankEntry>& bank);

}  // namespace groupfuzz::mutants

#endif  // GROUPFUZZ_TARGET_MUTANTS_BANK_TEXT_H_
