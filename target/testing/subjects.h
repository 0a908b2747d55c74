// What rows (target/testing/rows.h) are run on, how much of them, and how states of different
// subjects are compared.
//
// Thread-safety: one OS thread; subjects are added before tests are made of rows.
#ifndef GROUPFUZZ_TARGET_TESTING_SUBJECTS_H_
#define GROUPFUZZ_TARGET_TESTING_SUBJECTS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "target/designs/design.h"
#include "target/testing/steps.h"

namespace groupfuzz::port_test {

// A system that rows are run on, and what of Reach it has.
struct Subject {
  const Design* design;
  uint8_t reach = kEverything;
};

// The designs that are registered, then those that were added.
std::vector<Subject> Subjects();
void AddSubject(const Subject& subject);

// Books of which rows are run: made a case of a subject, no case of it for a reason, or left when
// it ran.
// `demands`: how many things the row asks for beside the result.
void NoteRun(const Subject& subject, int demands);
void NoteNotRun(const Subject& subject, const char* reason);
void Leave(const Subject& subject, const char* reason);

// Prints how many rows each subject runs, how many not, and why. Whether each runs as many as
// subjects.cc says, and every one is there: the ports, and those whose names begin with `added`.
// Not of a part of the tests.
bool ReportRun(std::string_view added);

// `state`, as Machine::State() says it, with domains called by their place in the group: two
// subjects in the same state give the same, whatever objects they made on the way.
//   "cnt=0 owner=- dd=DMA#2(DMA-FQ) cur=DMA#2(DMA-FQ) bd=- hw=U0"   becomes
//   "cnt=0 owner=- dd=DMA-FQ cur=dd bd=- hw=U0"
std::string Placed(const std::string& state);

}  // namespace groupfuzz::port_test

#endif  // GROUPFUZZ_TARGET_TESTING_SUBJECTS_H_
