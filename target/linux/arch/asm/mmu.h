/* Address spaces exist as a type only. */
#ifndef GROUPFUZZ_LINUX_ARCH_ASM_MMU_H_
#define GROUPFUZZ_LINUX_ARCH_ASM_MMU_H_

typedef struct {
  unsigned long end_brk;
} mm_context_t;

#endif /* GROUPFUZZ_LINUX_ARCH_ASM_MMU_H_ */
