/* Pages of 4 KiB in a flat memory; no page table is ever walked. */
#ifndef GROUPFUZZ_LINUX_ARCH_ASM_PAGE_H_
#define GROUPFUZZ_LINUX_ARCH_ASM_PAGE_H_

#ifndef PAGE_SHIFT
#define PAGE_SHIFT 12
#endif
#ifndef PAGE_SIZE
#define PAGE_SIZE (1UL << PAGE_SHIFT)
#define PAGE_MASK (~(PAGE_SIZE - 1))
#endif
#ifndef __ASSEMBLY__
#include <linux/types.h>
typedef struct {
  unsigned long pte;
} pte_t;
typedef struct {
  unsigned long pmd;
} pmd_t;
typedef struct {
  unsigned long pud;
} pud_t;
typedef struct {
  unsigned long pgd;
} pgd_t;
typedef struct {
  unsigned long pgprot;
} pgprot_t;
typedef struct page* pgtable_t;
#define pte_val(x) ((x).pte)
#define pmd_val(x) ((x).pmd)
#define pud_val(x) ((x).pud)
#define pgd_val(x) ((x).pgd)
#define pgprot_val(x) ((x).pgprot)
#define __pte(x) ((pte_t){(x)})
#define __pmd(x) ((pmd_t){(x)})
#define __pud(x) ((pud_t){(x)})
#define __pgd(x) ((pgd_t){(x)})
#define __pgprot(x) ((pgprot_t){(x)})
#define PAGE_OFFSET 0ul
#define ARCH_PFN_OFFSET 0ul
#define __pa(x) ((unsigned long)(x))
#define __va(x) ((void*)(unsigned long)(x))
#define virt_to_pfn(x) (__pa(x) >> PAGE_SHIFT)
#define pfn_to_virt(x) __va((x) << PAGE_SHIFT)
#define virt_to_page(x) pfn_to_page(virt_to_pfn(x))
#define page_to_virt(p) pfn_to_virt(page_to_pfn(p))
#define virt_addr_valid(x) 1
#define clear_page(p) __builtin_memset((p), 0, PAGE_SIZE)
#define copy_page(a, b) __builtin_memcpy((a), (b), PAGE_SIZE)
#define clear_user_page(p, v, g) clear_page(p)
#define copy_user_page(a, b, v, g) copy_page(a, b)
#include <asm-generic/getorder.h>
#include <asm-generic/memory_model.h>
#endif

#endif /* GROUPFUZZ_LINUX_ARCH_ASM_PAGE_H_ */
