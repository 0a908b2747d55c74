# A device stays a member, with its driver, until the write that found it has finalized it: both hold
# the lock of probing.
/^static int iommu_change_dev_def_domain(struct iommu_group \*group,$/,/^}/ {
  s/^\tmutex_lock(&group->mutex);/\tmutex_lock(\&iommu_probe_device_lock);\n&/
  s/^\tiommu_group_do_probe_finalize(.*/&\n\tmutex_unlock(\&iommu_probe_device_lock);/
  /^out:/,/^}/ s/^\tmutex_unlock(&group->mutex);/&\n\tmutex_unlock(\&iommu_probe_device_lock);/
}
/^void iommu_release_device(struct device \*dev)$/,/^}/ {
  s/^\tif (ops->release_device)$/\tstruct iommu_group *group = iommu_group_get(dev);\n\n\tmutex_lock(\&iommu_probe_device_lock);\n&/
  s/^\tiommu_group_remove_device(dev);/&\n\tmutex_unlock(\&iommu_probe_device_lock);\n\tiommu_group_put(group);/
}
