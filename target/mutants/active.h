// Which mutant runs: the switch in sources that mutants are woven into.
//
// One at a time, none to begin with. The system of a mutant sets it whenever it is entered
// (target/mutants/mutated_port.cc).
//
// Thread-safety: one OS thread for all systems together.
#ifndef GROUPFUZZ_TARGET_MUTANTS_ACTIVE_H_
#define GROUPFUZZ_TARGET_MUTANTS_ACTIVE_H_

namespace groupfuzz::mutants {

inline constexpr int kNoMutant = 0;
inline int active = kNoMutant;

inline bool IsActive(int id) { return active == id; }

}  // namespace groupfuzz::mutants

#endif  // GROUPFUZZ_TARGET_MUTANTS_ACTIVE_H_
