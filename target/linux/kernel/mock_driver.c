/* An IOMMU driver as the kernel sees one: struct iommu_ops over the harness's hardware. The
 * contract of every callback is kept, or broken on purpose, by target/driver/driver.cc; here is
 * only the translation. */
#include "target/linux/kernel/environment.h"

struct gf_domain {
  struct iommu_domain kernel;
  void* model; /* the harness's Domain */
};

struct iommu_ops gf_iommu_ops;
struct iommu_device gf_iommu_device;
int gf_domain_error;

static struct iommu_domain_ops paging_ops;
static struct iommu_domain_ops identity_ops;
static struct iommu_domain_ops blocked_ops;
static struct gf_domain identity;
static struct gf_domain blocked;

static struct gf_domain* outer(const struct iommu_domain* domain) {
  return container_of(domain, struct gf_domain, kernel);
}

/* Of a domain that a callback was given. */
#define MODEL_OF(domain) (GF_CHECK(domain), outer(domain)->model)

void* gf_model_of(const struct iommu_domain* domain) { return MODEL_OF(domain); }

/* Looks at freed memory too. */
__attribute__((no_sanitize("address"))) void* gf_domain_of(const void* domain, unsigned* type) {
  const struct gf_domain* found = outer(domain);
  *type = found->kernel.type;
  return found->model;
}

static int index_of(const struct device* dev) { return gf_device_of(dev)->index; }

