#include "harness/report/terminal.h"

#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace groupfuzz::cli {
namespace {

constexpr std::chrono::milliseconds kQuiet(2000);
constexpr std::chrono::milliseconds kInterval(200);
constexpr char kWipeLine[] = "\r\033[K";

volatile std::sig_atomic_t interrupted = 0;

void OnInterrupt(int signal) {
  if (interrupted != 0) {
    std::signal(signal, SIG_DFL);
    std::raise(signal);
  }
  interrupted = 1;
}

}  // namespace

bool UseColour() { return isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr; }

void CatchInterrupts() {
  std::signal(SIGINT, OnInterrupt);
  std::signal(SIGTERM, OnInterrupt);
}

bool Interrupted() { return interrupted != 0; }

Progress::Progress() : terminal_(isatty(STDERR_FILENO) == 1), next_(Clock::now() + kQuiet) {}

Progress::~Progress() {
  if (shown_) std::fputs(kWipeLine, stderr);
}

bool Progress::Due() { return terminal_ && Clock::now() >= next_; }

void Progress::Show(const std::string& line) {
  std::fprintf(stderr, "%s%s", kWipeLine, line.c_str());
  std::fflush(stderr);
  shown_ = true;
  next_ = Clock::now() + kInterval;
}

}  // namespace groupfuzz::cli
