#include "harness/program_file.h"

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
#include "harness/byte_codec.h"

namespace groupfuzz {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kHeaderWord = "groupfuzz";
constexpr std::string_view kTextSuffix = ".txt";

absl::Status FileError(const std::string& path, const std::string& problem) {
  return absl::InvalidArgumentError(absl::StrCat(path, ": ", problem));
}

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) return FileError(path, "is a folder, not a program");
  std::ifstream in(path, std::ios::binary);
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

std::string_view FirstWords(std::string_view text) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    const size_t start = line.find_first_not_of(" \t\r");
    if (start != std::string_view::npos && line[start] != '#') return line.substr(start);
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
  return {};
}

bool IsText(std::string_view path, std::string_view contents) {
  return path.ends_with(kTextSuffix) || FirstWords(contents).starts_with(kHeaderWord);
}

}  // namespace

absl::StatusOr<ProgramFile> LoadProgram(const std::string& path) {
  absl::StatusOr<std::string> contents = ReadFile(path);
  if (!contents.ok()) return contents.status();
  ProgramFile file{.path = path, .is_text = IsText(path, *contents), .contents = {}};
  if (!file.is_text) {
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

absl::Status WriteOutput(const std::string& path, const std::string& contents) {
  if (path.empty()) {
    std::fwrite(contents.data(), 1, contents.size(), stdout);
    return absl::OkStatus();
  }
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(contents.data(), static_cast<std::streamsize>(contents.size()));
  out.close();
  return out ? absl::OkStatus() : FileError(path, "cannot be written");
}

}  // namespace groupfuzz
