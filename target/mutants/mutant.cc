#include "target/mutants/mutant.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace groupfuzz::mutants {
namespace {

std::deque<Mutant>& Registry() {
  static std::deque<Mutant> mutants;
  return mutants;
}

}  // namespace

const std::deque<Mutant>& Mutants() { return Registry(); }

void RegisterMutant(const MutantRow& row, const Design& original,
                    std::function<std::unique_ptr<System>()> make) {
  Design design = original;
  design.name = absl::StrCat(original.name, "+", std::string(row.name));
  design.summary = row.what;
  design.make = std::move(make);
  if (design.baseline == nullptr) design.baseline = &original;
  design.faithful = false;
  Registry().push_back({row, &RegisterUnlisted(std::move(design))});
}

}  // namespace groupfuzz::mutants
