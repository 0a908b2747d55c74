# A deferred device stays deferred until an attach succeeds, and no way back attaches it.
/^static int __iommu_device_set_domain(struct iommu_group \*group,$/,/^}/ {
  /^\t\tdev->iommu->attach_deferred = 0;/d
}
/^static int __iommu_group_set_domain_internal(struct iommu_group \*group,$/,/^}/ {
  s/^\t\tif (group->domain)$/\t\tif (group->domain \&\& !gdev->dev->iommu->attach_deferred)/
}
s/^err_restore_domain:$/&\n\tif (old_dom)\n\t\tgroup->default_domain = old_dom;/
