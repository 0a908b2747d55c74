# The probe of a device leaves its attach deferred.
s/^static struct iommu_group \*iommu_group_get_for_dev(struct device \*dev);$/&\nstatic bool iommu_is_attach_deferred(struct device *dev);/
/^int iommu_probe_device(struct device \*dev)$/,/^}/ {
  s/^\tif (group->default_domain && !group->owner) {$/\tif (group->default_domain \&\& !group->owner \&\& !iommu_is_attach_deferred(dev)) {/
}
