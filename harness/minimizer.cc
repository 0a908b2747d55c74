#include "harness/minimizer.h"

#include <utility>
#include <vector>

#include "harness/simplification.h"

namespace groupfuzz {
namespace {

class Minimizer {
 public:
  Minimizer(Program program, Reproducer& reproducer)
      : program_(std::move(program)), reproducer_(reproducer) {}

  Program Run() {
    if (!reproducer_.Replay(&program_) && !reproducer_.Search(&program_)) return program_;
    SimplifySchedule();
    while (TakeSteps(SimplerThreads, /*search=*/true) ||
           TakeSteps(SimplerValues, /*search=*/true)) {
    }
    SimplifySchedule();
    return program_;
  }

 private:
  using Steps = std::vector<Program> (*)(const Program&);

  void SimplifySchedule() {
    Program searched = program_;
    if (reproducer_.Search(&searched)) program_ = std::move(searched);
    while (TakeSteps(SimplerSchedules, /*search=*/false)) {
    }
  }

  // Takes steps until none of them reproduces; returns whether it took any.
  bool TakeSteps(Steps steps, bool search) {
    bool progress = false;
    while (TakeStep(steps(program_), search)) progress = true;
    return progress;
  }

  bool TakeStep(std::vector<Program> candidates, bool search) {
    for (Program& candidate : candidates) {
      if (Reproduces(&candidate, search)) {
        program_ = std::move(candidate);
        return true;
      }
    }
    return false;
  }

  bool Reproduces(Program* candidate, bool search) {
    if (search) return reproducer_.Replay(candidate) || reproducer_.Search(candidate);
    // A schedule is simpler as it is written, not as it plays: keep the words of the candidate.
    Program replayed = *candidate;
    return reproducer_.Replay(&replayed);
  }

  Program program_;
  Reproducer& reproducer_;
};

}  // namespace

Program Minimize(const Program& program, Reproducer& reproducer) {
  return Minimizer(program, reproducer).Run();
}

}  // namespace groupfuzz
