/* Registers of a trap; there are no traps. */
#ifndef GROUPFUZZ_LINUX_ARCH_ASM_PTRACE_H_
#define GROUPFUZZ_LINUX_ARCH_ASM_PTRACE_H_

struct pt_regs {
  unsigned long r[32];
};
#define user_mode(regs) 0
#define instruction_pointer(regs) 0ul
#define profile_pc(regs) 0ul
#define user_stack_pointer(regs) 0ul
#define arch_has_single_step() 0

#endif /* GROUPFUZZ_LINUX_ARCH_ASM_PTRACE_H_ */
