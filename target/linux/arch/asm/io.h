/* No device memory: the generic accessors. */
#ifndef GROUPFUZZ_LINUX_ARCH_ASM_IO_H_
#define GROUPFUZZ_LINUX_ARCH_ASM_IO_H_

#include <asm/page.h>
#ifndef page_to_phys
#define page_to_phys(page) ((phys_addr_t)page_to_pfn(page) << PAGE_SHIFT)
#endif
#include <asm-generic/io.h>

#endif /* GROUPFUZZ_LINUX_ARCH_ASM_IO_H_ */
