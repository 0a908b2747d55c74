// Fuzzes programs of two to four threads together with the schedule that interleaves them.
//
// Limits, and why:
//   - One OS thread: program threads are fibers. An input gives the same execution always, which is
//     what makes a crash file worth keeping. Data races of the hardware kind are looked for by the
//     tests under ThreadSanitizer, which run the same programs.
//   - Threads switch at locks, unlocked reads and driver callbacks only. While all state is under
//     one mutex, switching elsewhere gives no new outcome.
//   - When the explicit choices run out, a generator seeded by the input goes on, if the input says
//     so: coverage gives no gradient over schedules, chance does better.
#include "harness/fuzz/fuzz_driver.h"

namespace groupfuzz {

const FuzzTarget kFuzzTarget = {.name = "interleaving_fuzzer",
                                .threads = {.min_threads = 2, .max_threads = kMaxThreads}};

}  // namespace groupfuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  return groupfuzz::FuzzOne(data, size);
}
