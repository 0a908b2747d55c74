// Fuzzes sequences of ops of a single thread: texts, machines, injected failures, and the order of
// ops, with every property and the sequential model watching.
//
// Limits, and why:
//   - One thread. Races are what interleaving_fuzzer is for; here every execution is worth a
//     comparison of all return codes with the model, and nothing is spent on schedules.
//   - At most kMaxOps ops. State of the group depends on few ops; longer programs are slower and
//     find the same things.
//   - Four devices, three cookies, three user domains. Every rule of the kernel tells apart none,
//     one, and more than one of them; a third of each is there to be the bystander.
#include "harness/fuzz/fuzz_driver.h"

namespace groupfuzz {

const FuzzTarget kFuzzTarget = {.name = "store_type_fuzzer",
                                .threads = {.min_threads = 1, .max_threads = 1}};

}  // namespace groupfuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  return groupfuzz::FuzzOne(data, size);
}
