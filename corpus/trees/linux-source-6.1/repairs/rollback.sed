# A switch that fails puts the devices back on the domain they came from.
/^static int __iommu_group_set_domain(struct iommu_group \*group,$/,/^}/ {
  /iommu_group_do_attach_device);/,/return ret;/ {
    s/^\tif (ret)$/\tif (ret \&\& group->domain)\n\t\t__iommu_group_for_each_dev(group, group->domain,\n\t\t\t\t\t   iommu_group_do_attach_device);\n&/
  }
}
