#include "harness/mutation/trial.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
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
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "harness/known_findings.h"

namespace groupfuzz::mutation {
namespace {

namespace fs = std::filesystem;

// CPU seconds for making a counterexample small, and for as many executions as are made between two
// looks at the clock: who needs more is stuck.
constexpr double kMinimizeSeconds = 3;
constexpr uint64_t kMinimizeExecutions = 20'000;
constexpr double kStuckSeconds = 3;
constexpr uint64_t kBetweenLooks = 64;
constexpr int kNoProgram = 127;

double CpuSecondsOf(const rusage& usage) {
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double CpuSeconds() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return CpuSecondsOf(usage);
}

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

void CloseStandardOutput() {
  const int nowhere = open("/dev/null", O_RDWR);
  for (int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) dup2(nowhere, fd);
}

// SIGXCPU ends the process in `seconds` of CPU time from now.
void LimitCpu(double seconds) {
  rlimit limits;
  getrlimit(RLIMIT_CPU, &limits);
  limits.rlim_cur = static_cast<rlim_t>(std::ceil(CpuSeconds() + seconds));
  setrlimit(RLIMIT_CPU, &limits);
}

// What a child tells its parent, a line each time: "count N SECONDS", "found PROPERTY N SECONDS",
// "size DEVICES OPS THREADS FAILURES".
class Report {
 public:
  explicit Report(int fd) : fd_(fd) {}
  void Count(uint64_t executions) { Say(absl::StrCat("count ", executions, " ", CpuSeconds())); }
  void Found(const std::string& property, uint64_t executions) {
    Say(absl::StrCat("found ", property, " ", executions, " ", CpuSeconds()));
  }
  void Size(const ProgramSize& size) {
    Say(absl::StrCat("size ", size.devices, " ", size.ops, " ", size.threads, " ", size.failures));
  }

