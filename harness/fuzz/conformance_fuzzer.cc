// Fuzzes the port against the real iommu.c: --design=linux:FOLDER is compared, step for step and
// under the same schedule, with the design of the port that it is judged as; see
// harness/compare/conformance.h.
#include "harness/fuzz/fuzz_driver.h"

namespace groupfuzz {

const FuzzTarget kFuzzTarget = {.name = "conformance_fuzzer", .threads = {}, .compares = true};

}  // namespace groupfuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  return groupfuzz::FuzzOne(data, size);
}
