// The mutants that the files of this folder describe, as the build lists them.
#include "target/mutants/mutant.h"

namespace groupfuzz::mutants {
namespace {

constexpr MutantRow kBank[] = {
#include "mutants_bank.inc"
};

}  // namespace

std::span<const MutantRow> Bank() { return kBank; }

}  // namespace groupfuzz::mutants
