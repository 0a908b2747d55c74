// A program: everything that one execution depends on.
//
// A Program is a value. The same program on the same design gives the same trace, always. It has
// two codecs with one meaning: bytes (harness/byte_codec.h), what fuzzers mutate, and text
// (harness/text_codec.h), what people write, read, diff and mail.
//
// Invariants (Normalize() establishes them, both decoders return nothing else):
//   - 1 <= configuration.device_count <= kMaxDevices; devices past it have their default value
//   - 1 <= thread_count <= kMaxThreads; threads past it are empty
//   - at most kMaxOps ops a thread, kMaxChoices choices
//   - a field that its op does not use has its default value
//   - a schedule does not end in choices that the tail "continue" would make anyway
//
// Thread-safety: plain values.
#ifndef GROUPFUZZ_HARNESS_PROGRAM_H_
#define GROUPFUZZ_HARNESS_PROGRAM_H_

#include <array>
#include <cstdint>
#include <vector>

#include "target/configuration.h"
#include "target/event.h"
#include "target/kernel/fault.h"
#include "target/op.h"
#include "target/system.h"

namespace groupfuzz {

inline constexpr int kMaxOps = 16;       // per thread
inline constexpr int kMaxChoices = 128;  // explicit choices of a schedule

// What happens after the explicit choices.
enum class Tail : uint8_t {
  kContinue,  // stay on the running thread while it can run
  kRandom,    // a generator seeded with `seed` chooses
};

// Choices at scheduling points at which more than one thread can run. Choice c means "the c-th
// thread in the list [running thread if it can run, then the others in cyclic order after it]",
// modulo the length of the list; so 0 means "stay on the running thread", and a schedule of zeros
// is the simplest one.
struct Schedule {
  std::vector<uint8_t> choices;
  Tail tail = Tail::kContinue;
  uint32_t seed = 0;  // kRandom only

  friend bool operator==(const Schedule&, const Schedule&) = default;
};

struct Program {
  Configuration configuration;
  uint8_t thread_count = 1;
  std::array<std::vector<Op>, kMaxThreads> threads;
  FaultPlan faults;
  Schedule schedule;

  friend bool operator==(const Program&, const Program&) = default;
};

// Establishes the invariants above; the identity on programs that have them.
void Normalize(Program* program);

// What the threads of `program` will do, for System::Build.
Footprint FootprintOf(const Program& program);

int OpCount(const Program& program);

// Which arguments an op kind uses; the one table from which both codecs, Normalize and the mutator
// work.
struct OpTraits {
  const char* name;  // the word of the text codec
  bool device;
  bool cookie;
  bool domain;
  bool pasid;
  bool probe_fails;
  bool null_handle;
  bool text;  // and capabilities
};
const OpTraits& TraitsOf(OpKind kind);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_PROGRAM_H_
