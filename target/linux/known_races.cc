#include "target/linux/known_races.h"

#include <iterator>

#include "target/types/sanitizers.h"

#ifdef GROUPFUZZ_TSAN
#include <sanitizer/common_interface_defs.h>
#include <sanitizer/tsan_interface.h>
#endif

namespace groupfuzz {
namespace {

constexpr KnownRace kRaces[] = {
#include "known_races.inc"
};

int reports[std::size(kRaces)];

}  // namespace

std::span<const KnownRace> KnownRaces() { return kRaces; }

void JudgeRaces() {}

int RaceReports(int index) { return reports[index]; }

#ifdef GROUPFUZZ_TSAN
namespace {

// Who reads through an accessor of a header reads.
constexpr char kAccessor[] = "iommu_is_dma_domain";

constexpr int kMaxFrames = 16;
constexpr int kMaxText = 4096;
constexpr int kAccesses = 2;

// Runs inside of ThreadSanitizer's runtime, where nothing that it intercepts may be called.
bool Same(const char* a, const char* b) {
  for (; *a != '\0' && *a == *b; ++a, ++b) continue;
  return *a == *b;
}

// The function that made access `index` of `report`; nullptr where it is not known. An address
// stands for several frames where calls were inlined, innermost first, each with its '\0'.
const char* FunctionOf(void* report, int index, char* text) {
  void* trace[kMaxFrames] = {};
  int thread = 0;
  int size = 0;
  int write = 0;
  int atomic = 0;
  void* address = nullptr;
  if (__tsan_get_report_mop(report, static_cast<unsigned long>(index), &thread, &address, &size,
                            &write, &atomic, trace, kMaxFrames) == 0) {
    return nullptr;
  }
  for (void* frame : trace) {
    if (frame == nullptr) break;
    for (int i = 0; i < kMaxText; ++i) text[i] = '\0';
    __sanitizer_symbolize_pc(frame, "%f", text, kMaxText - 1);
    const char* name = text;
    while (*name != '\0') {
      if (!Same(name, kAccessor)) return name;
      while (*name != '\0') ++name;
      ++name;
    }
  }
  return nullptr;
}

// A report may be about no access at all: a signal, a lock.
int AccessesOf(void* report) {
  const char* description = nullptr;
  int count = 0;
  int stacks = 0;
  int accesses = 0;
  int locations = 0;
  int mutexes = 0;
  int threads = 0;
  int unique_threads = 0;
  void* sleep_trace[1] = {};
  __tsan_get_report_data(report, &description, &count, &stacks, &accesses, &locations, &mutexes,
                         &threads, &unique_threads, sleep_trace, 1);
  return accesses;
}

bool IsKnown(void* report) {
  static char texts[kAccesses][kMaxText];
  if (AccessesOf(report) != kAccesses) return false;
  const char* one = FunctionOf(report, 0, texts[0]);
  const char* other = FunctionOf(report, 1, texts[1]);
  if (one == nullptr || other == nullptr) return false;
  bool known = false;
  for (size_t i = 0; i < std::size(kRaces); ++i) {
    const KnownRace& race = kRaces[i];
    const bool same = (Same(one, race.one) && Same(other, race.other)) ||
                      (Same(one, race.other) && Same(other, race.one));
    if (!same) continue;
    ++reports[i];
    known = true;
  }
  return known;
}

}  // namespace
#endif

}  // namespace groupfuzz

#ifdef GROUPFUZZ_TSAN
namespace __tsan {

class ReportDesc;

// Replaces the weak function of ThreadSanitizer's runtime that has the last word on a report:
// whether it is suppressed.
bool OnReport(const ReportDesc* report, bool suppressed);
bool OnReport(const ReportDesc* report, bool suppressed) {
  return suppressed || groupfuzz::IsKnown(const_cast<ReportDesc*>(report));
}

}  // namespace __tsan
#endif
