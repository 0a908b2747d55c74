// The ways to make a program simpler by one step, for the minimizer.
//
// Each list is in the order in which steps are worth trying: large cuts first. Every candidate is
// normalized, differs from the program, and is strictly simpler, so that taking steps ends.
//
// Thread-safety: pure functions.
#ifndef GROUPFUZZ_HARNESS_PROGRAM_SIMPLIFICATION_H_
#define GROUPFUZZ_HARNESS_PROGRAM_SIMPLIFICATION_H_

#include <vector>

#include "harness/program/program.h"

namespace groupfuzz {

// Fewer or simpler schedule choices; the ops stay.
std::vector<Program> SimplerSchedules(const Program& program);

// Fewer threads or fewer ops.
std::vector<Program> SimplerThreads(const Program& program);

// Fewer faults, fewer devices, a plainer configuration, plainer arguments of ops.
std::vector<Program> SimplerValues(const Program& program);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_PROGRAM_SIMPLIFICATION_H_
