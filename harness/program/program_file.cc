#include "harness/program/program_file.h"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <span>
#include <string_view>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "harness/program/byte_codec.h"

namespace groupfuzz {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kTextSuffix = ".txt";
constexpr std::string_view kStandardInput = "-";

absl::Status FileError(const std::string& path, const std::string& problem) {
  return absl::InvalidArgumentError(absl::StrCat(path, ": ", problem));
}

// One that is none may never end, or never begin.
absl::Status CheckRegular(const std::string& path) {
  std::error_code error;
  const fs::file_status file = fs::status(path, error);
  if (error) return FileError(path, error.message());
  if (fs::is_directory(file)) return FileError(path, "is a folder, not a program");
  if (fs::is_regular_file(file)) return absl::OkStatus();
  return FileError(path, "is no regular file; - reads standard input");
}

}  // namespace

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  const bool standard_input = path == kStandardInput || path == "/dev/stdin";
  if (absl::Status status = standard_input ? absl::OkStatus() : CheckRegular(path); !status.ok()) {
    return status;
  }
  std::ifstream in(standard_input ? "/dev/stdin" : path, std::ios::binary);
  if (!in) return FileError(path, std::strerror(errno));
  std::string contents(kMaxFileBytes + 1, '\0');
  in.read(contents.data(), static_cast<std::streamsize>(contents.size()));
  if (in.bad()) return FileError(path, "cannot be read");
  contents.resize(static_cast<size_t>(in.gcount()));
  if (contents.size() > kMaxFileBytes) {
    return FileError(path, absl::StrCat("larger than ", kMaxFileBytes, " bytes: not a program"));
  }
  return contents;
}

namespace {

bool IsControl(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < ' ' && c != '\t' && c != '\n' && c != '\r') || byte == 0x7f;
}

absl::StatusOr<ProgramForm> FormOf(const std::string& path, std::string_view contents) {
  if (path.ends_with(kTextSuffix)) return ProgramForm::kText;
  if (contents.starts_with(static_cast<char>(kByteVersion))) return ProgramForm::kBytes;
  const bool text = std::none_of(contents.begin(), contents.end(), IsControl);
  if (text && !contents.empty()) return ProgramForm::kText;
  return FileError(path, absl::StrCat(contents.empty() ? "is empty" : "is no program",
                                      "; --from=bytes reads it as a fuzz target does"));
}

}  // namespace

absl::StatusOr<ProgramFile> LoadProgram(const std::string& path, std::optional<ProgramForm> form) {
  absl::StatusOr<std::string> contents = ReadFile(path);
  if (!contents.ok()) return contents.status();
  if (!form.has_value()) {
    absl::StatusOr<ProgramForm> guess = FormOf(path, *contents);
    if (!guess.ok()) return guess.status();
    form = *guess;
  }
  ProgramFile file{.path = path, .form = *form, .contents = {}};
  if (*form == ProgramForm::kBytes) {
    const auto* bytes = reinterpret_cast<const uint8_t*>(contents->data());
    file.contents.program = DecodeBytes(std::span(bytes, contents->size()));
    return file;
  }
  absl::StatusOr<TextProgram> text = ParseText(*contents, path);
  if (!text.ok()) return text.status();
  file.contents = *std::move(text);
  return file;
}

absl::StatusOr<std::vector<ProgramFile>> LoadCorpus(const std::string& folder) {
  std::error_code error;
  std::vector<std::string> paths;
  for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    const std::string path = it->path().string();
    if (path.ends_with(kTextSuffix)) paths.push_back(path);
  }
  if (error) return FileError(folder, error.message());
  std::sort(paths.begin(), paths.end());
  std::vector<ProgramFile> files;
  for (const std::string& path : paths) {
    absl::StatusOr<ProgramFile> file = LoadProgram(path);
    if (!file.ok()) return file.status();
    files.push_back(*std::move(file));
  }
  if (files.empty()) return FileError(folder, "holds no program (*.txt)");
  return files;
}

}  // namespace groupfuzz
