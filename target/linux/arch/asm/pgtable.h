/* Enough of a page table for headers to compile. */
#ifndef GROUPFUZZ_LINUX_ARCH_ASM_PGTABLE_H_
#define GROUPFUZZ_LINUX_ARCH_ASM_PGTABLE_H_

#define PAGE_NONE __pgprot(0)
#define PAGE_SHARED __pgprot(0)
#define PAGE_COPY __pgprot(0)
#define PAGE_READONLY __pgprot(0)
#define PAGE_KERNEL __pgprot(0)
#define VMALLOC_START 0ul
#define VMALLOC_END ~0ul
#define PGDIR_SHIFT 39
#define PTRS_PER_PGD 512
#define __swp_type(x) (0)
#define __swp_offset(x) (0)
#define __swp_entry(t, o) ((swp_entry_t){0})
#define __pte_to_swp_entry(p) ((swp_entry_t){0})
#define __swp_entry_to_pte(x) __pte(0)
#define ZERO_PAGE(v) ((struct page*)0)
#define pmd_page(p) ((struct page*)0)
#include <asm-generic/pgtable-nop4d.h>

#endif /* GROUPFUZZ_LINUX_ARCH_ASM_PGTABLE_H_ */
