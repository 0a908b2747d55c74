// A fiber: a stack of its own that runs when somebody switches to it, on one OS thread.
//
// Fibers are made to be pooled. A fiber runs its job again and again: each job ends by naming the
// fiber that goes on, and the next switch to this one begins the job anew. Making a fiber costs
// system calls and, under sanitizers, memory; beginning a job costs one switch.
//
// Guarantees:
//   - AddressSanitizer knows every stack: overflow, use after return and fake stacks work across
//     switches. An overflow hits a guard page in every build.
//   - ThreadSanitizer sees every fiber as a thread of its own, and sees no order in a switch.
//   - Exceptions are a fiber's own: one may switch away inside a handler or while unwinding.
//
// Thread-safety: a fiber belongs to the OS thread that made it.
#ifndef GROUPFUZZ_HARNESS_EXECUTION_FIBER_H_
#define GROUPFUZZ_HARNESS_EXECUTION_FIBER_H_

#include <cstddef>

#include "harness/execution/fiber_context.h"

namespace groupfuzz {

class Fiber {
 public:
  // Returns the fiber that goes on. Must not let an exception out.
  using Job = Fiber* (*)(void* argument);

  // The calling OS thread on its own stack.
  Fiber();
  // A new stack. `home` is the fiber of this OS thread; it outlives this one.
  Fiber(Fiber& home, Job job, void* argument);
  // REQUIRES: `home` is running, no job of this fiber is unfinished.
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  // Stops this fiber and goes on in `next`; returns when somebody switches back.
  // REQUIRES: this fiber is running, `next` is another one of the same OS thread.
  void SwitchTo(Fiber& next);

 private:
  // What the C++ runtime keeps for an OS thread and must be kept for a fiber: the exceptions that
  // are being handled and how many are in flight (Itanium C++ ABI, __cxa_eh_globals).
  struct Exceptions {
    void* caught;
    unsigned int in_flight;
  };

  static void Entry(void* fiber);
  void Depart(Fiber& next, void** fake_stack);
  void Arrive();
  void MapStack();

  Fiber* const home_;
  const Job job_ = nullptr;
  void* const argument_ = nullptr;
  Exceptions* const exceptions_;

  fiber_context::Context context_ = nullptr;
  Fiber* previous_ = nullptr;  // who switched here last
  bool started_ = false;
  bool stopping_ = false;

  void* mapping_ = nullptr;
  size_t mapping_size_ = 0;
  const void* stack_ = nullptr;  // home: known after the first switch away from it
  size_t stack_size_ = 0;
  [[maybe_unused]] void* fake_stack_ = nullptr;
  [[maybe_unused]] void* tsan_fiber_ = nullptr;
};

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_EXECUTION_FIBER_H_
