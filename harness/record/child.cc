#include "harness/record/child.h"

#include <fcntl.h>
#include <sys/mman.h>
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

namespace groupfuzz::record {
namespace {

constexpr int kNone = -1;

std::string SignalName(int signal) {
  constexpr std::array<std::pair<int, const char*>, 8> kNames = {{{SIGABRT, "SIGABRT"},
                                                                  {SIGALRM, "SIGALRM"},
                                                                  {SIGBUS, "SIGBUS"},
                                                                  {SIGFPE, "SIGFPE"},
                                                                  {SIGILL, "SIGILL"},
                                                                  {SIGKILL, "SIGKILL"},
                                                                  {SIGSEGV, "SIGSEGV"},
                                                                  {SIGTRAP, "SIGTRAP"}}};
  for (const auto& [number, name] : kNames) {
    if (number == signal) return name;
  }
  return absl::StrCat("signal", signal);
}

void WriteAll(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) _exit(EXIT_FAILURE);
    text.remove_prefix(static_cast<size_t>(written));
  }
}

[[noreturn]] void RunChild(const std::function<void(const Child::Say&)>& work, int fd, bool loud) {
  constexpr rlimit kNoCore = {0, 0};
  setrlimit(RLIMIT_CORE, &kNoCore);
  const int null = loud ? kNone : open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (null != kNone) dup2(null, STDERR_FILENO);
  work([fd](std::string_view text) { WriteAll(fd, text); });
  _exit(EXIT_SUCCESS);
}

}  // namespace

absl::StatusOr<Child> Child::Start(const std::function<void(const Say&)>& work, bool loud) {
  std::array<int, 2> ends;
  if (pipe(ends.data()) != 0) {
    return absl::InternalError(absl::StrCat("no pipe: ", std::strerror(errno)));
  }
  std::fflush(nullptr);
  const pid_t pid = fork();
  if (pid == 0) {
    close(ends[0]);
    RunChild(work, ends[1], loud);
  }
  const int error = errno;
  close(ends[1]);
  if (pid > 0) return Child(pid, ends[0]);
  close(ends[0]);
  return absl::InternalError(absl::StrCat("no process: ", std::strerror(error)));
}

Child::Child(Child&& other) noexcept
    : pid_(std::exchange(other.pid_, kNone)), fd_(std::exchange(other.fd_, kNone)) {}

Child::~Child() { Wait(); }

bool Child::Read(std::string* out) {
  std::array<char, 4096> buffer;
  const ssize_t got = read(fd_, buffer.data(), buffer.size());
  if (got > 0) out->append(buffer.data(), static_cast<size_t>(got));
  return got > 0 || (got < 0 && errno == EINTR);
}

std::string Child::Wait() {
  if (fd_ != kNone) close(std::exchange(fd_, kNone));
  if (pid_ == kNone) return "";
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) continue;
  pid_ = kNone;
  if (WIFSIGNALED(status)) return absl::StrCat("crashed:", SignalName(WTERMSIG(status)));
  if (WEXITSTATUS(status) != EXIT_SUCCESS) return absl::StrCat("exited:", WEXITSTATUS(status));
  return "";
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

}  // namespace groupfuzz::record
