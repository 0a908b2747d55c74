/* Stand-ins for the driver core and PCI: one bus with a few devices, no topology. */
#include "target/linux/kernel/environment.h"

struct kobject* kernel_kobj;
typeof(platform_bus_type) platform_bus_type = {.name = "platform"};
typeof(pci_bus_type) pci_bus_type = {.name = "pci"};

static struct notifier_block* platform_notifier;
static struct notifier_block* pci_notifier;

static bool is_pci(const struct bus_type* bus) { return bus == &pci_bus_type; }

STAND_IN(int, bus_register_notifier, const struct bus_type* bus, struct notifier_block* block) {
  *(is_pci(bus) ? &pci_notifier : &platform_notifier) = block;
  return 0;
}
int gf_bus_notify(struct device* dev, unsigned long action) {
  return pci_notifier == NULL ? 0 : pci_notifier->notifier_call(pci_notifier, action, dev);
}

STAND_IN(int, bus_for_each_dev, const struct bus_type* bus, struct device* start, void* data,
         int (*visit)(struct device*, void*)) {
  int result = 0;
  for (int i = 0; is_pci(bus) && i < GF_DEVICES && result == 0; ++i) {
    if (gf_devices[i] != NULL) result = visit(&gf_devices[i]->pci.dev, data);
  }
  return result;
}

/* 6.1's bus remembers the driver's ops, and nothing ever takes them back. */
void gf_init_bus(void) {
#ifdef HAVE_BUS_iommu_ops
  platform_bus_type.iommu_ops = NULL;
  pci_bus_type.iommu_ops = NULL;
#endif
}

STAND_IN(struct device*, get_device, struct device* dev) {
  if (dev != NULL) kobject_get(&dev->kobj);
  return dev;
}
STAND_IN(void, put_device, struct device* dev) {
  if (dev != NULL) kobject_put(&dev->kobj);
}
STAND_IN(bool, device_is_bound, struct device* dev) { return dev->driver != NULL; }
STAND_IN(const char*, dev_driver_string, const struct device* dev) { return "driver"; }
STAND_IN(int, driver_deferred_probe_check_state, struct device* dev) { return -ENODEV; }
STAND_IN(struct fwnode_handle*, __dev_fwnode, const struct device* dev) { return dev->fwnode; }
STAND_IN(struct fwnode_handle*, fwnode_handle_get, struct fwnode_handle* node) { return node; }
STAND_IN(void, fwnode_handle_put, struct fwnode_handle* node) {}
STAND_IN(int, device_property_read_u32_array, const struct device* dev, const char* name,
         u32* values, size_t count) {
  return -EINVAL;
}
STAND_IN(int, iommu_device_link, struct iommu_device* iommu, struct device* dev) { return 0; }
STAND_IN(void, iommu_device_unlink, struct iommu_device* iommu, struct device* dev) {}
STAND_IN(bool, msi_device_has_isolated_msi, struct device* dev) { return true; }

STAND_IN(bool, capable, int capability) {
  return gf_host->capable(capability == CAP_SYS_ADMIN ? GF_SYS_ADMIN : GF_SYS_RAWIO);
}

STAND_IN(int, pci_max_pasids, struct pci_dev* pci) {
  const int index = gf_device_of(&pci->dev)->index;
  return gf_machine.devices[index].pasids ? GF_PASID_ENTRIES : -EINVAL;
}
STAND_IN(bool, pci_acs_enabled, struct pci_dev* pci, u16 flags) { return true; }
STAND_IN(bool, pci_acs_path_enabled, struct pci_dev* start, struct pci_dev* end, u16 flags) {
  return true;
}
STAND_IN(struct pci_dev*, pci_get_device, unsigned vendor, unsigned device, struct pci_dev* from) {
  return NULL;
}
STAND_IN(void, pci_dev_put, struct pci_dev* pci) {}
STAND_IN(bool, pci_devs_are_dma_aliases, struct pci_dev* a, struct pci_dev* b) { return false; }
STAND_IN(int, pci_for_each_dma_alias, struct pci_dev* pci,
         int (*visit)(struct pci_dev*, u16, void*), void* data) {
  return visit(pci, 0, data);
}

/* Set by tree.lds. */
extern initcall_t *gf_initcalls1_begin[], *gf_initcalls1_end[];
extern initcall_t *gf_initcalls4_begin[], *gf_initcalls4_end[];

static void run(initcall_t** begin, initcall_t** end) {
  for (initcall_t** call = begin; call < end; ++call) ((initcall_t)*call)();
}

/* core_initcall is level 1, subsys_initcall level 4. */
void gf_initcalls(void) {
  kernel_kobj = kobject_create_and_add("kernel", NULL);
  run(gf_initcalls1_begin, gf_initcalls1_end);
  run(gf_initcalls4_begin, gf_initcalls4_end);
}
