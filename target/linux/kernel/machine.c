/* The machine: its devices on their bus, and what power on and off do. */
#include "target/linux/kernel/environment.h"

struct gf_device* gf_devices[GF_DEVICES];
struct gf_machine gf_machine;
/* Which mutant runs, for an iommu.c that has some. */
int gf_mutant;
/* Those that are woven in; ends with 0. */
__attribute__((weak)) const int gf_mutants[] = {0};
struct iommu_domain* gf_arm_domain;

static int registered;

static void release(struct kobject* kobj) {
  gf_host->free(container_of(kobj, struct gf_device, pci.dev.kobj));
}
static const struct kobj_type device_type = {.release = release};

static char* name_of(int index) {
  char* name = gf_host->allocate(sizeof("dev0"), GF_OF_A_DEVICE);
  __builtin_memcpy(name, "dev0", sizeof("dev0"));
  name[3] += index;
  return name;
}

struct gf_device* gf_add_device(int index) {
  struct gf_device* device = gf_zalloc_for(sizeof(*device), GF_OF_A_DEVICE);
  struct device* dev = &device->pci.dev;
  device->index = index;
  device->pci.untrusted = gf_machine.devices[index].untrusted;
  kobject_init(&dev->kobj, (struct kobj_type*)&device_type);
  dev->kobj.name = name_of(index);
  mutex_init(&dev->mutex);
  dev->mutex.dep_map.name = gf_device_lock_name;
  dev->bus = (void*)&pci_bus_type;
  gf_devices[index] = device;
  return device;
}

void gf_remove_device(int index) {
  struct gf_device* device = gf_devices[index];
  gf_bus_notify(&device->pci.dev, BUS_NOTIFY_REMOVED_DEVICE);
  gf_devices[index] = NULL;
  kobject_put(&device->pci.dev.kobj);
}

static void remove_devices(void) {
  for (int i = 0; i < GF_DEVICES; ++i) {
    if (gf_devices[i] != NULL) gf_remove_device(i);
  }
}

/* The lazy default is what initcalls leave behind. */
static void set_default_type(int type) {
  if (type == GF_DEFAULT_IDENTITY) iommu_set_default_passthrough(false);
  if (type == GF_DEFAULT_DMA) iommu_set_default_translated(false);
}

int gf_power_on(const struct gf_machine* machine) {
  gf_machine = *machine;
  gf_mutant = machine->mutant;
  gf_init_bus();
  gf_set_up_driver();
  set_default_type(machine->default_type);
  if (machine->finalize_attaches) gf_arm_domain = gf_unmanaged_domain();
  for (int i = 0; i < machine->device_count; ++i) {
    if (machine->devices[i].present) gf_add_device(i);
  }
  const int error = iommu_device_register(&gf_iommu_device, &gf_iommu_ops, NULL);
  registered = error == 0;
  if (error != 0) remove_devices();
  return error;
}

void gf_power_off(void) {
  remove_devices(); /* those that could not be probed */
  if (registered) iommu_device_unregister(&gf_iommu_device);
  if (gf_arm_domain != NULL) gf_free_domain(gf_arm_domain);
}
