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
  struct sigaction action = {};
  action.sa_handler = OnInterrupt;
  sigemptyset(&action.sa_mask);
  action.sa_flags = 0;  // who waits for input or a file stops waiting
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  // A file that may not grow is an error of the write, with a message.
  std::signal(SIGXFSZ, SIG_IGN);
}

bool Interrupted() { return interrupted != 0; }

Progress::Progress() : terminal_(isatty(STDERR_FILENO) == 1), next_(Clock::now() + kQuiet) {}

Progress::~Progress() { Wipe(); }

void Progress::Wipe() {
  if (shown_) std::fputs(kWipeLine, stderr);
  shown_ = false;
}

bool Progress::Due() { return terminal_ && Clock::now() >= next_; }

void Progress::Show(const std::string& line) {
  std::fprintf(stderr, "%s%s", kWipeLine, line.c_str());
  std::fflush(stderr);
  shown_ = true;
  next_ = Clock::now() + kInterval;
}

}  // namespace groupfuzz::cli
