#include "harness/mutation/trial.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <list>
#include <optional>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "harness/execution/child_process.h"
#include "harness/verdict/known.h"

namespace groupfuzz::mutation {
namespace {

namespace fs = std::filesystem;

// For making a counterexample small.
constexpr double kMinimizeSeconds = 3;
constexpr uint64_t kMinimizeExecutions = 20'000;
// Executions between two looks at the clock.
constexpr uint64_t kBetweenLooks = 64;
constexpr int kPollMilliseconds = 100;
constexpr int kNoProgram = 127;
constexpr double kMostBusy = 8;

ProgramSize SizeOf(const Program& program) {
  ProgramSize size{.devices = 0,
                   .ops = OpCount(program),
                   .threads = program.thread_count,
                   .failures = program.faults.size};
  for (int i = 0; i < program.configuration.device_count; ++i) {
    size.devices += program.configuration.devices[i].present ? 1 : 0;
  }
  return size;
}

// SIGXCPU ends the process in `seconds` of CPU time from now.
void LimitCpu(double seconds) {
  rlimit limits;
  getrlimit(RLIMIT_CPU, &limits);
  limits.rlim_cur = static_cast<rlim_t>(std::ceil(CpuSeconds() + seconds));
  setrlimit(RLIMIT_CPU, &limits);
}

// What a child tells its parent, a line each time: "count N SECONDS", "found PROPERTY N SECONDS",
// "size DEVICES OPS THREADS FAILURES", "stepped over ...".
class Report {
 public:
  explicit Report(const ChildProcess::Say& say) : say_(say) {}
  void Count(uint64_t executions) { Say(absl::StrCat("count ", executions, " ", CpuSeconds())); }
  void Found(const std::string& property, uint64_t executions) {
    Say(absl::StrCat("found ", property, " ", executions, " ", CpuSeconds()));
  }
  void Size(const ProgramSize& size) {
    Say(absl::StrCat("size ", size.devices, " ", size.ops, " ", size.threads, " ", size.failures));
  }
  void Known(const SteppedOver& known) {
    if (!known.empty()) Say(known.Describe());
  }

