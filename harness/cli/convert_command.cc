// `groupfuzz convert`: programs between text and bytes.
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "harness/cli/command.h"
#include "harness/cli/flags.h"
#include "harness/program/byte_codec.h"
#include "harness/program/output.h"
#include "harness/program/program_file.h"

namespace groupfuzz::cli {
namespace {

namespace fs = std::filesystem;

std::string InForm(ProgramForm form, const ProgramFile& file) {
  if (form == ProgramForm::kText) return FormatText(file.contents);
  const std::vector<uint8_t> bytes = EncodeBytes(file.contents.program);
  return {bytes.begin(), bytes.end()};
}

// Every text program below `folder` becomes a byte program directly in `output`.
absl::Status PackFolder(const std::string& folder, const std::string& output) {
  if (output.empty()) return absl::InvalidArgumentError(folder + ": converting a folder needs -o");
  const absl::StatusOr<std::vector<ProgramFile>> files = LoadCorpus(folder);
  if (!files.ok()) return files.status();
  std::error_code error;
  fs::create_directories(output, error);
  if (error) return absl::InvalidArgumentError(absl::StrCat(output, ": ", error.message()));
  for (const ProgramFile& file : *files) {
    const fs::path path = fs::path(output) / fs::path(file.path).stem();
    absl::Status status = WriteOutput(path.string() + ".bin", InForm(ProgramForm::kBytes, file));
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status ConvertFile(const std::string& path, const std::string& to,
                         const std::string& output) {
  const absl::StatusOr<ProgramFile> file = LoadArgument(path);
  if (!file.ok()) return file.status();
  const bool text = to.empty() ? file->form == ProgramForm::kBytes : to == "text";
  return WriteOutput(output, InForm(text ? ProgramForm::kText : ProgramForm::kBytes, *file));
}

}  // namespace

absl::StatusOr<ExitStatus> ConvertCommand(const Arguments& arguments) {
  const std::string to = absl::GetFlag(FLAGS_to);
  if (!to.empty() && to != "text" && to != "bytes") {
    return absl::InvalidArgumentError(
        absl::StrCat("cannot convert to '", to, "'; expected text or bytes"));
  }
  const std::string output = absl::GetFlag(FLAGS_output);
  std::error_code error;
  const bool folder = fs::is_directory(arguments[0], error);
  absl::Status status =
      folder ? PackFolder(arguments[0], output) : ConvertFile(arguments[0], to, output);
  if (!status.ok()) return status;
  return ExitStatus::kClean;
}

}  // namespace groupfuzz::cli
