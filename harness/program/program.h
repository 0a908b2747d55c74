// A program: everything that one execution depends on.
//
// A Program is a value. The same program on the same design gives the same trace, always. It has
// two codecs with one meaning: bytes (harness/program/byte_codec.h), what fuzzers mutate, and text
// (harness/program/text_codec.h), what people write, read, diff and mail.
//
// Invariants (Normalize() establishes them, both decoders return nothing else):
//   - 1 <= configuration.device_count <= kMaxDevices; devices past it have their default value
//   - 1 <= thread_count <= kMaxThreads; threads past it are empty
//   - at most kMaxOps ops a thread, kMaxChoices choices
//   - an op names a device that the machine has; a field that its op does not use has its default
//     value; bytes of a buffer past its size are zero
//   - forces_identity comes with a static identity domain
//   - faults are in order of kind and first occurrence and do not overlap; their errno is one of
//     FaultErrnos(kind)
//   - a choice is less than the number of threads, and a schedule does not end in choices that the
//     tail "continue" would make anyway; the schedule of a single thread is empty
//
// Thread-safety: plain values.
#ifndef GROUPFUZZ_HARNESS_PROGRAM_PROGRAM_H_
#define GROUPFUZZ_HARNESS_PROGRAM_PROGRAM_H_

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "target/kernel/fault.h"
#include "target/system/system.h"
#include "target/types/configuration.h"
#include "target/types/event.h"
#include "target/types/op.h"

namespace groupfuzz {

inline constexpr int kMaxOps = 16;        // per thread
inline constexpr int kMaxChoices = 1024;  // explicit choices of a schedule

// Fault::count of a fault that hits every occurrence from the first on.
inline constexpr uint8_t kEveryOccurrence = 255;

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
  bool device = false;
  bool cookie = false;
  bool domain = false;
  bool pasid = false;
  const char* flag = nullptr;  // the word for Op::flag
  bool text = false;           // and capabilities
};
extern const std::array<OpTraits, kOpKinds> kOpTraits;
inline const OpTraits& TraitsOf(OpKind kind) { return kOpTraits[static_cast<size_t>(kind)]; }

const char* FaultName(FaultKind kind);  // the word of the text codec

// Whether some occurrence is hit by both.
bool FaultsOverlap(const Fault& a, const Fault& b);
// The order of a normalized plan.
bool FaultBefore(const Fault& a, const Fault& b);

struct ErrnoName {
  int16_t value;     // positive
  const char* name;  // "ENOMEM"
};
// The errnos with which a fault of `kind` can fire, the usual one first. Append only: the byte
// codec stores indices.
std::span<const ErrnoName> FaultErrnos(FaultKind kind);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_PROGRAM_PROGRAM_H_
