// Programs in files: text or bytes, told apart by their first line.
//
// A file is text when its first line that is neither empty nor a comment begins with the word
// "groupfuzz", or when its name ends in ".txt"; anything else is a byte program, as fuzz targets
// save them.
//
// Thread-safety: functions of their arguments and of the file system.
#ifndef GROUPFUZZ_HARNESS_PROGRAM_FILE_H_
#define GROUPFUZZ_HARNESS_PROGRAM_FILE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "harness/text_codec.h"

namespace groupfuzz {

inline constexpr size_t kMaxFileBytes = size_t{1} << 20;

struct ProgramFile {
  std::string path;
  bool is_text = false;
  TextProgram contents;  // a byte program has no title and no expectations
};

// Errors are one line and begin with the path.
absl::StatusOr<ProgramFile> LoadProgram(const std::string& path);

// Every file below `folder` whose name ends in ".txt", in the order of their paths. The error of
// the first file that cannot be read is the result.
absl::StatusOr<std::vector<ProgramFile>> LoadCorpus(const std::string& folder);

// Writes `contents` to `path`, or to standard output where `path` is empty.
absl::Status WriteOutput(const std::string& path, const std::string& contents);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_PROGRAM_FILE_H_
