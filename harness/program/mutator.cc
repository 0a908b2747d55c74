#include "harness/program/mutator.h"

#include <algorithm>
#include <array>
#include <span>

#include "harness/program/byte_codec.h"
#include "harness/program/mutation_steps.h"
#include "harness/program/random.h"

namespace groupfuzz {
namespace {

constexpr int kMaxChanges = 4;
constexpr int kMaxTries = 64;       // for changes that a program has nothing to offer to
constexpr size_t kBytesOneIn = 10;  // how often plain bytes are mutated instead

void Finish(const MutationOptions& options, Program* program) {
  program->thread_count =
      std::clamp<uint8_t>(program->thread_count, static_cast<uint8_t>(options.min_threads),
                          static_cast<uint8_t>(options.max_threads));
  Normalize(program);
}

// The start of one sequence of ops and the end of another.
void Splice(const std::vector<Op>& other, Random* random, std::vector<Op>* ops) {
  const size_t keep = random->Below(ops->size() + 1);
  const size_t from = random->Below(other.size() + 1);
  ops->resize(keep);
  ops->insert(ops->end(), other.begin() + static_cast<ptrdiff_t>(from), other.end());
}

size_t EncodedSize(const Program& program) {
  std::array<uint8_t, kMaxProgramBytes> bytes;
  return EncodeBytes(program, bytes);
}

}  // namespace

void MutateProgram(Program* program, uint64_t seed, const MutationOptions& options) {
  Random random(seed);
  Finish(options, program);
  int wanted = 1;
  while (wanted < kMaxChanges && random.OneIn(2)) ++wanted;
  for (int tries = 0; wanted > 0 && tries < kMaxTries; ++tries) {
    if (ApplyRandomChange(options, &random, program)) --wanted;
  }
  Finish(options, program);
}

void CrossOverPrograms(const Program& other, Program* program, uint64_t seed,
                       const MutationOptions& options) {
  Random random(seed);
  if (random.OneIn(4)) program->configuration = other.configuration;
  if (random.OneIn(4)) program->faults = other.faults;
  if (random.OneIn(4)) program->schedule = other.schedule;
  program->thread_count = std::max(program->thread_count, other.thread_count);
  for (int t = 0; t < program->thread_count; ++t) {
    const std::vector<Op>& theirs = other.threads[random.Below(other.thread_count)];
    switch (random.Below(3)) {
      case 0:
        program->threads[t] = theirs;
        break;
      case 1:
        Splice(theirs, &random, &program->threads[t]);
        break;
      default:
        break;
    }
  }
  Finish(options, program);
}

void FitProgram(size_t max_size, Program* program) {
  while (EncodedSize(*program) > max_size) {
    std::vector<uint8_t>& choices = program->schedule.choices;
    auto& threads = program->threads;
    const auto longest =
        std::max_element(threads.begin(), threads.end(),
                         [](const auto& a, const auto& b) { return a.size() < b.size(); });
    if (!choices.empty()) {
      choices.resize(choices.size() / 2);
    } else if (!(program->schedule == Schedule{})) {
      program->schedule = Schedule{};
    } else if (program->faults.size > 0) {
      program->faults.faults[--program->faults.size] = Fault{};
    } else if (!longest->empty()) {
      longest->pop_back();
    } else {
      return;
    }
  }
  Normalize(program);
}

size_t Mutator::Mutate(uint8_t* data, size_t size, size_t max_size, unsigned seed) {
  Random random(seed);
  if (byte_mutator_ != nullptr && random.OneIn(kBytesOneIn)) {
    DecodeBytes(std::span(data, byte_mutator_(data, size, max_size)), &program_);
    Finish(options_, &program_);
  } else {
    DecodeBytes(std::span(data, size), &program_);
    MutateProgram(&program_, random.Next(), options_);
  }
  return Write(data, max_size);
}

size_t Mutator::CrossOver(const uint8_t* data1, size_t size1, const uint8_t* data2, size_t size2,
                          uint8_t* out, size_t max_out_size, unsigned seed) {
  DecodeBytes(std::span(data1, size1), &program_);
  DecodeBytes(std::span(data2, size2), &other_);
  CrossOverPrograms(other_, &program_, seed, options_);
  return Write(out, max_out_size);
}

size_t Mutator::Write(uint8_t* out, size_t max_size) {
  FitProgram(max_size, &program_);
  std::array<uint8_t, kMaxProgramBytes> bytes;
  const size_t size = std::min(EncodeBytes(program_, bytes), max_size);
  std::copy_n(bytes.begin(), size, out);
  return size;
}

}  // namespace groupfuzz
