// Fuzzes the port against the real iommu.c: --design=linux:FOLDER is compared, op for op, with the
// design of the port that it is judged as; see harness/conformance.h.
//
// Limits, and why: one thread, as equal schedules of two systems would need equal scheduling
// points.
#include "harness/fuzz_driver.h"

namespace groupfuzz {

const FuzzTarget kFuzzTarget = {.name = "conformance_fuzzer",
                                .threads = {.min_threads = 1, .max_threads = 1},
                                .compares = true};

}  // namespace groupfuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  return groupfuzz::FuzzOne(data, size);
}
