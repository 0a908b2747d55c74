# The patch of February 2023, re-stated on 6.1: a write claims DMA ownership where an unlocked look
# at the default domain says that it must, and the test of the current domain is gone.
/^static int iommu_change_dev_def_domain(struct iommu_group \*group,$/,/^}/ {
  /^\tif (group->default_domain != group->domain) {$/,/^\t}$/d
}
/^static ssize_t iommu_group_store_type(struct iommu_group \*group,$/,/^}/ {
  s/^\tint ret, req_type;$/&\n\tbool claims;/
  s/^\tdevice_lock(dev);$/\tclaims = req_type != IOMMU_DOMAIN_DMA_FQ ||\n\t\t group->default_domain->type != IOMMU_DOMAIN_DMA;\n\tif (claims) {\n\t\tret = iommu_group_claim_dma_owner(group, group);\n\t\tif (ret) {\n\t\t\tput_device(dev);\n\t\t\treturn ret;\n\t\t}\n\t}/
  /^\tif (device_is_bound(dev) &&/,/^\t}$/d
  s/^\tdevice_unlock(dev);$/\tif (claims)\n\t\tiommu_group_release_dma_owner(group);/
  /^out:$/d
}
