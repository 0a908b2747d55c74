// The machine's part of a fiber: a stack pointer and the registers a call must keep.
//
// Hand-written for x86-64 and aarch64, where a switch is a dozen instructions; ucontext elsewhere,
// and where GROUPFUZZ_FIBER_UCONTEXT is defined. Used by Fiber only.
//
// Thread-safety: a context belongs to one OS thread.
#ifndef GROUPFUZZ_HARNESS_EXECUTION_FIBER_CONTEXT_H_
#define GROUPFUZZ_HARNESS_EXECUTION_FIBER_CONTEXT_H_

#include <cstddef>

namespace groupfuzz::fiber_context {

// Where a stack stopped; opaque. A context is dead while its stack runs.
using Context = void*;
using Entry = void (*)(void* argument);

// For the stack that is running already.
Context ForRunningStack();
// The first switch to it calls entry(argument), which never returns, on the `size` bytes that end
// at `stack` + `size`.
Context ForNewStack(void* stack, size_t size, Entry entry, void* argument);
void Destroy(Context context);

// Stores where the running stack stops in *from and goes on at `to`.
void Switch(Context* from, Context to);

}  // namespace groupfuzz::fiber_context

#endif  // GROUPFUZZ_HARNESS_EXECUTION_FIBER_CONTEXT_H_
