# A device that leaves is looked at after the last reference to it was put. No list is walked there.
# expect I44
# says a device is used after it was freed
/^static void iommu_release_device(struct device \*dev)$/,/^}/ {
  s/^\t\t__iommu_group_remove_device(dev);$/&\n\tput_device(dev);/
}
