// What the commands do to the terminal and the process: colour, a live progress line, Ctrl-C.
//
// Thread-safety: main thread only.
#ifndef GROUPFUZZ_HARNESS_REPORT_TERMINAL_H_
#define GROUPFUZZ_HARNESS_REPORT_TERMINAL_H_

#include <chrono>
#include <string>

namespace groupfuzz::cli {

// Whether standard output wants ANSI colours: it is a terminal, and NO_COLOR is not set.
bool UseColour();

// From now on Ctrl-C does not end the process but makes Interrupted() true; a second one ends it.
void CatchInterrupts();
bool Interrupted();

// One line on standard error that is rewritten in place. Says nothing in the first two seconds, nor
// when standard error is no terminal.
class Progress {
 public:
  Progress();
  ~Progress();  // wipes the line
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Whether it is time for a new line; cheap.
  bool Due();
  void Show(const std::string& line);
  // Before something else is printed.
  void Wipe();

 private:
  using Clock = std::chrono::steady_clock;

  bool terminal_;
  bool shown_ = false;
  Clock::time_point next_;
};

}  // namespace groupfuzz::cli

#endif  // GROUPFUZZ_HARNESS_REPORT_TERMINAL_H_
