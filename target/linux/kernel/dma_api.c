/* What a group's policy reaches of drivers/iommu/dma-iommu.c: which way the DMA of a device goes,
 * flush queues, and one mapping a device. Code under test, as far as sanitizers go: it follows the
 * pointers that iommu.c hands out without a lock. */
#include "target/linux/kernel/environment.h"

enum {
  BUFFER_PAGE = 0x300, /* plus the device; see target/driver/domain.h */
  IOVA_PAGE = 0x200,
};

/* The state of a DMA domain that outlives its setup by one device. */
struct gf_cookie {
  int ready;
};

STAND_IN(int, iommu_get_dma_cookie, struct iommu_domain* domain) {
  if (gf_host->cookie_fails()) return -ENOMEM;
  struct gf_cookie* cookie = gf_zalloc(sizeof(*cookie));
  domain->iova_cookie = (void*)cookie;
#ifdef HAVE_DOMAIN_cookie_type
  domain->cookie_type = IOMMU_COOKIE_DMA_IOVA;
#endif
  return 0;
}
STAND_IN(void, iommu_put_dma_cookie, struct iommu_domain* domain) {
  gf_host->free(domain->iova_cookie);
  domain->iova_cookie = NULL;
}
STAND_IN(void, iommu_put_msi_cookie, struct iommu_domain* domain) {}

STAND_IN(int, iommu_dma_init_fq, struct iommu_domain* domain) {
  return gf_host->init_flush_queue(gf_model_of(domain), domain->type);
}

static bool can_defer_flush(struct device* dev) {
#ifdef HAVE_CAP_DEFERRED_FLUSH
  return device_iommu_capable(dev, IOMMU_CAP_DEFERRED_FLUSH);
#else
  return true;
#endif
}

/* A flush queue that cannot be had makes the domain a strict one. */
static void init_dma_domain(struct iommu_domain* domain, struct device* dev) {
  struct gf_cookie* cookie = (void*)domain->iova_cookie;
  /* The mutex of the real cookie: who finds it ready need not wait for the queue here. */
  gf_host->order(cookie);
  const bool lazy = !cookie->ready && domain->type == IOMMU_DOMAIN_DMA_FQ;
  cookie->ready = 1;
  gf_host->order(cookie);
  if (lazy && (!can_defer_flush(dev) || gf_stand_in_iommu_dma_init_fq(domain) != 0)) {
    domain->type = IOMMU_DOMAIN_DMA;
  }
  gf_host->order(cookie);
}

static void set_up_dma_ops(struct device* dev, struct iommu_domain* domain) {
  struct gf_device* device = gf_device_of(dev);
  const bool translated = domain != NULL && iommu_is_dma_domain(domain);
  if (gf_machine.finalize_attaches) device->arm_mapping = NULL;
#if defined(HAVE_DEVICE_dma_iommu)
  dev->dma_iommu = translated;
#elif defined(HAVE_DEVICE_FLAG_dma_iommu)
  dev_assign_dma_iommu(dev, translated);
#endif
  device->dma_ops = translated;
  if (translated) init_dma_domain(domain, dev);
}
void gf_set_up_dma_ops(struct device* dev) { set_up_dma_ops(dev, iommu_get_domain_for_dev(dev)); }

/* Called by the core, or by drivers from their probe_finalize. */
#ifdef HAVE_SETUP_DMA_OPS_OF_DOMAIN
STAND_IN(void, iommu_setup_dma_ops, struct device* dev, struct iommu_domain* domain) {
  set_up_dma_ops(dev, domain);
}
#else
STAND_IN(void, iommu_setup_dma_ops, struct device* dev) { gf_set_up_dma_ops(dev); }
#endif

int gf_uses_dma_iommu(const struct gf_device* device) {
#if defined(HAVE_DEVICE_dma_iommu)
  return device->pci.dev.dma_iommu;
#elif defined(HAVE_DEVICE_FLAG_dma_iommu)
  return dev_dma_iommu(&device->pci.dev);
#else
  return device->dma_ops;
#endif
}

static int map_page(struct iommu_domain* domain, unsigned long iova, unsigned long physical) {
#ifdef HAVE_MAP_GFP
  return iommu_map(domain, iova << PAGE_SHIFT, physical << PAGE_SHIFT, PAGE_SIZE,
                   IOMMU_READ | IOMMU_WRITE, GFP_KERNEL);
#else
  return iommu_map(domain, iova << PAGE_SHIFT, physical << PAGE_SHIFT, PAGE_SIZE,
                   IOMMU_READ | IOMMU_WRITE);
#endif
}

int gf_dma_map(struct gf_device* device) {
  struct device* dev = &device->pci.dev;
  struct iommu_domain* domain = device->arm_mapping;
  unsigned iova = BUFFER_PAGE + device->index;
  /* A device without an IOMMU does its DMA without it. */
  if (domain == NULL && dev->iommu_group != NULL) {
    domain = iommu_get_dma_domain(dev);
    const int error = iommu_deferred_attach(dev, domain);
    if (error != 0) return error;
  }
  if (gf_uses_dma_iommu(device) || device->arm_mapping != NULL) {
    iova = IOVA_PAGE + device->index;
    const int error = map_page(domain, iova, BUFFER_PAGE + device->index);
    if (error != 0) return error;
    device->mapped_in = domain;
  }
  device->has_mapping = 1;
  device->mapping = iova;
  gf_host->dma(device->index, iova);
  return 0;
}

void gf_dma_unmap(struct gf_device* device) {
  if (device->mapped_in != NULL) {
    iommu_unmap(device->mapped_in, (unsigned long)device->mapping << PAGE_SHIFT, PAGE_SIZE);
  }
  device->mapped_in = NULL;
  device->has_mapping = 0;
}
