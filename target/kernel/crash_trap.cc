#include "target/kernel/crash_trap.h"

#include <cxxabi.h>
#include <ucontext.h>

#include <array>
#include <bit>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "target/kernel/slab.h"
#include "target/kernel/source_line.h"
#include "target/types/sanitizers.h"

#ifdef GROUPFUZZ_ASAN
#include <sanitizer/asan_interface.h>
#define GROUPFUZZ_FORGET_FRAMES(begin, size) ASAN_UNPOISON_MEMORY_REGION(begin, size)
#else
#define GROUPFUZZ_FORGET_FRAMES(begin, size) ((void)(begin), (void)(size))
#endif

namespace groupfuzz::kernel {
namespace {

constexpr uintptr_t kFirstPage = 4096;
constexpr uintptr_t kMaxErrno = 4095;
// Of a pointer to an object whose field is reached, and of a frame to what it touches.
constexpr uintptr_t kLargestObject = uintptr_t{64} << 10;
constexpr size_t kAlternateStackBytes = size_t{64} << 10;

// -ftrivial-auto-var-init=pattern of Clang, with which kernel trees are compiled.
constexpr uint8_t kUninitializedLocal = 0xaa;

constexpr uintptr_t PointerOf(uint8_t byte) {
  uintptr_t pattern = 0;
  for (size_t i = 0; i < sizeof(pattern); ++i) pattern = pattern << 8 | byte;
  return pattern;
}

bool IsUninitialized(uintptr_t address) {
  return address - PointerOf(Slab::kUninitialized) < kLargestObject ||
         address - PointerOf(kUninitializedLocal) < kLargestObject;
}

struct Trapped {
  int signal;
  struct sigaction before;
};
std::array<Trapped, 4> trapped = {{{SIGSEGV, {}}, {SIGBUS, {}}, {SIGILL, {}}, {SIGFPE, {}}}};

// Below the stack pointer a function may keep what it does not save.
constexpr uintptr_t kRedZone = 256;
constexpr uintptr_t kStackAlignment = 16;

#if defined(__x86_64__)
uintptr_t CodeOf(const ucontext_t& context) { return context.uc_mcontext.gregs[REG_RIP]; }
uintptr_t StackOf(const ucontext_t& context) { return context.uc_mcontext.gregs[REG_RSP]; }
// Where a function that has just been called returns to.
uintptr_t CallerOf(const ucontext_t& context) {
  return *std::bit_cast<const uintptr_t*>(StackOf(context));
}
void GoTo(ucontext_t& context, uintptr_t code, uintptr_t stack) {
  context.uc_mcontext.gregs[REG_RIP] = static_cast<greg_t>(code);
  // As after a call, which leaves its return address.
  context.uc_mcontext.gregs[REG_RSP] = static_cast<greg_t>(stack - sizeof(uintptr_t));
}
#elif defined(__aarch64__)
uintptr_t CodeOf(const ucontext_t& context) { return context.uc_mcontext.pc; }
uintptr_t StackOf(const ucontext_t& context) { return context.uc_mcontext.sp; }
uintptr_t CallerOf(const ucontext_t& context) { return context.uc_mcontext.regs[30]; }
void GoTo(ucontext_t& context, uintptr_t code, uintptr_t stack) {
  context.uc_mcontext.pc = code;
  context.uc_mcontext.sp = stack;
}
#else
#error "crash_trap.cc: which registers hold the instruction and the stack here?"
#endif

BadAccess AccessOf(int signal, const siginfo_t& info, uintptr_t stack) {
  if (signal == SIGILL || signal == SIGFPE) return {.reached = Reached::kInstruction};
  // A non-canonical address is raised without it; the access that is checked before has it.
  const auto address = reinterpret_cast<uintptr_t>(info.si_addr);
  if (info.si_code == SI_KERNEL) return {.reached = Reached::kNothing};
  if (address - (stack - kLargestObject) < 2 * kLargestObject) {
    return {.reached = Reached::kStackEnd};
  }
  return AccessTo(info.si_addr);
}

// An exception that was on its way when its thread died is on it no more.
void ForgetExceptions() {
  struct Exceptions {
    void* caught;
    unsigned int in_flight;
  };
  *reinterpret_cast<Exceptions*>(abi::__cxa_get_globals()) = {};
}

}  // namespace

BadAccess AccessTo(const void* address) {
  const auto at = reinterpret_cast<uintptr_t>(address);
  const bool error = at >= -kMaxErrno;
  if (at < kFirstPage || error) {
    return {.reached = error ? Reached::kErrorPointer : Reached::kNull,
            .address = static_cast<int16_t>(at)};
  }
  return {.reached = IsUninitialized(at) ? Reached::kUninitialized : Reached::kNothing};
}

// The handlers, with the rights of CrashTrap.
struct CrashTrapSignals {
  static inline Landing* dying_ = nullptr;

