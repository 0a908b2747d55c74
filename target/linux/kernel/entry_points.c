/* What users of a group call, as the table that the harness gets. */
#include "target/linux/kernel/environment.h"

const struct linux_host* gf_host;
struct iommu_domain* gf_user_domains[GF_USER_DOMAINS];
char gf_cookies[GF_COOKIES];

#ifdef HAVE_HANDLES
static struct iommu_attach_handle handles[GF_USER_DOMAINS];
#endif

static struct device* device_at(int index) { return &gf_devices[index]->pci.dev; }

struct iommu_group* gf_group(void) {
  return gf_type_owner == NULL ? NULL : gf_group_of_kobject(gf_type_owner);
}

static int has_type(void) { return gf_type_owner != NULL; }
static long store_type(const char* text, unsigned long count) {
  return gf_type_owner == NULL ? -ENODEV : gf_type_store(text, count);
}
static long show_type(char* page) { return gf_type_owner == NULL ? -ENODEV : gf_type_show(page); }

static int use_default_domain(int device) {
  return iommu_device_use_default_domain(device_at(device));
}
static void unuse_default_domain(int device) {
  iommu_device_unuse_default_domain(device_at(device));
}

static void* cookie_at(int cookie) { return cookie == GF_NULL_COOKIE ? NULL : &gf_cookies[cookie]; }

static int group_claim(int cookie) {
  struct iommu_group* group = gf_group();
  return group == NULL ? -ENODEV : iommu_group_claim_dma_owner(group, cookie_at(cookie));
}
static void group_release(void) { iommu_group_release_dma_owner(gf_group()); }
static int group_claimed(void) {
  struct iommu_group* group = gf_group();
  return group != NULL && iommu_group_dma_owner_claimed(group);
}
static int device_claim(int device, int cookie) {
#ifdef HAVE_DEVICE_CLAIM
  return iommu_device_claim_dma_owner(device_at(device), cookie_at(cookie));
#else
  return -ENOSYS;
#endif
}
static void device_release(int device) {
#ifdef HAVE_DEVICE_CLAIM
  iommu_device_release_dma_owner(device_at(device));
#endif
}

static int attach_device(int device, int domain) {
  return iommu_attach_device(gf_user_domains[domain], device_at(device));
}
static void detach_device(int device, int domain) {
  iommu_detach_device(gf_user_domains[domain], device_at(device));
}
static int attach_group(int domain) {
  struct iommu_group* group = gf_group();
  return group == NULL ? -ENODEV : iommu_attach_group(gf_user_domains[domain], group);
}
static void detach_group(int domain) { iommu_detach_group(gf_user_domains[domain], gf_group()); }

static int replace_group(int domain) {
#ifdef HAVE_GROUP_REPLACE
  return iommu_group_replace_domain(gf_group(), gf_user_domains[domain]);
#else
  return -ENOSYS;
#endif
}

static int attach_handle(int domain, int null_handle) {
#ifdef HAVE_HANDLES
  return iommu_attach_group_handle(gf_user_domains[domain], gf_group(),
                                   null_handle ? NULL : &handles[domain]);
#else
  return -ENOSYS;
#endif
}
static void detach_handle(int domain) {
#ifdef HAVE_HANDLES
  iommu_detach_group_handle(gf_user_domains[domain], gf_group());
#endif
}
static int replace_handle(int domain, int null_handle) {
#ifdef HAVE_HANDLES
  return iommu_replace_group_handle(gf_group(), gf_user_domains[domain],
                                    null_handle ? NULL : &handles[domain]);
#else
  return -ENOSYS;
#endif
}

static int attach_pasid(int device, int domain, int pasid) {
#if defined(HAVE_ATTACH_PASID_HANDLE)
  return iommu_attach_device_pasid(gf_user_domains[domain], device_at(device), pasid, NULL);
#elif defined(HAVE_ATTACH_PASID)
  return iommu_attach_device_pasid(gf_user_domains[domain], device_at(device), pasid);
#else
  return -ENOSYS;
#endif
}
static void detach_pasid(int device, int domain, int pasid) {
#if defined(HAVE_ATTACH_PASID_HANDLE) || defined(HAVE_ATTACH_PASID)
  iommu_detach_device_pasid(gf_user_domains[domain], device_at(device), pasid);
#endif
}

/* A device that could not be probed stays on its bus, and may be probed again. */
static int probe_device(int device) {
  if (gf_devices[device] == NULL) gf_add_device(device);
  return iommu_probe_device(device_at(device));
}

static int dma_map(int device) { return gf_dma_map(gf_devices[device]); }
static void dma_unmap(int device) { gf_dma_unmap(gf_devices[device]); }

static int alloc_domain(int device, int domain) {
  gf_domain_error = 0;
#ifdef HAVE_PAGING_ALLOC
  struct iommu_domain* allocated = iommu_paging_domain_alloc(device_at(device));
  if (IS_ERR(allocated)) return PTR_ERR(allocated);
#else
  struct iommu_domain* allocated = iommu_domain_alloc(device_at(device)->bus);
  if (allocated == NULL) return gf_domain_error != 0 ? gf_domain_error : -ENODEV;
#endif
  gf_user_domains[domain] = allocated;
  return 0;
}
static void free_domain(int domain) {
  iommu_domain_free(gf_user_domains[domain]);
  gf_user_domains[domain] = NULL;
}

