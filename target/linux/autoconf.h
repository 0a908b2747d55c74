/* The configuration of every tree: what iommu.c asks for, with the kernel's own checks on and what
 * user space cannot have (SMP, tracepoints, static branches, an MMU) off.
 *
 * Thread-safety: constants. */
#define CONFIG_64BIT 1
#define CONFIG_HZ 100
#define CONFIG_HZ_100 1
#define CONFIG_PAGE_SHIFT 12
#define CONFIG_PAGE_SIZE_4KB 1
#define CONFIG_NR_CPUS 1
#define CONFIG_BASE_SMALL 0
#define CONFIG_PHYS_ADDR_T_64BIT 1
#define CONFIG_ARCH_DMA_ADDR_T_64BIT 1
#define CONFIG_FLATMEM 1
#define CONFIG_HAS_IOMEM 1
#define CONFIG_HAS_DMA 1
#define CONFIG_GENERIC_HWEIGHT 1
#define CONFIG_GENERIC_CSUM 1
#define CONFIG_UACCESS_MEMCPY 1
#define CONFIG_MODULES_USE_ELF_RELA 1
#define CONFIG_CC_IS_CLANG 1
#define CONFIG_INIT_ENV_ARG_LIMIT 32
#define CONFIG_DEFAULT_HOSTNAME "groupfuzz"
#define CONFIG_LOG_BUF_SHIFT 14
/* under test */
#define CONFIG_IOMMU_SUPPORT 1
#define CONFIG_IOMMU_API 1
#define CONFIG_IOMMU_DMA 1
#define CONFIG_PCI 1
#define CONFIG_PCI_MSI 1
#define CONFIG_PCI_ATS 1
#define CONFIG_PCI_PASID 1
#define CONFIG_GENERIC_MSI_IRQ 1
#define CONFIG_SYSFS 1
#define CONFIG_MULTIUSER 1
/* data structures */
#define CONFIG_XARRAY_MULTI 1
#define CONFIG_SLUB 1
#define CONFIG_TREE_RCU 1
#define CONFIG_SRCU 1
#define CONFIG_TREE_SRCU 1
#define CONFIG_RCU_FANOUT 64
#define CONFIG_RCU_FANOUT_LEAF 16
/* the kernel's own checks, and locks as functions */
#define CONFIG_BUG 1
#define CONFIG_PRINTK 1
#define CONFIG_LOCKDEP 1
#define CONFIG_LOCK_DEBUGGING_SUPPORT 1
#define CONFIG_LOCKDEP_SUPPORT 1
#define CONFIG_LOCKDEP_BITS 15
#define CONFIG_LOCKDEP_CHAINS_BITS 16
#define CONFIG_DEBUG_LOCK_ALLOC 1
#define CONFIG_DEBUG_SPINLOCK 1
#define CONFIG_DEBUG_MUTEXES 1
#define CONFIG_UNINLINE_SPIN_UNLOCK 1
#define CONFIG_DEBUG_LIST 1
#define CONFIG_LIST_HARDENED 1
