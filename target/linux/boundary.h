/* The line between a kernel tree and the harness: everything that crosses it, as plain C.
 *
 * Included by both sides. Kernel units see the tree's headers and no libc; the harness sees C++ and
 * no kernel header. Neither calls the other by name: a tree is one function that exchanges two
 * tables of functions, which is why several trees fit into one program.
 *
 *   struct linux_host   what the harness gives a tree: memory, locks, failures, the mock driver's
 *                       hardware
 *   struct linux_tree   what a tree gives the harness: the entry points of its iommu.c, and a view
 *                       of the group
 *
 * Devices are named by small numbers. A domain crosses as `void *`: the harness's own object on the
 * way in, the kernel's struct iommu_domain on the way out.
 *
 * Unwinding: functions of linux_host marked "may stop" end a thread by a C++ exception that passes
 * through kernel code, which is compiled for that. A tree whose thread was stopped is good for
 * nothing but power_on().
 *
 * Thread-safety: one OS thread; program threads switch inside functions that may stop.
 */
#ifndef GROUPFUZZ_TARGET_LINUX_BOUNDARY_H_
#define GROUPFUZZ_TARGET_LINUX_BOUNDARY_H_

#ifdef __cplusplus
extern "C" {
#endif

enum {
  GF_DEVICES = 4,
  GF_USER_DOMAINS = 3,
  GF_COOKIES = 3,
  GF_PASID_ENTRIES = 4,
  GF_NULL_COOKIE = 0xff,
  GF_PAGE = 4096,
};

/* In the order of the enums of target/types/configuration.h. Types of domains are the kernel's
 * bits. */
enum gf_preference { GF_PREFER_NONE, GF_PREFER_DMA, GF_PREFER_IDENTITY };
enum gf_support { GF_ALLOCATABLE, GF_STATIC, GF_ABSENT };
enum gf_capability { GF_SYS_ADMIN, GF_SYS_RAWIO };
enum gf_default_type { GF_DEFAULT_DMA, GF_DEFAULT_DMA_FQ, GF_DEFAULT_IDENTITY };

/* Functions that not every kernel has; bits of linux_tree.provides. */
enum gf_provides {
  GF_HAS_DEVICE_CLAIM = 1,
  GF_HAS_PASID = 2,
  GF_HAS_REPLACE_GROUP = 4,
  GF_HAS_HANDLES = 8,
  GF_HAS_DOMAIN_ALLOC = 16, /* iommu_ops.domain_alloc makes domains of every type */
  GF_HAS_IDENTITY_ALLOC = 32,
  GF_BLOCKS_PASIDS = 64, /* a PASID is taken away by the static blocked domain */
  GF_HAS_SETUP_DEFAULT_DOMAIN = 128,
  GF_FAILED_ATTACH_KEEPS = 256, /* drivers are told the old domain, and leave the device there */
};

struct gf_device_config {
  int present, preference, untrusted, direct, pasids, no_deferred_flush;
};

struct gf_machine {
  int device_count;
  struct gf_device_config devices[GF_DEVICES];
  int identity_support, blocked_support; /* enum gf_support */
  int forces_identity, finalize_attaches;
  int default_type; /* enum gf_default_type */
  int mutant;       /* of those that are woven into iommu.c; 0: none */
};

struct gf_warning {
  const void* code; /* returns to who warns */
  const char* file;
  int line;
  const char* function;
  int has_text;       /* WARN(), not WARN_ON() */
  int lock_not_held;  /* from lockdep_assert_held() */
  int list_corrupted; /* from the checks of CONFIG_DEBUG_LIST */
  int refcount;       /* from refcount_t */
};

/* No code at all: a device and its name, which nobody in the kernel allocates. */
#define GF_OF_A_DEVICE ((const void*)1)

/* What the mutex of a group guards, of the group itself. */
enum gf_field {
  GF_NO_FIELD,
  GF_DEVICES_FIELD,
  GF_DEFAULT_DOMAIN,
  GF_BLOCKING_DOMAIN,
  GF_DOMAIN,
  GF_OWNER_CNT,
  GF_OWNER,
  GF_OTHER_FIELD, /* that stands between those, in some release */
};

struct linux_host {
  /* Memory. Never fails; freed memory is not handed out again before the next power_on(). `code`:
   * the return address of the call on whose behalf, or GF_OF_A_DEVICE. */
  void* (*allocate)(unsigned long size, const void* code);
  void (*free)(const void* memory);
  /* Whether this occurrence of an allocation must fail, or of that of a DMA cookie. */
  int (*allocation_fails)(void);
  int (*cookie_fails)(void);

  /* Locks. `name` is lockdep's name of the lock, `device` the owner of a device_lock or -1. All
   * may stop. */
  void (*lock)(void* lock, const char* name, int device, int shared);
  int (*try_lock)(void* lock, const char* name, int device, int shared);
  void (*unlock)(void* lock, const char* name, int device, int shared);
  int (*holds)(void* lock, const char* name, int device);
  /* Removal of a sysfs directory waits for those who are in its attributes. */
  void (*begin_drain)(void);
  void (*end_drain)(void);
  /* For ThreadSanitizer: orders whatever the kernel orders by a lock that is not modelled. */
  void (*order)(void* address);
  /* For ThreadSanitizer: from 1 to 0, what is read is guarded by a lock that is not modelled. */
  void (*look_away)(int begin);

  /* From 1 to 0, what the calling thread reads is marked as a read without a lock. They nest. */
  void (*mark_reads)(int begin);

  int (*capable)(int capability);
  void (*warn)(const struct gf_warning* warning);
  /* BUG(), or panic(), which says no file: ends the execution. Does not return. */
  void (*die)(const struct gf_warning* last_words);
  /* The frame of who calls has been written beyond a local variable: it cannot be unwound. `code`:
   * returns to it. Does not return. */
  void (*smashed)(const void* code);
  /* A function of the kernel without a stand-in: nothing can be said of this tree. `code`: returns
   * to who calls it. Does not return. */
  void (*missing)(const char* name, const void* code);
  /* Code under test is about to read or write memory; `field`: of the group, where its mutex guards
   * it. `code`: returns to who does it. Ends the execution where no memory is. May stop. */
  void (*access)(const void* address, enum gf_field field, int writes, const void* code);
  /* ... or a stand-in does so on its behalf. */
  void (*check)(const void* address, const void* code);

  /* The mock hardware (target/driver/driver.h). `domain` is the harness's object. May stop. */
  void* (*domain_alloc)(unsigned type, int* error, const void* code); /* as for allocate() */
  void* (*static_domain)(unsigned type); /* NULL where that type is not static */
  /* `kernel`: the kernel's object of `size` bytes around it, about to be freed; its type. */
  void (*domain_free)(void* domain, unsigned type, const void* kernel, unsigned long size);
  /* `type`: what the core made of the domain since it was allocated. */
  int (*attach)(void* domain, unsigned type, int device);
  void (*detach)(void* domain, int device);
  int (*map)(void* domain, int device, unsigned iova, unsigned physical);
  void (*unmap)(void* domain, unsigned iova);
  unsigned (*iova_to_physical)(void* domain, unsigned iova);
  int (*set_pasid)(void* domain, int device, int pasid);
  void (*remove_pasid)(int device, int pasid);
  int (*probe_device)(int device);
  void (*release_device)(int device);
  void (*probe_finalize)(int device);
  int (*is_attach_deferred)(int device);
  int (*init_flush_queue)(void* domain, unsigned type);
  /* Records the DMA of a device to `iova`; the hardware says whether it reached its buffer. */
  void (*dma)(int device, unsigned iova);
};

/* The group as it is now. Pointers are the kernel's and may dangle; they are for comparison and for
 * linux_tree.domain_of(). */
struct gf_group_view {
  int exists;
  int endless; /* the list of members leads back into itself */
  unsigned owner_cnt;
  int owner; /* cookie, GF_NULL_COOKIE for NULL, -1 for anything else */
  const void *default_domain, *blocking_domain, *domain;
  unsigned pasids;   /* one bit an entry */
  unsigned reserved; /* those that stand for a stored NULL */
  unsigned members;
  unsigned member_set; /* one bit a device */
  const void* user_domains[GF_USER_DOMAINS];
  struct {
    int deferred, dma_iommu, has_mapping;
    unsigned mapping; /* page */
  } devices[GF_DEVICES];
};

struct gf_memory {
  char *begin, *end;
};

/* `lock` is as the source has it: "&group->mutex"; "device_lock"; "guard(device)", whatever it
 * guards by; "try" where a lock is tried. */
struct gf_lock_site {
  const char* lock;
  const char* function;
};

/* As -fsanitize-coverage=pc-table has it. */
struct gf_block {
  const void* code;
  unsigned long flags;
};

struct linux_tree {
  unsigned provides;    /* enum gf_provides */
  unsigned domain_size; /* bytes of a struct iommu_domain */
  unsigned group_size;  /* ... of a struct iommu_group */
  /* ... of what goes when a device leaves: its struct group_device, its struct dev_iommu. */
  unsigned member_sizes[2];
  unsigned device_size; /* ... of itself, which goes with the last reference to it */
  int keeps_deferral;   /* struct dev_iommu remembers a postponed attach */

  /* Where iommu.c takes a mutex, whether it ever comes there or not. */
  const struct gf_lock_site *lock_sites, *lock_sites_end;

  /* Basic blocks of the code under test, and whether each ran in this process: as many as blocks,
   * or none where nobody counts. */
  unsigned *guards, *guards_end;
  const struct gf_block *blocks, *blocks_end;

  /* Mutants that are woven into iommu.c; ends with 0. */
  const int* mutants;

  /* Writable data of the tree's code, to be put back between executions. */
  struct gf_memory data[2];

  void (*initcalls)(void); /* once a process */
  /* Returns 0, or what iommu_device_register() failed with: then no device is left. */
  int (*power_on)(const struct gf_machine* machine);
  void (*power_off)(void);

  int (*has_type)(void); /* a group has its attribute */
  /* -ENODEV where the attribute is not there. `count` bytes plus a NUL, in memory of allocate(). */
  long (*store_type)(const char* text, unsigned long count);
  long (*show_type)(char* page);

  int (*use_default_domain)(int device);
  void (*unuse_default_domain)(int device);
  int (*group_claim)(int cookie);
  void (*group_release)(void);
  int (*device_claim)(int device, int cookie);
  void (*device_release)(int device);
  int (*group_claimed)(void);
  int (*attach_device)(int device, int domain);
  void (*detach_device)(int device, int domain);
  int (*attach_group)(int domain);
  void (*detach_group)(int domain);
  int (*replace_group)(int domain);
  int (*attach_handle)(int domain, int null_handle);
  void (*detach_handle)(int domain);
  int (*replace_handle)(int domain, int null_handle);
  int (*attach_pasid)(int device, int domain, int pasid);
  void (*detach_pasid)(int device, int domain, int pasid);
  int (*probe_device)(int device);
  void (*release_device)(int device);
  int (*dma_map)(int device);
  void (*dma_unmap)(int device);
  int (*alloc_domain)(int device, int domain);
  void (*free_domain)(int domain);
  void (*set_bound)(int device, int bound);

  void (*view)(struct gf_group_view* view);
  /* The harness's object of a kernel domain, and its type; also of a freed one. */
  void* (*domain_of)(const void* domain, unsigned* type);
  /* Whether the address is of a domain that the group has, or of a member of it. Follows whatever
   * is there. */
  int (*reaches)(const void* address);
};

#ifdef __cplusplus
}  // extern "C"
#endif

#endif /* GROUPFUZZ_TARGET_LINUX_BOUNDARY_H_ */
