/* What the units of this folder share: the environment that a tree's iommu.c finds in user space.
 *
 * Everything here is compiled with the headers of the tree and with facts.h, which says what those
 * headers have (target/linux/facts.list). Nothing asks for a version number.
 *
 *   memory.c text.c locks.c diagnostics.c sysfs.c driver_core.c   stand-ins for kernel functions
 *   dma_api.c          the part of dma-iommu.c that a group's policy reaches
 *   mock_driver.c      an IOMMU driver on iommu_ops, whose hardware is the harness's
 *   machine.c          devices, their bus, power on and off
 *   entry_points.c     what users of the group call
 *   iommu_under_test.c iommu.c itself, and what must be known of its private types
 *
 * Thread-safety: as target/linux/boundary.h.
 */
#ifndef GROUPFUZZ_LINUX_KERNEL_ENVIRONMENT_H_
#define GROUPFUZZ_LINUX_KERNEL_ENVIRONMENT_H_

#include <linux/device.h>
#include <linux/iommu.h>
#include <linux/kernel.h>
#include <linux/kobject.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/pci.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/sysfs.h>
#if __has_include("iommu-priv.h")
#include "iommu-priv.h"
#endif

#include "facts.h"
#include "target/linux/boundary.h"

/* Defines the kernel function `name`. The C name differs from the kernel's, the symbol is right: a
 * prototype that changes between releases is no conflict, and the names of several releases stand
 * side by side. */
#define STAND_IN(result, name, ...)                      \
  result gf_stand_in_##name(__VA_ARGS__) __asm__(#name); \
  result gf_stand_in_##name(__VA_ARGS__)

extern const struct linux_host* gf_host;

/* First in a stand-in or callback, or in what is always inlined into one: it is given `address`, by
 * the code that it returns to. */
#define GF_CHECK(address) gf_host->check((address), __builtin_return_address(0))

/* memory.c: who gets memory with zeros in it has not written them, so no sanitizer looks. */
void* gf_zalloc_for(unsigned long size, const void* code);

/* In a stand-in or callback, or in what is always inlined into one: memory that who called it is
 * said to have allocated. */
static __always_inline void* gf_alloc(unsigned long size) {
  return gf_host->allocate(size, __builtin_return_address(0));
}
static __always_inline void* gf_zalloc(unsigned long size) {
  return gf_zalloc_for(size, __builtin_return_address(0));
}
/* The same as kmalloc() would have it: it may fail. */
static __always_inline void* gf_kmalloc(size_t size, gfp_t flags) {
  const bool can_fail = (flags & __GFP_DIRECT_RECLAIM) != 0 && (flags & __GFP_NOFAIL) == 0;
  if (can_fail && gf_host->allocation_fails()) return NULL;
  return (flags & __GFP_ZERO) != 0 ? gf_zalloc(size) : gf_alloc(size);
}
static __always_inline void* gf_duplicate(const void* from, size_t size, gfp_t flags) {
  void* copy = gf_kmalloc(size, flags);
  if (copy != NULL) __builtin_memcpy(copy, from, size);
  return copy;
}

/* One device of the machine, from its appearance on the bus to the last reference. */
struct gf_device {
  struct pci_dev pci;
  int index;
  int dma_ops; /* DMA goes through dma-iommu, where struct device does not say so */
  int has_mapping;
  unsigned mapping;
  struct iommu_domain* mapped_in;
  struct iommu_domain* arm_mapping; /* attached by probe_finalize */
};

static inline struct gf_device* gf_device_of(const struct device* dev) {
  return container_of(dev, struct gf_device, pci.dev);
}

/* machine.c */
extern struct gf_device* gf_devices[GF_DEVICES]; /* on the bus */
extern struct gf_machine gf_machine;
extern struct iommu_domain* gf_arm_domain; /* what probe_finalize attaches, or NULL */
struct gf_device* gf_add_device(int index);
void gf_remove_device(int index);
int gf_power_on(const struct gf_machine* machine);
void gf_power_off(void);

/* driver_core.c */
int gf_bus_notify(struct device* dev, unsigned long action);
void gf_initcalls(void);
void gf_init_bus(void);

/* sysfs.c: the attribute "type" of the group that has one, or NULL */
extern struct kobject* gf_type_owner;
long gf_type_store(const char* text, size_t count);
long gf_type_show(char* page);

/* mock_driver.c */
extern struct iommu_ops gf_iommu_ops;
extern struct iommu_device gf_iommu_device;
extern int gf_domain_error; /* of the last allocation of a domain */
void gf_set_up_driver(void);
struct iommu_domain* gf_unmanaged_domain(void);
void gf_free_domain(struct iommu_domain* domain);
void* gf_model_of(const struct iommu_domain* domain);
void* gf_domain_of(const void* domain, unsigned* type);

/* dma_api.c */
void gf_set_up_dma_ops(struct device* dev);
int gf_uses_dma_iommu(const struct gf_device* device);
int gf_dma_map(struct gf_device* device);
void gf_dma_unmap(struct gf_device* device);

/* entry_points.c */
extern struct iommu_domain* gf_user_domains[GF_USER_DOMAINS];
extern char gf_cookies[GF_COOKIES];
struct iommu_group* gf_group(void);

/* iommu_under_test.c */
void gf_view_group(struct iommu_group* group, struct gf_group_view* view);
struct iommu_group* gf_group_of_kobject(struct kobject* kobj);
/* `at`: bytes into the group. */
int gf_group_reaches(struct iommu_group* group, const void* address);
enum gf_field gf_field_at(unsigned long at);
extern const unsigned gf_group_size, gf_member_size;
struct mutex* gf_group_mutex(struct iommu_group* group);
/* lockdep's name of the device_lock of every gf_device */
extern const char gf_device_lock_name[];

#endif /* GROUPFUZZ_LINUX_KERNEL_ENVIRONMENT_H_ */
