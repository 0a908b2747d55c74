// What the fuzz targets share: bytes in, one execution on one design, a report when it finds
// something.
//
// The design is owner-check unless the command line says --design=NAME, and is judged against
// another design where it says --base=NAME. The environment changes nothing. A known finding
// (harness/verdict/known.h) is stepped over, unless the command line says --report-known; any other
// one prints the property, the program, the timeline and the next command, saves the program as
// text beside libFuzzer's artifacts, and aborts, so that libFuzzer saves the input. What was
// stepped over is said at the end, unless a signal ends the process.
//
// Besides edges, libFuzzer is told which transitions of the group's state an execution made:
// coverage of the code says little about how ops meet.
//
// Thread-safety: one OS thread.
#ifndef GROUPFUZZ_HARNESS_FUZZ_FUZZ_DRIVER_H_
#define GROUPFUZZ_HARNESS_FUZZ_FUZZ_DRIVER_H_

#include <cstddef>
#include <cstdint>

#include "harness/program/mutator.h"

namespace groupfuzz {

struct FuzzTarget {
  const char* name;
  // Programs are cut to these threads, and mutated within them.
  MutationOptions threads;
  // Compares the design with the design of the port that it is judged as, step for step, instead of
  // checking properties (harness/compare/conformance.h).
  bool compares = false;
};

// Defined by each fuzz target.
extern const FuzzTarget kFuzzTarget;

// The body of LLVMFuzzerTestOneInput().
int FuzzOne(const uint8_t* data, size_t size);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_FUZZ_FUZZ_DRIVER_H_
