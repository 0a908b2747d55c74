// The byte form of a program: what fuzzers mutate and corpora are packed into.
//
// Total: every byte string decodes to a normalized program. Canonical: decoding what was encoded
// gives the same program, and encoding what was decoded gives bytes that decode to it again and
// encode to themselves. Stable: the meaning of bytes that EncodeBytes made never changes; codes are
// only ever appended.
//
// Layout of version 1. Whatever is missing at the end reads as zero, and zero is the default.
//
//   offset  bytes  meaning
//   0       1      version, 1; any other value is read as 1 until a version takes it
//   1       1      bits 0-1 devices - 1, 2-3 default type, 4-5 threads - 1
//   2       1      bits 0-1 identity support, 2-3 blocked support, 4-7 driver flags
//   3       1      bit d: device d has flag 6 (absent)
//   4       4      one byte a device: bits 0-1 preference, 2-7 device flags 0-5
//   8       ...    records, in any order, until a schedule or the end
//
//   record  tag byte                               then
//   op      bits 0-4 OpKind, 5 flag, 6-7 thread    1 byte of arguments; a text may follow
//   fault   bits 0-4 = 30, 5-7 FaultKind           first, count, errno (bits 0-3)
//   sched.  bits 0-4 = 31, 5 tail is random        seed (4, little-endian) if so; then choices, one
//                                                  byte each, to the end
//   else    bits 0-4 unassigned                    nothing: the tag is skipped
//
//   arguments of store_type  bits 0-5 text code, 6-7 capabilities
//   arguments of another op  bits 0-1 device, 2-3 cookie, 4-5 domain, 6-7 pasid - 1
//   flag of an op            its probe fails, or its handle is NULL
//   text code                index into CommonTexts(); 63: spelled out; others: code modulo 4
//   text spelled out         bits 0-4 length, 7 padded; the bytes; padding (2, little-endian) if so
//
// Values out of range are folded into it by Normalize(); folded and unused bits are zero in what
// EncodeBytes makes, which keeps the ops of thread 0 first, then those of thread 1, and so on, then
// faults, then the schedule. Flags and other values are indices into
// harness/program/program_words.h.
//
// Thread-safety: functions of their arguments.
#ifndef GROUPFUZZ_HARNESS_PROGRAM_BYTE_CODEC_H_
#define GROUPFUZZ_HARNESS_PROGRAM_BYTE_CODEC_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "harness/program/program.h"

namespace groupfuzz {

inline constexpr uint8_t kByteVersion = 1;
inline constexpr size_t kHeaderBytes = 8;
inline constexpr size_t kMaxProgramBytes = 4096;  // no encoded program is longer

inline constexpr uint8_t kTagMask = 0x1f;
inline constexpr uint8_t kFaultTag = 30;
inline constexpr uint8_t kScheduleTag = 31;
static_assert(kOpKinds <= kFaultTag);

Program DecodeBytes(std::span<const uint8_t> bytes);
// The same into a program whose vectors are reused: no allocation once they have grown.
void DecodeBytes(std::span<const uint8_t> bytes, Program* program);

// REQUIRES: `program` is normalized.
std::vector<uint8_t> EncodeBytes(const Program& program);
// The same into `out`. Returns the number of bytes, or 0 where they do not fit.
size_t EncodeBytes(const Program& program, std::span<uint8_t> out);

// The texts that have a code of one byte; the first four are the words store_type accepts, as a
// shell writes them. Append only.
std::span<const WriteBuffer> CommonTexts();

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_PROGRAM_BYTE_CODEC_H_
