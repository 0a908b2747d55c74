// `groupfuzz export`: a program as a GoogleTest case, as text, or as bytes.
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "harness/cli/command.h"
#include "harness/cli/designs.h"
#include "harness/cli/flags.h"
#include "harness/program/byte_codec.h"
#include "harness/program/output.h"
#include "harness/program/program_file.h"
#include "harness/report/gtest_export.h"
#include "harness/report/report.h"
#include "harness/verdict/runner.h"

namespace groupfuzz::cli {
namespace {

std::string AsGtest(const Program& program, const Design& design) {
  Runner runner(design);
  return GtestCase(program, design, FindingIds(runner.Run(program).findings));
}

std::string AsBytes(const Program& program, const Design&) {
  const std::vector<uint8_t> bytes = EncodeBytes(program);
  return {bytes.begin(), bytes.end()};
}

std::string AsText(const Program& program, const Design&) { return FormatText(program); }

// A unit test links the package, which has no kernel trees.
absl::Status CheckPackageHas(const Design& design) {
  if (design.baseline == nullptr) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      design.name, " is in no package: a case for it could not run; --design ",
      design.baseline->name, " is the port of its kernel, --to=text keeps the program"));
}

struct Form {
  std::string_view name;
  std::string (*write)(const Program& program, const Design& design);
};
constexpr Form kForms[] = {{"gtest", AsGtest}, {"text", AsText}, {"bytes", AsBytes}};

}  // namespace

absl::StatusOr<ExitStatus> ExportCommand(const Arguments& arguments) {
  const absl::StatusOr<std::vector<const Design*>> designs = ChosenDesigns({kDefaultDesign});
  if (!designs.ok()) return designs.status();
  if (designs->size() > 1) return absl::InvalidArgumentError("export works on one --design");
  const absl::StatusOr<ProgramFile> file = LoadArgument(arguments[0]);
  if (!file.ok()) return file.status();
  const std::string to = absl::GetFlag(FLAGS_to);
  if (to.empty()) {
    return absl::InvalidArgumentError("export to what? --to=gtest, text or bytes is missing");
  }
  for (const Form& form : kForms) {
    if (form.name != to) continue;
    if (form.write == AsGtest) {
      absl::Status status = CheckPackageHas(*designs->front());
      if (!status.ok()) return status;
    }
    const std::string written = form.write(file->contents.program, *designs->front());
    absl::Status status = WriteOutput(absl::GetFlag(FLAGS_output), written);
    if (!status.ok()) return status;
    return ExitStatus::kClean;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("cannot export to '", to, "'; expected --to=gtest, text or bytes"));
}

}  // namespace groupfuzz::cli