 private:
  void Say(const std::string& line) { say_(line + "\n"); }
  const ChildProcess::Say& say_;
};

// Reads what a Report said.
void Understand(const std::string& text, TrialResult* result) {
  std::istringstream all(text);
  for (std::string line; std::getline(all, line);) {
    result->stepped_over.AddDescribed(line);
    std::istringstream lines(line);
    std::string word;
    lines >> word;
    if (word == "count") {
      lines >> result->executions >> result->cpu_seconds;
    } else if (word == "found") {
      result->found = true;
      lines >> result->property >> result->executions >> result->cpu_seconds;
    } else if (word == "size") {
      ProgramSize& size = result->size;
      lines >> size.devices >> size.ops >> size.threads >> size.failures;
    }
  }
}

// In the child.
void RunEngine(const Trial& trial, const TrialOptions& options, const std::string& folder,
               const ChildProcess::Say& say) {
  Report report(say);
  uint64_t executions = 0;
  SteppedOver stepped_over;
  Hunt hunt{.design = *trial.design,
            .corpus = options.corpus,
            .seed = trial.seed,
            .folder = folder,
            .max_executions = options.max_executions,
            .keep_going = nullptr,
            .stepped_over = stepped_over,
            .on_discovery = nullptr};
  hunt.keep_going = [&] {
    if (++executions % kBetweenLooks != 0) return true;
    const bool more = CpuSeconds() < options.cpu_seconds;
    LimitCpu(more ? options.stuck_seconds : options.cpu_seconds);
    return more;
  };
  hunt.on_discovery = [&](const Discovery& discovery) {
    report.Found(discovery.key.property, std::max<uint64_t>(executions, 1));
    report.Known(stepped_over);
    if (!options.minimize) _exit(0);
    report.Size(SizeOf(discovery.program));
    LimitCpu(kMinimizeSeconds);
    Runner runner(*trial.design);
    Known known(*trial.design);
    PropertyReproducer reproducer(runner, FindingKey(discovery.key.property),
                                  {.max_executions = kMinimizeExecutions},
                                  known.Keeps(discovery.key.property));
    report.Size(SizeOf(Minimize(discovery.program, reproducer)));
    _exit(0);
  };
  LimitCpu(options.stuck_seconds);
  trial.engine->run(hunt);
  report.Count(executions);
  report.Known(stepped_over);
}

[[noreturn]] void RunFuzzTarget(const Trial& trial, const TrialOptions& options,
                                const std::string& folder) {
  const std::string target = std::string(trial.engine->name);
  std::vector<std::string> words = {
      options.fuzz_targets + "/" + target, absl::StrCat("--design=", trial.design->name),
      absl::StrCat("-seed=", trial.seed),
      // Beside the limit of CPU time: a machine may be busy.
      absl::StrFormat("-max_total_time=%d", static_cast<int>(kMostBusy * options.cpu_seconds) + 1),
      absl::StrCat("-artifact_prefix=", folder, "/"), "-print_final_stats=1", "-timeout=5",
      absl::StrCat(folder, "/corpus"), options.seeds + "/" + target};
  if (options.max_executions < std::numeric_limits<uint64_t>::max()) {
    words.push_back(absl::StrCat("-runs=", options.max_executions));
  }
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  LimitCpu(options.cpu_seconds);
  const int log = open((folder + "/log").c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0666);
  dup2(log, STDERR_FILENO);
  execv(argv[0], argv.data());
  _exit(kNoProgram);
}

// Takes the number of executions: of libFuzzer's final statistics, or of its last status ("#123 NEW
// ..."); and what was stepped over. Returns the last line.
std::string ReadLog(const std::string& path, TrialResult* result) {
  std::ifstream log(path);
  const std::string runs = "stat::number_of_executed_units:";
  std::string last;
  for (std::string line; std::getline(log, line); last = line) {
    const size_t skip = line.starts_with(runs) ? runs.size() : line.starts_with("#") ? 1 : 0;
    result->stepped_over.AddDescribed(line);
    if (skip > 0) result->executions = std::strtoull(line.c_str() + skip, nullptr, 10);
  }
  return last;
}

// A trial at work.
class RunningTrial {
 public:
  RunningTrial(size_t index, const Trial& trial, const TrialOptions& options)
      : index_(index), trial_(trial), folder_(absl::StrCat(options.scratch, "/", index)) {
    fs::create_directories(folder_ + "/corpus");
    auto child = ChildProcess::Start(
        [&](const ChildProcess::Say& say) {
          // Ctrl-C is for who started this, and ends it.
          setpgid(0, 0);
          signal(SIGINT, SIG_DFL);
          signal(SIGTERM, SIG_DFL);
          if (trial.engine->run == nullptr) RunFuzzTarget(trial, options, folder_);
          RunEngine(trial, options, folder_, say);
        },
        /*loud=*/false);
    if (child.ok()) {
      child_.emplace(*std::move(child));
    } else {
      result_.error = std::string(child.status().message());
    }
  }
  ~RunningTrial() {
    if (child_) child_->Kill();
    child_.reset();
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  RunningTrial(const RunningTrial&) = delete;
  RunningTrial& operator=(const RunningTrial&) = delete;

  size_t index() const { return index_; }
  const TrialResult& result() const { return result_; }
  // For poll(2); < 0: there is nothing to wait for.
  int fd() const { return child_ ? child_->fd() : -1; }

  // Takes what it says; returns whether that was all.
  bool Ended() {
    if (child_ && child_->Read(&said_)) return false;
    if (!child_) return true;
    const ChildProcess::End end = child_->Wait();
    child_.reset();
    Understand(said_, &result_);
    if (trial_.engine->run == nullptr) {
      ReadFuzzTarget(end);
      result_.cpu_seconds = end.cpu_seconds;
    } else if (!result_.found && !end.Describe().empty()) {
      Died(end);
    }
    return true;
  }

 private:
  // Running out of time is no finding in itself, but executions that do not end are stuck. A
  // sanitizer exits. Some signals only come from outside.
  void Died(const ChildProcess::End& end) {
    if (end.signal == SIGKILL || end.signal == SIGINT || end.signal == SIGTERM ||
        end.signal == SIGHUP) {
      result_.error = "the process was killed";
      return;
    }
    result_.found = true;
    result_.cpu_seconds = end.cpu_seconds;
    const std::string how = end.Describe();
    result_.property = end.signal == SIGXCPU ? "stuck"
                       : end.signal != 0     ? how.substr(how.find(':') + 1)
                                             : how;
  }

  // What the target found is DESIGN-PROPERTY-HASH.txt, or what libFuzzer leaves: crash-..., oom-...
  void ReadFuzzTarget(const ChildProcess::End& end) {
    if (end.status == kNoProgram) {
      result_.error = absl::StrCat("there is no ", std::string(trial_.engine->name));
      return;
    }
    const std::string design = trial_.design->file_name() + "-";
    for (const auto& entry : fs::directory_iterator(folder_)) {
      const std::string name = entry.path().filename().string();
      if (name.starts_with(design)) {
        const size_t dash = name.find('-', design.size());
        result_.property = name.substr(design.size(), dash - design.size());
        result_.found = true;
      } else if (!result_.found && entry.is_regular_file() && name != "log") {
        result_.property = name.substr(0, name.find('-'));
        result_.found = true;
      }
    }
    const std::string last = ReadLog(folder_ + "/log", &result_);
    const bool in_time = end.signal != SIGXCPU;
    if (!end.Describe().empty() && in_time && !result_.found) {
      result_.error = "the fuzz target ended: " + last;
    }
  }

  const size_t index_;
  const Trial& trial_;
  const std::string folder_;
  std::optional<ChildProcess> child_;
  std::string said_;
  TrialResult result_;
};

// Waits a moment for those that run, and hands on the results of those that ended.
void TakeResults(std::list<RunningTrial>* running,
                 const std::function<void(size_t, const TrialResult&)>& on_result) {
  std::vector<pollfd> polled;
  for (const RunningTrial& trial : *running) polled.push_back({trial.fd(), POLLIN, 0});
  poll(polled.data(), polled.size(), kPollMilliseconds);
  auto trial = running->begin();
  for (const pollfd& poll : polled) {
    const bool ready = poll.fd < 0 || poll.revents != 0;
    if (!ready || !trial->Ended()) {
      ++trial;
      continue;
    }
    on_result(trial->index(), trial->result());
    trial = running->erase(trial);
  }
}

}  // namespace

void RunTrials(const std::vector<Trial>& trials, const TrialOptions& options, int jobs,
               const std::function<bool(size_t)>& wanted,
               const std::function<void(size_t, const TrialResult&)>& on_result,
               const std::function<bool()>& keep_going) {
  std::list<RunningTrial> running;
  for (size_t next = 0; next < trials.size() || !running.empty();) {
    if (!keep_going()) return;
    if (next < trials.size() && running.size() < static_cast<size_t>(jobs)) {
      const size_t index = next++;
      if (wanted(index)) running.emplace_back(index, trials[index], options);
      continue;
    }
    TakeResults(&running, on_result);
  }
}

}  // namespace groupfuzz::mutation
