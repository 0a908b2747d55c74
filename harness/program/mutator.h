// Structured mutation and crossover of programs.
//
// Random bytes seldom make a better program; these changes always make a program again, of the kind
// a person would try next: another op, the same op on another thread, another word written, a
// failure injected, a switch moved. Everything is a function of the arguments: the same seed makes
// the same change.
//
// A Mutator keeps scratch programs, so that mutation allocates nothing once they have grown.
//
// Thread-safety: a Mutator belongs to one OS thread.
#ifndef GROUPFUZZ_HARNESS_PROGRAM_MUTATOR_H_
#define GROUPFUZZ_HARNESS_PROGRAM_MUTATOR_H_

#include <cstddef>
#include <cstdint>

#include "harness/program/mutation_steps.h"
#include "harness/program/program.h"

namespace groupfuzz {

// Makes one to four changes. The result is normalized.
// REQUIRES: *program is normalized.
void MutateProgram(Program* program, uint64_t seed, const MutationOptions& options = {});

// Replaces parts of *program (threads, runs of ops, the machine, faults, schedule) by those of
// `other`. The result is normalized.
// REQUIRES: both are normalized.
void CrossOverPrograms(const Program& other, Program* program, uint64_t seed,
                       const MutationOptions& options = {});

// Removes choices, faults and ops, in this order, until EncodeBytes(*program) has at most
// `max_size` bytes; a program without ops is the least.
void FitProgram(size_t max_size, Program* program);

// The same on the byte form, in the shape of libFuzzer's hooks. What they write encodes a
// normalized program canonically (cut to `max_size` where that is less than a header) and is never
// longer than `max_size`.
class Mutator {
 public:
  // LLVMFuzzerMutate().
  using ByteMutator = size_t (*)(uint8_t* data, size_t size, size_t max_size);

  // `byte_mutator` has its turn now and then; nullptr: never.
  explicit Mutator(const MutationOptions& options = {}, ByteMutator byte_mutator = nullptr)
      : options_(options), byte_mutator_(byte_mutator) {}

  // LLVMFuzzerCustomMutator().
  size_t Mutate(uint8_t* data, size_t size, size_t max_size, unsigned seed);
  // LLVMFuzzerCustomCrossOver().
  size_t CrossOver(const uint8_t* data1, size_t size1, const uint8_t* data2, size_t size2,
                   uint8_t* out, size_t max_out_size, unsigned seed);

 private:
  size_t Write(uint8_t* out, size_t max_size);

  MutationOptions options_;
  ByteMutator byte_mutator_;
  Program program_;
  Program other_;
};

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_PROGRAM_MUTATOR_H_