 private:
  void Say(const std::string& line) {
    const std::string text = line + "\n";
    if (write(fd_, text.data(), text.size()) < 0) _exit(1);
  }
  const int fd_;
};

// Reads what a Report said.
void Understand(const std::string& text, TrialResult* result) {
  std::istringstream lines(text);
  for (std::string word; lines >> word;) {
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
[[noreturn]] void RunEngine(const Trial& trial, const TrialOptions& options,
                            const std::string& folder, int fd) {
  Report report(fd);
  uint64_t executions = 0;
  Hunt hunt{.design = *trial.design,
            .corpus = options.corpus,
            .seed = trial.seed,
            .folder = folder,
            .max_executions = options.max_executions,
            .keep_going = nullptr,
            .on_discovery = nullptr};
  hunt.keep_going = [&] {
    if (++executions % kBetweenLooks != 0) return true;
    const bool more = CpuSeconds() < options.cpu_seconds;
    LimitCpu(more ? kStuckSeconds : options.cpu_seconds);
    return more;
  };
  hunt.on_discovery = [&](const Discovery& discovery) {
    report.Found(discovery.key.property, std::max<uint64_t>(executions, 1));
    if (!options.minimize) _exit(0);
    report.Size(SizeOf(discovery.program));
    LimitCpu(kMinimizeSeconds);
    Runner runner(*trial.design);
    KnownFindings known(*trial.design);
    PropertyReproducer reproducer(runner, FindingKey(discovery.key.property), kMinimizeExecutions,
                                  &known);
    report.Size(SizeOf(Minimize(discovery.program, reproducer)));
    _exit(0);
  };
  LimitCpu(kStuckSeconds);
  trial.engine->run(hunt);
  report.Count(executions);
  _exit(0);
}

[[noreturn]] void RunFuzzTarget(const Trial& trial, const TrialOptions& options,
                                const std::string& folder) {
  const std::string target = std::string(trial.engine->name);
  std::vector<std::string> words = {
      options.fuzz_targets + "/" + target,
      absl::StrCat("--design=", trial.design->name),
      absl::StrCat("-seed=", trial.seed),
      absl::StrFormat("-max_total_time=%d", static_cast<int>(std::ceil(options.cpu_seconds))),
      absl::StrCat("-artifact_prefix=", folder, "/"),
      "-print_final_stats=1",
      "-timeout=5",
      absl::StrCat(folder, "/corpus"),
      options.seeds + "/" + target};
  if (options.max_executions < std::numeric_limits<uint64_t>::max()) {
    words.push_back(absl::StrCat("-runs=", options.max_executions));
  }
  std::vector<char*> argv;
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  const int log = open((folder + "/log").c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0666);
  dup2(log, STDERR_FILENO);
  execv(argv[0], argv.data());
  _exit(kNoProgram);
}

// Takes the number of executions: of libFuzzer's final statistics, or of its last status ("#123 NEW
// ..."). Returns the last line.
std::string ReadLog(const std::string& path, TrialResult* result) {
  std::ifstream log(path);
  const std::string runs = "stat::number_of_executed_units:";
  std::string last;
  for (std::string line; std::getline(log, line); last = line) {
    const size_t skip = line.starts_with(runs) ? runs.size() : line.starts_with("#") ? 1 : 0;
    if (skip > 0) result->executions = std::strtoull(line.c_str() + skip, nullptr, 10);
  }
  return last;
}

// A child and what it left.
class Child {
 public:
  Child(size_t index, const Trial& trial, const TrialOptions& options)
      : index_(index), trial_(trial), folder_(absl::StrCat(options.scratch, "/", index)) {
    fs::create_directories(folder_ + "/corpus");
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return;
    pid_ = fork();
    if (pid_ == 0) {
      signal(SIGINT, SIG_DFL);
      signal(SIGTERM, SIG_DFL);
      CloseStandardOutput();
      if (trial.engine->run == nullptr) RunFuzzTarget(trial, options, folder_);
      RunEngine(trial, options, folder_, ends[1]);
    }
    close(ends[1]);
    fd_ = ends[0];
  }
  ~Child() {
    if (fd_ >= 0) close(fd_);
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  size_t index() const { return index_; }
  void Kill() const {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }

  // Takes what it said; returns whether it has ended, and how.
  bool Ended(TrialResult* result) {
    int status = 0;
    rusage usage;
    if (wait4(pid_, &status, WNOHANG, &usage) != pid_) return false;
    char buffer[512];
    std::string text;
    for (ssize_t count; (count = read(fd_, buffer, sizeof(buffer))) > 0;) {
      text.append(buffer, static_cast<size_t>(count));
    }
    Understand(text, result);
    if (trial_.engine->run == nullptr) {
      ReadFuzzTarget(status, result);
      result->cpu_seconds = CpuSecondsOf(usage);
    } else if (!result->found && status != 0) {
      Died(status, usage, result);
    }
    return true;
  }

 private:
  // Running out of time is no finding in itself, but a single execution that does is stuck. A
  // sanitizer exits. SIGKILL comes from outside.
  static void Died(int status, const rusage& usage, TrialResult* result) {
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) {
      result->error = "the process was killed";
      return;
    }
    result->found = true;
    result->cpu_seconds = CpuSecondsOf(usage);
    if (WIFEXITED(status)) {
      result->property = absl::StrCat("exit ", WEXITSTATUS(status));
    } else if (WTERMSIG(status) == SIGXCPU) {
      result->property = "stuck";
    } else {
      result->property = absl::StrCat("SIG", sigabbrev_np(WTERMSIG(status)));
    }
  }

  // What the target found is DESIGN-PROPERTY-HASH.txt, or what libFuzzer leaves: crash-..., oom-...
  void ReadFuzzTarget(int status, TrialResult* result) const {
    if (WIFEXITED(status) && WEXITSTATUS(status) == kNoProgram) {
      result->error = absl::StrCat("there is no ", std::string(trial_.engine->name));
      return;
    }
    const std::string design = trial_.design->name + "-";
    for (const auto& entry : fs::directory_iterator(folder_)) {
      const std::string name = entry.path().filename().string();
      if (name.starts_with(design)) {
        const size_t end = name.find('-', design.size());
        result->property = name.substr(design.size(), end - design.size());
        result->found = true;
      } else if (!result->found && entry.is_regular_file() && name != "log") {
        result->property = name.substr(0, name.find('-'));
        result->found = true;
      }
    }
    const std::string last = ReadLog(folder_ + "/log", result);
    if (status != 0 && !result->found) result->error = "the fuzz target ended: " + last;
  }

  const size_t index_;
  const Trial& trial_;
  const std::string folder_;
  pid_t pid_ = -1;
  int fd_ = -1;
};

}  // namespace

void RunTrials(const std::vector<Trial>& trials, const TrialOptions& options, int jobs,
               const std::function<bool(size_t)>& wanted,
               const std::function<void(size_t, const TrialResult&)>& on_result,
               const std::function<bool()>& keep_going) {
  std::list<Child> running;
  size_t next = 0;
  while (next < trials.size() || !running.empty()) {
    if (!keep_going()) {
      for (const Child& child : running) child.Kill();
      return;
    }
    while (running.size() < static_cast<size_t>(jobs) && next < trials.size()) {
      const size_t index = next++;
      if (wanted(index)) running.emplace_back(index, trials[index], options);
    }
    bool any = false;
    for (auto child = running.begin(); child != running.end();) {
      TrialResult result;
      if (!child->Ended(&result)) {
        ++child;
        continue;
      }
      any = true;
      on_result(child->index(), result);
      child = running.erase(child);
    }
    if (!any && !running.empty()) usleep(2000);
  }
}

}  // namespace groupfuzz::mutation
