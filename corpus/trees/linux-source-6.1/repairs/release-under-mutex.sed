# The driver lets go of a device in the section in which the device leaves its group.
/^void iommu_release_device(struct device \*dev)$/,/^}/ {
  /^\tif (ops->release_device)$/,/^$/d
}
/^void iommu_group_remove_device(struct device \*dev)$/,/^}/ {
  s/^\t\t\tlist_del(&device->list);/&\n\t\t\tif (dev->iommu \&\& dev_iommu_ops(dev)->release_device)\n\t\t\t\tdev_iommu_ops(dev)->release_device(dev);/
}
