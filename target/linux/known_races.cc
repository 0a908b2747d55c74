#include "target/linux/known_races.h"

#include <iterator>

#ifdef GROUPFUZZ_TSAN
#include <sanitizer/common_interface_defs.h>
#include <sanitizer/tsan_interface.h>
#endif

namespace groupfuzz {
namespace {

constexpr RaceClass kDefect = RaceClass::kDefect;
constexpr RaceClass kIntended = RaceClass::kIntended;
constexpr char k6_1[] = "linux-source-6.1";
constexpr char k6_12[] = "linux-source-6.12";

constexpr char kUnlockedTest[] =
    "store_type tests default_domain before it takes the mutex: "
    "corpus/known/write-before-the-default-domain.txt, "
    "corpus/known/lazy-write-meets-the-last-unplug.txt";
constexpr char kLeaves[] =
    "a write finalizes a device that leaves its group: "
    "corpus/known/write-finalizes-a-device-that-left.txt, "
    "corpus/known/writer-waits-for-itself.txt";
constexpr char kFinalizesUnlocked[] =
    "probe_finalize runs without the mutex and asks for group->domain, while a write or a claim "
    "changes it";
constexpr char kFollowsFreed[] =
    "what probe_finalize got without the mutex is followed while a write frees it: use after free "
    "in a probe that meets a write";
constexpr char kFollowsNew[] =
    "what probe_finalize got without the mutex is a domain that another thread has just made: "
    "nothing orders the two";
constexpr char kTypeUnlocked[] =
    "probe_finalize makes a domain without a flush queue a strict one, under no lock that guards "
    "its type elsewhere";
constexpr char kFinalizedTwice[] =
    "the probe of a device and a write finalize it at the same time: the last one says which way "
    "its DMA goes";
constexpr char kBoundWithoutDefault[] =
    "a driver binds to a group without a default domain, and maps while another probe makes one; "
    "later kernels defer such drivers";
constexpr char kLazyEdit[] =
    "a write makes a live DMA domain a DMA-FQ one; who maps asks for a bit that both types have. "
    "WRITE_ONCE() and READ_ONCE() would say so";

constexpr KnownRace kRaces[] = {
    {"iommu_group_store_type", "iommu_group_alloc_default_domain", k6_1, kDefect, kUnlockedTest},
    {"iommu_group_get", "iommu_group_remove_device", k6_1, kDefect, kLeaves},
    {"iommu_get_domain_for_dev", "iommu_change_dev_def_domain", k6_1, kDefect, kFinalizesUnlocked},
    {"iommu_get_domain_for_dev", "__iommu_group_set_domain", k6_1, kDefect, kFinalizesUnlocked},
    {"iommu_get_domain_for_dev", "__iommu_attach_group", k6_1, kDefect, kFinalizesUnlocked},
    {"iommu_get_domain_for_dev", "iommu_group_alloc_default_domain", k6_1, kDefect,
     kFinalizesUnlocked},
    {"iommu_get_dma_domain", "iommu_group_alloc_default_domain", k6_1, kDefect,
     kBoundWithoutDefault},
    {"set_up_dma_ops", "iommu_change_dev_def_domain", k6_1, kDefect, kFinalizesUnlocked},
    {"set_up_dma_ops", "__iommu_domain_alloc", k6_1, kDefect, kFollowsNew},
    {"set_up_dma_ops", "memset", k6_1, kDefect, kFollowsNew},
    {"init_dma_domain", "memset", k6_1, kDefect, kFollowsNew},
    {"init_dma_domain", "iommu_get_dma_cookie", k6_1, kDefect, kFollowsNew},
    {"init_dma_domain", "iommu_put_dma_cookie", k6_1, kDefect, kFollowsFreed},
    {"init_dma_domain", "iommu_change_dev_def_domain", k6_1, kDefect, kTypeUnlocked},
    {"init_dma_domain", "iommu_group_show_type", k6_1, kDefect, kTypeUnlocked},
    {"set_up_dma_ops", "set_up_dma_ops", k6_1, kDefect, kFinalizedTwice},
    {"__iommu_map", "iommu_change_dev_def_domain", k6_1, kIntended, kLazyEdit},
    {"__iommu_unmap", "iommu_change_dev_def_domain", k6_1, kIntended, kLazyEdit},
    {"iommu_group_store_type", "iommu_setup_default_domain", k6_12, kDefect, kUnlockedTest},
    {"iommu_group_store_type", "iommu_deinit_device", k6_12, kDefect, kUnlockedTest},
    {"__iommu_map", "iommu_group_store_type", k6_12, kIntended, kLazyEdit},
    {"__iommu_unmap", "iommu_group_store_type", k6_12, kIntended, kLazyEdit},
};

int reports[std::size(kRaces)];

}  // namespace

std::span<const KnownRace> KnownRaces() { return kRaces; }

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