  static void On(int signal, siginfo_t* info, void* context) {
    auto& at = *static_cast<ucontext_t*>(context);
    Landing* landing = CrashTrap::landing_;
    const bool raised_by_code = info->si_code > 0;
    if (landing == nullptr || !landing->armed || CrashTrap::paused_ > 0 || !raised_by_code) {
      return PassOn(signal, raised_by_code);
    }
    landing->armed = false;
    const uintptr_t stack = StackOf(at);
    // The line of a return address is that of what stands before it. Who calls through a pointer
    // that leads nowhere has gone there: its caller is the place.
    landing->death = AccessOf(signal, *info, stack);
    const bool called_nothing = CodeOf(at) == std::bit_cast<uintptr_t>(info->si_addr);
    const uintptr_t code = called_nothing ? CallerOf(at) : CodeOf(at) + 1;
    landing->death.code = CodeOffset(std::bit_cast<const void*>(code));
    const uintptr_t frame = Forget(*landing, stack);
    // Out of the handler first: the sanitizers keep books of who is in one.
    dying_ = landing;
    const bool used_up = landing->death.reached == Reached::kStackEnd;
    // Far below the stack's end there may be nothing to land on: a frame can be of any size. What
    // was called by whoever waits is dead.
    const uintptr_t below = used_up ? frame - kLargestObject / 4 : stack - kRedZone;
    GoTo(at, reinterpret_cast<uintptr_t>(&Land), below / kStackAlignment * kStackAlignment);
  }

  // Of the calls that died, from the one whose frame is at `stack`. Returns where the frame of who
  // waits for them is.
  static uintptr_t Forget(const Landing& landing, uintptr_t stack) {
    ForgetExceptions();
    const auto frame = reinterpret_cast<uintptr_t>(landing.stack);
    [[maybe_unused]] const void* top = std::bit_cast<const void*>(stack);
    if (stack < frame) GROUPFUZZ_FORGET_FRAMES(top, frame - stack);
    return frame;
  }

  // Runs on the stack of what died.
  [[noreturn]] static void Land() {
    siglongjmp(dying_->place, 1);  // NOLINT(cert-err52-cpp)
  }

  // To whoever had the signal before: the instruction is tried again, or the signal raised again.
  static void PassOn(int signal, bool raised_by_code) {
    for (const Trapped& trap : trapped) {
      if (trap.signal != signal) continue;
      sigaction(signal, &trap.before, nullptr);
      const bool unwanted = trap.before.sa_handler == SIG_DFL;
      if (unwanted && CrashTrap::before_death_ != nullptr) CrashTrap::before_death_(signal);
    }
    if (!raised_by_code) std::raise(signal);
  }

  static void UseAlternateStack() {
    stack_t current = {};
    if (sigaltstack(nullptr, &current) != 0 || (current.ss_flags & SS_DISABLE) == 0) return;
    static std::array<std::byte, kAlternateStackBytes> memory;
    const stack_t alternate = {.ss_sp = memory.data(), .ss_flags = 0, .ss_size = memory.size()};
    sigaltstack(&alternate, nullptr);
  }
};

void CrashTrap::Die(const BadAccess& death) {
  if (landing_ == nullptr || !landing_->armed || paused_ > 0) return;
  landing_->armed = false;
  landing_->death = death;
  CrashTrapSignals::Forget(*landing_, reinterpret_cast<uintptr_t>(__builtin_frame_address(0)));
  siglongjmp(landing_->place, 1);  // NOLINT(cert-err52-cpp)
}

void CrashTrap::InstallOnce() {
  installed_ = true;
  CrashTrapSignals::UseAlternateStack();
  for (Trapped& trap : trapped) {
    struct sigaction action = {};
    action.sa_sigaction = &CrashTrapSignals::On;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
    sigemptyset(&action.sa_mask);
    sigaction(trap.signal, &action, &trap.before);
  }
}

}  // namespace groupfuzz::kernel