static void set_bound(int device, int bound) {
  static struct device_driver driver = {.name = "driver"};
  if (gf_devices[device] != NULL) device_at(device)->driver = bound ? &driver : NULL;
}

static void view_device(const struct gf_device* device, struct gf_group_view* view) {
  const struct device* dev = &device->pci.dev;
  const int i = device->index;
  view->devices[i].dma_iommu = gf_uses_dma_iommu(device);
  view->devices[i].has_mapping = device->has_mapping;
  view->devices[i].mapping = device->mapping;
#ifdef HAVE_DEV_IOMMU_attach_deferred
  view->devices[i].deferred = dev->iommu != NULL && dev->iommu->attach_deferred;
#endif
}

static void view(struct gf_group_view* view) {
  __builtin_memset(view, 0, sizeof(*view));
  for (int i = 0; i < GF_USER_DOMAINS; ++i) view->user_domains[i] = gf_user_domains[i];
  for (int i = 0; i < GF_DEVICES; ++i) {
    if (gf_devices[i] != NULL) view_device(gf_devices[i], view);
  }
  struct iommu_group* group = gf_group();
  if (group != NULL) gf_view_group(group, view);
}

static int reaches(const void* address) {
  /* The harness looks at the group from outside of its lock, which is no race of the tree. */
  gf_host->look_away(1);
  struct iommu_group* group = gf_group();
  const int reached = group != NULL && gf_group_reaches(group, address);
  gf_host->look_away(0);
  return reached;
}

/* Set by the linker script of the tree. */
extern char gf_data_begin[], gf_data_end[], gf_bss_begin[], gf_bss_end[];
extern const struct gf_lock_site gf_lock_sites_begin[], gf_lock_sites_end[];
extern unsigned gf_guards_begin[], gf_guards_end[];
extern const struct gf_block gf_blocks_begin[], gf_blocks_end[];

extern const int gf_mutants[];

static struct linux_tree tree = {
    .mutants = gf_mutants,
    .provides = 0
#ifdef HAVE_DEVICE_CLAIM
                | GF_HAS_DEVICE_CLAIM
#endif
#if defined(HAVE_ATTACH_PASID_HANDLE) || defined(HAVE_ATTACH_PASID)
                | GF_HAS_PASID
#endif
#ifdef HAVE_GROUP_REPLACE
                | GF_HAS_REPLACE_GROUP
#endif
#ifdef HAVE_HANDLES
                | GF_HAS_HANDLES
#endif
#ifdef HAVE_OPS_domain_alloc
                | GF_HAS_DOMAIN_ALLOC
#endif
#if defined(HAVE_OPS_domain_alloc) || defined(HAVE_OPS_domain_alloc_identity)
                | GF_HAS_IDENTITY_ALLOC
#endif
#if defined(HAVE_DOPS_set_dev_pasid) && !defined(HAVE_OPS_remove_dev_pasid)
                | GF_BLOCKS_PASIDS
#endif
#ifdef HAVE_ATTACH_OLD
                | GF_FAILED_ATTACH_KEEPS
#endif
#ifdef HAVE_SETUP_DEFAULT_DOMAIN
                | GF_HAS_SETUP_DEFAULT_DOMAIN
#endif
    ,
    .domain_size = sizeof(struct iommu_domain),
    .member_sizes = {0, sizeof(struct dev_iommu)},
    .device_size = sizeof(struct gf_device),
#ifdef HAVE_DEV_IOMMU_attach_deferred
    .keeps_deferral = 1,
#endif
    .lock_sites = gf_lock_sites_begin,
    .lock_sites_end = gf_lock_sites_end,
    .guards = gf_guards_begin,
    .guards_end = gf_guards_end,
    .blocks = gf_blocks_begin,
    .blocks_end = gf_blocks_end,
    .data = {{gf_data_begin, gf_data_end}, {gf_bss_begin, gf_bss_end}},
    .initcalls = gf_initcalls,
    .power_on = gf_power_on,
    .power_off = gf_power_off,
    .has_type = has_type,
    .store_type = store_type,
    .show_type = show_type,
    .use_default_domain = use_default_domain,
    .unuse_default_domain = unuse_default_domain,
    .group_claim = group_claim,
    .group_release = group_release,
    .device_claim = device_claim,
    .device_release = device_release,
    .group_claimed = group_claimed,
    .attach_device = attach_device,
    .detach_device = detach_device,
    .attach_group = attach_group,
    .detach_group = detach_group,
    .replace_group = replace_group,
    .attach_handle = attach_handle,
    .detach_handle = detach_handle,
    .replace_handle = replace_handle,
    .attach_pasid = attach_pasid,
    .detach_pasid = detach_pasid,
    .probe_device = probe_device,
    .release_device = gf_remove_device,
    .dma_map = dma_map,
    .dma_unmap = dma_unmap,
    .alloc_domain = alloc_domain,
    .free_domain = free_domain,
    .set_bound = set_bound,
    .view = view,
    .domain_of = gf_domain_of,
    .reaches = reaches,
};

const struct linux_tree* gf_connect(const struct linux_host* host) {
  gf_host = host;
  tree.group_size = gf_group_size;
  tree.member_sizes[0] = gf_member_size;
  return &tree;
}
