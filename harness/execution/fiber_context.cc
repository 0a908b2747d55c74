#include "harness/execution/fiber_context.h"

#include <cstdint>

#if (defined(__x86_64__) || defined(__aarch64__)) && !defined(GROUPFUZZ_FIBER_UCONTEXT)
#define GROUPFUZZ_FIBER_ASSEMBLY 1
#else
#include <ucontext.h>
#endif

#ifdef GROUPFUZZ_FIBER_ASSEMBLY

// groupfuzz_fiber_switch(void** from, void* to): pushes what a call must keep, stores the stack
// pointer in *from, takes `to` for it and pops. It ends in a return, not in a jump: most switches
// are between fibers that stopped at the same place, where the processor's stack of return
// addresses stays right all the way up.
//
// groupfuzz_fiber_start: where a new stack begins; calls entry(argument), and is the last frame
// that a backtrace sees.
extern "C" {
void groupfuzz_fiber_switch(void** from, void* to);
void groupfuzz_fiber_start();
}

#if defined(__x86_64__)

asm(R"(
.text
.p2align 4
.globl groupfuzz_fiber_switch
.hidden groupfuzz_fiber_switch
.type groupfuzz_fiber_switch,@function
groupfuzz_fiber_switch:
  .cfi_startproc
  pushq %rbp
  .cfi_adjust_cfa_offset 8
  pushq %rbx
  .cfi_adjust_cfa_offset 8
  pushq %r12
  .cfi_adjust_cfa_offset 8
  pushq %r13
  .cfi_adjust_cfa_offset 8
  pushq %r14
  .cfi_adjust_cfa_offset 8
  pushq %r15
  .cfi_adjust_cfa_offset 8
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  .cfi_adjust_cfa_offset -8
  popq %r14
  .cfi_adjust_cfa_offset -8
  popq %r13
  .cfi_adjust_cfa_offset -8
  popq %r12
  .cfi_adjust_cfa_offset -8
  popq %rbx
  .cfi_adjust_cfa_offset -8
  popq %rbp
  .cfi_adjust_cfa_offset -8
  ret
  .cfi_endproc
.size groupfuzz_fiber_switch,.-groupfuzz_fiber_switch

.p2align 4
.globl groupfuzz_fiber_start
.hidden groupfuzz_fiber_start
.type groupfuzz_fiber_start,@function
groupfuzz_fiber_start:
  .cfi_startproc
  .cfi_undefined rip
  movq %r12, %rdi
  callq *%r13
  ud2
  .cfi_endproc
.size groupfuzz_fiber_start,.-groupfuzz_fiber_start
)");

namespace {

// What groupfuzz_fiber_switch pops, in that order.
struct Frame {
  void* r15;
  void* r14;
  groupfuzz::fiber_context::Entry r13;
  void* r12;
  void* rbx;
  void* rbp;
  void (*resume)();
  void* end_of_stack[2];
};

void FillFrame(Frame* frame, groupfuzz::fiber_context::Entry entry, void* argument) {
  *frame = {};
  frame->r12 = argument;
  frame->r13 = entry;
  frame->resume = groupfuzz_fiber_start;
}

}  // namespace

#else  // __aarch64__

