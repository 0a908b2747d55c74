/* Nothing of it is needed. */
#ifndef GROUPFUZZ_LINUX_ARCH_ASM_VDSO_H_
#define GROUPFUZZ_LINUX_ARCH_ASM_VDSO_H_

#endif /* GROUPFUZZ_LINUX_ARCH_ASM_VDSO_H_ */
