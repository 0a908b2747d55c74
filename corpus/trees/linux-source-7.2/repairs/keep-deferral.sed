# An attach that fails leaves a device deferred; one that succeeds ends that by itself.
/^static int __iommu_device_set_domain(struct iommu_group \*group,$/,/^}/ {
  /^\t\tdev->iommu->attach_deferred = 0;/d
}
