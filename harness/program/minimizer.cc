#include "harness/program/minimizer.h"

#include <utility>
#include <vector>

#include "harness/program/simplification.h"

namespace groupfuzz {
namespace {

class Minimizer {
 public:
  Minimizer(Program program, Reproducer& reproducer)
      : program_(std::move(program)), reproducer_(reproducer) {}

  Minimized Run() {
    if (!reproducer_.Replay(&program_) && !reproducer_.Search(&program_)) {
      return {.program = program_, .reproduced = false, .simpler = 0, .tried = 1};
    }
    SearchSchedule();
    while (Round()) {
    }
    return {.program = program_, .reproduced = true, .simpler = simpler_, .tried = tried_};
  }

 private:
  using Steps = std::vector<Program> (*)(const Program&);

  // Tries every kind of step; returns whether one was taken. Where none was, all that is simpler
  // by one step has been tried on the program as it is.
  bool Round() {
    simpler_ = 0;
    bool progress = TakeSteps(SimplerSchedules, /*search=*/false);
    if (TakeSteps(SimplerThreads, /*search=*/true) || TakeSteps(SimplerValues, /*search=*/true)) {
      SearchSchedule();
      progress = true;
    }
    return progress;
  }

  void SearchSchedule() {
    Program searched = program_;
    if (reproducer_.Search(&searched)) program_ = std::move(searched);
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
    simpler_ += static_cast<int>(candidates.size());
    return false;
  }

  bool Reproduces(Program* candidate, bool search) {
    ++tried_;
    if (search) return reproducer_.Replay(candidate) || reproducer_.Search(candidate);
    // A schedule is simpler as it is written, not as it plays: keep the words of the candidate.
    Program replayed = *candidate;
    return reproducer_.Replay(&replayed);
  }

  Program program_;
  Reproducer& reproducer_;
  int simpler_ = 0;
  int tried_ = 0;
};

}  // namespace

Minimized MinimizeFully(const Program& program, Reproducer& reproducer) {
  return Minimizer(program, reproducer).Run();
}

Program Minimize(const Program& program, Reproducer& reproducer) {
  return MinimizeFully(program, reproducer).program;
}

}  // namespace groupfuzz
