// Records what programs are seen to do on systems: digests, block of programs by block, that two
// builds are compared by.
//
// Each system has a process of its own. Where that ends before its work is done, by a crash, how it
// ended is what was seen of the program that it was at, and another process does the rest.
//
// Thread-safety: of processes with one thread.
#ifndef GROUPFUZZ_HARNESS_RECORD_RECORDING_H_
#define GROUPFUZZ_HARNESS_RECORD_RECORDING_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/record/observation.h"
#include "harness/record/program_list.h"
#include "target/designs/design.h"

namespace groupfuzz::record {

inline constexpr uint64_t kMaxExecutions = 3000;  // of one exploration
inline constexpr size_t kBlock = 1000;            // programs

struct RecordOptions {
  size_t first = 0;  // the programs that are recorded, by their place in the list
  size_t count = SIZE_MAX;
  size_t block = kBlock;
  uint64_t max_executions = kMaxExecutions;
  int jobs = 1;  // processes at a time
};

struct BlockRecord {
  size_t first = 0;  // program
  size_t count = 0;
  size_t crashed = 0;                       // programs of these that end the process
  std::array<std::string, kParts> digests;  // by Part: Digest::Hex()

  friend bool operator==(const BlockRecord&, const BlockRecord&) = default;
};

struct SystemRecord {
  std::string system;
  std::vector<BlockRecord> blocks;

  friend bool operator==(const SystemRecord&, const SystemRecord&) = default;
};

// Called after each block with the number of blocks done, and of all.
using OnBlock = std::function<void(size_t done, size_t all)>;

// In the order of `systems`. The error is that of the operating system.
absl::StatusOr<std::vector<SystemRecord>> Record(const std::vector<const Design*>& systems,
                                                 const std::vector<ListedProgram>& programs,
                                                 const RecordOptions& options,
                                                 const OnBlock& on_block = nullptr);

// One line a system and block, after one that names the columns.
std::string FormatRecords(const std::vector<SystemRecord>& records);

// One program on one system, in words: the program, then each part, the trace last; "crashed:..."
// where that is how it ends.
absl::StatusOr<std::string> DescribeInFull(const Design& system, const ListedProgram& program,
                                           uint64_t max_executions);

}  // namespace groupfuzz::record

#endif  // GROUPFUZZ_HARNESS_RECORD_RECORDING_H_
