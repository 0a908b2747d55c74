#include "harness/execution/last_words.h"

#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <csignal>
#include <utility>

#include "absl/strings/str_format.h"

// Of the sanitizers' runtime, where there is one.
extern "C" __attribute__((weak)) void __sanitizer_set_death_callback(  // NOLINT
    void (*callback)());

namespace groupfuzz {
namespace {

// A crash may have left the heap locked: no death takes longer than this.
constexpr unsigned kSecondsToSpeak = 5;
constexpr int kFatalSignals[] = {SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGFPE};

LastWords* instance = nullptr;

}  // namespace

LastWords::LastWords(const Design& design, std::string command, Save save)
    : design_(design), command_(std::move(command)), save_(std::move(save)) {
  assert(instance == nullptr);
  instance = this;
  if (__sanitizer_set_death_callback != nullptr) __sanitizer_set_death_callback(&OnDeath);
  for (int signal : kFatalSignals) {
    struct sigaction current;
    sigaction(signal, nullptr, &current);
    // A sanitizer that handles it calls back.
    if (current.sa_handler == SIG_DFL) std::signal(signal, &OnSignal);
  }
}

LastWords::~LastWords() {
  instance = nullptr;
  if (__sanitizer_set_death_callback != nullptr) __sanitizer_set_death_callback(nullptr);
  for (int signal : kFatalSignals) {
    struct sigaction current;
    sigaction(signal, nullptr, &current);
    if (current.sa_handler == &OnSignal) std::signal(signal, SIG_DFL);
  }
}

void LastWords::OnDeath() {
  if (instance != nullptr) std::exchange(instance, nullptr)->Speak();
}

void LastWords::OnSignal(int signal) {
  std::signal(signal, SIG_DFL);
  alarm(kSecondsToSpeak);
  OnDeath();
  std::raise(signal);
}

void LastWords::Speak() {
  if (program_ == nullptr) return;
  Program program = *program_;
  if (choices_ != nullptr) {
    program.schedule = {};
    const size_t size = std::min(choices_->size(), size_t{kMaxChoices});
    program.schedule.choices.assign(choices_->begin(),
                                    choices_->begin() + static_cast<ptrdiff_t>(size));
    Normalize(&program);
  }
  const absl::StatusOr<std::string> path = save_(program);
  if (!path.ok()) return;
  absl::FPrintF(stderr,
                "\ngroupfuzz: the process died while this program ran on %s; saved: %s\n"
                "replay:   %s run --design %s %s\n",
                design_.name, *path, command_, design_.name, *path);
}

}  // namespace groupfuzz
