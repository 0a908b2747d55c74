#include "harness/record/recording.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "harness/execution/child_process.h"
#include "harness/program/strings.h"
#include "harness/program/text_codec.h"

namespace groupfuzz::record {
namespace {

// A program that takes so long does not end.
constexpr unsigned kSecondsForProgram = 120;

std::string Hex(const std::array<Digest, kParts>& digests) {
  return absl::StrJoin(digests, "\t", [](std::string* out, const Digest& digest) {
    absl::StrAppend(out, digest.Hex());
  });
}

// The record of one system as it grows.
class SystemRun {
 public:
  SystemRun(const Design& system, const std::vector<ListedProgram>& programs,
            const RecordOptions& options)
      : system_(system), programs_(programs), max_executions_(options.max_executions) {
    const size_t first = std::min(options.first, programs.size());
    const size_t end = first + std::min(options.count, programs.size() - first);
    for (size_t i = first; i < end; i += options.block) {
      blocks_.push_back({i, std::min(options.block, end - i), 0, {}});
    }
    progress_->next = first;
  }

  size_t size() const { return blocks_.size(); }
  bool done() const { return done_ == blocks_.size(); }
  int fd() const { return child_->fd(); }
  // Whether a process is at work.
  bool active() const { return child_.has_value(); }

  // A process goes on with the next program.
  absl::Status Start() {
    progress_->ready = false;
    const auto work = [this](const ChildProcess::Say& say) { Work(say); };
    absl::StatusOr<ChildProcess> child = ChildProcess::Start(work, /*loud=*/false);
    if (!child.ok()) return child.status();
    child_.emplace(*std::move(child));
    return absl::OkStatus();
  }

  // Takes what the process says; after a crash begins another one. Returns how many blocks were
  // done.
  absl::StatusOr<size_t> Take() {
    const size_t before = done_;
    const bool more = child_->Read(&said_);
    for (size_t end = said_.find('\n'); end != std::string::npos; end = said_.find('\n')) {
      Finish(said_.substr(0, end));
      said_.erase(0, end + 1);
    }
    if (more) return done_ - before;
    const std::string how = child_->Wait().Describe();
    child_.reset();
    if (done()) return done_ - before;
    if (!progress_->ready) {
      return absl::InternalError(absl::StrCat(system_.name, " cannot be made: ", how));
    }
    Crashed(how);
    if (absl::Status status = done() ? absl::OkStatus() : Start(); !status.ok()) return status;
    return done_ - before;
  }

  SystemRecord TakeRecord() { return {system_.name, std::move(blocks_)}; }

 private:
  // Of the process at work; good when it crashes, too.
  struct Progress {
    bool ready = false;                    // the system is made
    size_t next = 0;                       // the program it is at
    std::array<Digest, kParts> digests{};  // of the programs of the block before it
  };

  void Work(const ChildProcess::Say& say) {
    Observer observer(system_, max_executions_);
    progress_->ready = true;
    for (size_t i = done_; i < blocks_.size(); ++i) {
      while (progress_->next < blocks_[i].first + blocks_[i].count) Observe(observer);
      const std::string digests = Hex(std::exchange(progress_->digests, {}));
      say(digests + "\n");
    }
  }

  void Observe(Observer& observer) {
    alarm(kSecondsForProgram);
    const ListedProgram& program = programs_[progress_->next];
    const Observation& seen = observer.Observe(program.program, program.explore);
    for (int part = 0; part < kParts; ++part) {
      const bool asked = static_cast<Part>(part) != Part::kExploration || !seen[part].empty();
      if (asked) progress_->digests[part].Add(seen[part]);
    }
    ++progress_->next;
  }

  // The process ended at a program: that is what was seen of it.
  void Crashed(const std::string& how) {
    BlockRecord& block = blocks_[done_];
    ++block.crashed;
    for (Digest& digest : progress_->digests) digest.Add(how);
    if (++progress_->next < block.first + block.count) return;
    Finish(Hex(std::exchange(progress_->digests, {})));
  }

  void Finish(const std::string& digests) {
    const std::vector<std::string> each = absl::StrSplit(digests, '\t');
    std::copy_n(each.begin(), std::min<size_t>(each.size(), kParts),
                blocks_[done_++].digests.begin());
  }

