// The rows of a timeline before they are formatted: what happened, who did it, which state
// followed.
//
// Thread-safety: plain values and pure functions.
#ifndef GROUPFUZZ_HARNESS_REPORT_TIMELINE_ROWS_H_
#define GROUPFUZZ_HARNESS_REPORT_TIMELINE_ROWS_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "harness/execution/trace.h"
#include "harness/program/program.h"

namespace groupfuzz {

// Names for the domains of one execution.
class DomainNames {
 public:
  DomainNames(const Program& program, const Trace& trace);

  std::string Name(DomainId id) const;            // "D0"; "none" for kNoDomain
  std::string Typed(const DomainRef& ref) const;  // "D0:DMA", "D0:freed", "-"

 private:
  void Add(DomainId id, const std::string& prefix, int* count);
  void AddFromSnapshot(const Snapshot& snapshot);

  std::map<DomainId, std::string> names_;
  int core_domains_ = 0;
  int blocking_domains_ = 0;
};

enum class RowKind : uint8_t {
  kOpStart,
  kOpEnd,
  kAlways,        // worth showing wherever it happens
  kOnChange,      // worth showing where the state differs from the last row shown
  kBeforeSwitch,  // worth showing where another thread goes on next
  kDetail,        // only for who wants everything
};

struct Row {
  static constexpr int kNoState = -1;

  RowKind kind = RowKind::kDetail;
  uint8_t thread = kBootThread;
  uint8_t op = 0;
  int event = kNoState;                // index of the snapshot that holds after this row
  uint8_t mutex_holder = kBootThread;  // of group->mutex; kNoHolder where it is free
  std::string what;
  std::string result = {};  // kOpEnd: the end of `what` that says what came of the op
};

// Every row of `trace`, in order. REQUIRES: `trace` is of `program`.
std::vector<Row> AllRows(const Program& program, const Trace& trace, const DomainNames& names);

// The rows of `rows` that a reader needs. Rows whose event is in `marked` always stay.
std::vector<Row> InterestingRows(std::vector<Row> rows, const Trace& trace,
                                 const std::vector<int>& marked);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_REPORT_TIMELINE_ROWS_H_
