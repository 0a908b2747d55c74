/* Signals exist as a type only. */
#ifndef GROUPFUZZ_LINUX_ARCH_ASM_SIGCONTEXT_H_
#define GROUPFUZZ_LINUX_ARCH_ASM_SIGCONTEXT_H_

struct sigcontext {
  int unused;
};

#endif /* GROUPFUZZ_LINUX_ARCH_ASM_SIGCONTEXT_H_ */
