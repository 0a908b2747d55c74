#include "harness/record/program_list.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <span>
#include <utility>

#include "absl/strings/str_cat.h"
#include "harness/execution/strategies/branches_strategy.h"
#include "harness/program/byte_codec.h"
#include "harness/program/mutator.h"
#include "harness/program/program_file.h"
#include "harness/program/random.h"
#include "harness/verdict/counterexample.h"
#include "harness/verdict/runner.h"
#include "properties/suites/generation.h"

namespace groupfuzz::record {
namespace {

constexpr std::string_view kMagic = "groupfuzz programs 1\n";
constexpr size_t kCountBytes = 4;
constexpr size_t kLengthBytes = 2;
constexpr uint8_t kExploreFlag = 1;
constexpr int kBitsPerByte = 8;

void PutNumber(uint64_t value, size_t bytes, std::string* out) {
  for (size_t i = 0; i < bytes; ++i) {
    out->push_back(static_cast<char>(value >> (kBitsPerByte * i) & 0xff));
  }
}

// Takes bytes from the front of a text, as long as there are some.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  std::optional<std::string_view> Take(size_t count) {
    if (rest_.size() < count) return std::nullopt;
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }
  std::optional<uint64_t> TakeNumber(size_t bytes) {
    const std::optional<std::string_view> taken = Take(bytes);
    if (!taken) return std::nullopt;
    uint64_t value = 0;
    for (size_t i = bytes; i-- > 0;) {
      value = value << kBitsPerByte | static_cast<uint8_t>((*taken)[i]);
    }
    return value;
  }
  bool empty() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

std::optional<ListedProgram> TakeProgram(Reader& reader) {
  const std::optional<uint64_t> flags = reader.TakeNumber(1);
  const std::optional<uint64_t> length = reader.TakeNumber(kLengthBytes);
  if (!flags || !length) return std::nullopt;
  const std::optional<std::string_view> bytes = reader.Take(*length);
  if (!bytes) return std::nullopt;
  const auto* data = reinterpret_cast<const uint8_t*>(bytes->data());
  return ListedProgram{DecodeBytes(std::span(data, bytes->size())), (*flags & kExploreFlag) != 0};
}

class Drawer {
 public:
  explicit Drawer(uint64_t seed)
      : random_(seed), reference_(BuiltInDesign(DesignId::kOwnerCheck)) {}

  Program Draw(size_t index) {
    constexpr size_t kCycle = 8;  // two of them sequential, one a mutant
    const size_t turn = index % kCycle;
    const auto design = static_cast<DesignId>(random_.Below(kDesignCount));
    if (turn < 2) {
      constexpr ParallelShape kSequential{
          .max_prefix = 6, .min_branches = 1, .max_branches = 1, .max_branch_ops = 8};
      return DrawParallel(random_, design, kSequential).program;
    }
    Program program = Schedule(DrawParallel(random_, design));
    if (turn == kCycle - 1) MutateProgram(&program, random_.Next());
    return program;
  }

 private:
  // With the schedule of a run on the reference; a design with more choices goes on at random.
  Program Schedule(ParallelCase drawn) {
    BranchesStrategy strategy(drawn.prefix, drawn.seed, drawn.switch_in);
    const RunOutcome outcome = reference_.RunUnder(strategy, drawn.program);
    if (auto schedule = ExplicitSchedule(outcome.trace)) {
      drawn.program.schedule = *std::move(schedule);
    }
    drawn.program.schedule.tail = Tail::kRandom;
    drawn.program.schedule.seed = static_cast<uint32_t>(drawn.seed);
    Normalize(&drawn.program);
    return std::move(drawn.program);
  }

  Random random_;
  Runner reference_;
};

absl::Status FileError(const std::string& path, std::string_view problem) {
  return absl::InvalidArgumentError(absl::StrCat(path, ": ", std::string(problem)));
}

}  // namespace

std::string PackPrograms(const std::vector<ListedProgram>& programs) {
  std::string bytes(kMagic);
  PutNumber(programs.size(), kCountBytes, &bytes);
  for (const ListedProgram& listed : programs) {
    const std::vector<uint8_t> encoded = EncodeBytes(listed.program);
    PutNumber(listed.explore ? kExploreFlag : 0, 1, &bytes);
    PutNumber(encoded.size(), kLengthBytes, &bytes);
    bytes.append(encoded.begin(), encoded.end());
  }
  return bytes;
}

absl::StatusOr<std::vector<ListedProgram>> UnpackPrograms(std::string_view bytes) {
  Reader reader(bytes);
  if (reader.Take(kMagic.size()) != kMagic) {
    return absl::InvalidArgumentError("is no list of programs");
  }
  const std::optional<uint64_t> count = reader.TakeNumber(kCountBytes);
  std::vector<ListedProgram> programs;
  while (count && programs.size() < *count) {
    std::optional<ListedProgram> program = TakeProgram(reader);
    if (!program) break;
    programs.push_back(*std::move(program));
  }
  if (!count || programs.size() < *count || !reader.empty()) {
    return absl::InvalidArgumentError("is damaged: its length is wrong");
  }
  return programs;
}

absl::StatusOr<std::vector<ListedProgram>> LoadPrograms(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return FileError(path, std::strerror(errno));
  const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  absl::StatusOr<std::vector<ListedProgram>> programs = UnpackPrograms(bytes);
  if (!programs.ok()) return FileError(path, std::string(programs.status().message()));
  return programs;
}

absl::StatusOr<std::vector<ListedProgram>> LoadTextPrograms(const std::string& folder) {
  absl::StatusOr<std::vector<ProgramFile>> files = LoadCorpus(folder);
  if (!files.ok()) return files.status();
  std::vector<ListedProgram> programs;
  for (ProgramFile& file : *files) programs.push_back({std::move(file.contents.program), true});
  return programs;
}

std::vector<ListedProgram> DrawPrograms(size_t count, uint64_t seed, size_t explore_every) {
  Drawer drawer(seed);
  std::vector<ListedProgram> programs;
  size_t threaded = 0;
  for (size_t i = 0; i < count; ++i) {
    ListedProgram listed{drawer.Draw(i)};
    if (listed.program.thread_count > 1 && explore_every != 0) {
      listed.explore = threaded++ % explore_every == 0;
    }
    programs.push_back(std::move(listed));
  }
  return programs;
}

}  // namespace groupfuzz::record
