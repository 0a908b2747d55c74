#include "harness/program/output.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace groupfuzz {
namespace {

namespace fs = std::filesystem;

constexpr char kStandardOutput[] = "standard output";

absl::Status OutputError(const std::string& path, int error) {
  return absl::InvalidArgumentError(absl::StrCat(path, ": ", std::strerror(error)));
}

// A file that is open for writing, and is closed.
class OpenFile {
 public:
  explicit OpenFile(int descriptor) : descriptor_(descriptor) {}
  ~OpenFile() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  bool ok() const { return descriptor_ >= 0; }
  // Each returns 0 or an errno.
  int Write(std::string_view contents) const {
    while (!contents.empty()) {
      const ssize_t written = write(descriptor_, contents.data(), contents.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return errno;
      contents.remove_prefix(static_cast<size_t>(written));
    }
    return 0;
  }
  int SetMode(mode_t mode) const { return fchmod(descriptor_, mode) == 0 ? 0 : errno; }
  // Some file systems say only here that there is no space.
  int Close() {
    const int error = close(descriptor_) == 0 ? 0 : errno;
    descriptor_ = -1;
    return error;
  }

 private:
  int descriptor_;
};

// The permissions that a new file would have, or those of the file that it replaces.
mode_t ModeFor(const std::string& path) {
  struct stat existing;
  if (stat(path.c_str(), &existing) == 0) return existing.st_mode & 07777;
  const mode_t mask = umask(0);
  umask(mask);
  return 0666 & ~mask;
}

int WriteAsItIs(const std::string& path, std::string_view contents) {
  OpenFile file(open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!file.ok()) return errno;
  const int error = file.Write(contents);
  return error != 0 ? error : file.Close();
}

int WriteBesideAndRename(const std::string& path, std::string_view contents) {
  std::string beside = path + "." + std::string(6, 'X');  // what mkostemp() fills in
  OpenFile file(mkostemp(beside.data(), O_CLOEXEC));
  if (!file.ok()) return errno;
  int error = file.Write(contents);
  if (error == 0) error = file.SetMode(ModeFor(path));
  if (error == 0) error = file.Close();
  if (error == 0 && std::rename(beside.c_str(), path.c_str()) != 0) error = errno;
  if (error != 0) unlink(beside.c_str());
  return error;
}

bool IsPlain(char c) {
  constexpr std::string_view kPlain = "_./:=+,@%-";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         kPlain.find(c) != std::string_view::npos;
}

}  // namespace

absl::Status WriteOutput(const std::string& path, const std::string& contents) {
  if (path.empty()) {
    const bool written =
        std::fwrite(contents.data(), 1, contents.size(), stdout) == contents.size();
    return written ? absl::OkStatus() : OutputError(kStandardOutput, errno);
  }
  std::error_code ignored;
  const fs::file_status there = fs::status(path, ignored);
  if (fs::is_directory(there)) return OutputError(path, EISDIR);
  const bool special = fs::exists(there) && !fs::is_regular_file(there);
  // What a link names is replaced, and not the link.
  const fs::path place = fs::is_regular_file(there) ? fs::canonical(path, ignored) : fs::path(path);
  const int error =
      special ? WriteAsItIs(path, contents) : WriteBesideAndRename(place.string(), contents);
  return error == 0 ? absl::OkStatus() : OutputError(path, error);
}

absl::Status MakeOutputFolder(const std::string& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return OutputError(folder, error.value());
  return access(folder.c_str(), W_OK | X_OK) == 0 ? absl::OkStatus() : OutputError(folder, errno);
}

absl::Status FlushStandardOutput() {
  errno = 0;
  const bool failed = std::fflush(stdout) != 0 || std::ferror(stdout) != 0;
  if (!failed) return absl::OkStatus();
  if (errno != 0) return OutputError(kStandardOutput, errno);
  // An earlier write failed, whose reason is gone.
  return absl::InvalidArgumentError(absl::StrCat(kStandardOutput, ": cannot be written"));
}

std::string ShellWord(const std::string& path) {
  std::string word = path.starts_with('-') && path != "-" ? "./" + path : path;
  if (!word.empty() && std::all_of(word.begin(), word.end(), IsPlain)) return word;
  return absl::StrCat("'", absl::StrReplaceAll(word, {{"'", "'\\''"}}), "'");
}

}  // namespace groupfuzz
