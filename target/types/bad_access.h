// An access to memory that is not there, as code under test makes it.
//
// Thread-safety: plain values.
#ifndef GROUPFUZZ_TARGET_TYPES_BAD_ACCESS_H_
#define GROUPFUZZ_TARGET_TYPES_BAD_ACCESS_H_

#include <cstdint>
#include <string_view>

#include "target/types/event.h"

namespace groupfuzz {

// What was reached: the value of a kUseAfterFree event. Append only.
enum class Reached : uint8_t {
  kFreedObject,    // a freed domain; without a domain, a member or device that its driver let go of
  kFreedGroup,     // the group, after its last reference
  kFreedMemory,    // any other that was freed
  kNull,           // the first page: NULL or an error pointer, perhaps with the offset of a field
  kErrorPointer,   // ERR_PTR()
  kUninitialized,  // where a pointer leads that was never written
  kNothing,        // no memory at all
  kStackEnd,       // the end of the stack: a recursion
  kInstruction,    // an instruction that the machine refuses
  kGivesUp,        // no access: BUG() or panic(), of which a kWarn event has told
  kFreedDevice,    // a device itself, after its last reference
  kBeyondEnd,      // behind an object, where no other is
  kStackSmashed,   // beyond a local array: no access of it is seen, but what it left of the frame
};
inline constexpr int kReachedKinds = 13;

// "a NULL or an error pointer is followed"
constexpr std::string_view ReachedSentence(Reached reached) {
  switch (reached) {
    case Reached::kFreedObject:
      return "an object is used after it was freed";
    case Reached::kFreedGroup:
      return "the group is used after it was freed";
    case Reached::kFreedMemory:
      return "memory is used after it was freed";
    case Reached::kNull:
      return "a NULL or an error pointer is followed";
    case Reached::kErrorPointer:
      return "an error pointer is followed";
    case Reached::kUninitialized:
      return "a pointer is followed that was never written";
    case Reached::kNothing:
      return "a pointer is followed that leads to no memory";
    case Reached::kStackEnd:
      return "the stack is used up";
    case Reached::kInstruction:
      return "the processor refuses an instruction";
    case Reached::kGivesUp:
      return "the kernel's code gives up";
    case Reached::kFreedDevice:
      return "a device is used after it was freed";
    case Reached::kBeyondEnd:
      return "memory is used beyond the end of an object";
    case Reached::kStackSmashed:
      return "the function that returns has written beyond a local variable";
  }
  return "unknown";
}

struct BadAccess {
  Reached reached = Reached::kFreedObject;
  DomainId domain = kNoDomain;  // kFreedObject
  uint8_t device = kNoDevice;   // kFreedObject: one that its driver does not know
  uint32_t code = 0;            // as Event has it
  int16_t address = 0;          // kNull, kErrorPointer
};

constexpr Event EventOf(const BadAccess& access) {
  return {.kind = EventKind::kUseAfterFree,
          .device = access.device,
          .value = static_cast<uint8_t>(access.reached),
          .domain = access.domain,
          .result = access.address,
          .code = access.code};
}

}  // namespace groupfuzz

#endif  // GROUPFUZZ_TARGET_TYPES_BAD_ACCESS_H_
