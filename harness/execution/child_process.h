// A copy of this process that does one piece of work and says through a pipe what came of it, so
// that a crash of the work costs nothing but the rest of it.
//
// Thread-safety: of processes with one thread.
#ifndef GROUPFUZZ_HARNESS_EXECUTION_CHILD_PROCESS_H_
#define GROUPFUZZ_HARNESS_EXECUTION_CHILD_PROCESS_H_

#include <sys/resource.h>
#include <sys/types.h>

#include <cstddef>
#include <functional>
#include <new>
#include <string>
#include <string_view>
#include <type_traits>

#include "absl/status/statusor.h"

namespace groupfuzz {

class ChildProcess {
 public:
  using Say = std::function<void(std::string_view)>;

  // Forks. `work` runs in the child, which ends when it returns; its standard error is shown only
  // where `loud`.
  static absl::StatusOr<ChildProcess> Start(const std::function<void(const Say&)>& work, bool loud);

  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;
  ~ChildProcess();  // waits for its end

  // For poll(2).
  int fd() const { return fd_; }
  // Appends what the child has said since; waits for something. Returns whether more can come.
  bool Read(std::string* out);
  // Waits for the end, and how it came. Once.
  struct End {
    int signal = 0;  // that ended it
    int status = 0;  // that it exited with
    double cpu_seconds = 0;

    // "" after `work` returned, "crashed:SIGSEGV", "exited:3".
    std::string Describe() const;
  };
  End Wait();
  void Kill() const;

 private:
  ChildProcess(pid_t pid, int fd) : pid_(pid), fd_(fd) {}

  pid_t pid_;
  int fd_;
};

// CPU time of this process so far.
double CpuSeconds();
double CpuSecondsOf(const rusage& usage);

// Memory that a process and the children it starts from now on see alike; all zero.
class SharedMemory {
 public:
  explicit SharedMemory(size_t size);
  SharedMemory(SharedMemory&& other) noexcept;
  SharedMemory& operator=(SharedMemory&&) = delete;
  ~SharedMemory();

  void* get() { return place_; }

 private:
  void* place_;
  size_t size_;
};

// A value in it.
template <typename T>
class Shared {
 public:
  static_assert(std::is_trivially_copyable_v<T>);
  Shared() : memory_(sizeof(T)) { new (memory_.get()) T(); }

  T& operator*() { return *std::launder(static_cast<T*>(memory_.get())); }
  T* operator->() { return &**this; }

 private:
  SharedMemory memory_;
};

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_EXECUTION_CHILD_PROCESS_H_
