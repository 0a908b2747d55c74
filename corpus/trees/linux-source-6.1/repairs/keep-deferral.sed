# A write leaves a device alone whose attach is deferred.
/^static int iommu_change_dev_def_domain(struct iommu_group \*group,$/,/^}/ {
  s/^\tret = __iommu_attach_device(group->default_domain, dev);/\tif (!iommu_is_attach_deferred(dev))\n\t&/
}
