// The bank of mutants: designs with one bug each, planted on purpose, and some with a change that
// is no bug. Every engine of the project is measured by which of them it finds.
//
// A program that has mutants registers them before it does anything else
// (target/mutants/mutated_port.h, target/linux/trees.h); a mutant is then a design like any other,
// by its name, but in no list of designs.
//
// Thread-safety: registration belongs to start-up; constants after it.
#ifndef GROUPFUZZ_TARGET_MUTANTS_MUTANT_H_
#define GROUPFUZZ_TARGET_MUTANTS_MUTANT_H_

#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "target/designs/design.h"

namespace groupfuzz::mutants {

// A line of the bank, as target/mutants/*/*.mutants has it.
struct MutantRow {
  int id;
  std::string_view name;
  std::string_view what;
  std::string_view from;
  std::string_view on;
  // What a shortest program that shows it needs.
  int devices;
  int ops;
  int threads;
  int failures;
  bool harmless;
  bool canary;
  std::string_view equivalent;  // why no program can tell it from the original
  std::string_view hard;        // why neither compare nor check finds it soon
  std::string_view survives;    // why no engine finds it
  std::string_view alarm;       // why it raises an alarm though it is harmless
};

struct Mutant {
  MutantRow row;
  const Design* design;  // "owner-check+no-owner-test"

  // Whether something must be found.
  bool is_bug() const { return !row.harmless && row.equivalent.empty(); }
};

// Every line of the bank, also those of what this program was built without.
std::span<const MutantRow> Bank();

// Those that are registered.
const std::deque<Mutant>& Mutants();

// Adds the mutant of `row` on `original`, which is how it is named and judged: what the original
// shows too, or its baseline where it has one, is not the mutant's.
void RegisterMutant(const MutantRow& row, const Design& original,
                    std::function<std::unique_ptr<System>()> make);

}  // namespace groupfuzz::mutants

#endif  // GROUPFUZZ_TARGET_MUTANTS_MUTANT_H_
