// Programs in files: text or bytes.
//
// Every byte string decodes to a program, so a file that is no program must be told from one before
// it is read. It is read as text when its name ends in ".txt" or it holds no control characters,
// and as bytes when it begins with the version of the byte form. Anything else is an error, unless
// the caller says what it is: a fuzz target may run, and save, bytes of any kind. "-" is standard
// input; any other file that is not a regular one is refused.
//
// Thread-safety: functions of their arguments and of the file system.
#ifndef GROUPFUZZ_HARNESS_PROGRAM_PROGRAM_FILE_H_
#define GROUPFUZZ_HARNESS_PROGRAM_PROGRAM_FILE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "harness/program/text_codec.h"

namespace groupfuzz {

inline constexpr size_t kMaxFileBytes = size_t{1} << 20;

enum class ProgramForm : uint8_t { kText, kBytes };

struct ProgramFile {
  std::string path;
  ProgramForm form = ProgramForm::kText;
  TextProgram contents;  // a byte program has no title and no expectations
};

// What is in a file, or comes from standard input where `path` is "-": at most kMaxFileBytes.
absl::StatusOr<std::string> ReadFile(const std::string& path);

// Errors are one line and begin with the path. `form`: what the file is, where that is known.
absl::StatusOr<ProgramFile> LoadProgram(const std::string& path,
                                        std::optional<ProgramForm> form = std::nullopt);

// Every file below `folder` whose name ends in ".txt", in the order of their paths. The error of
// the first file that cannot be read is the result.
absl::StatusOr<std::vector<ProgramFile>> LoadCorpus(const std::string& folder);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_PROGRAM_PROGRAM_FILE_H_
