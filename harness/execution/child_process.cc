#include "harness/execution/child_process.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace groupfuzz {
namespace {

constexpr int kNone = -1;

void WriteAll(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) _exit(EXIT_FAILURE);
    text.remove_prefix(static_cast<size_t>(written));
  }
}

// What the parent has on its stack is not the child's to destroy: an exception ends the process.
[[noreturn]] void RunChild(const std::function<void(const ChildProcess::Say&)>& work, int fd,
                           bool loud) noexcept {
  constexpr rlimit kNoCore = {0, 0};
  setrlimit(RLIMIT_CORE, &kNoCore);
  const int null = loud ? kNone : open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (null != kNone) dup2(null, STDERR_FILENO);
  work([fd](std::string_view text) { WriteAll(fd, text); });
  _exit(EXIT_SUCCESS);
}

}  // namespace

absl::StatusOr<ChildProcess> ChildProcess::Start(const std::function<void(const Say&)>& work,
                                                 bool loud) {
  std::array<int, 2> ends;
  if (pipe(ends.data()) != 0) {
    return absl::InternalError(absl::StrCat("no pipe: ", std::strerror(errno)));
  }
  std::fflush(nullptr);
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid == 0) {
    // It ends with whoever started it, also where that is killed.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(EXIT_FAILURE);
    close(ends[0]);
    RunChild(work, ends[1], loud);
  }
  const int error = errno;
  close(ends[1]);
  if (pid > 0) return ChildProcess(pid, ends[0]);
  close(ends[0]);
  return absl::InternalError(absl::StrCat("no process: ", std::strerror(error)));
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, kNone)), fd_(std::exchange(other.fd_, kNone)) {}

ChildProcess::~ChildProcess() { Wait(); }

bool ChildProcess::Read(std::string* out) {
  std::array<char, 4096> buffer;
  const ssize_t got = read(fd_, buffer.data(), buffer.size());
  if (got > 0) out->append(buffer.data(), static_cast<size_t>(got));
  return got > 0 || (got < 0 && errno == EINTR);
}

ChildProcess::End ChildProcess::Wait() {
  End end;
  if (fd_ != kNone) close(std::exchange(fd_, kNone));
  if (pid_ == kNone) return end;
  int status = 0;
  rusage usage;
  while (wait4(pid_, &status, 0, &usage) < 0 && errno == EINTR) continue;
  pid_ = kNone;
  (WIFSIGNALED(status) ? end.signal : end.status) =
      WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
  end.cpu_seconds = CpuSecondsOf(usage);
  return end;
}

void ChildProcess::Kill() const {
  if (pid_ != kNone) kill(pid_, SIGKILL);
}

std::string ChildProcess::End::Describe() const {
  if (signal != 0) return absl::StrCat("crashed:SIG", sigabbrev_np(signal));
  return status != 0 ? absl::StrCat("exited:", status) : "";
}

double CpuSecondsOf(const rusage& usage) {
  constexpr double kMicro = 1e-6;
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + kMicro * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double CpuSeconds() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return CpuSecondsOf(usage);
}

SharedMemory::SharedMemory(size_t size)
    : place_(mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, kNone, 0)),
      size_(size) {
  if (place_ == MAP_FAILED) {
    std::perror("groupfuzz: no shared memory");
    std::abort();
  }
}

SharedMemory::SharedMemory(SharedMemory&& other) noexcept
    : place_(std::exchange(other.place_, nullptr)), size_(other.size_) {}

SharedMemory::~SharedMemory() {
  if (place_ != nullptr) munmap(place_, size_);
}

}  // namespace groupfuzz
