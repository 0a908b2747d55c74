// Data races of real kernels that ThreadSanitizer reports and that are known, each with the reason
// why it is no news: the data of corpus/trees/TREE/races, collected by the build. Any other report
// of it ends the process, as ever.
//
// A race is known by the functions of its two accesses. Only builds with ThreadSanitizer have use
// for it.
//
// Thread-safety: one OS thread.
#ifndef GROUPFUZZ_TARGET_LINUX_KNOWN_RACES_H_
#define GROUPFUZZ_TARGET_LINUX_KNOWN_RACES_H_

#include <span>

namespace groupfuzz {

enum class RaceClass : unsigned char {
  kDefect,    // of the kernel
  kIntended,  // the kernel means to read without the lock, and any value will do
};

struct KnownRace {
  const char* one;
  const char* other;
  const char* tree;  // in which it is seen
  RaceClass what;
  const char* reason;
};

std::span<const KnownRace> KnownRaces();

// Does nothing but this: a program that calls it is linked with what judges the reports.
void JudgeRaces();

// How often KnownRaces()[index] has been reported in this process. Equal stacks count once.
int RaceReports(int index);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_TARGET_LINUX_KNOWN_RACES_H_