asm(R"(
.text
.p2align 4
.globl groupfuzz_fiber_switch
.hidden groupfuzz_fiber_switch
.type groupfuzz_fiber_switch,%function
groupfuzz_fiber_switch:
  sub sp, sp, #160
  stp x19, x20, [sp, #0]
  stp x21, x22, [sp, #16]
  stp x23, x24, [sp, #32]
  stp x25, x26, [sp, #48]
  stp x27, x28, [sp, #64]
  stp x29, x30, [sp, #80]
  stp d8, d9, [sp, #96]
  stp d10, d11, [sp, #112]
  stp d12, d13, [sp, #128]
  stp d14, d15, [sp, #144]
  mov x9, sp
  str x9, [x0]
  mov sp, x1
  ldp x19, x20, [sp, #0]
  ldp x21, x22, [sp, #16]
  ldp x23, x24, [sp, #32]
  ldp x25, x26, [sp, #48]
  ldp x27, x28, [sp, #64]
  ldp x29, x30, [sp, #80]
  ldp d8, d9, [sp, #96]
  ldp d10, d11, [sp, #112]
  ldp d12, d13, [sp, #128]
  ldp d14, d15, [sp, #144]
  add sp, sp, #160
  ret
.size groupfuzz_fiber_switch,.-groupfuzz_fiber_switch

.p2align 4
.globl groupfuzz_fiber_start
.hidden groupfuzz_fiber_start
.type groupfuzz_fiber_start,%function
groupfuzz_fiber_start:
  .cfi_startproc
  .cfi_undefined x30
  mov x0, x19
  blr x20
  brk #1
  .cfi_endproc
.size groupfuzz_fiber_start,.-groupfuzz_fiber_start
)");

namespace {

// What groupfuzz_fiber_switch loads, in that order.
struct Frame {
  void* x19;
  groupfuzz::fiber_context::Entry x20;
  void* x21_to_x29[9];
  void (*x30)();
  double d8_to_d15[8];
};
static_assert(sizeof(Frame) == 160);

void FillFrame(Frame* frame, groupfuzz::fiber_context::Entry entry, void* argument) {
  *frame = {};
  frame->x19 = argument;
  frame->x20 = entry;
  frame->x30 = groupfuzz_fiber_start;
}

}  // namespace

#endif

namespace groupfuzz::fiber_context {

Context ForRunningStack() { return nullptr; }

Context ForNewStack(void* stack, size_t size, Entry entry, void* argument) {
  constexpr uintptr_t kStackAlignment = 16;
  const uintptr_t top = (reinterpret_cast<uintptr_t>(stack) + size) & ~(kStackAlignment - 1);
  // NOLINTNEXTLINE(performance-no-int-to-ptr): an address is rounded here, nothing is optimized.
  Frame* frame = reinterpret_cast<Frame*>(top - sizeof(Frame));
  FillFrame(frame, entry, argument);
  return frame;
}

void Destroy(Context) {}

__attribute__((no_sanitize("address"))) void Switch(Context* from, Context to) {
  groupfuzz_fiber_switch(from, to);
}

}  // namespace groupfuzz::fiber_context

#else  // ucontext

namespace groupfuzz::fiber_context {
namespace {

constexpr int kHalfBits = 32;

struct NewStack {
  Entry entry;
  void* argument;
};

struct UserContext {
  ucontext_t machine;
  NewStack start;
};

// makecontext() passes ints only.
void Start(unsigned high, unsigned low) {
  const uintptr_t address = (static_cast<uintptr_t>(high) << kHalfBits) | low;
  // NOLINTNEXTLINE(performance-no-int-to-ptr): makecontext() passes nothing but int.
  const NewStack& start = reinterpret_cast<UserContext*>(address)->start;
  start.entry(start.argument);
}

}  // namespace

Context ForRunningStack() { return new UserContext(); }

Context ForNewStack(void* stack, size_t size, Entry entry, void* argument) {
  auto* context = new UserContext();
  context->start = {entry, argument};
  getcontext(&context->machine);
  context->machine.uc_stack.ss_sp = stack;
  context->machine.uc_stack.ss_size = size;
  context->machine.uc_link = nullptr;
  const auto address = static_cast<uint64_t>(reinterpret_cast<uintptr_t>(context));
  makecontext(&context->machine, reinterpret_cast<void (*)()>(Start), 2,
              static_cast<unsigned>(address >> kHalfBits), static_cast<unsigned>(address));
  return context;
}

void Destroy(Context context) { delete static_cast<UserContext*>(context); }

__attribute__((no_sanitize("address"))) void Switch(Context* from, Context to) {
  swapcontext(&static_cast<UserContext*>(*from)->machine, &static_cast<UserContext*>(to)->machine);
}

}  // namespace groupfuzz::fiber_context

#endif
