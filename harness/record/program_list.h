// The programs of a record, in a file that another build reads the same way.
//
//   bytes  meaning
//   21     "groupfuzz programs 1\n"
//   4      how many programs follow, little-endian
//   then, for each,
//   1      bit 0: its interleavings are to be tried, too
//   2      length, little-endian
//   ...    the program in byte form (harness/program/byte_codec.h)
//
// Thread-safety: functions of their arguments and of the file system.
#ifndef GROUPFUZZ_HARNESS_RECORD_PROGRAM_LIST_H_
#define GROUPFUZZ_HARNESS_RECORD_PROGRAM_LIST_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/program/program.h"

namespace groupfuzz::record {

struct ListedProgram {
  Program program;  // normalized
  bool explore = false;

  friend bool operator==(const ListedProgram&, const ListedProgram&) = default;
};

// REQUIRES: what EncodeBytes() requires.
std::string PackPrograms(const std::vector<ListedProgram>& programs);
absl::StatusOr<std::vector<ListedProgram>> UnpackPrograms(std::string_view bytes);

// Errors are one line and begin with the path.
absl::StatusOr<std::vector<ListedProgram>> LoadPrograms(const std::string& path);
// Every program of a folder of text programs, all of them to be explored.
absl::StatusOr<std::vector<ListedProgram>> LoadTextPrograms(const std::string& folder);

// Draws programs from what the property suites draw theirs from: machines of all kinds, failures,
// one thread or up to four, in states that every design of the project permits. Those with more
// threads have the schedule of a run on the reference design; one in eight is a mutant, as fuzz
// targets make them. One in `explore_every` of those with more threads is to be explored; 0: none.
// The same seed draws the same programs.
std::vector<ListedProgram> DrawPrograms(size_t count, uint64_t seed, size_t explore_every);

}  // namespace groupfuzz::record

#endif  // GROUPFUZZ_HARNESS_RECORD_PROGRAM_LIST_H_
