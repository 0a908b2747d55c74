// Does nothing, as fast as libFuzzer can ask for it: what ci/bench compares the fuzz targets with.
#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t*, size_t) { return 0; }
