#include "harness/execution/fiber.h"

#include <cxxabi.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "target/types/sanitizers.h"

#ifdef GROUPFUZZ_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif
#ifdef GROUPFUZZ_TSAN
#include <sanitizer/tsan_interface.h>
#endif

// Code that runs between two stacks has no stack that AddressSanitizer could check it against.
#define NO_ASAN __attribute__((no_sanitize("address", "undefined")))

namespace groupfuzz {
namespace {

// Sanitizers make frames several times larger. Memory is only used where it is touched.
#if defined(GROUPFUZZ_ASAN) || defined(GROUPFUZZ_TSAN)
constexpr size_t kStackBytes = size_t{256} << 10;
#else
constexpr size_t kStackBytes = size_t{128} << 10;
#endif

size_t PageBytes() { return static_cast<size_t>(sysconf(_SC_PAGESIZE)); }

[[noreturn]] void OutOfMemory() {
  std::perror("groupfuzz: cannot map the stack of a fiber");
  std::abort();
}

}  // namespace

Fiber::Fiber()
    : home_(this),
      exceptions_(reinterpret_cast<Exceptions*>(abi::__cxa_get_globals())),
      context_(fiber_context::ForRunningStack()),
      started_(true) {
#ifdef GROUPFUZZ_TSAN
  tsan_fiber_ = __tsan_get_current_fiber();
#endif
}

Fiber::Fiber(Fiber& home, Job job, void* argument)
    : home_(&home), job_(job), argument_(argument), exceptions_(home.exceptions_) {
  MapStack();
  context_ =
      fiber_context::ForNewStack(const_cast<void*>(stack_), stack_size_, &Fiber::Entry, this);
#ifdef GROUPFUZZ_TSAN
  tsan_fiber_ = __tsan_create_fiber(0);
#endif
}

Fiber::~Fiber() {
  if (home_ != this) {
    stopping_ = true;
    if (started_) home_->SwitchTo(*this);
#ifdef GROUPFUZZ_ASAN
    ASAN_UNPOISON_MEMORY_REGION(stack_, stack_size_);
#endif
    munmap(mapping_, mapping_size_);
#ifdef GROUPFUZZ_TSAN
    __tsan_destroy_fiber(tsan_fiber_);
#endif
  }
  fiber_context::Destroy(context_);
}

void Fiber::MapStack() {
  const size_t guard = PageBytes();
  mapping_size_ = kStackBytes + guard;
  mapping_ = mmap(nullptr, mapping_size_, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapping_ == MAP_FAILED || mprotect(mapping_, guard, PROT_NONE) != 0) OutOfMemory();
  stack_ = static_cast<char*>(mapping_) + guard;
  stack_size_ = kStackBytes;
}

NO_ASAN void Fiber::SwitchTo(Fiber& next) {
  const Exceptions exceptions = *exceptions_;
  Depart(next, &fake_stack_);
  fiber_context::Switch(&context_, next.context_);
  Arrive();
  *exceptions_ = exceptions;
}

NO_ASAN void Fiber::Entry(void* fiber) {
  auto* self = static_cast<Fiber*>(fiber);
  self->Arrive();
  *self->exceptions_ = {};
  self->started_ = true;
  while (!self->stopping_) {
    Fiber* next = self->job_(self->argument_);
    self->SwitchTo(*next);
  }
  // Without a place to keep it, AddressSanitizer gives the fake stack back.
  self->Depart(*self->home_, nullptr);
  fiber_context::Switch(&self->context_, self->home_->context_);
}

// Tells the sanitizers that this stack is left for that of `next`.
NO_ASAN inline void Fiber::Depart(Fiber& next, [[maybe_unused]] void** fake_stack) {
  next.previous_ = this;
#ifdef GROUPFUZZ_ASAN
  __sanitizer_start_switch_fiber(fake_stack, next.stack_, next.stack_size_);
#endif
#ifdef GROUPFUZZ_TSAN
  __tsan_switch_to_fiber(next.tsan_fiber_, __tsan_switch_to_fiber_no_sync);
#endif
}

// Tells the sanitizers that this stack runs now.
NO_ASAN inline void Fiber::Arrive() {
#ifdef GROUPFUZZ_ASAN
  const void* stack = nullptr;
  size_t size = 0;
  __sanitizer_finish_switch_fiber(fake_stack_, &stack, &size);
  if (previous_->stack_ == nullptr) {
    previous_->stack_ = stack;
    previous_->stack_size_ = size;
  }
#endif
}

}  // namespace groupfuzz
