/* A little-endian machine. */
#ifndef GROUPFUZZ_LINUX_ARCH_ASM_BYTEORDER_H_
#define GROUPFUZZ_LINUX_ARCH_ASM_BYTEORDER_H_

#include <linux/byteorder/little_endian.h>

#endif /* GROUPFUZZ_LINUX_ARCH_ASM_BYTEORDER_H_ */
