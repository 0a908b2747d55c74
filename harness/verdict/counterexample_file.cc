#include "harness/verdict/counterexample_file.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "harness/program/byte_codec.h"
#include "harness/program/output.h"
#include "harness/program/program_file.h"
#include "target/system/names.h"
#include "target/types/hash.h"

namespace groupfuzz {
namespace {

uint32_t ShortHash(const Program& program) {
  uint64_t hash = 0;
  for (uint8_t byte : EncodeBytes(program)) hash = Fold(hash, byte);
  return static_cast<uint32_t>(hash);
}

std::string Size(const Program& program) {
  return absl::StrCat(Counted(static_cast<uint64_t>(OpCount(program)), "op"), ", ",
                      Counted(program.thread_count, "thread"));
}

}  // namespace

TextProgram Annotated(const Program& program, const Design& design, const FindingKey& key) {
  TextProgram text;
  text.program = program;
  text.title = absl::StrCat(key.Describe(), " on ", design.name, ":");
  const Property* property = FindProperty(key.property);
  if (property == nullptr) return text;
  absl::StrAppend(&text.title, "\n", std::string(property->statement));
  text.expectations.push_back({design.name, key.property});
  return text;
}

std::string DescribeMinimized(const Program& before, const Minimized& minimized) {
  if (!minimized.reproduced) {
    return "not minimized: it does not show again, neither replayed nor searched for\n";
  }
  if (minimized.cut) {
    return absl::StrCat(Size(minimized.program), " (was: ", Size(before),
                        ")\ninterrupted; so far: smaller programs may show it, too\n");
  }
  return absl::StrCat(Size(minimized.program), " (was: ", Size(before), ")\n1-minimal: none of ",
                      minimized.simpler, " programs that are one step simpler shows it; ",
                      minimized.tried, " tried in all\n");
}

absl::StatusOr<std::string> SaveCase(const std::string& folder, const Program& program,
                                     const Design& design, const FindingKey& key) {
  if (absl::Status status = MakeOutputFolder(folder); !status.ok()) return status;
  std::string path = absl::StrFormat("%s/%s-%s-%08x.txt", folder, design.file_name(), key.property,
                                     ShortHash(program));
  absl::Status status = WriteOutput(path, FormatText(Annotated(program, design, key)));
  if (!status.ok()) return status;
  return path;
}

std::string NextCommands(const std::string& command, const Design& design, const FindingKey& key,
                         const std::string& path) {
  const std::string on = absl::StrCat(" --design ", design.name, " ");
  const std::string file = ShellWord(path);
  return absl::StrCat("replay:   ", command, " run", on, file, "\nminimize: ", command, " minimize",
                      on, "--property ", key.property, " ", file, "\nexplain:  ", command,
                      " explain", on, file, "\n");
}

}  // namespace groupfuzz
