#include "harness/verdict/refusals.h"

#include <cstddef>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "harness/program/text_codec.h"

namespace groupfuzz {

void Refusals::Add(const Trace& trace) {
  for (const OpRecord& record : trace.ops) {
    Ops& seen = record.result == kRefused ? refused_ : done_;
    seen[record.thread].set(record.op);
  }
}

std::vector<Refusals::Place> Refusals::Always(const Program& program) const {
  std::vector<Place> places;
  for (uint8_t thread = 0; thread < program.thread_count; ++thread) {
    for (size_t op = 0; op < program.threads[thread].size(); ++op) {
      if (!refused_[thread][op] || done_[thread][op]) continue;
      places.push_back({thread, static_cast<uint8_t>(op)});
    }
  }
  return places;
}

std::string DescribeRefusals(const Program& program, const std::vector<Refusals::Place>& refused,
                             bool complete) {
  if (refused.empty()) return "";
  const auto name = [&](std::string* out, const Refusals::Place& place) {
    absl::StrAppend(out, "T", place.thread, " ", FormatOp(program.threads[place.thread][place.op]));
  };
  return absl::StrCat("refused in every execution",
                      complete ? ": " : " that was tried: ", absl::StrJoin(refused, ", ", name),
                      " (why: docs/behaviour/3-ownership.md, 3.9)");
}

}  // namespace groupfuzz
