// Saves the program that runs when the process dies: a sanitizer's report, an abort, a crash of the
// system under test. Without it such a death would leave a stack and no program.
//
//   LastWords words(design, "groupfuzz", [](const Program& program) { return Save(program); });
//   runner.WatchedBy(&words);
//
// While the runner runs a program, a death saves it, with the choices made so far as its schedule,
// prints the path and the command that replays it, and lets the process die.
//
// Thread-safety: one instance a process, on the OS thread that runs programs.
#ifndef GROUPFUZZ_HARNESS_EXECUTION_LAST_WORDS_H_
#define GROUPFUZZ_HARNESS_EXECUTION_LAST_WORDS_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/program/program.h"
#include "target/designs/design.h"

namespace groupfuzz {

class LastWords {
 public:
  // REQUIRES: there is no other instance.
  // `save` writes a program to a file and returns its path; `command` is how the user calls
  // groupfuzz.
  using Save = std::function<absl::StatusOr<std::string>(const Program&)>;
  // Who else is called at a death, and must stay so: a fuzzing engine keeps the input. Then words
  // come with the report of AddressSanitizer only.
  enum class Deaths : uint8_t { kOurs, kOfAnEngine };
  LastWords(const Design& design, std::string command, Save save, Deaths deaths = Deaths::kOurs);
  ~LastWords();
  LastWords(const LastWords&) = delete;
  LastWords& operator=(const LastWords&) = delete;

  // Watches a program for its lifetime. `choices` is read at the death; nullptr: the program says
  // its schedule.
  class Watch {
   public:
    Watch(LastWords* words, const Program& program, const std::vector<uint8_t>* choices)
        : words_(words) {
      if (words_ == nullptr) return;
      words_->program_ = &program;
      words_->choices_ = choices;
    }
    ~Watch() {
      if (words_ != nullptr) words_->program_ = nullptr;
    }
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

   private:
    LastWords* words_;
  };

 private:
  static void OnDeath();
  static void OnReport(const char* report);
  static void OnSignal(int signal);
  void Speak();

  const Design& design_;
  const std::string command_;
  const Save save_;
  const Deaths deaths_;
  const Program* program_ = nullptr;
  const std::vector<uint8_t>* choices_ = nullptr;
};

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_EXECUTION_LAST_WORDS_H_
