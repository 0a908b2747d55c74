#include "harness/execution/last_words.h"

#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <csignal>
#include <utility>

#include "absl/strings/str_format.h"
#include "target/kernel/crash_trap.h"

// Of the sanitizers' runtime, where there is one.
extern "C" __attribute__((weak)) void __sanitizer_set_death_callback(  // NOLINT
    void (*callback)());
// ... which is called before whatever a fuzzing engine does at a death.
extern "C" __attribute__((weak)) void __asan_set_error_report_callback(  // NOLINT
    void (*callback)(const char* report));

namespace groupfuzz {
namespace {

// A crash may have left the heap locked: no death takes longer than this.
constexpr unsigned kSecondsToSpeak = 5;
LastWords* instance = nullptr;

}  // namespace

LastWords::LastWords(const Design& design, std::string command, Save save, Deaths deaths)
    : design_(design), command_(std::move(command)), save_(std::move(save)), deaths_(deaths) {
  assert(instance == nullptr);
  instance = this;
  if (__asan_set_error_report_callback != nullptr) __asan_set_error_report_callback(&OnReport);
  if (deaths_ == Deaths::kOfAnEngine) return;
  if (__sanitizer_set_death_callback != nullptr) __sanitizer_set_death_callback(&OnDeath);
  // A sanitizer that handles a signal calls back.
  kernel::CrashTrap::BeforeDeath(&OnSignal);
  struct sigaction current;
  sigaction(SIGABRT, nullptr, &current);
  if (current.sa_handler == SIG_DFL) std::signal(SIGABRT, &OnSignal);
}

LastWords::~LastWords() {
  instance = nullptr;
  if (__asan_set_error_report_callback != nullptr) __asan_set_error_report_callback(nullptr);
  if (deaths_ == Deaths::kOfAnEngine) return;
  if (__sanitizer_set_death_callback != nullptr) __sanitizer_set_death_callback(nullptr);
  kernel::CrashTrap::BeforeDeath(nullptr);
  struct sigaction current;
  sigaction(SIGABRT, nullptr, &current);
  if (current.sa_handler == &OnSignal) std::signal(SIGABRT, SIG_DFL);
}

void LastWords::OnDeath() {
  if (instance != nullptr) std::exchange(instance, nullptr)->Speak();
}

void LastWords::OnReport(const char*) { OnDeath(); }

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
