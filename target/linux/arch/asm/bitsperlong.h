/* A 64-bit machine. */
#ifndef GROUPFUZZ_LINUX_ARCH_ASM_BITSPERLONG_H_
#define GROUPFUZZ_LINUX_ARCH_ASM_BITSPERLONG_H_

#define __BITS_PER_LONG 64
#include <asm-generic/bitsperlong.h>

#endif /* GROUPFUZZ_LINUX_ARCH_ASM_BITSPERLONG_H_ */
