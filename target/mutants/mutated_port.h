// The mutants of the port: its own sources, compiled a second time with every mutant woven in
// (target/mutants/weave.h), each a design of its own.
//
// Thread-safety: belongs to start-up.
#ifndef GROUPFUZZ_TARGET_MUTANTS_MUTATED_PORT_H_
#define GROUPFUZZ_TARGET_MUTANTS_MUTATED_PORT_H_

#include <memory>
#include <string_view>

#include "target/mutants/mutant.h"

namespace groupfuzz::mutants {

// A design of the port with the mutant `id` switched on; with kNoMutant it must behave as the
// design does.
std::unique_ptr<System> MakeMutated(std::string_view design, int id);

// Registers the mutants of the port, once.
void RegisterPortMutants();

}  // namespace groupfuzz::mutants

#endif  // GROUPFUZZ_TARGET_MUTANTS_MUTATED_PORT_H_
