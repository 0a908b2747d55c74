// Makes a program that shows a finding as small as it goes while it keeps showing that finding.
//
// Order of what is given up: preemptions, threads, ops, faults, configuration, values. What is kept
// is decided by a Reproducer, keyed on the finding, so the result never shows something else only.
// The result is 1-minimal: in the last round every single simplification of it was tried, and none
// reproduces any more. The same input gives the same result, always.
//
// Thread-safety: pure function; a Reproducer belongs to one OS thread.
#ifndef GROUPFUZZ_HARNESS_PROGRAM_MINIMIZER_H_
#define GROUPFUZZ_HARNESS_PROGRAM_MINIMIZER_H_

#include "harness/program/program.h"

namespace groupfuzz {

class Reproducer {
 public:
  virtual ~Reproducer() = default;

  // Runs `program` once with its own schedule. Where the finding shows, returns true and makes the
  // schedule explicit: the choices that were made, tail "continue".
  virtual bool Replay(Program* program) = 0;

  // Searches the schedules of `program`, fewest preemptions first, within a bound. Where the
  // finding shows, returns true and stores the schedule with the fewest preemptions that was seen.
  virtual bool Search(Program* program) = 0;
};

struct Minimized {
  Program program;
  bool reproduced = false;  // otherwise the program is as it was
  int simpler = 0;          // programs one step simpler, none of which reproduces
  int tried = 0;            // programs tried in all
  bool cut = false;         // set by who stopped its Reproducer: smaller ones may show it, too
};

// The result's schedule is explicit. REQUIRES: reproducer.Replay() or reproducer.Search() holds for
// `program`; a program for which neither does comes back unchanged.
Minimized MinimizeFully(const Program& program, Reproducer& reproducer);

// MinimizeFully().program
Program Minimize(const Program& program, Reproducer& reproducer);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_PROGRAM_MINIMIZER_H_