  const Design& system_;
  const std::vector<ListedProgram>& programs_;
  const uint64_t max_executions_;
  std::vector<BlockRecord> blocks_;  // those from done_ on without digests
  size_t done_ = 0;
  Shared<Progress> progress_;
  std::optional<ChildProcess> child_;
  std::string said_;  // of a line that is not complete
};

// Waits until a process of `active` says something, and has it taken. Returns how many blocks were
// done.
absl::StatusOr<size_t> TakeSome(std::vector<SystemRun*>& active) {
  std::vector<pollfd> polled;
  polled.reserve(active.size());
  for (const SystemRun* run : active) polled.push_back({run->fd(), POLLIN, 0});
  size_t done = 0;
  if (poll(polled.data(), polled.size(), /*timeout=*/-1) <= 0) return done;
  for (size_t i = 0; i < polled.size(); ++i) {
    if (polled[i].revents == 0) continue;
    const absl::StatusOr<size_t> more = active[i]->Take();
    if (!more.ok()) return more.status();
    done += *more;
  }
  std::erase_if(active, [](const SystemRun* run) { return !run->active(); });
  return done;
}

}  // namespace

absl::StatusOr<std::vector<SystemRecord>> Record(const std::vector<const Design*>& systems,
                                                 const std::vector<ListedProgram>& programs,
                                                 const RecordOptions& options,
                                                 const OnBlock& on_block) {
  std::vector<SystemRun> runs;
  runs.reserve(systems.size());
  for (const Design* system : systems) runs.emplace_back(*system, programs, options);
  size_t all = 0;
  for (const SystemRun& run : runs) all += run.size();
  std::vector<SystemRun*> active;
  size_t done = 0;
  for (size_t next = 0; next < runs.size() || !active.empty();) {
    if (next < runs.size() && active.size() < static_cast<size_t>(options.jobs)) {
      SystemRun& run = runs[next++];
      if (run.done()) continue;
      if (absl::Status status = run.Start(); !status.ok()) return status;
      active.push_back(&run);
      continue;
    }
    const absl::StatusOr<size_t> more = TakeSome(active);
    if (!more.ok()) return more.status();
    done += *more;
    if (on_block && *more != 0) on_block(done, all);
  }
  std::vector<SystemRecord> records;
  records.reserve(runs.size());
  for (SystemRun& run : runs) records.push_back(run.TakeRecord());
  return records;
}

std::string FormatRecords(const std::vector<SystemRecord>& records) {
  std::string text = "# system\tfirst\tcount\tcrashed";
  for (int part = 0; part < kParts; ++part) {
    absl::StrAppend(&text, "\t", Abseil(PartName(static_cast<Part>(part))));
  }
  text += '\n';
  for (const SystemRecord& record : records) {
    for (const BlockRecord& block : record.blocks) {
      absl::StrAppend(&text, record.system, "\t", block.first, "\t", block.count, "\t",
                      block.crashed, "\t", absl::StrJoin(block.digests, "\t"), "\n");
    }
  }
  return text;
}

absl::StatusOr<std::string> DescribeInFull(const Design& system, const ListedProgram& program,
                                           uint64_t max_executions) {
  const auto work = [&](const ChildProcess::Say& say) {
    say(FormatText(program.program));
    Observer observer(system, max_executions);
    const Observation& seen = observer.Observe(program.program, program.explore);
    for (const Part part :
         {Part::kFindings, Part::kLinearizability, Part::kExploration, Part::kTrace}) {
      const std::string& text = seen[static_cast<size_t>(part)];
      say(absl::StrCat("== ", Abseil(PartName(part)), "\n", text.empty() ? "not asked\n" : text));
    }
  };
  absl::StatusOr<ChildProcess> child = ChildProcess::Start(work, /*loud=*/true);
  if (!child.ok()) return child.status();
  std::string text;
  while (child->Read(&text)) continue;
  if (const std::string how = child->Wait().Describe(); !how.empty()) {
    absl::StrAppend(&text, how, "\n");
  }
  return text;
}

}  // namespace groupfuzz::record
