// Where results go: files and standard output, and words of a shell.
//
// Guarantees: a file has its old contents or all of the new ones, whatever comes in between. What
// cannot be written is an error with its reason; the caller must not call the run a success.
//
// Thread-safety: functions of their arguments and of the file system.
#ifndef GROUPFUZZ_HARNESS_PROGRAM_OUTPUT_H_
#define GROUPFUZZ_HARNESS_PROGRAM_OUTPUT_H_

#include <string>

#include "absl/status/status.h"

namespace groupfuzz {

// Writes `contents` to `path`, or to standard output where `path` is empty. A file is written
// beside its place and renamed; what is no regular file (a device, a pipe) is written to as it is.
absl::Status WriteOutput(const std::string& path, const std::string& contents);

// Makes sure that `folder` is there and that files can be written in it.
absl::Status MakeOutputFolder(const std::string& folder);

// Whether everything that was printed arrived. Asked once, at the end.
absl::Status FlushStandardOutput();

// `path` as a word that a shell, and then a command, takes for that path: "'my race.txt'",
// "./-x.txt".
std::string ShellWord(const std::string& path);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_PROGRAM_OUTPUT_H_