#ifdef HAVE_ATTACH_OLD
static int attach_dev(struct iommu_domain* domain, struct device* dev, struct iommu_domain* old) {
#else
static int attach_dev(struct iommu_domain* domain, struct device* dev) {
#endif
  return gf_host->attach(MODEL_OF(domain), domain->type, index_of(dev));
}
static void detach_dev(struct iommu_domain* domain, struct device* dev) {
  gf_host->detach(MODEL_OF(domain), index_of(dev));
}
/* Whatever a release passes beyond these is not needed. */
static int set_dev_pasid(struct iommu_domain* domain, struct device* dev, ioasid_t pasid) {
  return gf_host->set_pasid(MODEL_OF(domain), index_of(dev), pasid);
}
static void remove_dev_pasid(struct device* dev, ioasid_t pasid) {
  gf_host->remove_pasid(index_of(dev), pasid);
}
/* How a core without remove_dev_pasid takes a PASID away. */
static int block_dev_pasid(struct iommu_domain* domain, struct device* dev, ioasid_t pasid) {
  remove_dev_pasid(dev, pasid);
  return 0;
}

void gf_free_domain(struct iommu_domain* domain) {
  GF_CHECK(domain);
  struct gf_domain* freed = outer(domain);
  gf_host->domain_free(freed->model, domain->type, freed, sizeof(*freed));
  if (freed != &identity && freed != &blocked) gf_host->free(freed);
}

/* Pages of fixed addresses carry the number of their device; see target/driver/domain.h. */
static int map_pages(struct iommu_domain* domain, unsigned long iova, phys_addr_t physical,
                     size_t size, size_t count, int prot, gfp_t flags, size_t* mapped) {
  for (size_t i = 0; i < count; ++i) {
    const unsigned page = (iova >> PAGE_SHIFT) + i;
    const int error =
        gf_host->map(MODEL_OF(domain), page & 0xff, page, (physical >> PAGE_SHIFT) + i);
    if (error != 0) return error;
    *mapped += size;
  }
  return 0;
}
static size_t unmap_pages(struct iommu_domain* domain, unsigned long iova, size_t size,
                          size_t count, struct iommu_iotlb_gather* gather) {
  for (size_t i = 0; i < count; ++i) {
    gf_host->unmap(MODEL_OF(domain), (iova >> PAGE_SHIFT) + i);
  }
  return size * count;
}
static phys_addr_t iova_to_phys(struct iommu_domain* domain, dma_addr_t iova) {
  const phys_addr_t page =
      gf_host->iova_to_physical(MODEL_OF(domain), (unsigned)(iova >> PAGE_SHIFT));
  return page << PAGE_SHIFT;
}

static __always_inline struct iommu_domain* wrap(void* model) {
  if (model == gf_host->static_domain(IOMMU_DOMAIN_IDENTITY)) return &identity.kernel;
  if (model == gf_host->static_domain(IOMMU_DOMAIN_BLOCKED)) return &blocked.kernel;
  struct gf_domain* domain = gf_zalloc(sizeof(*domain));
  domain->model = model;
  domain->kernel.geometry.aperture_end = ~0ull;
  domain->kernel.pgsize_bitmap = PAGE_SIZE;
  return &domain->kernel;
}

static __always_inline struct iommu_domain* alloc_domain(unsigned type) {
  void* model = gf_host->domain_alloc(type, &gf_domain_error, __builtin_return_address(0));
#ifdef HAVE_OPS_domain_alloc_paging
  if (model == NULL) return ERR_PTR(gf_domain_error);
#else
  if (model == NULL) return NULL;
#endif
  return wrap(model);
}
#ifndef HAVE_OPS_domain_alloc
static struct iommu_domain* alloc_paging(struct device* dev) {
  return alloc_domain(IOMMU_DOMAIN_UNMANAGED);
}
#endif
#ifdef HAVE_OPS_domain_alloc_identity
static struct iommu_domain* alloc_identity(struct device* dev) {
  return alloc_domain(IOMMU_DOMAIN_IDENTITY);
}
#endif

struct iommu_domain* gf_unmanaged_domain(void) {
  struct iommu_domain* domain = alloc_domain(IOMMU_DOMAIN_UNMANAGED);
  if (IS_ERR_OR_NULL(domain)) return NULL;
  domain->type = IOMMU_DOMAIN_UNMANAGED;
  domain->ops = &paging_ops;
#ifdef HAVE_DOMAIN_owner
  domain->owner = (void*)&gf_iommu_ops;
#endif
  return domain;
}

static struct iommu_device* probe_device(struct device* dev) {
  const int error = gf_host->probe_device(index_of(dev));
  return error != 0 ? ERR_PTR(error) : &gf_iommu_device;
}

/* A device that could not join has no group, and detaching it does nothing. */
static bool holds_group(const struct device* dev) {
  if (dev->iommu_group == NULL) return false;
  struct mutex* mutex = gf_group_mutex(dev->iommu_group);
  return gf_host->holds(mutex, mutex->dep_map.name, -1);
}

/* Drivers that made a mapping of their own give it back, where the core lets them call it. */
static void release_device(struct device* dev) {
  struct gf_device* device = gf_device_of(dev);
  if (device->arm_mapping != NULL && !holds_group(dev)) {
    iommu_detach_device(device->arm_mapping, dev);
  }
  gf_host->release_device(device->index);
  device->arm_mapping = NULL;
  device->dma_ops = 0;
}

static void probe_finalize(struct device* dev) {
  struct gf_device* device = gf_device_of(dev);
  gf_host->probe_finalize(device->index);
  if (gf_machine.finalize_attaches) {
    if (iommu_attach_device(gf_arm_domain, dev) == 0) device->arm_mapping = gf_arm_domain;
    return;
  }
#if !defined(HAVE_SETUP_DMA_OPS) && !defined(HAVE_SETUP_DMA_OPS_OF_DOMAIN)
  gf_set_up_dma_ops(dev);
#endif
}

/* All devices share one group: that of whichever is in one. Real drivers find it in tables of their
 * own, or among the devices of a bus that nobody leaves meanwhile. */
static struct iommu_group* device_group(struct device* dev) {
  for (int i = 0; i < GF_DEVICES; ++i) {
    if (gf_devices[i] == NULL || &gf_devices[i]->pci.dev == dev) continue;
    gf_host->look_away(1);
    struct iommu_group* group = iommu_group_get(&gf_devices[i]->pci.dev);
    gf_host->look_away(0);
    if (group != NULL) return group;
  }
  return iommu_group_alloc();
}

static int def_domain_type(struct device* dev) {
  switch (gf_machine.devices[index_of(dev)].preference) {
    case GF_PREFER_DMA:
      return IOMMU_DOMAIN_DMA;
    case GF_PREFER_IDENTITY:
      return IOMMU_DOMAIN_IDENTITY;
    default:
      return 0;
  }
}

static bool is_attach_deferred(struct device* dev) {
  return gf_host->is_attach_deferred(index_of(dev));
}

static bool driver_capable(struct device* dev, enum iommu_cap capability) {
#ifdef HAVE_CAP_DEFERRED_FLUSH
  if (capability == IOMMU_CAP_DEFERRED_FLUSH) {
    return !gf_machine.devices[index_of(dev)].no_deferred_flush;
  }
#endif
  return true;
}

static void add_region(struct list_head* head, unsigned page, enum iommu_resv_type type) {
  struct iommu_resv_region* region = iommu_alloc_resv_region(
      page << PAGE_SHIFT, PAGE_SIZE, IOMMU_READ | IOMMU_WRITE, type, GFP_NOWAIT);
  list_add_tail(&region->list, head);
}

/* The callback returns nothing: a driver that finds no memory leaves a region out, and no core can
 * tell. So the fault plan does not reach these allocations. Every device has a window for its
 * interrupts, which is to be left alone and comes before what must be mapped. */
static void get_resv_regions(struct device* dev, struct list_head* head) {
  enum { DIRECT_PAGE = 0x100, MSI_PAGE = 0xfee00 }; /* see target/driver/domain.h */
  const int index = index_of(dev);
  add_region(head, MSI_PAGE, IOMMU_RESV_MSI);
  if (gf_machine.devices[index].direct) {
    add_region(head, DIRECT_PAGE + index, IOMMU_RESV_DIRECT);
  }
}

static void set_up_domain_ops(void) {
  identity_ops.attach_dev = attach_dev;
#ifdef HAVE_DOPS_free
  identity_ops.free = gf_free_domain;
#endif
#ifdef HAVE_DOPS_detach_dev
  identity_ops.detach_dev = detach_dev;
#endif
  blocked_ops = identity_ops;
#if defined(HAVE_DOPS_set_dev_pasid) && !defined(HAVE_OPS_remove_dev_pasid)
  blocked_ops.set_dev_pasid = (void*)block_dev_pasid;
#endif
  paging_ops = identity_ops;
  paging_ops.map_pages = map_pages;
  paging_ops.unmap_pages = unmap_pages;
  paging_ops.iova_to_phys = iova_to_phys;
#ifdef HAVE_DOPS_set_dev_pasid
  paging_ops.set_dev_pasid = (void*)set_dev_pasid;
#endif
}

static void set_up_static_domain(struct gf_domain* domain, unsigned type,
                                 const struct iommu_domain_ops* ops) {
  domain->model = gf_host->static_domain(type);
  domain->kernel.type = type;
  domain->kernel.ops = ops;
}

/* Where the core knows of static domains, and asks for the one the driver insists on. */
static void offer_static_domains(void) {
#ifdef HAVE_OPS_identity_domain
  const bool forced = gf_machine.forces_identity;
  const bool identity_static = gf_machine.identity_support == GF_STATIC || forced;
  const bool blocked_static = gf_machine.blocked_support == GF_STATIC;
  gf_iommu_ops.identity_domain = identity_static ? &identity.kernel : NULL;
  gf_iommu_ops.blocked_domain = blocked_static ? &blocked.kernel : NULL;
  gf_iommu_ops.default_domain = forced ? &identity.kernel : NULL;
#endif
}

void gf_set_up_driver(void) {
  set_up_domain_ops();
  set_up_static_domain(&identity, IOMMU_DOMAIN_IDENTITY, &identity_ops);
  set_up_static_domain(&blocked, IOMMU_DOMAIN_BLOCKED, &blocked_ops);
  gf_iommu_ops.default_domain_ops = &paging_ops;
#ifdef HAVE_OPS_domain_alloc
  gf_iommu_ops.domain_alloc = alloc_domain;
#else
  gf_iommu_ops.domain_alloc_paging = alloc_paging;
#endif
#ifdef HAVE_OPS_domain_alloc_identity
  gf_iommu_ops.domain_alloc_identity = alloc_identity;
#endif
#ifdef HAVE_OPS_pgsize_bitmap
  gf_iommu_ops.pgsize_bitmap = PAGE_SIZE;
#endif
#ifdef HAVE_OPS_remove_dev_pasid
  gf_iommu_ops.remove_dev_pasid = (void*)remove_dev_pasid;
#endif
  gf_iommu_ops.capable = driver_capable;
  gf_iommu_ops.probe_device = probe_device;
  gf_iommu_ops.release_device = release_device;
  gf_iommu_ops.probe_finalize = probe_finalize;
  gf_iommu_ops.device_group = device_group;
  gf_iommu_ops.def_domain_type = def_domain_type;
  gf_iommu_ops.is_attach_deferred = is_attach_deferred;
  gf_iommu_ops.get_resv_regions = get_resv_regions;
  offer_static_domains();
#ifdef HAVE_IDEV_max_pasids
  gf_iommu_device.max_pasids = GF_PASID_ENTRIES;
#endif
}
