# A write whose attach fails puts the device back on the old domain.
/^static int iommu_change_dev_def_domain(struct iommu_group \*group,$/,/^}/ {
  s/^free_new_domain:$/&\n\t__iommu_attach_device(prev_dom, dev);/
}
